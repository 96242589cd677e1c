"""Rulebook (规则): categories, conditions and responsibilities in force on a day, in memory; rebuilt on change.

Choosing is pure: the same event, rules and day give the same answer, and the answer says why. What is no longer in
force stays readable, because cases filed under it live on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from grid import clock, revision
from grid.accounts import user as users
from grid.accounts.user import User
from grid.areas import net
from grid.db import db
from grid.errors import Invalid, NotFound
from grid.events import ladder, procedure_rule
from grid.events.category import Category, CategoryScheme, FilingCondition
from grid.events.ladder import Ladders
from grid.events.procedure_rule import Procedure
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
    authority: str = ""  # 主管部门


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
    home: str = "/"  # path of the street, or the area above it, that the department serves

    @property
    def weight(self) -> tuple[bool, int]:
        """How specific the row is: a condition beats none, a smaller area beats a larger."""
        return self.condition_id is not None, self.area_path.count("/") if self.area_path else 0

    def fits(self, area_path: str) -> bool:
        """Does the row speak of this place, and does its department serve it?"""
        return (self.area_path is None or area_path.startswith(self.area_path)) and area_path.startswith(self.home)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A category scheme (类别体系)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Class:
    """A small class (小类), with its conditions in force and the rows that say who handles it.

    ids: of its dated rows, the one in force first. past: conditions not in force.
    """

    ids: tuple[int, ...]
    scheme: Scheme
    code: str
    name: str
    big_name: str
    kind: str
    conditions: tuple[Condition, ...]
    past: tuple[Condition, ...]
    entries: tuple[Entry, ...]

    @property
    def id(self) -> int:
        return self.ids[0]

    def condition(self, condition_id: UUID) -> Condition:
        """One of this class's conditions in force. Raises Invalid."""
        for condition in self.conditions:
            if condition.id == condition_id:
                return condition
        raise Invalid("这个立案条件不属于该类别，请重新选择。", field="condition")

    def filed_under(self, condition_id: UUID | None) -> Condition | None:
        """The condition a case was filed under, in force or not."""
        return next((c for c in (*self.conditions, *self.past) if c.id == condition_id), None)

    def heir(self, condition_id: UUID | None) -> UUID | None:
        """The condition in force that says the same as this one, which a later version may have replaced."""
        filed = self.filed_under(condition_id)
        if filed is None or filed in self.conditions:
            return condition_id
        return next((c.id for c in self.conditions if c.text == filed.text), condition_id)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rules say: the value, whether they are certain, why, and what else was possible."""

    value: Any
    is_certain: bool
    reason: str
    alternatives: tuple[tuple[Any, str], ...] = ()


class Rulebook:
    """All rules in force on one day at one revision; by_id knows retired classes and wordings too."""

    def __init__(
        self,
        number: int,
        day: date,
        classes: Iterable[Class],
        retired: Iterable[Class] = (),
        procedure: Procedure | None = None,
        ladders: Ladders | None = None,
    ) -> None:
        self.key = (number, day)
        self.procedure = procedure or Procedure({})
        self.ladders = ladders or Ladders()
        self.classes = list(classes)
        self.by_code = {c.code: c for c in self.classes}
        self.by_id = {id_: c for c in (*retired, *self.classes) for id_ in c.ids}

    @cached_property
    def actor(self) -> User | None:
        """The account the rules act under, as it was when first needed; without one, people do it all."""
        try:
            return users.automaton()
        except NotFound:
            return None

    def find(self, code: str) -> Class:
        """The class with this code. Raises Invalid."""
        try:
            return self.by_code[code]
        except KeyError:
            raise Invalid("没有这个类别，请从类别清单里选。", field="category") from None

    def name(self, category_id: int) -> str:
        """What a case's class is called, in force or not."""
        found = self.by_id.get(category_id)
        return found.name if found else "已停用的类别"


