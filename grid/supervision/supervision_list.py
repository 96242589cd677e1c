"""Which supervisions a person reaches (督办清单), with their lights; newest first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from grid import clock
from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.db import db
from grid.errors import Forbidden
from grid.events.event import Event
from grid.events.state import FINAL
from grid.row import get_row, hold_row, newest
from grid.supervision.supervision import Supervision, SupervisionState, is_office


class SupervisionLight(StrEnum):
    """Light of a supervision (督办灯): in time, soon due, overdue; else where it stands."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    REPLIED = "replied"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {
            "green": "督办中",
            "yellow": "快到回复期限",
            "red": "逾期未回复",
            "replied": "已回复",
            "closed": "已办结",
        }[self]


def light(row: Supervision) -> SupervisionLight:
    """The light of one now; with its case it is over."""
    if row.event.state.is_final:
        return SupervisionLight.CLOSED
    if row.state is not SupervisionState.OPEN:
        return SupervisionLight(row.state.value)
    if row.due_at is None or row.yellow_at is None or (now := clock.now()) < row.yellow_at:
        return SupervisionLight.GREEN
    return SupervisionLight.RED if now > row.due_at else SupervisionLight.YELLOW


def _lit(wanted: SupervisionLight) -> ColumnElement[bool]:
    """The same as a predicate."""
    ended = Supervision.event.has(Event.state.in_(FINAL))
    if wanted is SupervisionLight.CLOSED:
        return or_(Supervision.state == SupervisionState.CLOSED, ended)
    if wanted is SupervisionLight.REPLIED:
        return and_(Supervision.state == SupervisionState.REPLIED, ~ended)
    now, is_open = clock.now(), and_(Supervision.state == SupervisionState.OPEN, ~ended)
    if wanted is SupervisionLight.GREEN:
        return and_(is_open, or_(Supervision.yellow_at.is_(None), Supervision.yellow_at > now))
    if wanted is SupervisionLight.YELLOW:
        return and_(is_open, Supervision.yellow_at <= now, Supervision.due_at >= now)
    return and_(is_open, Supervision.due_at < now)


MISSING = "没有这次督办，或不在你的范围里。"
REACHES: scope.Reaches = {
    Relation.AREA: scope.of_area(Supervision.area_path),
    Relation.DEPARTMENT: scope.of_department(
        Supervision.area_path,
        lambda ours: Supervision.department_id == ours,
        lambda row: (row.department_id,),
    ),
}


def presses() -> ColumnElement[bool]:
    """Cases that a supervision presses which is not over: a filter of the list of cases."""
    return exists().where(Supervision.event_id == Event.id, Supervision.state != SupervisionState.CLOSED)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to."""

    light: SupervisionLight | None = None
    kind: str | None = None
    department: str | None = None
    open: bool = False


def listed(actor: User, wanted: Filters, after: UUID | None, limit: int) -> tuple[list[Supervision], UUID | None]:
    """A page of those in the caller's scope, newest first."""
    found = _seen(actor)
    if wanted.light is not None:
        found = found.where(_lit(wanted.light))
    if wanted.open:
        found = found.where(~_lit(SupervisionLight.CLOSED))
    if wanted.kind is not None:
        found = found.where(Supervision.kind == wanted.kind)
    if wanted.department is not None:
        found = found.where(Supervision.department.has(code=wanted.department))
    return newest(found, after, limit)


def of_case(actor: User, event_id: UUID) -> list[Supervision]:
    """Those of one case the caller reaches, oldest first."""
    return list(db.session.scalars(_seen(actor).where(Supervision.event_id == event_id).order_by(Supervision.id)))


def get(actor: User, number: UUID) -> Supervision:
    """One in the caller's scope. Raises NotFound."""
    return get_row(_seen(actor).where(Supervision.id == number), MISSING)


def hold(actor: User, number: UUID) -> Supervision:
    """The same, locked with its case until the commit, the case first as everywhere else."""
    seen = get(actor, number)
    db.session.execute(select(Event.id).where(Event.id == seen.event_id).with_for_update())
    row = hold_row(select(Supervision).where(Supervision.id == number, _visible(actor)), MISSING)
    db.session.refresh(row.event)
    return row


def check_may_reply(actor: User, row: Supervision) -> None:
    """Raises Forbidden when it is not the caller's department that must reply."""
    if not scope.holds(actor, Permission.SUPERVISION_REPLY, REACHES, row):
        raise Forbidden("这次督办不由你们部门回复。")


def may_reply(actor: User, row: Supervision) -> bool:
    return row.state is not SupervisionState.CLOSED and scope.holds(
        actor, Permission.SUPERVISION_REPLY, REACHES, row
    )


def may_close(actor: User, row: Supervision) -> bool:
    return row.state is not SupervisionState.CLOSED and is_office(actor, row)


def _visible(actor: User) -> ColumnElement[bool]:
    return scope.rows(actor, Permission.SUPERVISION_READ, REACHES)


def _seen(actor: User) -> Select[Supervision]:
    loads = (joinedload(Supervision.event), joinedload(Supervision.area), joinedload(Supervision.department))
    people = (joinedload(Supervision.issuer), joinedload(Supervision.replier))
    return select(Supervision).where(_visible(actor)).options(*loads, *people)
