"""Lateness (时限): what the clocks of cases and departments said at one moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, distinct, func, or_, select

from grid.accounts.department import Department
from grid.areas.area import Area
from grid.db import db
from grid.events.category import Category
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Assignment, Event, EventLog
from grid.events.state import State
from reports import finding
from reports.dataset import Chart, Column, Dataset, Kind, Ratio, span
from reports.view import View

LATE_ROWS = 500  # more are counted, not listed


def _counts(view: View) -> ColumnElement[bool]:
    """Clocks that count at the data's moment: started, not cancelled by then, of cases not given up by then.

    Those that stand still (挂账, 回退) count nowhere until they run on.
    """
    return and_(
        view.before(Deadline.started_at),
        Deadline.state != DeadlineState.PAUSED,
        or_(Deadline.state != DeadlineState.CANCELLED, view.after(Deadline.finished_at)),
        or_(Event.state == State.CLOSED, view.after(Event.closed_at)),
    )


def _is_overdue(view: View) -> ColumnElement[bool]:
    return and_(view.after(Deadline.finished_at), Deadline.due_at < view.period.as_of)


def measures(view: View) -> dict[str, ColumnElement[bool]]:
    """What is counted of clocks: ended on time and late in the period, due in it and not met, overdue at its end.

    open: in somebody's hands at its end.
    """
    is_ended = view.during(Deadline.finished_at)
    missed = or_(Deadline.finished_at.is_(None), Deadline.finished_at > Deadline.due_at)
    is_due = and_(Deadline.due_at >= view.period.start, Deadline.due_at < view.period.as_of)
    return {
        "on_time": and_(is_ended, Deadline.is_in_time),
        "late": and_(is_ended, Deadline.state == DeadlineState.MISSED, ~Deadline.is_exempt),
        "due": and_(is_due, missed),
        "overdue": _is_overdue(view),
        "open": view.after(Deadline.finished_at),
    }


def counted(view: View, kind: DeadlineKind) -> tuple[ColumnElement[bool], ...]:
    """The clocks of a kind that count in a view; the query joins their cases."""
    return Deadline.kind == kind, _counts(view), view.rows


def clocks(view: View) -> dict[str, int]:
    """How many clocks of whole cases each measure counts."""
    row = db.session.execute(
        select(*(func.count().filter(said).label(name) for name, said in measures(view).items()))
        .select_from(Deadline)
        .join(Event, Event.id == Deadline.event_id)
        .where(*counted(view, DeadlineKind.CASE))
    ).one()
    return dict(row._mapping)


def closing(clocks: dict[str, int]) -> Dataset:
    on_time, late = clocks["on_time"], clocks["late"]
    whole = on_time + late
    return Dataset(
        "closing",
        "结案",
        finding.of_closing(on_time, late),
        (Column("kind", "结案"), Column("count", "件数", Kind.COUNT), Column("share", "占比", Kind.RATIO)),
        [("按期", on_time, Ratio(on_time, whole)), ("超期", late, Ratio(late, whole))],
        Chart("split", "kind", ("count",)),
        f"另有{clocks['due'] - late}件当天到期未结。" if clocks["due"] > late else "",
    )


def departments(view: View) -> Dataset:
    figures: dict[int, Counter[str]] = defaultdict(Counter)
    for department_id, name, count in (*_dispatched(view), *_handled(view), *_in_hand(view)):
        figures[department_id][name] += count
    ids = select(Department.id, Department.name).where(Department.id.in_(sorted(figures)))
    names = {row.id: row.name for row in db.session.execute(ids)}
    rows = [(names[key], f["dispatched"], f["handled"], f["open"], f["overdue"]) for key, f in figures.items()]
    rows.sort(key=lambda row: (-row[4], -row[3], -row[1], row[0]))
    return Dataset(
        "departments",
        "部门",
        finding.of_departments([(row[0], row[3]) for row in rows], [(row[0], row[4]) for row in rows]),
        (
            Column("name", "部门", width=2.4),
            Column("dispatched", "当天派遣", Kind.COUNT),
            Column("handled", "当天处置", Kind.COUNT),
            Column("open", "在办", Kind.COUNT),
            Column("overdue", "超期", Kind.COUNT),
        ),
        rows,
        Chart("ranking", "name", ("open", "overdue")),
    )


def dispatched(view: View) -> ColumnElement[bool]:
    """Assignments given out in the period."""
    return view.during(Assignment.dispatched_at)


def _dispatched(view: View) -> list[tuple[int, str, int]]:
    rows = db.session.execute(
        select(Assignment.department_id, func.count())
        .join(Event, Event.id == Assignment.event_id)
        .where(dispatched(view), view.rows)
        .group_by(Assignment.department_id)
    )
    return [(key, "dispatched", count) for key, count in rows]


def _handled(view: View) -> list[tuple[int, str, int]]:
    """Assignments said to be done in the period; from the history, because rework empties the row's own moment."""
    rows = db.session.execute(
        select(Assignment.department_id, func.count(distinct(Assignment.id)))
        .join(Event, Event.id == Assignment.event_id)
        .join(EventLog, and_(EventLog.event_id == Event.id, EventLog.assignment_id == Assignment.id))
        .where(
            EventLog.action == "submit",
            view.during(EventLog.at),
            or_(Event.closed_at.is_(None), Event.closed_at >= view.period.start),
            view.rows,
        )
        .group_by(Assignment.department_id)
    )
    return [(key, "handled", count) for key, count in rows]


