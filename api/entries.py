"""Retrospective entry (补录) at the desk: what happened while the system could not take it in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import post_load

from api.auth import current_user
from api.fields import Degrees, Moment, Schema, Text, fields, one_of
from api.http import Blueprint
from api.mark import requires
from api.schemas.event import EventSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events import handling, reporting
from grid.events.event import Event
from grid.events.reporting import Position, Report
from grid.geo.crs import DEGREES, Datum

blp = Blueprint("entries", __name__, url_prefix="/api", description="补录")


class SpotSchema(Schema):
    """Where: degrees in the declared datum."""

    lon = Degrees(limit=180, required=True)
    lat = Degrees(limit=90, required=True)
    datum = fields.String(required=True, validate=one_of(DEGREES))


class EntrySchema(Schema):
    """What happened, where, and when it really did. client_id: the form's own, so that it is entered once."""

    client_id = fields.UUID(required=True)
    category = Text(maximum=10, required=True)
    description = Text(maximum=500)
    address = Text(maximum=200)
    occurred_at = Moment(required=True)
    position = fields.Nested(SpotSchema, required=True)

    @post_load
    def _report(self, told: dict[str, Any], **kwargs: Any) -> Report:
        place = told.pop("position")
        return Report(position=Position(place["lon"], place["lat"], Datum(place["datum"])), **told)


@blp.post("/events")
@requires(Permission.EVENT_ENTER)
@blp.arguments(EntrySchema)
@blp.response(201, EventSchema)
def enter(told: Report) -> Event:
    """Enter a report at the desk. Its clocks begin now; it is marked, and never late by its age."""
    with transaction():
        outcome = reporting.enter(current_user, told)
    return handling.get(current_user, UUID(outcome.result["id"]))
