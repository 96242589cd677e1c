"""Register (登记簿): what the desk took in, where each stands, whom to call back, and that it was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.scope import rows
from grid.accounts.user import User
from grid.db import db
from grid.errors import Conflict
from grid.events.event import Event
from grid.events.origin import REPLY_MAX, EventOrigin
from grid.events.query import SUMMARY
from grid.events.scope import REACHES, visible
from grid.events.state import FINAL
from grid.intake import caller as callers
from grid.intake.caller import Caller
from grid.mask import hidden_numbers
from grid.row import get_row, hold_row, newest
from grid.seal import Sealer
from grid.trail import entry as trail

MISSING = "没有这条登记，或不在你的范围里。"
_parent = aliased(Event)


@dataclass(frozen=True, slots=True)
class Filters:
    """mine: taken in by the caller. on: the local day. waiting: settled, and they were not called back yet."""

    mine: bool = False
    on: date | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """One of them and the case in which the matter goes on: after a merger another one, if the reader sees that.

    is_waiting: the matter is settled, and they wait to be told.
    """

    row: EventOrigin
    case: Event
    is_waiting: bool


def page(actor: User, filters: Filters, after: UUID | None, limit: int) -> tuple[list[EventOrigin], UUID | None]:
    """What was taken in for cases the caller sees, newest first, and the key of the next page."""
    found = _listed(visible(actor)).options(joinedload(EventOrigin.taker), joinedload(EventOrigin.replier))
    return newest(found.where(*_conditions(actor, filters)), after, limit)


def waiting(actor: User) -> int:
    """How many people can be called back now."""
    found = _with_case(select(func.count(EventOrigin.id)))
    return db.session.scalar(found.where(visible(actor), _is_waiting())) or 0


def get(actor: User, origin_id: UUID) -> EventOrigin:
    """One of them. Raises NotFound."""
    return get_row(_one(actor, origin_id), MISSING)


def hold(actor: User, origin_id: UUID) -> EventOrigin:
    """The same, locked until the commit."""
    return hold_row(_one(actor, origin_id), MISSING)


def standing(actor: User, found: Sequence[EventOrigin]) -> list[Standing]:
    """Where each of them stands, in their order."""
    merged = {row.event.merged_into_id for row in found if row.event.merged_into_id is not None}
    wanted = {row.event_id for row in found} | merged
    rows_ = db.session.execute(select(Event, visible(actor)).where(Event.id.in_(wanted)).options(*SUMMARY))
    by_id = {event.id: (event, is_seen) for event, is_seen in rows_}
    return [
        _standing(row, *by_id[row.event.merged_into_id or row.event_id], by_id[row.event_id][0]) for row in found
    ]


def _standing(row: EventOrigin, matter: Event, is_seen: bool, own: Event) -> Standing:
    is_waiting = row.wants_reply and row.replied_at is None and matter.state.is_final
    return Standing(row, matter if is_seen else own, is_waiting)


def reply(actor: User, row: EventOrigin, words: str) -> None:
    """Write down that they were called back, in these words; numbers masked. Raises Conflict the second time."""
    if row.replied_at is not None:
        raise Conflict("已经回复过了，不用再回复。")
    row.replier_id, row.replied_at = actor.id, clock.now()
    row.reply = hidden_numbers(words)[:REPLY_MAX]
    trail.record(actor, "intake:reply", "event_origin", row.id, row.event.area_path, event=str(row.event_id))


def reveal(actor: User, origin_id: UUID, purpose: str, sealer: Sealer) -> Caller:
    """Who told it, whole, with a trail entry that the caller commits before it leaves. Raises NotFound."""
    reached = rows(actor, Permission.CALLER_REVEAL, REACHES)
    row = get_row(_listed(reached).where(EventOrigin.id == origin_id), MISSING)
    told = {"purpose": purpose, "event": str(row.event_id)}
    trail.record(actor, "intake:reveal", "event_origin", row.id, row.event.area_path, **told)
    db.session.flush()  # an entry that cannot be written keeps the person back
    return callers.opened(row, sealer)


def _one(actor: User, origin_id: UUID) -> Select[EventOrigin]:
    return _listed(visible(actor)).where(EventOrigin.id == origin_id)


def _listed(reached: ColumnElement[bool]) -> Select[EventOrigin]:
    return _with_case(select(EventOrigin)).where(reached).options(contains_eager(EventOrigin.event))


def _with_case(found: Select[Any]) -> Select[Any]:
    """With the case of each, and the one that went into."""
    joined = found.join(Event, Event.id == EventOrigin.event_id)
    return joined.outerjoin(_parent, _parent.id == Event.merged_into_id)


def _conditions(actor: User, filters: Filters) -> list[ColumnElement[bool]]:
    parts = [EventOrigin.taker_id == actor.id] if filters.mine else []
    if filters.on:
        start = clock.midnight(filters.on)
        parts += [EventOrigin.taken_at >= start, EventOrigin.taken_at < start + timedelta(days=1)]
    return [*parts, _is_waiting()] if filters.waiting else parts


def _is_waiting() -> ColumnElement[bool]:
    ended = and_(Event.merged_into_id.is_(None), Event.state.in_(FINAL))
    return and_(EventOrigin.wants_reply, EventOrigin.replied_at.is_(None), or_(ended, _parent.state.in_(FINAL)))
