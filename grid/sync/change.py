"""Change log (变更日志): which rows changed, in the order in which that became visible, and whom it concerns.

A number is given at the very end of the writing transaction, behind a lock that is held until the commit: nobody
can see number n + 1 before n, so a reader who remembers the highest number it saw loses nothing. The log is a
hint: what a row looks like now, and whether a person may see it, is asked of the row when it is pulled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, and_, delete, event, func, inspect, select
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column

from grid import clock, revision
from grid.db import Base, BigId, Coded, PathText, UTCDateTime, at_the_end, changed, db, table

KEPT = timedelta(days=90)
LOCK = 0x57_47_53_59  # of pg_advisory_xact_lock; only this log uses it
AT_ONCE = 500


class Change(StrEnum):
    """What happened to a row, for one audience (变更): it is new or other, it is theirs no longer, it is gone."""

    PUT = "put"
    REVOKE = "revoke"
    DEL = "del"


class SyncChange(Base):
    """Change (变更): one row a transaction, record and audience. No foreign keys: it outlives what it tells of.

    area_path: whoever works in the area; user_id: this person beside them.
    """

    __tablename__ = "sync_change"
    __table_args__ = (
        Index("ix_sync_change_user_id_seq", "user_id", "seq"),
        Index("ix_sync_change_area_path_seq", "area_path", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigId, primary_key=True)
    collection: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[UUID]
    op: Mapped[Change] = mapped_column(Coded(Change))
    area_path: Mapped[str] = mapped_column(PathText)
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a row concerns: people who work in an area, and a person beside them."""

    area_path: str = ""
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """A body of rows whose changes are logged. columns: what ``audience`` reads of a row."""

    collection: str
    columns: tuple[str, ...]
    audience: Callable[[Any], Audience]


_FOLLOWED: dict[type[Base], Followed] = {}


def follow(
    model: type[Base], collection: str, columns: tuple[str, ...], audience: Callable[[Any], Audience]
) -> None:
    """Log every change of ``model``'s rows, by the session or in bulk, under the name of a collection."""
    _FOLLOWED[model] = Followed(collection, columns, audience)


def note(collection: str, record_id: UUID, audience: Audience, change: Change = Change.PUT) -> None:
    """Remember one change until the end of the transaction; the last word about a record and audience counts."""
    noted = db.session().info.setdefault("changes", {})
    noted.pop((collection, record_id, audience), None)
    noted[collection, record_id, audience] = change


def touched(model: type[Base], *where: ColumnElement[bool]) -> None:
    """Say that rows read otherwise now though they did not change: what they are shown with did."""
    followed = _FOLLOWED.get(model)
    if followed is not None:
        for record_id, audience in _audiences(db.session(), model, followed, and_(*where)).items():
            note(followed.collection, record_id, audience)


def touched_rows(rows: Iterable[Any]) -> None:
    """The same of followed rows in hand."""
    for row in rows:
        if followed := _FOLLOWED.get(type(row)):
            note(followed.collection, row.id, followed.audience(row))


# -- what the session writes --------------------------------------------------------------------------------------


@event.listens_for(db.session, "after_flush")
def _note_flush(session: Session, context: UOWTransaction) -> None:
    for row in session.new:
        if followed := _FOLLOWED.get(type(row)):
            note(followed.collection, row.id, followed.audience(row))
    for row in session.deleted:
        if followed := _FOLLOWED.get(type(row)):
            note(followed.collection, row.id, followed.audience(_before(row, followed)), Change.DEL)
    for row in session.dirty:
        if (followed := _FOLLOWED.get(type(row))) and session.is_modified(row, include_collections=False):
            _note_move(followed, row.id, followed.audience(_before(row, followed)), followed.audience(row))


def _note_move(followed: Followed, record_id: UUID, before: Audience, now: Audience) -> None:
    if before != now:
        note(followed.collection, record_id, before, Change.REVOKE)
    note(followed.collection, record_id, now)


def _before(row: Any, followed: Followed) -> SimpleNamespace:
    """The row's columns as the database had them."""
    state = inspect(row)
    told = {}
    for name in followed.columns:
        gone = state.attrs[name].history.deleted
        told[name] = gone[0] if gone else getattr(row, name)
    return SimpleNamespace(**told)


# -- what passes the session by -----------------------------------------------------------------------------------


@event.listens_for(db.session, "do_orm_execute")
def _note_bulk(state: ORMExecuteState) -> Any:
    if not (state.is_insert or state.is_update or state.is_delete) or state.bind_mapper is None:
        return None
    model = state.bind_mapper.class_
    followed = _FOLLOWED.get(model)
    if followed is None:
        return None
    if state.is_insert:
        raise TypeError(f"{model.__name__} rows are added to the session, which tells the phones")
    where = getattr(state.statement, "whereclause", None)
    before = _audiences(state.session, model, followed, where)
    result = state.invoke_statement()
    if state.is_delete:
        for record_id, audience in before.items():
            note(followed.collection, record_id, audience, Change.DEL)
        return result
    ids = list(before)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        for record_id, now in _audiences(state.session, model, followed, model.id.in_(some)).items():
            _note_move(followed, record_id, before[record_id], now)
    return result


def _audiences(
    session: Session, model: Any, followed: Followed, where: ColumnElement[bool] | None
) -> dict[UUID, Audience]:
    found = select(model.id, *(getattr(model, name) for name in followed.columns))
    rows = session.execute(found if where is None else found.where(where))
    return {row.id: followed.audience(row) for row in rows}


# -- the log ------------------------------------------------------------------------------------------------------


@at_the_end
def _write() -> None:
    session = db.session()
    noted = session.info.pop("changes", None)
    if not noted:
        return
    at = clock.now()
    rows = [
        {
            "collection": collection,
            "record_id": record_id,
            "op": change,
            "area_path": audience.area_path,
            "user_id": audience.user_id,
            "at": at,
        }
        for (collection, record_id, audience), change in noted.items()
    ]
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    session.execute(table(SyncChange).insert(), rows)


def head() -> int:
    """The number of the newest change; 0 when there is none."""
    return db.session.scalar(select(func.max(SyncChange.seq))) or 0


def since(seq: int, concerns: ColumnElement[bool], limit: int) -> list[SyncChange]:
    """The first ``limit`` changes after a number that concern somebody, in order."""
    found = select(SyncChange).where(SyncChange.seq > seq, concerns).order_by(SyncChange.seq).limit(limit)
    return list(db.session.scalars(found))


def forgotten() -> int:
    """The highest number that has been pruned: who stands before it has missed something."""
    return revision.current(revision.SYNC_FLOOR)


def prune(before: datetime) -> int:
    """Forget changes older than a moment, but never the newest, from which the numbers go on; how many went."""
    old = select(func.max(SyncChange.seq)).where(SyncChange.at < before, SyncChange.seq < head())
    floor = db.session.scalar(old)
    if floor is None:
        return 0
    revision.put(revision.SYNC_FLOOR, floor)
    return changed(delete(SyncChange).where(SyncChange.seq <= floor))
