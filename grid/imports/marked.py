"""Marked sheet (标红表): an uploaded table handed back with its faults red and said in a column of their own."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grid.imports import sheet
from grid.imports.archive import Limits
from grid.imports.fate import Fate

PROBLEM = "问题"
RED = PatternFill("solid", fgColor="F8C9C9")


def with_problems(data: bytes, lines: Iterable[dict[str, Any]], limits: Limits) -> bytes:
    """The file again as .xlsx, cell by cell as text, faulty cells red, and what is wrong in a column of its own.

    lines: as a preview keeps them.
    """
    refused = [line for line in lines if line["fate"] == Fate.REFUSED]
    faults: dict[str, list[str]] = {}
    for reason in (reason for line in refused for reason in line["reasons"]):
        faults.setdefault(reason["cell"], []).append(reason["text"])
    workbook = Workbook(write_only=True)
    for told in sheet.sheets(data, limits):
        if told.is_shown:
            _copy(workbook.create_sheet(told.title or "表格"), told, faults)
    return saved(workbook)


def _copy(out: Worksheet, told: sheet.Sheet, faults: dict[str, list[str]]) -> None:
    rows = [(number, [_words(value) for value in values]) for number, values in told.rows]
    width = max((at for _, values in rows for at, text in enumerate(values, 1) if text), default=0)
    if any(PROBLEM in values for _, values in rows):  # a sheet of ours comes back: its old remarks go
        width = next(values.index(PROBLEM) for _, values in rows if PROBLEM in values)
    out.column_dimensions[get_column_letter(width + 1)].width = 60
    is_headed = False
    for number, values in rows:
        cells = [cell(out, text) for text in (values + [""] * width)[:width]]
        mine: list[str] = []
        for at, one in enumerate(cells, 1):
            found = faults.get(f"{told.title}!{get_column_letter(at)}{number}".lstrip("!"), [])
            if found:
                one.fill = RED
                mine += [text for text in found if text not in mine]
        if not is_headed and any(values):
            is_headed, mine = True, [PROBLEM]
        out.append([*cells, cell(out, "；".join(mine))])


def cell(out: Worksheet, text: str) -> Cell:
    """A text that stays a text, whatever it starts with."""
    made: Cell = WriteOnlyCell(out, text)
    made.data_type = "s"
    return made


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date | clock_time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "".join(sign for sign in str(value) if sign.isprintable() or sign in "\n\t")


def saved(workbook: Workbook) -> bytes:
    """A workbook as the bytes of its file."""
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
