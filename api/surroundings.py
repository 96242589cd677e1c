"""What stands beside a case: who reported it, what lies around, whose duty it is; apart from the case itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.auth import current_user
from api.fields import Moment, Schema, coded, fields
from api.http import Blueprint
from api.imports import sealer
from api.mark import requires
from api.schemas.event import CategoryRefSchema, ConditionSchema
from api.schemas.event_picture import category_told
from api.schemas.named import NamedSchema
from grid.accounts.permission import Permission
from grid.accounts.scope import holds
from grid.calendars import almanac
from grid.events import around, handling
from grid.events.duty import Duty, duties
from grid.events.event import Event
from grid.events.scope import may
from grid.fieldwork import whereabouts
from grid.records import nearby
from grid.staff import mobile

blp = Blueprint("surroundings", __name__, url_prefix="/api", description="案件周边")


class ReporterSchema(Schema):
    """Who reported it; null in ``reports`` and "" in ``mobile``: not for this caller, or not known."""

    username = fields.String(required=True)
    name = fields.String(required=True)
    reports = fields.Integer(
        required=True, allow_none=True, metadata={"description": "since the 1st of the month"}
    )
    mobile = fields.String(required=True, metadata={"description": "masked; whole by /workers/{username}/reveal"})


class NearbyCaseSchema(Schema):
    """A case near this one."""

    id = fields.UUID(required=True)
    case_no = fields.String(required=True, allow_none=True)
    category = fields.Nested(CategoryRefSchema, required=True)
    state = coded(required=True)
    light = coded(required=True)
    words = fields.String(required=True)
    reported_at = Moment(required=True)
    distance_m = fields.Float(required=True)


class ThingSchema(Schema):
    """Something the records hold near the place. at: when it was last visited or changed."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    distance_m = fields.Float(required=True)
    at = Moment(required=True, allow_none=True)


class DutyConditionSchema(ConditionSchema):
    """A filing condition, and who watches over it."""

    authority = fields.String(required=True)


class DutySchema(Schema):
    """A row of the responsibility list. area "": everywhere; followed: the rules would dispatch by it now."""

    number = fields.Integer(required=True)
    department = fields.Nested(NamedSchema, required=True)
    area = fields.String(required=True)
    condition = fields.Nested(DutyConditionSchema, required=True, allow_none=True)
    certain = fields.Boolean(required=True)
    followed = fields.Boolean(required=True)
    other = fields.Boolean(required=True, metadata={"description": "of another condition than the case's"})


class SurroundingsSchema(Schema):
    """What stands beside a case."""

    reporter = fields.Nested(ReporterSchema, required=True)
    nearby = fields.List(fields.Nested(NearbyCaseSchema), required=True)
    things = fields.List(fields.Nested(ThingSchema), required=True)
    duties = fields.List(fields.Nested(DutySchema), required=True)


@blp.get("/events/<uuid:event_id>/surroundings")
@requires(Permission.EVENT_READ)
@blp.response(200, SurroundingsSchema)
def surroundings(event_id: UUID) -> dict[str, Any]:
    """Reporter, cases within 200 m, things within 50 m, rows of the responsibility list; as far as one may see."""
    event = handling.get(current_user, event_id)
    return {
        "reporter": _reporter(event),
        "nearby": [_case(other, away_m) for other, away_m in around.nearby(current_user, event)],
        "things": nearby.near(current_user, event.lon, event.lat, event.area_path),
        "duties": [_duty(event, row) for row in duties(event)],
    }


def _reporter(event: Event) -> dict[str, Any]:
    who = event.reporter
    knows = may(current_user, Permission.WORKER_READ, event)
    may_call = holds(current_user, Permission.WORKER_CALL, whereabouts.REACHES, who)
    return {
        "username": who.username,
        "name": who.name,
        "reports": around.reports_this_month(current_user, who) if knows else None,
        "mobile": mobile.shown(who, sealer()) if may_call else "",
    }


def _case(other: Event, away_m: float) -> dict[str, Any]:
    names = ("id", "case_no", "state", "light", "reported_at")
    return {name: getattr(other, name) for name in names} | {
        "category": category_told(other.category_id),
        "words": other.description[:40],
        "distance_m": round(away_m, 1),
    }


def _duty(event: Event, row: Duty) -> dict[str, Any]:
    entry, condition = row.entry, row.condition
    words = almanac.current().policy(event.area_path).words
    return {
        "number": entry.number,
        "department": {"code": entry.department_code, "name": entry.department_name},
        "area": entry.area_name or "",
        "condition": condition
        and {
            "id": condition.id,
            "text": condition.text,
            "limit": words(condition.limit),
            "closing": condition.closing,
            "authority": condition.authority,
        },
        "certain": entry.is_certain,
        "followed": row.is_followed,
        "other": row.is_other,
    }
