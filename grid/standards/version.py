"""A dated version (版本): chosen lines become rows that hold from a day on; what they replace ends on that day."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from grid.db import db, new_id
from grid.errors import Conflict
from grid.events.category import Category, CategoryScheme, FilingCondition
from grid.events.responsibility import Responsibility
from grid.imports.fate import Fate
from grid.standards.allocation import Key, Share, effective, settle
from grid.standards.line import Line
from grid.standards.standing import Directory, Standing, StandingClass, key_of


def adopt(lines: list[Line], standing: Standing, scheme: CategoryScheme, directory: Directory) -> None:
    """Write the lines down as the version of ``standing.day``, inside the caller's transaction."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.code, []).append(line)
    edition = _Edition(standing, scheme, directory)
    changes = [_ClassChange(edition, code, group) for code, group in groups.items()]
    db.session.flush()  # conditions and responsibilities refer to the ids of classes
    for change in changes:
        change.write_conditions()
    db.session.flush()  # responsibilities refer to conditions
    for change in changes:
        change.write_entries()
    db.session.flush()


class _Edition:
    """What all classes of one version share."""

    def __init__(self, standing: Standing, scheme: CategoryScheme, directory: Directory) -> None:
        self.standing, self.scheme, self.day = standing, scheme, standing.day
        self.directory = directory
        self.departments = {d.code: d.id for d in directory.units.departments.values()}
        self.areas = directory.area_ids
        begun = select(Category).where(Category.scheme_id == scheme.id, Category.valid_from == self.day)
        self.begun_today = {row.code: row for row in db.session.scalars(begun)}
        self.numbers = count((db.session.scalar(select(func.max(Responsibility.number))) or 0) + 1)

    def category(self, line: Line, found: Category | None) -> Category:
        """The class as the line words it: the row in force, else one from this day on."""
        told = {"kind": line.kind, "name": line.name, "big_name": line.big_name}
        if found is not None and all(getattr(found, name) == value for name, value in told.items()):
            return found
        if found is not None:
            found.valid_to = self.day
        row = self.begun_today.get(line.code)
        if row is None:
            row = Category(scheme_id=self.scheme.id, code=line.code, valid_from=self.day, **told)
            db.session.add(row)
        else:  # a second version of the same day: one row a day
            row.valid_to = None
            _set(row, told)
        return row


