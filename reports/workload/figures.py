"""Figures (部门数字) of a month: the measures counted, rate and mean made of them, and the months before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from grid import clock
from grid.accounts import department as departments
from grid.accounts import scope
from grid.accounts.department import Department
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.areas import net
from grid.areas.area import Area
from grid.db import db
from grid.errors import NotFound
from grid.events.category import Category
from grid.events.deadline import Deadline, DeadlinePause
from grid.events.event import Event
from reports import lateness, period
from reports.dataset import Chart, Column, Dataset, Figure, Kind, Ratio, text
from reports.period import Period
from reports.view import View
from reports.workload.measure import BY_CODE, MEASURES, Question, ended

MONTHS = 6
MOST = 500
# Shown as figures; the others are parts of the rate, and can be looked at behind it.
SHOWN = ("received", "done", "late", "open", "overdue", "sent_back", "reworked", "extended")
RATE = "按时率 = 按时办完 ÷（按时办完 + 到期未按时）。没有可算的写作“—”。"
MEAN = "平均用时：当月办完的派遣单，从派遣到确认反馈的自然时间，挂账和退回的时间不算。"


@dataclass(frozen=True, slots=True)
class Line:
    """A case behind a figure. at: the moment it is counted by."""

    event_id: UUID
    case_no: str | None
    category: str
    place: str
    state: str
    at: datetime


@dataclass(frozen=True)
class Month:
    """A department's month. trend: the months up to it."""

    department: Department
    period: Period
    figures: tuple[Figure, ...]
    trend: Dataset
    definitions: tuple[tuple[str, str], ...]


def department(actor: User, code: str | None) -> Department:
    """The department meant: the actor's own, or, for who reads those of an area, one there. Raises NotFound."""
    own = actor.department
    if code is None and own is None:
        raise NotFound("请指明部门。", field="department")
    found = own if code is None or (own is not None and own.code == code) else departments.find(code)
    if found is None or not _may_read(actor, found):
        raise NotFound("没有这个部门，或不在你的范围里。", field="department")
    return found


def _may_read(actor: User, wanted: Department) -> bool:
    path = net.current().node(wanted.area_id).path
    for grant in actor.grants(Permission.WORKLOAD_READ):
        if Relation.DEPARTMENT in grant.relations and wanted.id == actor.department_id:
            return True
        if Relation.AREA in grant.relations and scope.is_within(path, grant.path):
            return True
    return False


def month(actor: User, of: Department, during: Period) -> Month:
    """The figures of a department in a month, of what ``actor`` may see."""
    view = _view(actor, of, during)
    counts = {code: count(view, of, code) for code in BY_CODE}
    shown = [Figure(code, BY_CODE[code].label, Kind.COUNT, counts[code], _is_bad(code, counts)) for code in SHOWN]
    rate = Ratio(counts["on_time"], counts["on_time"] + counts["missed"])
    shown.insert(2, Figure("rate", "按时率", Kind.RATIO, rate))
    shown.append(Figure("mean", "平均用时", Kind.SPAN, mean_s(view, of)))
    told = tuple((one.label, one.definition) for one in MEASURES)
    return Month(
        of, during, tuple(shown), _trend(actor, of, during), (*told, ("按时率", RATE), ("平均用时", MEAN))
    )


def count(view: View, of: Department, code: str) -> int:
    """One figure."""
    rows = BY_CODE[code].rows(view, of.id).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def lines(actor: User, of: Department, during: Period, code: str) -> tuple[list[Line], bool]:
    """The first ``MOST`` cases one figure counts, the latest first; and whether there are more."""
    asked = BY_CODE[code].rows(_view(actor, of, during), of.id).subquery()
    rows = db.session.execute(
        select(Event.id, Event.case_no, Category.name, Area.name, Event.address, Event.state, asked.c.at)
        .join(asked, asked.c.event_id == Event.id)
        .join(Category, Category.id == Event.category_id)
        .join(Area, Area.id == Event.area_id)
        .where(_view(actor, of, during).rows)
        .order_by(asked.c.at.desc(), Event.id)
        .limit(MOST + 1)
    )
    found = [Line(r[0], r[1], r[2], f"{r[3]} {r[4]}".strip(), r[5].label, r[6]) for r in rows]
    return found[:MOST], len(found) > MOST


def mean_s(view: View, of: Department) -> int | None:
    """Mean time from dispatch to confirmation, seconds, pauses left out; None when nothing was done."""
    said = lateness.measures(view)
    done = ended(view, of.id).where(said["on_time"] | said["late"])
    rows = db.session.execute(done.add_columns(Deadline.id, Deadline.started_at, Deadline.finished_at)).all()
    if not rows:
        return None
    paused = _paused(done)
    spent = sum((row.finished_at - row.started_at - paused.get(row.id, timedelta()) for row in rows), timedelta())
    return int(spent.total_seconds() / len(rows))


def _paused(clocks: Question) -> dict[int, timedelta]:
    """How long each of these clocks stood still, by its id."""
    found: dict[int, timedelta] = {}
    ids = clocks.with_only_columns(Deadline.id)
    for pause in db.session.scalars(select(DeadlinePause).where(DeadlinePause.deadline_id.in_(ids))):
        if pause.resumed_at is not None:
            length = pause.resumed_at - pause.paused_at
            found[pause.deadline_id] = found.get(pause.deadline_id, timedelta()) + length
    return found


def _trend(actor: User, of: Department, during: Period) -> Dataset:
    rows = []
    for one in period.months(during, MONTHS):
        view = _view(actor, of, one)
        on_time, missed = count(view, of, "on_time"), count(view, of, "missed")
        label = f"{one.first.month}月"
        rows.append(
            (label, count(view, of, "received"), count(view, of, "done"), Ratio(on_time, on_time + missed))
        )
    last = rows[-1]
    told = f"{last[0]}派来 {last[1]} 件，办完 {last[2]} 件，按时率 {text(Kind.RATIO, last[3])}"
    return Dataset(
        "trend",
        f"近 {len(rows)} 个月",
        told,
        (
            Column("month", "月份"),
            Column("received", "派来", Kind.COUNT),
            Column("done", "办完", Kind.COUNT),
            Column("rate", "按时率", Kind.RATIO),
        ),
        rows,
        Chart("months", "month", ("received", "done")),
    )


def _view(actor: User, of: Department, during: Period) -> View:
    return View(actor, net.current().node(of.area_id), during)


def _is_bad(code: str, counts: dict[str, int]) -> bool:
    return BY_CODE[code].is_bad and counts[code] > 0


def as_of(during: Period) -> str:
    """The moment of the data in words."""
    return f"{clock.local(during.as_of):%Y-%m-%d %H:%M}"
