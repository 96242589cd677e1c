"""Where the cases of a list lie: one answer for a whole map, as columns, and nothing at all when nothing moved."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import RAISE

from api.auth import current_user
from api.fields import Schema, fields
from api.http import Blueprint
from api.listing import filters_of
from api.mark import requires
from api.schemas.event import CategoryRefSchema
from api.schemas.event_picture import category_told
from api.schemas.step import EventMarksQuerySchema
from grid.accounts.permission import Permission
from grid.events import points
from grid.events.order import Sort
from grid.events.points import LIGHTS, MOST, PLACES, Points

blp = Blueprint("event_points", __name__, url_prefix="/api", description="事件落点")


def _column(kind: str, words: str, **more: Any) -> fields.Raw:
    """A column of plain values, handed on as they are: twenty thousand of them are not looked at one by one."""
    items = {"type": kind, **more}
    return fields.Raw(required=True, metadata={"type": "array", "items": items, "description": words})


class EventPointsSchema(Schema):
    """Cases as columns of equal length, in the order of the list; cut: there are more than ``most``."""

    cut = fields.Boolean(required=True)
    most = fields.Integer(required=True)
    lights = fields.List(fields.String(), required=True, metadata={"description": "the more pressing, the later"})
    categories = fields.List(fields.Nested(CategoryRefSchema), required=True)
    id = _column("string", "the case", format="uuid")
    lon = _column("number", "CGCS2000 degrees")
    lat = _column("number", "CGCS2000 degrees")
    light = _column("integer", "place in ``lights``")
    category = _column("integer", "place in ``categories``")
    reported = _column("integer", "seconds since 1970")
    practice = _column("boolean", "a practice case")


@blp.get("/events/points")
@requires(Permission.EVENT_READ)
@blp.arguments(EventMarksQuerySchema, location="query", unknown=RAISE)
@blp.response(200, EventPointsSchema)
@blp.alt_response(304, description="the same as under the ETag that came with If-None-Match")
def event_points(told: dict[str, Any]) -> Any:
    """Where the cases of the same list lie, the first ``most`` of them."""
    sort = Sort(told.pop("sort"))
    found = points.points(current_user, filters_of(told), sort)
    tag = found.tag
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
        response.set_etag(tag)
        return response
    return _columns(found), {"ETag": f'"{tag}"'}


def _columns(found: Points) -> dict[str, Any]:
    ids, lons, lats, lights, kinds, reported, practice = zip(*found.rows, strict=True) if found.rows else [()] * 7
    known = {kind: place for place, kind in enumerate(dict.fromkeys(kinds))}
    return {
        "cut": found.is_cut,
        "most": MOST,
        "lights": [light.value for light in LIGHTS],
        "categories": [category_told(kind) for kind in known],
        "id": [str(one) for one in ids],
        "lon": [round(one, PLACES) for one in lons],
        "lat": [round(one, PLACES) for one in lats],
        "light": list(lights),
        "category": [known[kind] for kind in kinds],
        "reported": [int(at.timestamp()) for at in reported],
        "practice": list(practice),
    }
