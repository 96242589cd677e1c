"""What goes out comes back without a change, and stays text whatever it says."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from fixtures.standards import city
from grid.accounts import user as users
from grid.db import db, transaction
from grid.errors import NotFound
from grid.events.category import FilingCondition
from grid.standards import batch, sheet
from grid.trail.entry import TrailEntry
from tests.factories.census import census
from tests.factories.workbook import make_line, make_workbook


def exported(scheme: str) -> bytes:
    with transaction():
        return sheet.export(users.find("xt01"), scheme)


def changed(data: bytes, scheme: str) -> list[dict[str, object]]:
    found = batch.draft(data, scheme, is_complete=True)
    return [line for line in found.lines if line["fate"] != "unchanged"]


@pytest.mark.parametrize(("scheme", "rows"), [("urban", 148), ("social", 39)])
def test_an_export_imports_again_without_a_change(app: Flask, scheme: str, rows: int) -> None:
    found = batch.draft(exported(scheme), scheme, is_complete=True)

    assert found.counts == {fate: rows if fate == "unchanged" else 0 for fate in found.counts}


def test_an_export_of_a_second_version_imports_again_without_a_change(app: Flask) -> None:
    row = make_line(unit="大岭城管中队、大岭派出所（东兴社区）\n大岭水务站（441323002001001）", authority="市容科")
    for data in (city.build(), make_workbook(row)):
        drafted = batch.draft(data, "urban")
        with transaction():
            batch.confirm(None, batch.keep(None, drafted))

    assert changed(exported("urban"), "urban") == []


def test_an_export_moves_a_scheme_to_another_name_whole(app: Flask) -> None:
    """Every class comes over: only the code, in force in the old scheme, is in the way."""
    found = batch.draft(exported("urban"), "copy", scheme_name="副本")

    assert found.counts["refused"] == 148
    assert {line["reasons"][0]["text"][:3] for line in found.lines} == {"代码 "}


WILD = st.text(
    st.one_of(st.sampled_from("=+-@＝＋\t'\"，、（）(); ㎡"), st.characters(codec="utf-8")), max_size=80
)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WILD, min_size=5, max_size=15))
def test_any_words_survive_the_way_out_and_in(app: Flask, texts: list[str]) -> None:
    legal = ["词" + "".join(sign for sign in text if sign.isprintable()) for text in texts]
    drafted = batch.draft(make_workbook(*(make_line(condition=text) for text in legal)), "urban")
    if drafted.counts["new"]:
        with transaction():
            batch.confirm(None, batch.keep(None, drafted))

    assert changed(exported("urban"), "urban") == []


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "=HYPERLINK(1)", "=cmd|'/c calc'!A1"]


def test_texts_that_look_like_formulas_stay_texts(app: Flask) -> None:
    with transaction():
        for row, start in zip(db.session.scalars(select(FilingCondition)), FORMULAS, strict=False):
            row.text = row.closing = row.authority = start

    workbook = load_workbook(io.BytesIO(exported("urban")))

    cells = [cell for found in workbook for line in found.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.value for cell in cells} >= set(FORMULAS)


def test_an_export_says_who_took_it_and_when_and_leaves_a_trace(app: Flask) -> None:
    data = exported("urban")

    about = [row[0].value for row in load_workbook(io.BytesIO(data))["说明"].iter_rows()]
    assert any("管系统" in text and "2026-11-23 09:00" in text for text in about)
    [entry] = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "standards:export"))
    assert (entry.object_id, entry.data) == ("urban", {"classes": 96})


def test_an_export_is_of_today_also_when_a_later_version_waits(app: Flask) -> None:
    drafted = batch.draft(make_workbook(make_line()), "urban", valid_from=date(2026, 12, 1))
    with transaction():
        batch.confirm(None, batch.keep(None, drafted))

    sheets = load_workbook(io.BytesIO(exported("urban")))

    assert sum(found.max_row - 1 for found in sheets if found.title != "说明") == 148


def test_a_scheme_that_is_not_there_leaves_no_trace(app: Flask) -> None:
    before = census()

    with pytest.raises(NotFound):
        exported("none")

    assert census() == before
