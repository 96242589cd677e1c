"""Sheet (表格): the rows of a small csv or xlsx file from outside, within limits; formulas are never evaluated."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from grid.errors import Invalid

MAX_BYTES = 1024 * 1024
MAX_UNPACKED = 16 * 1024 * 1024
MAX_PARTS = 200
MAX_ROWS, MAX_COLUMNS = 1000, 12
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # xls, and everything encrypted


class Formula(str):
    """A cell that holds a formula: shown, never computed."""


Row = tuple[Any, ...]


def read(data: bytes) -> list[Row]:
    """The rows of a file, as far as they hold anything. Raises Invalid, saying what is wrong with the file."""
    if len(data) > MAX_BYTES:
        raise _refused(f"文件超过 {MAX_BYTES // 1024} KB，不像一份日历")
    if data.startswith(OLD_OFFICE):
        raise _refused("文件有密码，或是旧版 xls；请去掉密码，另存为 xlsx 或 csv")
    rows = _workbook(data) if data.startswith(b"PK") else _text(data)
    return [row for row in rows if any(value not in (None, "") for value in row)]


def _refused(why: str) -> Invalid:
    return Invalid(f"{why}。什么都没有导入。", field="file")


def _text(data: bytes) -> Iterator[Row]:
    if b"\0" in data:
        raise _refused("文件不是 csv 或 xlsx 表格")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise _refused("文件的文字编码认不出，请另存为 UTF-8 的 csv") from None
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    if len(lines) > MAX_ROWS:
        raise _refused(f"超过 {MAX_ROWS} 行，不像一份日历")
    try:
        for row in csv.reader(lines):
            yield tuple(row[:MAX_COLUMNS])
    except csv.Error:
        raise _refused("csv 读不懂，请检查引号") from None


def _workbook(data: bytes) -> Iterator[Row]:
    _check_parts(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not to be believed
        rows = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS)
        for number, row in enumerate(rows, 1):
            if number > MAX_ROWS:
                raise _refused(f"超过 {MAX_ROWS} 行（空行也算），不像一份日历")
            yield tuple(Formula(cell.value) if cell.data_type == "f" else cell.value for cell in row)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,  # what the XML parser raises
        EOFError,
        OSError,
        zlib.error,
    ) as error:
        raise _refused("表格文件坏了或没有传完整") from error


def _check_parts(data: bytes) -> None:
    """Look at the package before unpacking it: a workbook, of bearable size, with nothing from elsewhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise _refused("文件展开后太大")
            if "xl/workbook.xml" not in names:
                raise _refused("文件不是 xlsx 表格")
            if any(name.startswith("xl/externalLinks/") for name in names):
                raise _refused("表格引用了别的文件；请断开外部链接后重试")
            if any(_has_doctype(package, part) for part in parts):
                raise _refused("表格里有不该有的内容（DOCTYPE）")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise _refused("表格文件坏了、没有传完整或有密码") from error


def _has_doctype(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with package.open(part) as stream:
        return b"<!DOCTYPE" in stream.read(1024)