def _in_hand(view: View) -> list[tuple[int, str, int]]:
    rows = db.session.execute(
        select(
            Assignment.department_id,
            func.count().filter(measures(view)["open"]),
            func.count().filter(measures(view)["overdue"]),
        )
        .select_from(Deadline)
        .join(Assignment, Assignment.id == Deadline.assignment_id)
        .join(Event, Event.id == Deadline.event_id)
        .where(*counted(view, DeadlineKind.HANDLE), view.after(Deadline.finished_at))
        .group_by(Assignment.department_id)
    )
    return [
        figure for key, here, late in rows for figure in ((key, "open", here), (key, "overdue", late)) if figure[2]
    ]


def late(view: View) -> list[Any]:
    """Overdue cases, the most overdue first."""
    return list(
        db.session.execute(
            select(
                Event.case_no,
                Category.name.label("category"),
                Area.name.label("area"),
                Event.address,
                _holder(view).label("department"),
                Deadline.due_at,
            )
            .select_from(Deadline)
            .join(Event, Event.id == Deadline.event_id)
            .join(Category, Category.id == Event.category_id)
            .join(Area, Area.id == Event.area_id)
            .where(*counted(view, DeadlineKind.CASE), _is_overdue(view))
            .order_by(Deadline.due_at, Event.id)
            .limit(LATE_ROWS)
        )
    )


def _holder(view: View) -> ScalarSelect[str]:
    """The department that had the case last at the data's moment."""
    theirs = Deadline.__table__.alias()
    return (
        select(Department.name)
        .select_from(theirs)
        .join(Assignment, Assignment.id == theirs.c.assignment_id)
        .join(Department, Department.id == Assignment.department_id)
        .where(
            theirs.c.event_id == Event.id,
            theirs.c.kind == DeadlineKind.HANDLE,
            view.before(theirs.c.started_at),
            theirs.c.state != DeadlineState.PAUSED,
            or_(theirs.c.state != DeadlineState.CANCELLED, view.after(theirs.c.finished_at)),
        )
        .order_by(theirs.c.started_at.desc(), theirs.c.id.desc())
        .limit(1)
        .correlate(Event)
        .scalar_subquery()
    )


def late_list(rows: list[Any], total: int, as_of: datetime) -> Dataset:
    listed = [
        (
            row.case_no,
            row.category,
            f"{row.area} {row.address}".strip(),
            row.department or "还没派遣",
            row.due_at,
            int((as_of - row.due_at).total_seconds()),
        )
        for row in rows
    ]
    return Dataset(
        "late",
        "超期未办",
        finding.of_late(total, span(listed[0][-1]) if listed else ""),
        (
            Column("case_no", "案卷号", Kind.CASE, width=3.0),
            Column("category", "类别", width=1.75),
            Column("place", "地点", width=2.55),
            Column("department", "部门", width=1.85),
            Column("due_at", "应结案", Kind.MOMENT, width=1.35),
            Column("late_s", "已超", Kind.SPAN, width=1.35),
        ),
        listed,
        note=f"只列最久的{len(listed)}件，还有{total - len(listed)}件没有列出。" if total > len(listed) else "",
    )
