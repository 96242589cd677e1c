"""Reading a workbook (工作簿): its sheets, their headings, the cells below as texts. Evaluates nothing."""

from __future__ import annotations

import io
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as clock_time
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter, range_boundaries

from grid.errors import Invalid
from grid.standards import archive
from grid.standards.wording import loose

MAX_LINES = 10_000  # rows with something in them, all sheets together
MAX_SHEETS = 30
MAX_COLUMNS = 40
MAX_MERGES = 50_000
HEADING_ROWS = 20  # the heading is looked for in so many rows
SECONDS = 20.0

# What a heading may be called. The first of each is what cities use most and what we write.
COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("类型", "部件事件", "部件或事件", "类别类型", "类别", "种类"),
    "big_code": ("大类代码", "大类编码", "大类编号"),
    "big_name": ("大类名称", "大类"),
    "small_code": ("小类代码", "小类编码", "小类编号"),
    "small_name": ("小类名称", "小类"),
    "unit": ("处置单位", "处置部门", "处置责任单位", "责任单位", "责任部门"),
    "authority": ("主管部门", "主管单位"),
    "condition": ("立案条件", "立案标准"),
    "closing": ("结案条件", "结案标准"),
    "limit": ("处置时限", "处理时限", "处置期限", "时限"),
    "automatic": ("自动立案",),
}
REQUIRED = ("big_code", "small_code", "small_name", "condition", "limit")
# What openpyxl and the standard library raise for files that are broken inside; each becomes a refusal.
BROKEN = (
    BadZipFile, zlib.error, ParseError, EOFError, KeyError, IndexError, ValueError, TypeError, AttributeError,
    OverflowError, NotImplementedError, OSError, StopIteration, AssertionError,
)  # fmt: skip
MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, its address, whether the text comes from a merged block above, what is wrong with it."""

    text: str
    address: str
    is_merged: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the heading: the cells of the columns we know, by the names of COLUMNS."""

    number: int
    cells: dict[str, Cell]

    @property
    def is_blank(self) -> bool:
        return not any(cell.text or cell.fault for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a heading. title_words: what stands above the heading. headings: as written, by column name."""

    title: str
    title_words: str
    headings: dict[str, str]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets that have a heading, and the names of those that have none."""

    sheets: tuple[Sheet, ...]
    ignored: tuple[str, ...]


class _Budget:
    """How many rows and seconds are left."""

    def __init__(self) -> None:
        self._lines, self._end = MAX_LINES, time.monotonic() + SECONDS

    def spend(self, row_number: int, is_blank: bool) -> None:
        self._lines -= not is_blank
        if self._lines < 0:
            raise _refusal(f"工作簿超过 {MAX_LINES} 行，请分成几份")
        if row_number > archive.MAX_ROWS:
            raise _refusal(f"工作表超过 {archive.MAX_ROWS} 行，请删掉后面的空行")
        if time.monotonic() > self._end:
            raise _refusal("文件太复杂，读得太久")


def read(data: bytes) -> Book:
    """What is in a workbook. Raises Invalid: not a workbook, unsafe, too large, broken, no heading, formulas."""
    archive.check(data)
    try:
        book = _read(data)
    except BROKEN as error:
        raise _refusal("文件不完整或已损坏，请用 Excel 或 WPS 打开后重新保存") from error
    if not book.sheets:
        names = "、".join(COLUMNS[name][0] for name in REQUIRED)
        raise _refusal(f"没有找到表头。表头要有：{names}")
    return book


def _read(data: bytes) -> Book:
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False, keep_vba=False)
    try:
        if len(workbook.worksheets) > MAX_SHEETS:
            raise _refusal(f"工作簿超过 {MAX_SHEETS} 张表")
        budget, sheets, ignored = _Budget(), [], []
        for worksheet in workbook.worksheets:
            shown = worksheet.sheet_state == "visible"
            sheet = _read_sheet(worksheet, _merges(data, worksheet), budget) if shown else None
            if sheet:
                sheets.append(sheet)
            else:
                ignored.append(worksheet.title)
        return Book(tuple(sheets), tuple(ignored))
    finally:
        workbook.close()


