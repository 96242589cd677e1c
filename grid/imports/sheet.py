"""Sheet (表格): the rows of a csv or xlsx file from outside, within limits; nothing is evaluated."""

from __future__ import annotations

import csv
import io
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from grid.imports import archive
from grid.imports.archive import OLE, USUAL, Limits, refusal

MAX_MERGES = 50_000
# What openpyxl and the standard library raise for files that are broken inside; each becomes a refusal.
BROKEN = (
    BadZipFile, InvalidFileException, zlib.error, ParseError, EOFError, KeyError, IndexError, ValueError,
    TypeError, AttributeError, OverflowError, NotImplementedError, OSError, StopIteration, AssertionError,
    RuntimeError,
)  # fmt: skip
MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
DAMAGED = "文件不完整或已损坏，请用 Excel 或 WPS 打开后重新保存"
ENCODINGS = ("utf-8-sig", "gb18030")  # what office programs write

Row = tuple[Any, ...]


class Formula(str):
    """A cell that holds a formula: shown, never computed."""


class Fault(str):
    """A cell that holds an error value, such as #REF!."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """rows: with their numbers in the file, lazily. merges: (row, column) of a block's first cell → its last row.

    title is empty for a csv.
    """

    title: str
    is_shown: bool
    rows: Iterator[tuple[int, Row]]
    merges: dict[tuple[int, int], int] = field(default_factory=dict)


def sheets(data: bytes, limits: Limits = USUAL) -> Iterator[Sheet]:
    """The sheets of a file, to be read one after the other. Raises Invalid, saying what is wrong with it."""
    archive.check_size(data, limits)
    if data.startswith((b"PK", OLE)):
        archive.check(data, limits)
        return _workbook(data, limits)
    return iter([Sheet("", True, _text(data, limits))])


def first(data: bytes, limits: Limits = USUAL) -> list[tuple[int, Row]]:
    """The rows of the first sheet that hold anything."""
    rows = next(sheets(data, limits)).rows
    return [(number, row) for number, row in rows if any(value not in (None, "") for value in row)]


def _text(data: bytes, limits: Limits) -> Iterator[tuple[int, Row]]:
    """Lines that begin with # are remarks (the source of one of our tables)."""
    budget, lines = _Budget(limits), _Lines(_decoded(data))
    try:
        # A quoted cell may hold line ends: the number is of the row's last line.
        for row in csv.reader(lines):
            budget.spend(lines.number, not any(row))
            yield lines.number, tuple(row[: limits.columns])
    except csv.Error:
        raise refusal("csv 读不懂，请检查引号") from None


class _Lines:
    """The lines of a text but its remarks; number: of the line given out last."""

    def __init__(self, text: str) -> None:
        self.number = 0
        self._lines = io.StringIO(text, newline="")

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(self._lines, 1):
            self.number = number
            if not line.startswith("#"):
                yield line


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise refusal("文件不是 csv 或 xlsx 表格")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusal("文件的文字编码认不出，请另存为 UTF-8 的 csv")


def _workbook(data: bytes, limits: Limits) -> Iterator[Sheet]:
    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        found = workbook.worksheets
        merges = [_merges(data, worksheet) for worksheet in found]
        titles = [str(worksheet.title) for worksheet in found]
    except BROKEN as error:
        raise refusal(DAMAGED) from error
    if not found:
        raise refusal(DAMAGED)
    if len(found) > limits.sheets:
        raise refusal(f"工作簿超过 {limits.sheets} 张表")
    budget = _Budget(limits)
    for worksheet, title, blocks in zip(found, titles, merges, strict=True):
        rows = _rows(worksheet, budget, limits.columns)
        yield Sheet(title, worksheet.sheet_state == "visible", rows, blocks)


def _rows(worksheet: Any, budget: _Budget, columns: int) -> Iterator[tuple[int, Row]]:
    try:
        worksheet.reset_dimensions()  # what the file says of its size need not be true
        for number, cells in enumerate(worksheet.iter_rows(max_col=columns), 1):
            budget.spend(number, all(cell.value is None for cell in cells))
            yield number, tuple(_value(cell) for cell in cells)
    except BROKEN as error:
        raise refusal(DAMAGED) from error


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        return Formula(cell.value)
    return Fault(cell.value) if cell.data_type == "e" else cell.value


def _merges(data: bytes, worksheet: Any) -> dict[tuple[int, int], int]:
    """Merged blocks; openpyxl's read-only mode does not tell them."""
    with ZipFile(io.BytesIO(data)) as parts:
        xml = parts.read(worksheet._worksheet_path)
    found = {}
    for number, match in enumerate(MERGE.finditer(xml)):
        if number > MAX_MERGES:
            raise refusal("合并单元格太多")
        left, top, _, bottom = range_boundaries(match[1].decode())
        found[int(top or 0), int(left or 0)] = int(bottom or 0)
    return found


class _Budget:
    """How many rows and seconds are left."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lines, self._end = limits.lines, time.monotonic() + limits.seconds

    def spend(self, row_number: int, is_blank: bool) -> None:
        self._lines -= not is_blank
        if self._lines < 0:
            raise refusal(f"表格超过 {self._limits.lines} 行，请分成几份")
        if row_number > self._limits.rows:
            raise refusal(f"工作表超过 {self._limits.rows} 行（空行也算），请删掉后面的空行")
        if time.monotonic() > self._end:
            raise refusal("文件太复杂，读得太久")
