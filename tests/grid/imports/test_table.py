"""Tables under a heading, from csv and xlsx alike; whatever is wrong is named by its cell."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from grid.errors import Invalid
from grid.imports import table
from grid.imports.archive import Limits
from grid.imports.table import Columns
from tests.factories.workbook import saved

COLUMNS = Columns({"code": ("代码", "编码"), "name": ("名称",), "area": ("区域",)}, ("code", "name"))


def book(*rows: tuple[object, ...], merged: str = "") -> bytes:
    workbook = Workbook()
    workbook.active.title = "表"
    for row in rows:
        workbook.active.append(row)
    if merged:
        workbook.active.merge_cells(merged)
    return saved(workbook)


def texts(data: bytes) -> list[tuple[int, str, str]]:
    [found] = table.read(data, COLUMNS).tables
    return [(row.number, row.text("code"), row.text("name")) for row in found.rows if not row.is_blank]


def test_columns_are_found_by_any_of_their_names_wherever_they_stand() -> None:
    data = book(
        ("某街道部门表",), ("名称", "备注", "编码（必填）"), ("城管", "x", "cg"), (), ("派出所", "", " ga ")
    )

    assert texts(data) == [(3, "cg", "城管"), (5, "ga", "派出所")]


def test_a_csv_says_the_same_as_a_workbook() -> None:
    rows = [("代码", "名称"), ("cg", "城管"), ("01", "甲"), ("441323002001001", "乙")]
    text = "\n".join(",".join(row) for row in rows).encode()

    assert texts(text) == texts(book(*rows))


def test_a_number_in_a_cell_is_the_code_that_was_typed() -> None:
    assert texts(book(("代码", "名称"), (441323002001001, "甲"), (7.0, "乙"))) == [
        (2, "441323002001001", "甲"),
        (3, "7", "乙"),
    ]


@pytest.mark.parametrize(("value", "words"), [("=1+1", "公式"), ("#REF!", "错误值"), (date(2026, 1, 1), "日期")])
def test_what_is_no_text_is_a_fault_of_its_cell(value: object, words: str) -> None:
    [found] = table.read(book(("代码", "名称"), ("cg", value)), COLUMNS).tables
    cell = found.rows[0].cells["name"]

    assert (cell.address, cell.text) == ("表!B2", "") and words in cell.fault


def test_a_merged_block_repeats_its_first_cell() -> None:
    data = book(("代码", "名称"), ("cg", "甲"), ("cg2", None), ("cg3", None), merged="B2:B3")

    assert [name for _, _, name in texts(data)] == ["甲", "甲", ""]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        ("代码\ncg".encode(), "表头要有：代码、名称"),
        ("代码,编码,名称\n1,2,3".encode(), "两列“代码”"),
        ('代码,名称\n"cg,城管'.encode() + b"\n" * 2 + b'x' * 200_000, "引号|csv"),
        (b"\0\1\2", "不是 csv"),
        (b"\xff\xfe\xfd,\x81", "文字编码"),
    ],
)  # fmt: skip
def test_a_file_beyond_use_says_why(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        table.read(data, COLUMNS)
    assert refused.value.field == "file"


def test_lines_beyond_the_limit_are_refused_and_empty_ones_bounded() -> None:
    limits = Limits(lines=3, rows=10)

    with pytest.raises(Invalid, match="超过 3 行"):
        table.read("代码,名称\n".encode() + b"a,b\n" * 3, COLUMNS, limits)
    with pytest.raises(Invalid, match="超过 10 行"):
        table.read("代码,名称\n".encode() + b"\n" * 20 + b"a,b\n", COLUMNS, limits)


CELL = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12).filter(
    lambda text: not text.startswith(("=", "#"))
)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_whatever_was_written_is_read(rows: list[tuple[str, str]]) -> None:
    [found] = table.read(book(("代码", "名称"), *rows), COLUMNS).tables

    assert [(row.text("code"), row.text("name")) for row in found.rows] == rows


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        table.read(data, COLUMNS)
    except Invalid as refused:
        assert refused.field == "file"