def _merges(data: bytes, worksheet: Any) -> dict[tuple[int, int], int]:
    """Merged blocks: (row, column) of the first cell → last row. openpyxl's read-only mode does not tell them."""
    with ZipFile(io.BytesIO(data)) as parts:
        xml = parts.read(worksheet._worksheet_path)
    found = {}
    for number, match in enumerate(MERGE.finditer(xml)):
        if number > MAX_MERGES:
            raise _refusal("合并单元格太多")
        left, top, _, bottom = range_boundaries(match[1].decode())
        found[int(top or 0), int(left or 0)] = int(bottom or 0)
    return found


def _read_sheet(worksheet: Any, merges: dict[tuple[int, int], int], budget: _Budget) -> Sheet | None:
    worksheet.reset_dimensions()  # what the file says of its size need not be true
    rows = _rows(worksheet, budget)
    above: list[str] = []
    for number, cells in rows:
        if number > HEADING_ROWS:
            return None
        columns = _columns(cells)
        if columns:
            headings = {name: str(cells[column - 1].value) for column, name in columns.items()}
            found = tuple(_below(worksheet.title, rows, columns, merges))
            return Sheet(worksheet.title, " ".join(above), headings, found)
        above += [str(cell.value) for cell in cells if isinstance(cell.value, str)]
    return None


def _rows(worksheet: Any, budget: _Budget) -> Iterator[tuple[int, Any]]:
    for number, cells in enumerate(worksheet.iter_rows(max_col=MAX_COLUMNS), 1):
        budget.spend(number, all(cell.value is None for cell in cells))
        yield number, cells


def _columns(cells: Iterable[Any]) -> dict[int, str]:
    """Which column holds what, if this row is a heading. Raises Invalid when two say the same."""
    known = {loose(word): name for name, words in COLUMNS.items() for word in words}
    columns: dict[int, str] = {}
    for number, cell in enumerate(cells, 1):
        words = re.sub(r"[（(].*?[)）]", "", cell.value) if isinstance(cell.value, str) else ""
        name = known.get(loose(words))
        if name is None:
            continue
        if name in columns.values():
            raise _refusal(f"表头有两列“{COLUMNS[name][0]}”，请只留一列")
        columns[number] = name
    return columns if set(REQUIRED) <= set(columns.values()) else {}


def _below(
    title: str, rows: Iterator[tuple[int, Any]], columns: dict[int, str], merges: dict[tuple[int, int], int]
) -> Iterator[Row]:
    blocks: dict[int, tuple[int, Cell]] = {}  # column → last row of the merged block in it, and its first cell
    for number, cells in rows:
        found: dict[str, Cell] = {}
        for column, name in columns.items():
            last, first = blocks.get(column, (0, None))
            cell = _cell(title, number, column, cells[column - 1] if column <= len(cells) else None)
            if first and number <= last and not cell.text:
                cell = Cell(first.text, cell.address, True, first.fault)
            elif (number, column) in merges:
                blocks[column] = merges[number, column], cell
            found[name] = cell
        yield Row(number, found)


def _cell(title: str, row: int, column: int, cell: Any) -> Cell:
    address = f"{title}!{get_column_letter(column)}{row}"
    value = None if cell is None else cell.value
    if value is None:
        return Cell("", address)
    if cell.data_type == "f":
        raise _refusal(f"{address} 是公式。公式不会计算，请粘贴为数值")
    if cell.data_type == "e":
        return Cell("", address, fault=f"单元格是错误值 {value}")
    if isinstance(value, date | clock_time | timedelta):
        return Cell("", address, fault="单元格是日期或时间，请改成文字")
    return Cell(_text(value), address)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _refusal(reason: str) -> Invalid:
    return Invalid(f"{reason}。没有导入任何内容。", field="file")
