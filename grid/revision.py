"""Revision numbers: how a process learns that its copy of the net, the rules or the calendar is old."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from grid.db import Base, changed, db, insert

ACCOUNTS = "accounts"
CALENDAR = "calendar"
EPOCH = "epoch"  # of all data: another one, and what handsets hold is of no use (a restored database)
NET = "net"
NOTICE_RULES = "notice_rules"
RULES = "rules"
SYNC_FLOOR = "sync_floor"  # up to here the change log is pruned

Copy = TypeVar("Copy")


class Revision(Base):
    """Revision (修订号): a counter per body of slow-moving data."""

    __tablename__ = "revision"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, nullable=False, default=0)


def bump(name: str) -> None:
    """Say, inside the transaction that changes the data, that copies are now old."""
    raised = update(Revision).where(Revision.name == name).values(number=Revision.number + 1)
    if not changed(raised):
        _begin(name)
        db.session.execute(raised)
    db.session.info.pop("revisions", None)
    db.session.info.setdefault("bumped", set()).add(name)


def put(name: str, number: int) -> None:
    """Set a number that does not count up by itself."""
    found = db.session.get(Revision, name)
    if found is None:
        db.session.add(Revision(name=name, number=number))
    else:
        found.number = number
    db.session.info.pop("revisions", None)


def current(name: str) -> int:
    """The number now; read once per session (request, job), so a request sees one state of the rules."""
    session = db.session()
    if "revisions" not in session.info:
        rows = session.execute(select(Revision.name, Revision.number))
        session.info["revisions"] = {row.name: row.number for row in rows}
    known: dict[str, int] = session.info["revisions"]
    return known.get(name, 0)


def lock(name: str, *, shared: bool = False) -> int:
    """The number, which nobody raises before the caller's commit. shared: others may hold it too."""
    session = db.session()
    found = select(Revision.number).where(Revision.name == name).with_for_update(read=shared)
    number = session.scalar(found)
    if number is None:
        _begin(name)
        number = session.scalars(found).one()
    session.info.pop("revisions", None)
    return number


def _begin(name: str) -> None:
    """The row of a body that nobody has changed yet; of two who begin it, one waits for the other."""
    db.session.execute(insert(Revision).values(name=name, number=0).on_conflict_do_nothing())


_ALL: list[Snapshot[Any]] = []


def forget_all() -> None:
    """Drop every copy this process holds: another database follows."""
    for one in _ALL:
        one.forget()


class Snapshot(Generic[Copy]):
    """A process's copy of one body of data, rebuilt when its key (revision, day …) moves.

    A transaction that is changing the data has a copy of its own: it may fail, or not be finished.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept: tuple[Any, Copy] | None = None
        _ALL.append(self)

    def get(self, key: Hashable, build: Callable[[], Copy]) -> Copy:
        """The copy for ``key``, built when there is none."""
        if self._name in db.session.info.get("bumped", ()):
            mine: dict[Any, Copy] = db.session.info.setdefault("copies", {})
            if (self, key) not in mine:
                mine[self, key] = build()
            return mine[self, key]
        kept = self._kept
        if kept is None or kept[0] != key:
            self._kept = kept = (key, build())
        return kept[1]

    def forget(self) -> None:
        """Drop the copy (tests; a restored database)."""
        self._kept = None
