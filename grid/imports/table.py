"""Table (表): the rows of a csv or xlsx under their heading; cells by the names of columns, as texts.

What a cell says wrong is a fault of that cell, named by its address; what makes the file unreadable is Invalid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as clock_time
from typing import Any

from openpyxl.utils.cell import get_column_letter

from grid.imports import sheet
from grid.imports.archive import USUAL, Limits, refusal
from grid.imports.sheet import Fault, Formula, Sheet
from grid.imports.wording import loose

HEADING_ROWS = 20  # the heading is looked for in so many rows


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a table has: name → what a heading may be called, the usual word first.

    moments: those in which a date or a time is welcome; elsewhere it is a fault, mostly a code that was misread.
    """

    words: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    moments: tuple[str, ...] = ()

    def named(self, name: str) -> str:
        """The usual word for a column."""
        return self.words[name][0]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, its address, whether the text comes from a merged block above, what is wrong with it."""

    text: str
    address: str
    is_merged: bool = False
    fault: str = ""
    is_formula: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the heading: the cells of the columns we know, by their names."""

    number: int
    cells: dict[str, Cell]

    @property
    def is_blank(self) -> bool:
        return not any(cell.text or cell.fault for cell in self.cells.values())

    def text(self, name: str) -> str:
        """What the cell says; empty when the table has no such column."""
        cell = self.cells.get(name)
        return cell.text.strip() if cell else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with a heading. title_words: what stands above the heading. headings: as written, by column name."""

    title: str
    title_words: str
    headings: dict[str, str]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The tables of a file, and the names of sheets that are hidden or have no heading."""

    tables: tuple[Table, ...]
    ignored: tuple[str, ...]


def read(data: bytes, columns: Columns, limits: Limits = USUAL) -> Book:
    """What is in a csv or xlsx. Raises Invalid: not a table, unsafe, too large, broken, no heading."""
    tables, ignored = [], []
    for one in sheet.sheets(data, limits):
        table = _table(one, columns) if one.is_shown else None
        if table:
            tables.append(table)
        else:
            ignored.append(one.title)
    if not tables:
        names = "、".join(columns.named(name) for name in columns.required)
        raise refusal(f"没有找到表头。表头要有：{names}")
    return Book(tuple(tables), tuple(ignored))


def _table(told: Sheet, columns: Columns) -> Table | None:
    above: list[str] = []
    for place, (_, values) in enumerate(told.rows, 1):
        if place > HEADING_ROWS:
            return None
        found = _heading(values, columns)
        if found:
            headings = {name: str(values[at - 1]) for at, name in found.items()}
            return Table(told.title, " ".join(above), headings, tuple(_below(told, found, columns.moments)))
        above += [value for value in values if isinstance(value, str)]
    return None


def _heading(values: tuple[Any, ...], columns: Columns) -> dict[int, str]:
    """Which column holds what, if this row is a heading. Raises Invalid when two say the same."""
    known = {loose(word): name for name, words in columns.words.items() for word in words}
    found: dict[int, str] = {}
    for at, value in enumerate(values, 1):
        words = re.sub(r"[（(].*?[)）]", "", value) if isinstance(value, str) else ""
        name = known.get(loose(words))
        if name is None:
            continue
        if name in found.values():
            raise refusal(f"表头有两列“{columns.named(name)}”，请只留一列")
        found[at] = name
    return found if set(columns.required) <= set(found.values()) else {}


def _below(told: Sheet, columns: dict[int, str], moments: tuple[str, ...]) -> Iterator[Row]:
    blocks: dict[int, tuple[int, Cell]] = {}  # column → last row of the merged block in it, and its first cell
    for number, values in told.rows:
        found: dict[str, Cell] = {}
        for at, name in columns.items():
            last, first = blocks.get(at, (0, None))
            value = values[at - 1] if at <= len(values) else None
            is_moment = name in moments and isinstance(value, date)
            cell = _cell(told.title, number, at, str(value) if is_moment else value)
            if first and number <= last and not cell.text:
                cell = Cell(first.text, cell.address, True, first.fault, first.is_formula)
            elif (number, at) in told.merges:
                blocks[at] = told.merges[number, at], cell
            found[name] = cell
        yield Row(number, found)


def _cell(title: str, row: int, column: int, value: Any) -> Cell:
    address = f"{title}!{get_column_letter(column)}{row}".lstrip("!")
    if value is None:
        return Cell("", address)
    if isinstance(value, Formula):
        return Cell("", address, fault="是公式。公式不会计算，请粘贴为数值", is_formula=True)
    if isinstance(value, Fault):
        return Cell("", address, fault=f"单元格是错误值 {value}")
    if isinstance(value, date | clock_time | timedelta):
        return Cell("", address, fault="单元格是日期或时间，请改成文字")
    return Cell(_text(value), address)


def _text(value: Any) -> str:
    """A number that a program made of a code stays the code."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
