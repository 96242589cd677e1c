"""What stands (现行标准): classes, conditions, responsibilities of a scheme in force on a day, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from grid.accounts import department as departments
from grid.areas import net
from grid.db import db
from grid.errors import Conflict
from grid.events.category import Category, CategoryScheme, FilingCondition
from grid.events.responsibility import Responsibility
from grid.standards.allocation import Key, Share, effective
from grid.standards.unit import Unit, Units, in_order


@dataclass(slots=True)
class StandingClass:
    """A small class in force, its conditions by ordinal, its rows of the responsibility list by number."""

    category: Category
    conditions: list[FilingCondition]
    entries: list[Responsibility] = field(default_factory=list)

    def keys(self) -> set[Key]:
        return {key_of(entry) for entry in self.entries}


@dataclass(frozen=True, slots=True)
class Standing:
    """A scheme on a day. elsewhere: codes in force in other schemes → name of the scheme."""

    day: date
    classes: dict[str, StandingClass]
    elsewhere: dict[str, str]

    def big_name(self, code: str) -> str:
        """What the big class of a code is called already, else nothing."""
        return next((c.category.big_name for known, c in self.classes.items() if known[:-2] == code[:-2]), "")


def load(scheme: CategoryScheme | None, day: date) -> Standing:
    """What is in force on ``day``."""
    rows = db.session.scalars(select(Category).where(*_in_force(Category, day))).all()
    schemes = {s.id: s for s in db.session.scalars(select(CategoryScheme))}
    mine = [row for row in rows if scheme is not None and row.scheme_id == scheme.id]
    others = [row for row in rows if scheme is None or row.scheme_id != scheme.id]
    elsewhere = {row.code: schemes[row.scheme_id].name for row in others}
    classes = {row.code: StandingClass(row, []) for row in sorted(mine, key=lambda row: row.code)}
    for code, condition in _of_classes(FilingCondition, scheme, day):
        if code in classes:
            classes[code].conditions.append(condition)
    for code, entry in _of_classes(Responsibility, scheme, day):
        if code in classes:
            classes[code].entries.append(entry)
    for found in classes.values():
        found.conditions.sort(key=lambda condition: condition.ordinal)
        found.entries.sort(key=lambda entry: entry.number)
    return Standing(day, classes, elsewhere)


def _of_classes(table: Any, scheme: CategoryScheme | None, day: date) -> Iterator[tuple[str, Any]]:
    """Rows in force with the code of their class, whichever wording of it they hang on."""
    found = select(Category.code, table).join(Category, Category.id == table.category_id)
    mine = Category.scheme_id == (scheme.id if scheme else None)
    yield from db.session.execute(found.where(mine, *_in_force(table, day)))


def refuse_before_later(scheme: CategoryScheme, day: date) -> None:
    """Versions follow each other. Raises Conflict when a later one exists already."""
    latest: list[date] = []
    for table in (Category, FilingCondition, Responsibility):
        for column in (table.valid_from, table.valid_to):
            found = select(func.max(column))
            if table is not Category:
                found = found.join(Category, Category.id == table.category_id)  # type: ignore[union-attr]
            latest += [on for on in db.session.scalars(found.where(Category.scheme_id == scheme.id)) if on]
    if latest and max(latest) > day:
        raise Conflict(f"已有从 {max(latest)} 起生效的版本，新版本的生效日期不能更早。", field="valid_from")


def _in_force(table: Any, day: date) -> tuple[Any, Any]:
    return table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day)


def key_of(entry: Responsibility) -> Key:
    """A row of the responsibility list as the sets have it."""
    return Key(entry.condition_id, entry.area.path if entry.area else None, entry.department.code)


@dataclass(frozen=True)
class Directory:
    """The departments and areas that units are made of, both ways."""

    units: Units
    area_ids: dict[str, int]  # by path
    _codes: dict[str, str]
    _paths: dict[str, str]

    @classmethod
    def now(cls) -> Directory:
        nodes = list(net.current().by_id.values())
        units = Units.of(departments.active(), nodes)
        ids = {n.path: n.id for n in nodes}
        return cls(units, ids, {n.path: n.code for n in nodes}, {n.code: n.path for n in nodes})

    def units_of(self, shares: Iterable[Share]) -> tuple[Unit, ...]:
        """Shares in the words of the workbook, sorted."""
        found = {Unit(s.department, self._codes.get(s.place, s.place) if s.place else None) for s in shares}
        return in_order(found)

    def shares_of(self, units: Iterable[Unit]) -> frozenset[Share]:
        """The same back."""
        return frozenset(
            Share(self._paths.get(unit.area, unit.area) if unit.area else None, unit.department) for unit in units
        )

    def standing_units(self, found: StandingClass, condition_id: UUID | None) -> tuple[Unit, ...]:
        """Who handles a condition of a class now."""
        return self.units_of(effective(found.keys(), condition_id))