def choose_condition(category: Class, words: Callable[[Limit], str] = str) -> Choice | None:
    """Which filing condition (立案条件) to suggest: the only one, or the first of several. words: for a limit."""
    if not category.conditions:
        return None
    first, *others = category.conditions
    alternatives = tuple((c, f"{c.text}（{words(c.limit)}）") for c in others)
    if others:
        return Choice(first, False, f"“{category.name}”有 {len(others) + 1} 条立案条件，需人工确认", alternatives)
    reason = f"“{category.name}”只有一条立案条件：{first.text}，{words(first.limit)}内处置"
    return Choice(first, first.is_certain, reason)


def choose_department(category: Class, condition_id: UUID | None, area_path: str) -> Choice | None:
    """Which department to suggest: the most specific row of the responsibility list that fits.

    Certain when one best row stands alone and says so; two equally specific rows with different departments need
    a person.
    """
    condition_id = category.heir(condition_id)
    fitting = sorted(
        (e for e in category.entries if e.condition_id in (None, condition_id) and e.fits(area_path)),
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


_snapshot = revision.Snapshot[Rulebook](revision.RULES)
forget = _snapshot.forget


def current() -> Rulebook:
    """The rules in force today."""
    key = (revision.current(revision.RULES), clock.today())
    return _snapshot.get(key, lambda: _load(*key))


def on(day: date) -> Rulebook:
    """The rules in force on another day, as far as they are known now."""
    book = current()
    return book if book.key[1] == day else _load(book.key[0], day)


def _load(number: int, day: date) -> Rulebook:
    entries: dict[int, list[Entry]] = {}
    for row in db.session.scalars(select(Responsibility).where(*_in_force(Responsibility, day))):
        entries.setdefault(row.category_id, []).append(_entry(row))
    schemes = {s.id: Scheme(s.code, s.name) for s in db.session.scalars(select(CategoryScheme))}
    rows = db.session.scalars(
        select(Category).order_by(Category.code, Category.scheme_id, Category.valid_from.desc())
    ).all()
    classes: list[Class] = []
    retired: list[Class] = []
    for (_, scheme_id), group in groupby(rows, key=lambda c: (c.code, c.scheme_id)):
        versions = sorted(group, key=lambda c: not _is_in_force(c, day))
        found = _class(schemes[scheme_id], versions, entries, day)
        (classes if _is_in_force(versions[0], day) else retired).append(found)
    return Rulebook(number, day, classes, retired, procedure_rule.in_force(day), ladder.on(day))


def _entry(row: Responsibility) -> Entry:
    snapshot = net.current()
    return Entry(
        number=row.number,
        condition_id=row.condition_id,
        area_path=row.area.path if row.area else None,
        area_name=row.area.name if row.area else None,
        department_id=row.department_id,
        department_code=row.department.code,
        department_name=row.department.name,
        is_certain=row.is_certain,
        home=snapshot.home(snapshot.node(row.department.area_id).path),
    )


def _class(scheme: Scheme, versions: list[Category], entries: dict[int, list[Entry]], day: date) -> Class:
    told = sorted((c for version in versions for c in version.conditions), key=lambda c: c.ordinal)
    latest = versions[0]
    return Class(
        ids=tuple(version.id for version in versions),
        scheme=scheme,
        code=latest.code,
        name=latest.name,
        big_name=latest.big_name,
        kind=latest.kind,
        conditions=tuple(_condition(c) for c in told if _is_in_force(c, day)),
        past=tuple(_condition(c) for c in told if not _is_in_force(c, day)),
        entries=tuple(entry for version in versions for entry in entries.get(version.id, ())),
    )


def _condition(row: FilingCondition) -> Condition:
    return Condition(row.id, row.text, row.limit, row.closing, row.is_certain, row.authority)


def _is_in_force(row: Any, day: date) -> bool:
    return bool(row.valid_from <= day and (row.valid_to is None or day < row.valid_to))


def _in_force(table: Any, day: date) -> tuple[Any, Any]:
    return table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day)
