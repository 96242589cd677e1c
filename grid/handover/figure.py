"""Figures of a hand-over (交接数字): how much stands where, what is late, what will be by the next shift's end."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.scope import within
from grid.accounts.user import User
from grid.areas.net import Node
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


def now(actor: User, desk: Node, until: datetime) -> list[Figure]:
    """What the next shift should know, of what the caller sees; cases are those of the desk, real ones only."""
    figures = [
        Figure(f"queue.{queue.code}", queue.label, count, queue=queue.code)
        for queue, count, _, _ in query.queues(actor)
    ]
    at = clock.now()
    mine = and_(*at_desk(actor, desk), Event.state.not_in(FINAL), real())
    figures.append(_of_cases("overdue", "已超期", and_(mine, query.overdue())))
    figures.append(_of_cases("due", "下一班内到期", and_(mine, Event.pressing_at.between(at, until))))
    if actor.has(Permission.SUPERVISION_READ):
        figures.append(_of_cases("supervised", "督办中", and_(mine, supervision_list.presses())))
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
    due = event.pressing_at.isoformat() if event.pressing_at else None
    return {
        "id": str(event.id),
        "case_no": event.case_no,
        "words": notify.headline(event),
        "state": event.state.label,
        "due_at": due,
    }


def at_desk(actor: User, desk: Node) -> tuple[ColumnElement[bool], ...]:
    """Cases a note may name: whoever sits at the desk reads it, whatever other posts its author holds."""
    return visible(actor), within(Event.area_path, desk.path)


def _of_cases(code: str, label: str, wanted: ColumnElement[bool]) -> Figure:
    """Cases of a kind, the first that is due named first."""
    count = db.session.scalar(select(func.count(Event.id)).where(wanted)) or 0
    first = (Event.pressing_at.asc().nulls_last(), Event.id)
    named = db.session.scalars(select(Event).where(wanted).order_by(*first).limit(NAMED))
    return Figure(code, label, count, cases=tuple(told(event) for event in named))


def _matters(actor: User) -> int:
    mine = matter_list.visible(actor)
    return db.session.scalar(select(func.count(Matter.id)).where(mine, Matter.state != MatterState.CLOSED)) or 0
