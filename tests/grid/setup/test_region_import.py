"""Regions from a table: codes checked, parents found, each row with its fate; then all or the chosen."""

from __future__ import annotations

import pytest
from flask import Flask

from grid.areas import net
from grid.areas.area import Level
from grid.db import db, transaction
from grid.errors import Conflict, Invalid
from grid.imports import preview as previews
from grid.imports.fate import Fate
from grid.imports.line import Line
from grid.setup import region_import
from tests.factories.census import census

HEAD = "# source: test\n代码,名称,层级,上级代码\n"


def compare(*rows: str) -> list[Line]:
    return region_import.compare((HEAD + "\n".join(rows)).encode())


def only(*rows: str) -> tuple[Fate | None, str]:
    """The fate of the last row, and what is said about it."""
    line = compare(*rows)[-1]
    return line.fate, " ".join(reason["text"] for reason in line.reasons)


@pytest.mark.parametrize(
    ("row", "code", "level"),
    [
        ("441323002301,新塘村,村,441323002", "441323002301", Level.VILLAGE),
        ("441323002301,新塘村,,", "441323002301", Level.VILLAGE),
        ("441323002018,新城社区,居委会,", "441323002018", Level.COMMUNITY),
        ("441323103000,甲镇,镇,441323000000", "441323103", Level.STREET),
        ("441323103000,甲镇,,", "441323103", Level.STREET),
        ("441399,某县,县级市,4413", "441399", Level.COUNTY),
        ("99,某省,省,", "99", Level.PROVINCE),
    ],
)
def test_codes_of_every_level_are_read_filled_up_or_not(app: Flask, row: str, code: str, level: Level) -> None:
    [line] = compare(row)

    assert line.fate is Fate.NEW, line.reasons
    assert (line.told.code, line.told.level) == (code, level)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["44132300230,短,村,441323002"], "12 位"),
        (["441323002301,层,街道,441323"], "9 位"),
        (["4413x,字母,,"], "数字"),
        (["0441,零,,"], "数字"),
        (["441323002000,街道写成村,村,441323"], "12 位"),
        (["44132,五位,,"], "5 位"),
        (["441323002301,甲,里弄,"], "层级“里弄”"),
        (["441323002301,,村,"], "名称"),
        (["441323002301,甲,村,440000000"], "不在表里"),
        (["510101001,远,街道,"], "没有它的上级"),
        (["441323002301,甲,村,441323002001"], "不能是村的上级"),
        (["441323002301,甲,村,x1"], "应是数字"),
        (["88,甲,省,44"], "没有上级"),
        (["441323002001,大岭社区,村,"], "层级不能改"),
        (["441323002301,甲,村,", "441323002301,乙,村,"], "重复"),
        (["441323199000,甲,里弄,", "441323199301,乙,村,"], "被拒绝|没有它的上级|重复"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(app: Flask, rows: list[str], words: str) -> None:
    fate, said = only(*rows)

    assert fate is Fate.REFUSED
    assert any(word in said for word in words.split("|")), said


def test_a_parent_whose_code_is_no_prefix_is_taken_when_the_table_says_so(app: Flask) -> None:
    """A development zone without a county code of its own."""
    fate, said = only("449901001,开发区街道,街道,4413")

    assert fate is Fate.NEW
    assert "不以上级" in said


def test_children_come_in_with_their_parents_in_any_order(app: Flask) -> None:
    lines = compare("441323103201,甲村,村,", "441323103,乙镇,镇,")

    with transaction():
        region_import.adopt(None, lines)

    found = net.current().find("441323103201")
    assert net.current().parent(found) == net.current().find("441323103")


def test_a_new_name_is_a_change_and_the_same_is_none(app: Flask) -> None:
    renamed, same = compare("441323002001,大岭新社区,社区,", "441323002002,新安社区,社区,")

    assert (renamed.fate, same.fate) == (Fate.CHANGED, Fate.UNCHANGED)
    assert renamed.changes == [{"field": "名称", "before": "大岭社区", "after": "大岭新社区"}]


def test_nothing_is_written_before_it_is_confirmed_and_then_the_chosen(app: Flask) -> None:
    sealer = app.extensions["sealer"]
    data = (HEAD + "441323002301,甲村,村,\n441323002302,乙村,村,\n").encode()
    before = net.current().number
    with transaction():
        kept = region_import.draft(None, data, "区域.csv", sealer)
    assert net.current().number == before

    with transaction():
        region_import.confirm(None, previews.get(kept.id, "regions"), [2], sealer)

    assert "441323002302" in net.current().by_code
    assert "441323002301" not in net.current().by_code
    with pytest.raises(Conflict, match="已经导入过"), transaction():
        region_import.confirm(None, previews.get(kept.id, "regions"), None, sealer)


def test_a_child_without_its_parent_is_refused_and_nothing_goes_in(app: Flask) -> None:
    sealer = app.extensions["sealer"]
    data = (HEAD + "441323103,甲镇,镇,\n441323103201,乙村,村,\n").encode()
    with transaction():
        kept = region_import.draft(None, data, "区域.csv", sealer)
    before = census()

    with pytest.raises(Invalid, match="没有一起导入"), transaction():
        region_import.confirm(None, previews.get(kept.id, "regions"), [2], sealer)

    db.session.rollback()
    assert census() == before


def test_a_preview_of_a_net_that_has_changed_is_no_longer_taken(app: Flask) -> None:
    sealer = app.extensions["sealer"]
    with transaction():
        kept = region_import.draft(None, (HEAD + "441323002301,甲村,村,").encode(), "区域.csv", sealer)
    with transaction():
        region_import.adopt(None, compare("441323002302,乙村,村,"))

    with pytest.raises(Conflict, match="又有改动"), transaction():
        region_import.confirm(None, previews.get(kept.id, "regions"), None, sealer)
