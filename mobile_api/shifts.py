"""Shifts: when I was on duty. Signing on and off are ops, for they happen without a network too."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE

from api.auth import current_user
from api.fields import Moment, Schema, fields
from api.mark import requires
from api.paging import list_of
from grid import clock
from grid.accounts.permission import Permission
from grid.fieldwork import shift as shifts
from mobile_api.http import blueprint
from mobile_api.tracks import DayQuerySchema

blp = blueprint("shifts", "手机：巡查班次")


class ShiftSchema(Schema):
    """A shift. open: not signed off yet. forgotten: it was not signed off, another one began."""

    id = fields.UUID(required=True)
    started_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)
    open = fields.Boolean(required=True)
    forgotten = fields.Boolean(required=True, attribute="is_forgotten")
    version = fields.Integer(required=True)


@blp.get("/shifts")
@requires(Permission.TRACK_REPORT)
@blp.arguments(DayQuerySchema, location="query", unknown=RAISE)
@blp.response(200, list_of(ShiftSchema))
def mine(told: dict[str, Any]) -> dict[str, Any]:
    """My shifts of a day, earliest first."""
    found = shifts.of_day(current_user.id, told["day"] or clock.today())
    now = clock.now()
    names = ("id", "started_at", "ended_at", "is_forgotten", "version")
    return {
        "items": [
            {name: getattr(shift, name) for name in names}
            | {"open": shift.ended_at is None and shift.until(now) >= now}
            for shift in found
        ]
    }
