"""Order of lists of cases (次序): newest or what is due first; pages by key, and the marks where pages begin.

What is due first has open cases only: those with a deadline by it, then those that have none yet, oldest first (of
these the oldest is also the one whose stage has run longest). It is read in two stretches, so that each is a plain
run of an index on either database, and a page costs the same wherever in the order it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, literal_column, or_, select, tuple_, union_all

from grid.db import db
from grid.events.event import Event

EVERY = 100  # rows from mark to mark


class Sort(StrEnum):
    """What comes first in a list."""

    NEWEST = "newest"
    DUE = "due"


# A list longer than this is cut: who looks for something in it filters. What is open must be there whole.
MOST = {Sort.NEWEST: 5_000, Sort.DUE: 200_000}


@dataclass(frozen=True, slots=True)
class Key:
    """The place of a case in an order. due_at: None in the stretch of those that have none."""

    sort: Sort
    id: UUID
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an order: behind a key, up to another; None means from the beginning, to the end."""

    sort: Sort
    after: Key | None = None
    until: Key | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """How many rows there are and the key of every hundredth. is_cut: there are more than are counted."""

    total: int
    keys: list[Key]
    is_cut: bool


Condition = ColumnElement[bool]
# Said of lists that are not of one state: it opens the index over all that is open (see the indexes of ``Event``).
ANY_STATE: Condition = Event.version > literal_column("0")
_PLACE = tuple_(Event.due_at, Event.id)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of an order that lies in one index. has: does a key lie in it?"""

    rows: tuple[Condition, ...]
    order: tuple[Any, ...]
    has: Callable[[Key], bool]
    behind: Callable[[Key], Condition]
    up_to: Callable[[Key], Condition]


_NEWEST = Stretch(
    (),
    (Event.id.desc(),),
    lambda key: True,
    lambda key: Event.id < key.id,
    lambda key: Event.id >= key.id,
)
_DATED = Stretch(
    (Event.closed_at.is_(None), Event.due_at.is_not(None)),
    (Event.due_at, Event.id),
    lambda key: key.due_at is not None,
    lambda key: _PLACE > tuple_(key.due_at, key.id, types=_PLACE.type.types),
    lambda key: _PLACE <= tuple_(key.due_at, key.id, types=_PLACE.type.types),
)
_UNDATED = Stretch(
    (Event.closed_at.is_(None), Event.due_at.is_(None)),
    (Event.due_at, Event.id),  # said like this, it is the order of the index
    lambda key: key.due_at is None,
    lambda key: Event.id > key.id,
    lambda key: Event.id <= key.id,
)
_STRETCHES = {Sort.NEWEST: (_NEWEST,), Sort.DUE: (_DATED, _UNDATED)}


def page(where: Sequence[Condition], span: Span, limit: int, *options: Any) -> tuple[list[Event], Key | None]:
    """Up to ``limit`` cases of a span, and the key of the next page. where: says that the caller may see them."""
    runs = list(_runs(where, span))
    if len(runs) == 1:
        found = select(Event).where(*runs[0][1]).order_by(*runs[0][0].order)
    else:
        firsts = (_first(Event.id, run, limit + 1).subquery() for run in runs)
        ids = union_all(*(select(first.c.id) for first in firsts))
        found = select(Event).where(Event.id.in_(ids)).order_by(Event.due_at.is_(None), Event.due_at, Event.id)
    some = list(db.session.scalars(found.options(*options).limit(limit + 1)))
    return some[:limit], key_of(span.sort, some[limit - 1]) if len(some) > limit else None


def marks(where: Sequence[Condition], sort: Sort) -> Marks:
    """Where the pages of a whole order begin, so that any of them can be read without those before it."""
    total, keys = 0, list[Key]()
    for run in _runs(where, Span(sort)):
        rows = db.session.execute(_marked(run, MOST[sort] - total, total)).all()
        keys += (key_of(sort, row) for row in rows if row.n % EVERY == 0)
        total = rows[-1].n if rows else total
    return Marks(total, keys, total == MOST[sort])


def head(where: Sequence[Condition], sort: Sort, limit: int, *columns: Any) -> list[Row[Any]]:
    """The first rows of a whole order, as columns and not as cases."""
    rows: list[Row[Any]] = []
    for stretch, said in _runs(where, Span(sort)):
        if len(rows) == limit:
            break
        found = select(*columns).where(*said).order_by(*stretch.order).limit(limit - len(rows))
        rows += db.session.execute(found).all()
    return rows


def key_of(sort: Sort, row: Any) -> Key:
    """The place of a case. row: has id and due_at."""
    return Key(sort, row.id, row.due_at if sort is Sort.DUE else None)


_Run = tuple[Stretch, list[Condition]]


def _runs(where: Sequence[Condition], span: Span) -> Iterator[_Run]:
    """The stretches a span touches, each with what is said of its rows."""
    stretches = _STRETCHES[span.sort]
    first = next((n for n, one in enumerate(stretches) if span.after and one.has(span.after)), 0)
    last = next((n for n, one in enumerate(stretches) if span.until and one.has(span.until)), len(stretches) - 1)
    for stretch in stretches[first : last + 1]:
        said = [*where, *stretch.rows]
        if span.after and stretch.has(span.after):
            said.append(stretch.behind(span.after))
        if span.until and stretch.has(span.until):
            said.append(stretch.up_to(span.until))
        yield stretch, said


def _first(columns: Any, run: _Run, limit: int) -> Select[Any]:
    return select(columns).where(*run[1]).order_by(*run[0].order).limit(limit)


def _marked(run: _Run, limit: int, before: int) -> Select[Any]:
    """Every hundredth row, and the last, with its number. before: rows of the stretches before this one."""
    stretch, said = run
    rows = select(Event.id, Event.due_at).where(*said).order_by(*stretch.order).limit(limit).subquery()
    order = (rows.c.id.desc(),) if stretch is _NEWEST else (rows.c.due_at, rows.c.id)
    number = (func.row_number().over(order_by=order) + before).label("n")
    following = func.lead(rows.c.id).over(order_by=order).label("following")
    numbered = select(rows.c.id, rows.c.due_at, number, following).subquery()
    is_mark = or_(numbered.c.n % EVERY == 0, numbered.c.following.is_(None))
    return select(numbered.c.id, numbered.c.due_at, numbered.c.n).where(is_mark).order_by(numbered.c.n)
