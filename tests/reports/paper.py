"""Reading reports back: the words of a PDF, the cells of a workbook."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pypdfium2
from openpyxl.worksheet.worksheet import Worksheet


def pages(data: bytes) -> list[str]:
    """The words of each page, without blanks: lines break where they like."""
    document = pypdfium2.PdfDocument(data)
    return [re.sub(r"\s+", "", page.get_textpage().get_text_range()) for page in document]


def words(data: bytes) -> str:
    return "".join(pages(data))


def squeezed(*texts: str) -> str:
    """Texts as they stand one after the other on paper."""
    return re.sub(r"\s+", "", "".join(texts))


def book(data: bytes) -> dict[str, Worksheet]:
    """The sheets of a workbook by name."""
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets}


def shown(cell: Any) -> str:
    """A cell as a spreadsheet shows it."""
    value, style = cell.value, cell.number_format
    if style == "0.0%":
        return f"{value:.1%}"
    if style == "mm-dd hh:mm":
        return f"{value:%m-%d %H:%M}"
    return f"{value:,}" if style == "#,##0" else str(value)
