"""A report as an Excel workbook: the headline, then a sheet for each dataset; texts are never formulas."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grid import clock
from reports.dataset import Column, Dataset, Kind, Report, plain, text

FAMILY = "等线"
LONGEST = 32_000  # characters a cell takes; Excel's own limit is a little higher
RISKY = re.compile(r"^[\s\x00]*[=+\-@＝＋－＠]")  # what a spreadsheet may take for a formula
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0 has no word for them
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # reads as an escape for one character
HAIRLINE = Border(bottom=Side("thin", "D0D7DE"))
HEAD = PatternFill("solid", "F6F8FA")
FORMATS = {Kind.COUNT: "#,##0", Kind.RATIO: "0.0%", Kind.MOMENT: "mm-dd hh:mm"}


def render(report: Report) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    first = book.worksheets[0]
    first.title = "概况"
    _overview(first, report)
    for dataset in report.datasets:
        _table(book.create_sheet(dataset.name), dataset, report)
    for sheet in book.worksheets:
        _paper(sheet, report)
    book.properties.title = report.title
    book.properties.creator = report.reader
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _overview(sheet: Worksheet, report: Report) -> None:
    _top(sheet, report.title + ("（演示）" if report.is_demo else ""), report)
    for row, figure in enumerate(report.headline, start=4):
        _write(sheet, row, 1, Kind.TEXT, figure.label)
        _write(sheet, row, 2, figure.kind, figure.value)
    head = 5 + len(report.headline)
    _write(sheet, head, 1, Kind.TEXT, "口径", bold=True)
    for row, (term, words) in enumerate(report.definitions, start=head + 1):
        _write(sheet, row, 1, Kind.TEXT, term)
        _write(sheet, row, 2, Kind.TEXT, words)
    _write(sheet, head + len(report.definitions) + 2, 1, Kind.TEXT, report.watermark)
    _widths(sheet, [18, 90])


def _table(sheet: Worksheet, dataset: Dataset, report: Report) -> None:
    _top(sheet, dataset.finding, report)
    for place, column in enumerate(dataset.columns, start=1):
        cell = _write(sheet, 4, place, Kind.TEXT, column.label, bold=True)
        cell.fill = HEAD
        cell.alignment = Alignment(horizontal="right" if column.is_numeric else "left")
    for number, row in enumerate(dataset.rows, start=5):
        for place, (column, value) in enumerate(zip(dataset.columns, row, strict=True), start=1):
            _write(sheet, number, place, column.kind, value).border = HAIRLINE
    end = 5 + len(dataset.rows)
    for offset, words in enumerate([dataset.note, report.watermark], start=1):
        if words:
            _write(sheet, end + offset, 1, Kind.TEXT, words)
    sheet.freeze_panes = "A5"
    _widths(sheet, [_width(column) for column in dataset.columns])


def _top(sheet: Worksheet, title: str, report: Report) -> None:
    _write(sheet, 1, 1, Kind.TEXT, title, bold=True)
    _write(sheet, 2, 1, Kind.TEXT, f"{report.place.name} · {report.period.label} · 数据截至 {report.as_of}")


def _write(sheet: Worksheet, row: int, place: int, kind: Kind, value: Any, *, bold: bool = False) -> Cell:
    """A typed cell: counts, rates and moments as such, everything else as text that stays text."""
    cell = sheet.cell(row, place)
    assert isinstance(cell, Cell)  # noqa: S101  nothing is merged
    cell.font = Font(name=FAMILY, bold=bold)
    number = _number(kind, value)
    if number is not None:
        cell.value = number
        cell.number_format = FORMATS[kind]
        cell.alignment = Alignment(horizontal="right")
        return cell
    words = UNWRITABLE.sub("", text(kind, value))[:LONGEST]
    cell.value = ESCAPED.sub("_x005F_", words)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = bool(RISKY.match(words))
    cell.alignment = Alignment(horizontal="right" if kind is Kind.SPAN else "left", vertical="top")
    return cell


def _number(kind: Kind, value: Any) -> Any:
    """What a spreadsheet can reckon with; None for everything that is shown as text."""
    if kind is Kind.MOMENT and value is not None:
        return clock.local(value).replace(tzinfo=None)  # a spreadsheet knows no zones
    return plain(kind, value) if kind in FORMATS else None


def _width(column: Column) -> float:
    return 10 + 8 * column.width


def _widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width


def _paper(sheet: Worksheet, report: Report) -> None:
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.oddFooter.left.text = report.watermark.replace("&", "&&")  # type: ignore[union-attr]
    sheet.oddFooter.right.text = "&P/&N"  # type: ignore[union-attr]
