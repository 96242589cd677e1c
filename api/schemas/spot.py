"""A place somebody chose: on a map, or in a list of addresses."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from api.fields import Degrees, Schema, fields, one_of
from grid.events.place import Position
from grid.geo.crs import DEGREES, Datum


class SpotSchema(Schema):
    """Where: degrees in the declared datum."""

    lon = Degrees(limit=180, required=True)
    lat = Degrees(limit=90, required=True)
    datum = fields.String(required=True, validate=one_of(DEGREES))

    @post_load
    def _position(self, told: dict[str, Any], **kwargs: Any) -> Position:
        return Position(told["lon"], told["lat"], Datum(told["datum"]))
