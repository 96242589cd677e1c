"""What a department has in hand, and its month in figures, each with the cases it counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import RAISE

from api.auth import current_user
from api.http import Blueprint
from api.mark import requires
from api.schemas.workload import (
    FigureCasesQuerySchema,
    FigureCasesSchema,
    MonthQuerySchema,
    WorkloadMonthSchema,
    WorkloadQuerySchema,
    WorkloadSchema,
)
from grid import clock
from grid.accounts.permission import Permission
from grid.calendars import almanac
from grid.events import caseload
from grid.events.caseload import Count
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind
from grid.events.lot import Lot, Part
from reports import period, screen
from reports.workload import figures
from reports.workload.measure import BY_CODE

blp = Blueprint("workload", __name__, url_prefix="/api/workload", description="部门办理")


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
@blp.arguments(FigureCasesQuerySchema, location="query", unknown=RAISE)
@blp.response(200, FigureCasesSchema)
@blp.alt_response(404, description="no such department, or not the caller's")
def cases(told: dict[str, str]) -> dict[str, Any]:
    """The cases one figure of a department's month counts."""
    of = figures.department(current_user, told.get("department"))
    measure = BY_CODE[told["figure"]]
    found, is_more = figures.lines(current_user, of, _period(told), measure.code)
    return {
        "code": measure.code,
        "label": measure.label,
        "definition": measure.definition,
        "at_label": measure.at,
        "items": found,
        "more": is_more,
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
    return {
        "limit": almanac.current().policy(part.event.area_path).words(one.limit),
        "due_at": one.due_at,
        "state": one.state,
        "light": one.light,
    }
