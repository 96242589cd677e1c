"""Tracks: fixes of the phone in, in batches; one's own walk out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, RAISE, ValidationError, post_load, validate

from api.auth import current_user
from api.fields import Day, Schema, fields, one_of
from api.mark import requires
from api.schemas import track as shape
from api.schemas.track import TrackSchema
from grid import clock
from grid.accounts import device as devices
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.fieldwork import intake
from grid.fieldwork import track as tracks
from grid.fieldwork.intake import BATCH_MAX, Fix, Refusal
from grid.geo.crs import DEGREES, Datum
from mobile_api import seat
from mobile_api.http import blueprint
from mobile_api.op import invalid

blp = blueprint("tracks", "手机：巡查轨迹", needs_seat=True)
_MOST_MS = 2**53


class PointSchema(Schema):
    """A fix. Members nobody knows here are left alone. Speeds in m/s, directions in degrees from north."""

    class Meta:
        unknown = EXCLUDE

    t_ms = fields.Integer(required=True, strict=True, validate=validate.Range(0, _MOST_MS, error="时间不对。"))
    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    datum = fields.String(required=True, validate=one_of(DEGREES))
    accuracy_m = fields.Float(allow_none=True, allow_nan=True)
    speed_mps = fields.Float(allow_none=True, allow_nan=True)
    bearing = fields.Float(allow_none=True, allow_nan=True, attribute="bearing_deg")
    altitude_m = fields.Float(allow_none=True, allow_nan=True)
    battery = fields.Float(allow_none=True, allow_nan=True)
    mock = fields.Boolean(allow_none=True, attribute="is_mock")

    @post_load
    def _fix(self, told: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        measured = ("accuracy_m", "speed_mps", "altitude_m", "battery", "bearing_deg")
        told |= {name: intake.finite(told.get(name)) for name in measured}
        return told | {"datum": Datum(told["datum"]), "is_mock": bool(told.get("is_mock"))}


_POINT = PointSchema()


class PointsSchema(Schema):
    """A batch. Each fix is read by itself: one that is wrong is refused, the others are kept."""

    points = fields.List(
        fields.Raw(allow_none=True, metadata={"anyOf": [{"$ref": "#/components/schemas/TrackPoint"}, {}]}),
        required=True,
        validate=validate.Length(max=BATCH_MAX, error=f"一次最多 {BATCH_MAX} 个点。"),
    )


class RefusalSchema(Schema):
    """A fix that was not kept; sending it again would not help."""

    index = fields.Integer(required=True)
    t_ms = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True)


class TakenSchema(Schema):
    """What became of a batch: new ones, ones kept before, refused ones."""

    accepted = fields.Integer(required=True)
    known = fields.Integer(required=True)
    refused = fields.List(fields.Nested(RefusalSchema), required=True)


class DayQuerySchema(Schema):
    """A local day; today when none is named."""

    day = Day(load_default=None)


@blp.post("/tracks")
@requires(Permission.TRACK_REPORT)
@seat.while_draining
@blp.arguments(PointsSchema)
@blp.response(200, TakenSchema)
def report(told: dict[str, Any]) -> Any:
    """Keep fixes of this phone. Safe to repeat: each is kept once, by its time."""
    fixes, unread = read(told["points"])
    with transaction():
        mine = seat.current().id
        devices.touch(mine)
        return intake.take(current_user, mine, fixes, unread)


def read(points: Sequence[Any]) -> tuple[list[Fix], list[Refusal]]:
    """The fixes of a batch, and those that nobody can read."""
    fixes, unread = [], []
    for index, point in enumerate(points):
        try:
            fixes.append(Fix(index, **_POINT.load(point)))
        except ValidationError as error:
            t_ms = point.get("t_ms") if isinstance(point, dict) else None
            is_time = isinstance(t_ms, int) and not isinstance(t_ms, bool) and abs(t_ms) <= _MOST_MS
            flaw = invalid(error)
            reason = f"{flaw.field}：{flaw.detail}" if flaw.field else flaw.detail
            unread.append(Refusal(index, t_ms if is_time else None, reason))
    return fixes, unread


@blp.get("/tracks")
@requires(Permission.TRACK_REPORT)
@blp.arguments(DayQuerySchema, location="query", unknown=RAISE)
@blp.response(200, TrackSchema)
def mine(told: dict[str, Any]) -> dict[str, Any]:
    """My walk of a day, gaps as gaps, and how much of my grids it covers."""
    day: date = told["day"] or clock.today()
    return shape.shown(tracks.of_day(current_user.id, day), day, current_user)


SCHEMAS = {"TrackPoint": PointSchema}