class _ClassChange:
    """The lines of one small class on their way into the tables."""

    def __init__(self, edition: _Edition, code: str, lines: list[Line]) -> None:
        self.edition = edition
        self.found = edition.standing.classes.get(code)
        self.ended = [line for line in lines if line.fate is Fate.ENDED]
        self.told = [line for line in lines if line.fate is not Fate.ENDED]
        self.is_over = any(not line.condition for line in self.ended)
        self.heirs: dict[UUID, UUID | None] = {}  # a condition in force → what takes its place
        self.wanted: dict[UUID | None, frozenset[Share]] = {}
        if self.told:
            self.category = edition.category(self.told[0], self.found.category if self.found else None)
        else:
            self.category = self._standing().category
        if self.is_over:
            self.category.valid_to = edition.day

    def write_conditions(self) -> None:
        known = {str(row.id): row for row in self.found.conditions} if self.found else {}
        ordinals = count(max((row.ordinal for row in known.values()), default=0) + 1)
        ended = known.values() if self.is_over else [known[str(line.condition_id)] for line in self.ended]
        for row in ended:
            row.valid_to = self.edition.day
            self.heirs[row.id] = None
        for line in self.told:
            old = known.get(str(line.condition_id))
            kept = old.id if old is not None and not _differs(old, line) else None
            if line.condition and kept is None:
                kept = self._write(line, old, old.ordinal if old else next(ordinals)).id
            if old is not None:
                self.heirs[old.id] = kept
            if line.units is not None:
                self.wanted[kept] = self.edition.directory.shares_of(line.units)

    def _write(self, line: Line, old: FilingCondition | None, ordinal: int) -> FilingCondition:
        row = FilingCondition(
            id=new_id(),
            category_id=self.category.id,
            ordinal=ordinal,
            text=line.condition,
            limit_value=line.limit_value,
            limit_unit=line.limit_unit,
            closing=line.closing,
            authority=_told(line.authority, old.authority if old else ""),
            is_certain=_told(line.automatic, old.is_certain if old else False),
            valid_from=self.edition.day,
        )
        if old is not None:
            old.valid_to = self.edition.day
        db.session.add(row)
        return row

    def write_entries(self) -> None:
        entries = self.found.entries if self.found else []
        keys = {id(entry): self._moved(key_of(entry)) for entry in entries}
        standing = {key for key in keys.values() if key is not None}
        target = set() if self.is_over else settle(standing, self._all_wanted(standing))
        for entry in entries:
            key = keys[id(entry)]
            if key is None or key not in target:
                entry.valid_to = self.edition.day
            elif key.condition != entry.condition_id:
                self._succeed(entry, key)
        for key in sorted(target - standing, key=lambda key: tuple(map(str, key))):
            db.session.add(self._entry(next(self.edition.numbers), key, is_certain=True))

    def _moved(self, key: Key) -> Key | None:
        """The same row about the condition that took the place of its own; None when nothing did."""
        if key.condition is None or key.condition not in self.heirs:
            return key
        heir = self.heirs[key.condition]
        return None if heir is None else key._replace(condition=heir)

    def _all_wanted(self, keys: set[Key]) -> dict[UUID | None, frozenset[Share]]:
        """For every condition from this day on: what the workbook says, else what holds."""
        if not self.wanted:
            return {}
        kept = [self.heirs.get(row.id, row.id) for row in self.found.conditions] if self.found else []
        wanted: dict[UUID | None, frozenset[Share]] = {
            condition: effective(keys, condition) for condition in kept if condition is not None
        }
        wanted |= self.wanted
        if len(wanted) > 1:
            wanted.pop(None, None)  # said of the class as such, which has conditions of its own
        return wanted

    def _succeed(self, entry: Responsibility, key: Key) -> None:
        """Let a row of the list follow its condition; one row a number and day."""
        if entry.valid_from == self.edition.day:
            entry.condition_id = key.condition
            return
        entry.valid_to = self.edition.day
        db.session.add(self._entry(entry.number, key, entry.is_certain))

    def _entry(self, number: int, key: Key, is_certain: bool) -> Responsibility:
        if key.department not in self.edition.departments:
            raise Conflict(f"部门 {key.department} 已停用，请重新上传工作簿看预览。")
        if key.place and key.place not in self.edition.areas:
            raise Conflict("权责清单里的区域已撤销，请重新上传工作簿看预览。")
        return Responsibility(
            number=number,
            category_id=self.category.id,
            condition_id=key.condition,
            area_id=self.edition.areas.get(key.place) if key.place else None,
            department_id=self.edition.departments[key.department],
            is_certain=is_certain,
            valid_from=self.edition.day,
        )

    def _standing(self) -> StandingClass:
        if self.found is None:
            raise Conflict("要停用的小类已经不在了，请重新上传工作簿看预览。")
        return self.found


def _differs(row: FilingCondition, line: Line) -> bool:
    """Must a condition be written anew?"""
    told: list[tuple[Any, Any]] = [
        (row.text, line.condition),
        (row.closing, line.closing),
        (row.limit, line.limit),
        (row.authority, _told(line.authority, row.authority)),
        (row.is_certain, _told(line.automatic, row.is_certain)),
    ]
    return any(old != new for old, new in told)


def _told(new: Any, old: Any) -> Any:
    return old if new is None else new


def _set(row: Any, told: dict[str, Any]) -> None:
    for name, value in told.items():
        setattr(row, name, value)
