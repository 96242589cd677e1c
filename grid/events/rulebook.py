"""Rulebook (规则): categories, conditions and responsibilities in force today, in memory; rebuilt on change.

Choosing is pure: the same event, rules and day give the same answer, and the answer says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from grid import clock, revision
from grid.db import db
from grid.errors import Invalid
from grid.events.category import Category
from grid.events.responsibility import Responsibility
from grid.worktime.limit import Limit


@dataclass(frozen=True, slots=True)
class Condition:
    """A filing condition (立案条件) in force."""

    id: UUID
    text: str
    limit: Limit
    closing: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the responsibility list (权责清单) in force; None means: any."""

    number: int
    condition_id: UUID | None
    area_path: str | None
    area_name: str | None
    department_id: int
    department_code: str
    department_name: str
    is_certain: bool

    @property
    def weight(self) -> tuple[bool, int]:
        """How specific the row is: a condition beats none, a smaller area beats a larger."""
        return self.condition_id is not None, self.area_path.count("/") if self.area_path else 0


@dataclass(frozen=True, slots=True)
class Class:
    """A small class (小类) in force, with its conditions and the rows that say who handles it."""

    id: int
    code: str
    name: str
    big_name: str
    kind: str
    conditions: tuple[Condition, ...]
    entries: tuple[Entry, ...]

    def condition(self, condition_id: UUID) -> Condition:
        """One of this class's conditions. Raises Invalid."""
        for condition in self.conditions:
            if condition.id == condition_id:
                return condition
        raise Invalid("这个立案条件不属于该类别，请重新选择。", field="condition")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rules say: the value, whether they are certain, why, and what else was possible."""

    value: Any
    is_certain: bool
    reason: str
    alternatives: tuple[tuple[Any, str], ...] = ()


class Rulebook:
    """All rules in force on one day at one revision."""

    def __init__(self, number: int, day: date, classes: list[Class]) -> None:
        self.key = (number, day)
        self.classes = classes
        self.by_code = {c.code: c for c in classes}
        self.by_id = {c.id: c for c in classes}

    def find(self, code: str) -> Class:
        """The class with this code. Raises Invalid."""
        try:
            return self.by_code[code]
        except KeyError:
            raise Invalid("没有这个类别，请从类别清单里选。", field="category") from None


def choose_condition(category: Class) -> Choice | None:
    """Which filing condition (立案条件) to suggest: the only one, or the first of several."""
    if not category.conditions:
        return None
    first, *others = category.conditions
    alternatives = tuple((c, f"{c.text}（{c.limit}）") for c in others)
    if others:
        return Choice(first, False, f"“{category.name}”有 {len(others) + 1} 条立案条件，需人工确认", alternatives)
    reason = f"“{category.name}”只有一条立案条件：{first.text}，{first.limit}内处置"
    return Choice(first, first.is_certain, reason)


def choose_department(category: Class, condition_id: UUID | None, area_path: str) -> Choice | None:
    """Which department to suggest: the most specific row of the responsibility list that fits.

    Certain when one best row stands alone and says so; two equally specific rows with different departments need
    a person.
    """
    fitting = sorted(
        (
            e
            for e in category.entries
            if e.condition_id in (None, condition_id)
            and (e.area_path is None or area_path.startswith(e.area_path))
        ),
        key=lambda e: (e.weight, -e.number),
        reverse=True,
    )
    if not fitting:
        return None
    best = fitting[0]
    others = tuple((e, _row(category, e)) for e in fitting[1:] if e.department_id != best.department_id)
    ties = [e for e, _ in others if e.weight == best.weight]
    reason = _row(category, best)
    if ties:
        reason += "；同级条目还有 " + "、".join(e.department_name for e in ties) + "，需人工确认"
    return Choice(best, best.is_certain and not ties, reason, others)


def _row(category: Class, entry: Entry) -> str:
    place = f" · {entry.area_name}" if entry.area_name else ""
    return f"{category.name} · 责任清单第 {entry.number} 条{place}"


_book = Rulebook(-1, date.min, [])


def current() -> Rulebook:
    """The rules in force today."""
    global _book
    key = (revision.current(revision.RULES), clock.local(clock.now()).date())
    if _book.key != key:
        _book = Rulebook(*key, _load(key[1]))
    return _book


def forget() -> None:
    """Drop the copy of this process (tests; a restored database)."""
    global _book
    _book = Rulebook(-1, date.min, [])


def _load(day: date) -> list[Class]:
    entries: dict[int, list[Entry]] = {}
    for row in db.session.scalars(select(Responsibility).where(*_in_force(Responsibility, day))):
        entries.setdefault(row.category_id, []).append(
            Entry(
                number=row.number,
                condition_id=row.condition_id,
                area_path=row.area.path if row.area else None,
                area_name=row.area.name if row.area else None,
                department_id=row.department_id,
                department_code=row.department.code,
                department_name=row.department.name,
                is_certain=row.is_certain,
            )
        )
    categories = db.session.scalars(select(Category).where(*_in_force(Category, day)).order_by(Category.code))
    return [_class(c, tuple(entries.get(c.id, ())), day) for c in categories]


def _class(category: Category, entries: tuple[Entry, ...], day: date) -> Class:
    conditions = tuple(
        Condition(c.id, c.text, c.limit, c.closing, c.is_certain)
        for c in category.conditions
        if c.valid_from <= day and (c.valid_to is None or day < c.valid_to)
    )
    return Class(category.id, category.code, category.name, category.big_name, category.kind, conditions, entries)


def _in_force(table: Any, day: date) -> tuple[Any, Any]:
    return table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day)
