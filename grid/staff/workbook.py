"""Workbook handed out (交回的表格): the first passwords of new accounts."""

from __future__ import annotations

from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from grid.imports.marked import cell, saved

HEAD = PatternFill("solid", fgColor="E8EEF4")


def passwords(rows: Iterable[tuple[str, str, str]]) -> bytes:
    """账号, 姓名, 初始密码 as .xlsx."""
    workbook = Workbook(write_only=True)
    out = workbook.create_sheet("初始密码")
    for letter in "ABC":
        out.column_dimensions[letter].width = 20
    heading = [cell(out, text) for text in ("账号", "姓名", "初始密码")]
    for one in heading:
        one.font, one.fill = Font(bold=True), HEAD
    out.append(heading)
    for row in rows:
        out.append([cell(out, text) for text in row])
    return saved(workbook)
