"""Pages (同步页): first everything a person's phone should hold, then what changed, each page with where to go on.

A full copy notes the newest change before it reads anything; what changes while it is read is told afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, literal, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from grid import revision
from grid.accounts.user import User
from grid.db import db
from grid.errors import DomainError
from grid.events.event import Event, EventLog
from grid.events.photo import EventPhoto
from grid.handset import collection
from grid.handset.collection import BY_NAME, CHECKPOINT, EVENT, NOTICE, RECORD, TASK, Collection
from grid.sync import change
from grid.sync.change import Change
from grid.tasks.task import Task

# A full copy in two parts: what is short together, the events after it.
SHORT = (TASK, NOTICE, CHECKPOINT, RECORD)
PARTS = (SHORT, (EVENT,))
CHECKED = 500

Ids = dict[str, list[UUID]]
Found = dict[tuple[str, UUID], tuple[int, Any]]


class Gone(DomainError):
    """The place a phone stands at is no more: it needs a full copy. ``reason``: epoch, scope, expired."""

    slug = "sync-gone"
    title = "需要重新同步"
    status = 410


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phone stands. seq: of the change log; part, step, after: in a full copy, up to which row."""

    epoch: int
    stamp: str
    seq: int
    part: int | None = None
    step: int = 0
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One row on a page; ``rev`` and ``row`` for put."""

    collection: str
    id: UUID
    op: Change
    rev: int = 0
    row: Any = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a page by collection and id, each with its revision; and the events its tasks are about."""

    found: Found
    events: dict[UUID, Event]


@dataclass(frozen=True, slots=True)
class Page:
    """items, in the order they are to be applied; events: those its tasks are about, by id."""

    items: list[Item]
    events: dict[UUID, Event]
    place: Place
    has_more: bool
    is_snapshot: bool


def begin(actor: User) -> Place:
    """The beginning of a full copy."""
    return Place(epoch(), collection.stamp(actor), change.head(), part=0)


def epoch() -> int:
    """The number of this body of data."""
    return revision.current(revision.EPOCH)


def read(actor: User, place: Place, limit: int) -> Page:
    """The next page. Raises Gone when the phone must begin anew."""
    if place.stamp != collection.stamp(actor):
        raise Gone("你的岗位或负责的区域变了，正在重新同步。", reason="scope")
    page = _changes(actor, place, limit) if place.part is None else _copy(actor, place, limit)
    # Asked after reading: what is pruned meanwhile is noticed.
    if place.epoch != epoch():
        raise Gone("服务器的数据重新建立过，正在重新同步。", reason="epoch")
    if place.seq < change.forgotten():
        raise Gone("太久没有同步，正在重新同步。", reason="expired")
    return page


def _changes(actor: User, place: Place, limit: int) -> Page:
    log = change.since(place.seq, collection.concerns(actor), limit + 1)
    has_more, log = len(log) > limit, log[:limit]
    latest: dict[tuple[str, UUID], Change] = {}
    for row in log:
        latest.pop((row.collection, row.record_id), None)
        latest[row.collection, row.record_id] = row.op
    ids: Ids = {}
    for name, record_id in latest:
        ids.setdefault(name, []).append(record_id)
    rows = load(actor, ids)
    items = [_item(key, op, rows) for key, op in latest.items()]
    seq = log[-1].seq if log else place.seq
    return Page(items, rows.events, Place(place.epoch, place.stamp, seq), has_more, is_snapshot=False)


def _item(key: tuple[str, UUID], op: Change, rows: Rows) -> Item:
    """What a change means to this person now: the row is theirs to see, or it is not (any more)."""
    name, record_id = key
    if key in rows.found:
        return Item(name, record_id, Change.PUT, *rows.found[key])
    return Item(name, record_id, Change.DEL if op is Change.DEL else Change.REVOKE)


def _copy(actor: User, place: Place, limit: int) -> Page:
    part, step, after = place.part or 0, place.step, place.after
    found: Found = {}
    left = limit
    while step < len(PARTS[part]):
        wanted = PARTS[part][step]
        some = _some(actor, wanted, after, left + 1)
        found |= {(wanted.name, row.id): (rev, row) for rev, row in some[:left]}
        if len(some) > left:
            after = some[left - 1][1].id if left else after
            break
        left -= len(some)
        step, after = step + 1, None
    items = [Item(name, record_id, Change.PUT, *told) for (name, record_id), told in found.items()]
    following = _following(place, part, step, after)
    return Page(items, _subjects(actor, found), following, has_more=True, is_snapshot=True)


