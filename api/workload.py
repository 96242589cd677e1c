"""What a department has in hand, and its month in figures, each with the cases it counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.mark import requires
from api.reports import DefinitionSchema, FigureSchema, SectionSchema
from api.schemas.event import AssignmentSchema, EventSummarySchema
from api.schemas.named import NamedSchema
from grid import clock
from grid.accounts.permission import Permission
from grid.calendars import almanac
from grid.events import caseload
from grid.events.caseload import Count, Lot, Part
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.worktime.limit import Light, light
from reports import period, screen
from reports.workload import figures
from reports.workload.measure import BY_CODE

blp = Blueprint("workload", __name__, url_prefix="/api/workload", description="部门办理")


class PartClockSchema(Schema):
    """A clock of the department's part; paused ones say when they would have been due."""

    limit = fields.String(required=True)
    due_at = Moment(required=True)
    state = coded(required=True)
    light = coded(required=True)


class PartRequestSchema(Schema):
    """A request of the department's that waits."""

    kind = coded(required=True)
    asked_at = Moment(required=True)


class PartSchema(Schema):
    """A case in the department's hands. lots: why it lies there. why: the words it came (back) with."""

    event = fields.Nested(EventSummarySchema, required=True)
    assignment = fields.Nested(AssignmentSchema, required=True)
    lots = fields.List(coded(), required=True)
    sign = fields.Nested(PartClockSchema, allow_none=True, required=True)
    handle = fields.Nested(PartClockSchema, allow_none=True, required=True)
    requests = fields.List(fields.Nested(PartRequestSchema), required=True)
    why = fields.String(required=True)


class LotSchema(Schema):
    """How much lies in a lot; code empty: in all."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    practice = fields.Integer(required=True)


class WorkloadSchema(Schema):
    """The department's table. more: there is more than is listed."""

    department = fields.Nested(NamedSchema, allow_none=True, required=True)
    as_of = Moment(required=True)
    lots = fields.List(fields.Nested(LotSchema), required=True)
    items = fields.List(fields.Nested(PartSchema), required=True)
    more = fields.Boolean(required=True)


class WorkloadQuerySchema(Schema):
    """lot: only what lies in it."""

    lot = fields.String(validate=one_of(Lot))


class MonthQuerySchema(Schema):
    """month: like 2026-11, this one when left out. department: the caller's own when left out."""

    month = fields.String(
        validate=validate.Regexp(r"\A2\d{3}-(0[1-9]|1[0-2])\Z", error="月份应写成 2026-11 这样。")
    )
    department = Text(maximum=40, minimum=1)


class FigureQuerySchema(MonthQuerySchema):
    """figure: whose cases are wanted."""

    figure = fields.String(required=True, validate=one_of(BY_CODE))


class WorkloadMonthSchema(Schema):
    """A department's month. trend: the months up to it."""

    department = fields.Nested(NamedSchema, required=True)
    month = fields.String(required=True)
    label = fields.String(required=True)
    as_of_text = fields.String(required=True)
    figures = fields.List(fields.Nested(FigureSchema), required=True)
    trend = fields.Nested(SectionSchema, required=True)
    definitions = fields.List(fields.Nested(DefinitionSchema), required=True)


class FigureLineSchema(Schema):
    """A case a figure counts. at: the moment it is counted by."""

    event_id = fields.UUID(required=True)
    case_no = fields.String(allow_none=True, required=True)
    category = fields.String(required=True)
    place = fields.String(required=True)
    state = fields.String(required=True)
    at = Moment(required=True)


class FigureCasesSchema(Schema):
    """The cases behind a figure. at_label: what the moment is. more: there are more than are listed."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    definition = fields.String(required=True)
    at_label = fields.String(required=True)
    items = fields.List(fields.Nested(FigureLineSchema), required=True)
    more = fields.Boolean(required=True)


@blp.get("")
@requires(Permission.WORKLOAD_READ)
@blp.arguments(WorkloadQuerySchema, location="query", unknown=RAISE)
@blp.response(200, WorkloadSchema)
def table(told: dict[str, str]) -> dict[str, Any]:
    """What the caller's department has in hand, what is due first on top; of nobody's department: nothing."""
    own = current_user.department
    if own is None:
        return {"department": None, "as_of": clock.now(), "lots": [], "items": [], "more": False}
    found, is_more = caseload.parts(current_user, Lot(told["lot"]) if "lot" in told else None)
    return {
        "department": own,
        "as_of": clock.now(),
        "lots": [_lot(one) for one in caseload.counts(current_user)],
        "items": [_part(part) for part in found],
        "more": is_more,
    }


@blp.get("/month")
@requires(Permission.WORKLOAD_READ)
@blp.arguments(MonthQuerySchema, location="query", unknown=RAISE)
@blp.response(200, WorkloadMonthSchema)
@blp.alt_response(404, description="no such department, or not the caller's")
def month(told: dict[str, str]) -> dict[str, Any]:
    """A department's month in figures."""
    of = figures.department(current_user, told.get("department"))
    found = figures.month(current_user, of, _period(told))
    return {
        "department": of,
        "month": f"{found.period.first:%Y-%m}",
        "label": found.period.label,
        "as_of_text": figures.as_of(found.period),
        "figures": [screen.figure(one) for one in found.figures],
        "trend": screen.section(found.trend),
        "definitions": [{"term": term, "text": words} for term, words in found.definitions],
    }


@blp.get("/cases")
@requires(Permission.WORKLOAD_READ)
@blp.arguments(FigureQuerySchema, location="query", unknown=RAISE)
@blp.response(200, FigureCasesSchema)
@blp.alt_response(404, description="no such department, or not the caller's")
def cases(told: dict[str, str]) -> dict[str, Any]:
    """The cases one figure of a department's month counts."""
    of = figures.department(current_user, told.get("department"))
    measure = BY_CODE[told["figure"]]
    found = figures.lines(current_user, of, _period(told), measure.code)
    return {
        "code": measure.code,
        "label": measure.label,
        "definition": measure.definition,
        "at_label": measure.at,
        "items": found,
        "more": len(found) == figures.MOST,
    }


def _period(told: dict[str, str]) -> period.Period:
    return period.month(date.fromisoformat(f"{told['month']}-01") if "month" in told else None)


def _lot(one: Count) -> dict[str, Any]:
    code, label = (one.lot.value, one.lot.label) if one.lot else ("", "全部")
    return {"code": code, "label": label, "count": one.count, "overdue": one.overdue, "practice": one.practice}


def _part(part: Part) -> dict[str, Any]:
    return {
        "event": part.event,
        "assignment": part.assignment,
        "lots": part.lots,
        "sign": _clock(part, DeadlineKind.SIGN),
        "handle": _clock(part, DeadlineKind.HANDLE),
        "requests": part.requests,
        "why": part.why,
    }


def _clock(part: Part, kind: DeadlineKind) -> dict[str, Any] | None:
    one: Deadline | None = part.clocks.get(kind)
    if one is None:
        return None
    is_off = one.state is DeadlineState.PAUSED
    return {
        "limit": almanac.current().policy(part.event.area_path).words(one.limit),
        "due_at": one.due_at,
        "state": one.state,
        "light": Light.NONE if is_off else light(one.yellow_at, one.due_at, clock.now()),
    }
