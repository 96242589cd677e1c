"""The daily brief (日报) of an area: what came in, what was closed, what is late, who has it, where it is.

All counts are of a moment (``Period.as_of``) and come from what does not change afterwards (moments of the case,
its history, its clocks), so that yesterday's brief says today what it said then.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, case, distinct, func, select

from grid import clock
from grid.accounts import scope
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.areas import net
from grid.areas.net import Node
from grid.db import db
from grid.errors import NotFound
from grid.events.event import Event, EventLog
from grid.events.lifecycle import REWORK
from reports import intake, lateness, period
from reports.dataset import Figure, Kind, Ratio, Report
from reports.view import View

DEFINITIONS = (
    ("上报", "当天到达系统的上报，含后来不予受理和作废的。"),
    ("立案", "当天第一次立案（取得案卷号）的案卷。"),
    ("结案", "当天结案的案卷。按期：结案不晚于全案时限；超期：晚于全案时限。"),
    ("应结案", "当天全案时限到期的案卷（到期前已结案的除外），加上当天提前结案的；不含作废。每个案卷只算一次。"),
    ("按期结案率", "按期结案 ÷ 应结案。应结案为 0 时没有这个率，写作“—”。"),
    ("待办", "截至数据时间，已上报而没有结案、不予受理或作废的。"),
    ("超期未办", "待办中全案时限已过的。"),
    ("返工", "当天被退回部门重办（返工、核查不通过）的案卷；一个案卷一天算一次。"),
    ("部门在办、超期", "截至数据时间在部门手上、部门还没有确认反馈的派遣单；超期：部门处置时限已过的。"),
    ("已超", "从全案时限到数据时间的自然时间。"),
)


def place(actor: User, code: str | None, permission: Permission = Permission.REPORT_READ) -> Node:
    """The area a report is wanted of; the caller's own when none is named. Raises NotFound outside their areas."""
    reach = [grant.path for grant in actor.grants(permission)]
    snapshot = net.current()
    if code is None and reach:
        found = snapshot.by_id.get(int(reach[0].strip("/").rpartition("/")[2] or 0))
    else:
        found = snapshot.by_code.get(code or "")
    if found is None or not any(scope.is_within(found.path, path) for path in reach):
        raise NotFound("没有这个区域，或不在你的范围里。")
    return found


def make(actor: User, where: Node, on: date | None, is_demo: bool) -> Report:
    """The brief of a local day (today when None) below ``where``, of what ``actor`` may see.

    Raises Invalid for a day that has not begun.
    """
    view = View(actor, where, period.day(on))
    snapshot = net.current()
    parent = snapshot.parent(where)
    clocks, reported, late = lateness.clocks(view), intake.by_class_and_area(view), lateness.late(view)
    return Report(
        code="brief",
        name="日报",
        place=where,
        parent_name=parent.name if parent else "",
        period=view.period,
        made_at=clock.now(),
        reader=f"{actor.name}（{actor.username}）",
        is_demo=is_demo,
        headline=_headline(view, clocks, sum(reported.values())),
        datasets=(
            intake.hours(view),
            intake.categories(view, snapshot, reported),
            intake.grids(view, snapshot, reported),
            lateness.closing(clocks),
            lateness.departments(view),
            lateness.late_list(late, clocks["overdue"], view.period.as_of),
        ),
        definitions=DEFINITIONS,
    )


def _headline(view: View, clocks: dict[str, int], reported: int) -> tuple[Figure, ...]:
    closed = clocks["on_time"] + clocks["late"]
    rate = Ratio(clocks["on_time"], clocks["on_time"] + clocks["due"])
    reworked = _reworked(view)
    return (
        Figure("reported", "上报", Kind.COUNT, reported),
        Figure("filed", "立案", Kind.COUNT, _filed(view)),
        Figure("closed", "结案", Kind.COUNT, closed),
        Figure("on_time_rate", "按期结案率", Kind.RATIO, rate),
        Figure("open", "待办", Kind.COUNT, _open(view)),
        Figure("overdue", "超期未办", Kind.COUNT, clocks["overdue"], clocks["overdue"] > 0),
        Figure("reworked", "返工", Kind.COUNT, reworked, reworked > 0),
    )


def _filed(view: View) -> int:
    """Cases whose first filing lies in the period."""
    first = func.min(EventLog.at)
    cases = (
        select(EventLog.event_id)
        .join(Event, Event.id == EventLog.event_id)
        .where(EventLog.action == "file", Event.filed_at >= view.period.start, view.rows)
        .group_by(EventLog.event_id)
        .having(and_(first >= view.period.start, first < view.period.until))
    )
    return db.session.scalar(select(func.count()).select_from(cases.subquery())) or 0


def _open(view: View) -> int:
    waiting = and_(view.before(Event.reported_at), view.after(Event.closed_at), view.rows)
    found = db.session.scalar(select(func.count()).select_from(Event).where(waiting)) or 0
    # What was merged waits no more; its end moves when its main case ends, and goes when it is taken out again.
    merged = func.sum(case((EventLog.action == "merge", 1), else_=-1))
    steps = and_(EventLog.action.in_(("merge", "split")), view.before(EventLog.at))
    return found - (
        db.session.scalar(
            select(merged).select_from(EventLog).join(Event, Event.id == EventLog.event_id).where(steps, waiting)
        )
        or 0
    )


def _reworked(view: View) -> int:
    return (
        db.session.scalar(
            select(func.count(distinct(EventLog.event_id)))
            .join(Event, Event.id == EventLog.event_id)
            .where(Event.rework_no > 0, EventLog.action.in_(sorted(REWORK)), view.during(EventLog.at), view.rows)
        )
        or 0
    )
