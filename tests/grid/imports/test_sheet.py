"""Files from outside: read within limits, or refused with the reason."""

from __future__ import annotations

import io
import zipfile

import pytest

from grid.calendars.notice_import import CALENDAR
from grid.errors import Invalid
from grid.imports import sheet
from grid.imports.sheet import Formula, Row
from tests.factories.notice import NOTICE_2027, notice_csv, notice_xlsx


def read(data: bytes) -> list[Row]:
    return [row for _, row in sheet.first(data, CALENDAR)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_office_programs_write(encoding: str) -> None:
    rows = read(notice_csv(encoding=encoding))

    assert rows[0] == ("日期", "类型", "名称")
    assert len(rows) == 1 + len(NOTICE_2027)


def test_a_workbook_is_read_without_its_empty_rows() -> None:
    rows = read(notice_xlsx([("2027-01-01", "放假", "元旦"), (None, None, None), ("2027-02-05", "放假", "春节")]))

    assert [row[0] for row in rows] == ["日期", "2027-01-01", "2027-02-05"]


def test_a_formula_is_shown_and_never_computed() -> None:
    [_, row] = read(notice_xlsx([("=DATE(2027,1,1)", "放假", "元旦")]))

    assert row[0] == "=DATE(2027,1,1)" and isinstance(row[0], Formula)


def _with_part(name: str, content: bytes) -> bytes:
    """A right workbook with one part more."""
    out = io.BytesIO(notice_xlsx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return out.getvalue()


def _replaced(name: str, content: bytes) -> bytes:
    """A right workbook with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(notice_xlsx())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return out.getvalue()


def _with_parts(count: int) -> bytes:
    out = io.BytesIO(notice_xlsx())
    with zipfile.ZipFile(out, "a") as package:
        for number in range(count):
            package.writestr(f"xl/part{number}", b"")
    return out.getvalue()


def _many_empty_rows() -> bytes:
    rows = b"".join(b'<row r="%d"/>' % number for number in range(1, 1_000_001))
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return _replaced("xl/worksheets/sheet1.xml", start + rows + b"</sheetData></worksheet>")


BROKEN = {
    "nothing in it": b"",
    "truncated": notice_xlsx()[:2000],
    "without its end": notice_xlsx()[:-30],
    "with a damaged sheet": _replaced("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"),
    "encrypted, or old": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "a zip bomb": _with_part("xl/media/bomb.bin", b"\0" * (20 * 1024 * 1024)),
    "a zip head and no more": b"PK\x03\x04",
    "an empty zip": b"PK\x05\x06" + b"\0" * 18,
    "many parts": _with_parts(300),
    "external links": _with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
    "entities": _replaced("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>'),
    "a million empty rows": _many_empty_rows(),
    "binary": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "text in no known encoding": b"\xff\xfe\xfd,\x81",
    "too many lines": b"a,b,c\n" * 1001,
    "too large": b"a" * (CALENDAR.size + 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_beyond_use_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(Invalid, match="什么都没有导入") as refusal:
        read(BROKEN[name])

    assert refusal.value.field == "file"


def test_rows_keep_the_numbers_they_have_in_the_file() -> None:
    told = "# source: a notice\n\n日期,类型\n\n2027-01-01,放假\n".encode()

    assert [number for number, _ in sheet.first(told, CALENDAR)] == [3, 5]


def test_what_a_sheet_says_of_its_own_size_is_not_believed() -> None:
    with zipfile.ZipFile(io.BytesIO(notice_xlsx())) as package:
        told = package.read("xl/worksheets/sheet1.xml").replace(b'ref="A1:C', b'ref="A1:XFD99')

    assert len(read(_replaced("xl/worksheets/sheet1.xml", told))) == 1 + len(NOTICE_2027)
