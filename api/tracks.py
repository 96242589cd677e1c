"""Where workers are and were: sensitive, so only for those who look after them, for a reason, and written down."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE

from api.auth import current_user
from api.fields import Day, Moment, Schema, Text, fields
from api.http import Blueprint
from api.mark import requires
from api.paging import list_of
from api.schemas import track as shape
from api.schemas.person import PersonRefSchema
from api.schemas.track import TrackSchema
from grid import clock
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.fieldwork import whereabouts
from grid.fieldwork.whereabouts import Sighting

blp = Blueprint("tracks", __name__, url_prefix="/api", description="巡查轨迹")


class LookSchema(Schema):
    """Whose walk, of which local day, and why one looks."""

    user = Text(maximum=40, minimum=1, required=True)
    day = Day(required=True)
    purpose = Text(maximum=100, minimum=2, required=True)


class WalkSchema(TrackSchema):
    """A walk, and whose it is."""

    user = fields.Nested(PersonRefSchema, required=True)


class LastPositionSchema(Schema):
    """A place somebody was last seen at, CGCS2000 degrees."""

    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    accuracy_m = fields.Float(required=True, allow_none=True)
    at = Moment(required=True)
    age_s = fields.Integer(required=True)


class SightingSchema(Schema):
    """Somebody on duty; position null: nothing known since they signed on."""

    user = fields.Nested(PersonRefSchema, required=True)
    started_at = Moment(required=True)
    position = fields.Nested(LastPositionSchema, required=True, allow_none=True)


@blp.get("/tracks")
@requires(Permission.TRACK_READ_OTHERS)
@blp.arguments(LookSchema, location="query", unknown=RAISE)
@blp.response(200, WalkSchema)
@blp.alt_response(404, description="problem: nobody of that name in the caller's area")
def look(told: dict[str, Any]) -> dict[str, Any]:
    """The walk of somebody in one's area while on duty. The look is written down before anything is shown."""
    with transaction():
        person, track = whereabouts.look(current_user, told["user"], told["day"], told["purpose"])
    return {"user": person} | shape.shown(track, told["day"], person)


@blp.get("/workers/positions")
@requires(Permission.EVENT_DISPATCH)
@blp.response(200, list_of(SightingSchema))
def positions() -> dict[str, Any]:
    """Who is on duty in one's area, and where they were last. The look is written down."""
    with transaction():
        found = whereabouts.on_duty(current_user)
    return {"items": [_sighting(sighting) for sighting in found]}


def _sighting(sighting: Sighting) -> dict[str, Any]:
    point = sighting.point
    at = shape.moment(point.t_ms) if point else None
    place = (
        at
        and point
        and {
            "lon": point.lon,
            "lat": point.lat,
            "accuracy_m": point.accuracy_m,
            "at": at,
            "age_s": max(0, round((clock.now() - at).total_seconds())),
        }
    )
    return {"user": sighting.shift.user, "started_at": sighting.shift.started_at, "position": place}