def _some(actor: User, wanted: Collection, after: UUID | None, limit: int) -> list[tuple[int, Any]]:
    """The next rows of a collection, in the order of their ids."""
    found = select(wanted.rev, wanted.model).where(wanted.rows(actor)).options(*SHOWN[wanted.name])
    if after is not None:
        found = found.where(wanted.model.id > after)
    rows = db.session.execute(found.order_by(wanted.model.id).limit(limit)).unique()
    return [(row[0], row[1]) for row in rows]


def _following(place: Place, part: int, step: int, after: UUID | None) -> Place:
    if step < len(PARTS[part]):
        return Place(place.epoch, place.stamp, place.seq, part, step, after)
    return Place(place.epoch, place.stamp, place.seq, part + 1 if part + 1 < len(PARTS) else None)


# -- rows, few statements whatever their number -------------------------------------------------------------------

SHOWN: dict[str, tuple[Any, ...]] = {
    TASK.name: (lazyload(Task.assignee),),
    NOTICE.name: (),
    RECORD.name: (),
    CHECKPOINT.name: (),
    EVENT.name: (
        joinedload(Event.reporter).lazyload("*"),
        joinedload(Event.assignments),
        selectinload(Event.photos).lazyload(EventPhoto.media),
        selectinload(Event.history).load_only(
            EventLog.seq, EventLog.at, EventLog.action, EventLog.target, EventLog.note, EventLog.assignment_id
        ),
    ),
}


def load(actor: User, ids: Ids) -> Rows:
    """What of these rows the person's phone may hold, in the order of the ids."""
    found: Found = {}
    for wanted in SHORT:
        if ids.get(wanted.name):
            rows = select(wanted.model, wanted.rev).where(
                wanted.model.id.in_(ids[wanted.name]), wanted.rows(actor)
            )
            shown = db.session.execute(rows.options(*SHOWN[wanted.name]))
            found |= {(wanted.name, row.id): (rev, row) for row, rev in shown}
    return _ordered(ids, found, _subjects(actor, found, ids.get(EVENT.name, [])))


def _ordered(ids: Ids, found: Found, events: dict[UUID, Event]) -> Rows:
    order = [(name, record_id) for name, some in ids.items() for record_id in some]
    return Rows({key: found[key] for key in order if key in found}, events)


def _subjects(actor: User, found: Found, ids: Iterable[UUID] = ()) -> dict[UUID, Event]:
    """The events that tasks are about, whoever's they are; the person's own of ``ids`` join ``found``."""
    subjects = {row.subject_id for (name, _), (_, row) in found.items() if name == TASK.name}
    wanted = list(ids)
    if not wanted and not subjects:
        return {}
    is_mine: ColumnElement[bool] = and_(Event.id.in_(wanted), EVENT.rows(actor)) if wanted else false()
    told = select(Event, is_mine.label("is_mine") if wanted else literal(False).label("is_mine"))
    rows = db.session.execute(told.where(or_(is_mine, Event.id.in_(subjects))).options(*SHOWN[EVENT.name]))
    events = {}
    for event, is_theirs in rows.unique():
        if is_theirs:
            found[EVENT.name, event.id] = (event.version, event)
        if event.id in subjects:
            events[event.id] = event
    return events


# -- what a phone holds, compared ---------------------------------------------------------------------------------


def same(actor: User, name: str, count: int, sha256: str) -> bool:
    """Does a phone hold exactly what it should of a collection?"""
    revs = BY_NAME[name].revs(actor)
    return len(revs) == count and collection.digest(revs) == sha256


def repair(actor: User, held: dict[str, dict[UUID, int]]) -> tuple[list[Item], dict[UUID, Event], bool]:
    """What makes a phone hold what it should; the events of its tasks; whether there is more than fits here."""
    ids: Ids = {}
    gone: list[Item] = []
    left, has_more = CHECKED, False
    for name, mine in held.items():
        revs = BY_NAME[name].revs(actor)
        differing = sorted(key for key in mine.keys() | revs.keys() if mine.get(key) != revs.get(key))
        has_more |= len(differing) > left
        differing = differing[:left]
        left -= len(differing)
        ids[name] = [key for key in differing if key in revs]
        gone += [Item(name, key, Change.REVOKE) for key in differing if key not in revs]
    rows = load(actor, ids)
    items = [Item(name, record_id, Change.PUT, *told) for (name, record_id), told in rows.found.items()]
    return gone + items, rows.events, has_more
