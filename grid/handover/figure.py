"""Figures of a hand-over (交接数字): how much stands where, what is late, what will be by the next shift's end."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.scope import rows
from grid.accounts.user import User
from grid.db import db
from grid.errors import Invalid
from grid.events import notify, query
from grid.events.event import Event
from grid.events.practice import real
from grid.events.scope import visible
from grid.events.state import FINAL
from grid.intake import register
from grid.supervision import matter_list, supervision_list
from grid.supervision.matter import Matter, MatterState

NAMED = 20  # cases a figure names
LONGEST = timedelta(days=7)  # the next shift may last over a holiday


@dataclass(frozen=True, slots=True)
class Figure:
    """A number. where: code of the page that shows it; queue: of which queue. cases: the first, as ``told``."""

    code: str
    label: str
    count: int
    where: str = "desk"
    queue: str = ""
    cases: tuple[dict[str, Any], ...] = ()

    def plain(self) -> dict[str, Any]:
        """As the note keeps it."""
        return asdict(self) | {"cases": list(self.cases)}


def now(actor: User, until: datetime) -> list[Figure]:
    """What the next shift should know, of what the caller sees; real cases only."""
    figures = [
        Figure(f"queue.{queue.code}", queue.label, count, queue=queue.code)
        for queue, count, _, _ in query.queues(actor)
    ]
    at = clock.now()
    figures.append(_of_cases(actor, "overdue", "已超期", Event.due_at < at))
    figures.append(_of_cases(actor, "due", "下一班内到期", Event.due_at.between(at, until)))
    if actor.has(Permission.SUPERVISION_READ):
        figures.append(_of_cases(actor, "supervised", "督办中", supervision_list.presses()))
    if actor.has(Permission.MATTER_READ):
        figures.append(Figure("matters", "督办事项没办完", _matters(actor), where="matters"))
    if actor.has(Permission.EVENT_INTAKE):
        figures.append(Figure("replies", "可以回复群众", register.waiting(actor), where="intake"))
    return figures


def check_until(until: datetime) -> None:
    """Raises Invalid."""
    if not clock.now() < until <= clock.now() + LONGEST:
        raise Invalid(f"下一班结束的时间应在今后 {LONGEST.days} 天之内。", field="until")


def told(event: Event) -> dict[str, Any]:
    """A case as a note names it; no words somebody typed, which may be corrected later."""
    due = event.due_at.isoformat() if event.due_at else None
    return {
        "id": str(event.id),
        "case_no": event.case_no,
        "words": notify.headline(event),
        "state": event.state.label,
        "due_at": due,
    }


def _of_cases(actor: User, code: str, label: str, which: ColumnElement[bool]) -> Figure:
    """Open cases of a kind, the first that is due named first."""
    wanted = (visible(actor), Event.state.not_in(FINAL), real(), which)
    count = db.session.scalar(select(func.count(Event.id)).where(*wanted)) or 0
    named = db.session.scalars(select(Event).where(*wanted).order_by(Event.due_at, Event.id).limit(NAMED))
    return Figure(code, label, count, cases=tuple(told(event) for event in named))


def _matters(actor: User) -> int:
    mine = rows(actor, Permission.MATTER_READ, matter_list.REACHES)
    return db.session.scalar(select(func.count(Matter.id)).where(mine, Matter.state != MatterState.CLOSED)) or 0
