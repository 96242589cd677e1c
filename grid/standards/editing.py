"""Editing (逐条修改): one row of the standards changed, added or ended from a day on.

It is a version of one line: the same comparison and the same rows as an import makes. The old row ends, and is
never changed; cases filed under it live on with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from grid import clock, revision
from grid.accounts.user import User
from grid.db import db
from grid.errors import Invalid, NotFound
from grid.events.category import CategoryScheme, FilingCondition
from grid.imports.fate import Fate
from grid.imports.wording import clean, loose
from grid.revision import RULES
from grid.standards import code as codes
from grid.standards import limit as limits
from grid.standards import preview, standing, version
from grid.standards.line import Line
from grid.standards.standing import Directory, Standing, StandingClass
from grid.standards.unit import Unit
from grid.trail import entry as trail


@dataclass(frozen=True, slots=True)
class Row:
    """A row in force: a condition of a class and who handles it; condition None: of a class that has none."""

    found: StandingClass
    condition: FilingCondition | None
    units: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a row is to say. kind, big_name: only of a new class. limit, units: in the words a workbook has them.

    condition_id: the row it takes the place of; None: a new one.
    """

    code: str
    name: str
    condition: str
    limit: str
    units: str
    closing: str = ""
    authority: str = ""
    automatic: bool = False
    kind: str | None = None
    big_name: str = ""
    condition_id: UUID | None = None


def schemes() -> list[CategoryScheme]:
    """All schemes, by code."""
    return list(db.session.scalars(select(CategoryScheme).order_by(CategoryScheme.code)))


def rows(scheme: str, words: str = "") -> list[Row]:
    """The rows of a scheme in force today, in the order of their codes. words: those that have them somewhere."""
    now, directory = standing.load(_scheme(scheme), clock.today()), Directory.now()
    wanted = loose(words)
    return [row for row in _all(now, directory) if wanted in loose(_said(row))]


def put(actor: User, scheme: str, told: Told, day: date) -> Line:
    """Let a row say this from ``day`` on. Raises Invalid (nonsense, no change, contradiction: both rows named),
    Conflict (a later version exists), NotFound (the row it replaces is not in force).

    The caller has locked the rules.
    """
    found, now, directory = _on(scheme, day)
    old = _condition(now, told.code, told.condition_id) if told.condition_id else None
    line = _line(told, now, directory)
    preview.judge(line, old, now, directory)
    if line.fate is Fate.REFUSED:
        reason = line.reasons[0]
        raise Invalid(reason["text"], field=reason["cell"] if reason["cell"] in _FIELDS else "code")
    if line.fate is Fate.UNCHANGED:
        raise Invalid("和现行的一样，没有要改的。", field="condition")
    return _adopt(actor, found, now, directory, line)


def end(actor: User, scheme: str, code: str, condition_id: UUID | None, day: date) -> Line:
    """Let a row end on ``day``; without a condition the whole class. Raises Conflict, NotFound."""
    found, now, directory = _on(scheme, day)
    old = _condition(now, code, condition_id) if condition_id else None
    if code not in now.classes:
        raise NotFound("这一天没有这个小类。")
    return _adopt(actor, found, now, directory, preview.gone_line(now.classes[code], old))


_FIELDS = ("code", "name", "big_name", "condition", "limit", "units")


def _on(scheme: str, day: date) -> tuple[CategoryScheme, Standing, Directory]:
    if day < clock.today():
        raise Invalid("生效日期不能早于今天。", field="valid_from")
    found = _scheme(scheme)
    standing.refuse_before_later(found, day)
    return found, standing.load(found, day), Directory.now()


def _adopt(actor: User, scheme: CategoryScheme, now: Standing, directory: Directory, line: Line) -> Line:
    version.adopt([line], now, scheme, directory)
    revision.bump(RULES)
    told: dict[str, Any] = {"scheme": scheme.code, "valid_from": str(now.day), "fate": str(line.fate)}
    trail.record(actor, "standards:edit", "category", line.code, **told, changes=line.changes)
    return line


def _line(told: Told, now: Standing, directory: Directory) -> Line:
    found = now.classes.get(told.code)
    kind = found.category.kind if found else told.kind
    try:
        code, kind = codes.join(kind, told.code[:-2], told.code[-2:])
    except Invalid as error:
        raise Invalid(f"{error.detail}。", field="code") from error
    line = Line(1, "", 0, code=code, kind=kind, name=clean(told.name), closing=clean(told.closing))
    line.big_name = clean(told.big_name) or (found.category.big_name if found else "")
    line.condition, line.authority, line.automatic = clean(told.condition), clean(told.authority), told.automatic
    if line.condition:
        reading = limits.read(told.limit)
        line.limit_value, line.limit_unit = reading.limit.value, reading.limit.unit.value
    line.units = _units(told.units, directory)
    return line


def _units(words: str, directory: Directory) -> tuple[Unit, ...]:
    """Who handles it. Raises Invalid for names that are none, and for two of one place: no rule could choose."""
    if not words.strip():
        return ()
    try:
        found = directory.units.read(words)
    except Invalid as error:
        raise Invalid(f"{error.detail}。", field="units") from error
    by_place: dict[str | None, list[Unit]] = defaultdict(list)
    for unit in found:
        by_place[unit.area].append(unit)
    for same in by_place.values():
        if len(same) > 1:
            first, second = (directory.units.words([unit]) for unit in same[:2])
            raise Invalid(f"{first} 和 {second} 管的是同一处，只能有一个。", field="units")
    return found


def _all(now: Standing, directory: Directory) -> Iterator[Row]:
    for found in now.classes.values():
        listed: list[FilingCondition | None] = [*found.conditions] or [None]
        for condition in listed:
            condition_id = condition.id if condition else None
            yield Row(found, condition, directory.units.words(directory.standing_units(found, condition_id)))


def _said(row: Row) -> str:
    category, condition = row.found.category, row.condition
    told = (category.code, category.name, category.big_name, condition.text if condition else "", row.units)
    return " ".join(told)


def _condition(now: Standing, code: str, condition_id: UUID) -> FilingCondition:
    found = now.classes.get(code)
    for row in found.conditions if found else []:
        if row.id == condition_id:
            return row
    raise NotFound("这一天没有这一条，可能已经改过或停用。请刷新再看。")


def _scheme(code: str) -> CategoryScheme:
    found = db.session.scalar(select(CategoryScheme).where(CategoryScheme.code == code))
    if found is None:
        raise NotFound("没有这个类别体系。", field="scheme")
    return found
