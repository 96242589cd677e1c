"""Reading the handling units (处置单位) of a cell: departments by name or code, each perhaps for one area only.

A cell names one or several, parted by 、 or a line end. An area stands behind in brackets: 大岭水务站（富祥社区）.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from grid.accounts.department import Department
from grid.areas.net import Node
from grid.errors import Invalid
from grid.imports.wording import clean, likeness, loose, pairs

PARTING = re.compile(r"[、，；,;/\n]+|\s{2,}")
WITH_AREA = re.compile(r"(.+?)[（(]([^（()）]+)[)）]")
LIKE = 0.4


class Unit(NamedTuple):
    """A department (code), everywhere or in one area (code)."""

    department: str
    area: str | None


def in_order(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Units, sorted: everywhere first."""
    return tuple(sorted(units, key=lambda unit: (unit.area or "", unit.department)))


@dataclass(frozen=True)
class Units:
    """The departments and areas a cell may name."""

    departments: dict[str, Department]
    names: dict[str, str]  # loose name or code → department code
    areas: dict[str, str]  # name, where only one has it, or code → area code
    area_words: dict[str, str]  # area code → what we write

    @classmethod
    def of(cls, departments: Iterable[Department], areas: Iterable[Node]) -> Units:
        active, nodes = list(departments), list(areas)
        names = {loose(d.code): d.code for d in active} | {loose(d.name): d.code for d in active}
        shared = Counter(node.name for node in nodes)
        words = {n.code: n.name if shared[n.name] == 1 else n.code for n in nodes}
        found = {word: code for code, word in words.items()} | {code: code for code in words}
        return cls({d.code: d for d in active}, names, found, words)

    def reader(self) -> Callable[[str], tuple[Unit, ...]]:
        """``read`` that remembers: thousands of rows name the same dozen units."""
        return lru_cache(maxsize=4096)(self.read)

    def read(self, text: str) -> tuple[Unit, ...]:
        """The units a cell names, sorted. Raises Invalid for one that is not there, with the nearest name."""
        whole = self.names.get(loose(text))
        if whole:
            return (Unit(whole, None),)
        parts = [part for part in PARTING.split(text) if clean(part)]
        return in_order({self._one(part) for part in parts})

    def words(self, units: Iterable[Unit]) -> str:
        """What ``read`` reads back."""
        return "、".join(self._name(unit) + self._place(unit) for unit in units)

    def _place(self, unit: Unit) -> str:
        return f"（{self.area_words.get(unit.area, unit.area)}）" if unit.area else ""

    def _name(self, unit: Unit) -> str:
        found = self.departments.get(unit.department)
        return found.name if found else unit.department

    def _one(self, text: str) -> Unit:
        code = self.names.get(loose(text))
        if code:
            return Unit(code, None)
        placed = WITH_AREA.fullmatch(clean(text))
        code = self.names.get(loose(placed[1])) if placed else None
        if placed is None or code is None:
            raise self._unknown(placed[1] if placed else clean(text))
        area = self.areas.get(clean(placed[2]))
        if area is None:
            raise Invalid(f"没有“{placed[2]}”这个区域，请写区域的全名或代码", field="unit")
        return Unit(code, area)

    def _unknown(self, name: str) -> Invalid:
        signs = pairs(name)
        near = max(self.departments.values(), key=lambda d: likeness(signs, pairs(d.name)), default=None)
        is_near = near is not None and likeness(signs, pairs(near.name)) >= LIKE
        hint = f"，是不是“{near.name}”" if near and is_near else "，请先建立这个部门"
        return Invalid(f"没有叫“{name[:60]}”的部门{hint}", field="unit")
