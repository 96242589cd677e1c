"""Files that are not what they should be: refused, with the reason, quickly."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from grid.errors import Invalid
from grid.imports import archive
from grid.imports.archive import USUAL
from grid.standards import book
from tests.factories.workbook import BURNING, HEADING, make_workbook, remade, saved

SHEET = "xl/worksheets/sheet1.xml"


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, part: part.replace(old, new) if name == SHEET else part


def encrypted_office_file() -> bytes:
    return archive.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def encrypted_zip() -> bytes:
    """The flag that says so, in every header of the archive."""
    data = bytearray(make_workbook(BURNING))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            struct.pack_into("<H", data, at + offset, 1)
            at = data.find(mark, at + 4)
    return bytes(data)


def million_empty_rows() -> bytes:
    rows = b"".join(b'<row r="%d"/>' % n for n in range(10, 1_000_010))
    return remade(make_workbook(BURNING), in_sheet(b"</sheetData>", rows + b"</sheetData>"))


def row_far_below() -> bytes:
    return remade(make_workbook(BURNING), in_sheet(b"</sheetData>", b'<row r="1048576"/></sheetData>'))


def prefixed_rows() -> bytes:
    """A million rows that a search for "<row" does not see."""
    rows = b"".join(b'<s:row r="%d"/>' % n for n in range(10, 1_000_010))
    space = b'<s:worksheet xmlns:s="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><s:sheetData>'
    return remade(
        make_workbook(BURNING),
        lambda name, part: space + rows + b"</s:sheetData></s:worksheet>" if name == SHEET else part,
    )


def bomb() -> bytes:
    return remade(make_workbook(BURNING), xl__media__bomb=b"\0" * (USUAL.unpacked + 1))


def with_entities() -> bytes:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    return remade(make_workbook(BURNING), lambda name, part: laughs + part if name == SHEET else part)


def with_formula(cell: str) -> bytes:
    workbook = Workbook()
    workbook.active.append(HEADING)
    workbook.active.append(BURNING)
    workbook.active[cell] = "=HYPERLINK(1)"
    return saved(workbook)


def text_not_there() -> bytes:
    cell = b'<row r="99"><c r="A99" t="s"><v>99999</v></c></row></sheetData>'
    return remade(make_workbook(BURNING), in_sheet(b"</sheetData>", cell))


def twice_the_same_heading() -> bytes:
    return make_workbook(heading=(*HEADING, "立案条件"))


def many_lines() -> bytes:
    return make_workbook(*[("1",)] * (USUAL.lines + 1))


BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "空的"),
    "too large": (lambda: b"PK" + b"\0" * USUAL.size, "超过 8 MB"),
    "a text": (lambda: "大类代码,小类代码\n".encode(), "不是 Excel"),
    "an old workbook": (lambda: archive.OLE + b"\0" * 2000, "旧版 .xls"),
    "with a password": (encrypted_office_file, "密码"),
    "an encrypted archive": (encrypted_zip, "密码"),
    "cut off": (lambda: make_workbook(BURNING)[:-300], "不完整"),
    "another archive": (lambda: remade_zip({"readme.txt": b"hello"}), "不是 Excel"),
    "a path that climbs": (lambda: remade_zip({"../../etc/passwd": b"x"}), "路径"),
    "a bomb": (bomb, "压缩炸弹"),
    "entities": (with_entities, "XML 声明"),
    "macros": (lambda: with_part("xl/vbaProject.bin"), "宏"),
    "external links": (lambda: with_part("xl/externalLinks/externalLink1.xml"), "外部数据"),
    "external data": (lambda: with_part("xl/connections.xml"), "外部数据"),
    "a formula in a condition": (lambda: with_formula("G2"), "Sheet!G2 是公式"),
    "a formula in a limit": (lambda: with_formula("I2"), "Sheet!I2 是公式"),
    "a million empty rows": (million_empty_rows, "行"),
    "a row far below": (row_far_below, "行"),
    "a million rows in disguise": (prefixed_rows, "表头|行"),
    "too many lines": (many_lines, "行"),
    "no heading": (lambda: make_workbook(BURNING, heading=("甲", "乙")), "表头要有：大类代码"),
    "a heading without limits": (lambda: make_workbook(BURNING, heading=HEADING[:-1]), "没有找到表头"),
    "a heading twice": (twice_the_same_heading, "两列“立案条件”"),
    "a broken sheet": (lambda: remade(make_workbook(BURNING), in_sheet(b"</row>", b"</rot>")), "损坏"),
    "a text that is not there": (text_not_there, "损坏"),
}


def remade_zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


def with_part(name: str) -> bytes:
    out = io.BytesIO(make_workbook(BURNING))
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr(name, b"<x/>")
    return out.getvalue()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_workbook_is_refused_with_the_reason(name: str) -> None:
    make, reason = BROKEN[name]
    data = make()
    start = time.process_time()

    with pytest.raises(Invalid, match=reason) as refused:
        book.read(data)

    assert time.process_time() - start < 5
    assert refused.value.field == "file"
    assert "没有导入" in refused.value.detail


def test_a_good_workbook_is_read() -> None:
    [sheet] = book.read(make_workbook(BURNING)).tables

    [row] = sheet.rows
    assert {name: cell.text for name, cell in row.cells.items()}["condition"] == BURNING[6]
    assert row.cells["limit"].address == "事件!I2"


def test_a_formula_in_a_column_we_do_not_read_is_never_looked_at() -> None:
    workbook = Workbook()
    workbook.active.append((*HEADING, "序号"))
    workbook.active.append((*BURNING, "=ROW()"))

    [sheet] = book.read(saved(workbook)).tables

    assert len(sheet.rows) == 1


def test_a_false_size_in_the_file_changes_nothing() -> None:
    data = remade(make_workbook(BURNING), lambda name, part: part.replace(b'ref="A1:I2"', b'ref="A1:XFD1048576"'))

    assert len(book.read(data).tables[0].rows) == 1


def test_hidden_sheets_and_sheets_without_heading_are_named_not_read() -> None:
    workbook = Workbook()
    workbook.active.append(HEADING)
    workbook.create_sheet("草稿").append(HEADING)
    workbook["草稿"].sheet_state = "hidden"
    workbook.create_sheet("说明").append(["请看第一张"])

    assert book.read(saved(workbook)).ignored == ("草稿", "说明")


GOOD = make_workbook(BURNING, BURNING)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damage_anywhere_is_refused_or_harmless(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(GOOD) - 1))] = data.draw(st.integers(0, 255))
    length = data.draw(st.one_of(st.just(len(GOOD)), st.integers(0, len(GOOD))))

    try:
        book.read(bytes(damaged[:length]))
    except Invalid as refused:
        assert refused.field == "file"


PARTS = [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PARTS), st.data())
def test_damage_inside_a_part_is_refused_or_harmless(name: str, data: st.DataObject) -> None:
    def spoil(part_name: str, part: bytes) -> bytes:
        if part_name != name:
            return part
        start = data.draw(st.integers(0, len(part)))
        return part[:start] + data.draw(st.binary(max_size=6)) + part[start + data.draw(st.integers(0, 40)) :]

    try:
        book.read(remade(GOOD, spoil))
    except Invalid as refused:
        assert refused.field == "file"
