"""A staff sheet row by row: what goes in, what is refused and where, and that nothing goes in before the word."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from grid import revision
from grid.accounts.password import matches
from grid.accounts.user import User
from grid.db import db, transaction
from grid.errors import Conflict, Invalid
from grid.imports import preview
from grid.imports.fate import Fate
from grid.imports.preview import ImportPreview
from grid.seal import Sealer
from grid.staff import appointment, mobile, staff_import
from grid.staff.staff_import import Initial
from grid.trail.entry import TrailEntry
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.census import census
from tests.factories.reader import look_again
from tests.factories.staff import GRID, OTHER_GRID, make_person, staff_csv, staff_xlsx

ADMIN, STREET = "xt01", "441323002"


@pytest.fixture
def sealer(app: Flask) -> Sealer:
    found: Sealer = app.extensions["sealer"]
    return found


def draft(sealer: Sealer, *people: dict[str, Any], actor: str | None = None) -> ImportPreview:
    user = find_user(actor) if actor else None
    with transaction():
        return staff_import.draft(user, staff_xlsx(*people), "人员.xlsx", sealer)


def take(sealer: Sealer, found: ImportPreview, chosen: list[int] | None = None) -> list[Initial]:
    prepared = staff_import.prepare(None, preview.get(found.id, staff_import.KIND), sealer)
    with transaction():
        return staff_import.confirm(None, preview.get(found.id, staff_import.KIND), chosen, prepared, sealer)


def only(found: ImportPreview) -> dict[str, Any]:
    [line] = found.lines
    return line


def test_a_preview_changes_nothing(sealer: Sealer) -> None:
    before = census("import_preview", "trail_entry")

    found = draft(sealer, make_person())

    assert only(found)["fate"] == Fate.NEW
    assert census("import_preview", "trail_entry") == before


def test_one_worker_holds_several_grids_after_the_confirmation(sealer: Sealer) -> None:
    [first] = take(sealer, draft(sealer, make_person()))

    user = find_user("wg81")
    assert {held.area.path.count("/") for held in user.posts} and len(user.posts) == 2
    assert user.must_change_password and matches(first.password, user.password_hash)
    assert mobile.shown(user, sealer) == "100****0001"


def test_the_number_is_nowhere_in_clear(app: Flask, sealer: Sealer) -> None:
    take(sealer, draft(sealer, make_person(手机号="10098765432")))

    with db.engine.connect() as raw:
        for name in ("user_account", "import_preview", "trail_entry", "op"):
            rows = raw.exec_driver_sql(f"SELECT * FROM {name}").fetchall()  # noqa: S608  names of ours
            assert rows or name == "op"
            told = [bytes(value) if isinstance(value, memoryview) else value for row in rows for value in row]
            assert "10098765432" not in str(told)


FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no account": ({"账号": ""}, "A", "账号"),
    "an account with spaces": ({"账号": "wg 81"}, "A", "账号"),
    "an account like another": ({"账号": "WG01"}, "A", "太像"),
    "the rules' own account": ({"账号": "automaton"}, "A", "太像"),
    "no name": ({"姓名": ""}, "B", "姓名"),
    "a long name": ({"姓名": "长" * 51}, "B", "50"),
    "a number too short": ({"手机号": "1381234"}, "C", "11 位"),
    "a number as Excel spoils it": ({"手机号": "1.00E+10"}, "C", "11 位"),
    "full-width digits": ({"手机号": "１３８００１３８０００"}, "C", "11 位"),
    "no post": ({"岗位": ""}, "D", "岗位"),
    "a post there is not": ({"岗位": "网格员、镇长"}, "D", "镇长"),
    "the rules' own post": ({"岗位": "自动规则"}, "D", "不给人用"),
    "two administrators' posts": (
        {"岗位": "系统管理员、审计管理员", "负责区域": STREET},
        "D",
        "三权分立",
    ),
    "no area": ({"负责区域": ""}, "E", "区域"),
    "an area there is not": ({"负责区域": f"{GRID}、999999"}, "E", "999999"),
    "a clerk without department": ({"岗位": "部门经办"}, "F", "部门"),
    "a department there is not": ({"部门": "太空局"}, "F", "太空局"),
    "a state there is not": ({"状态": "休假"}, "G", "停用"),
}


def test_faulty_rows_are_refused_with_their_cells(sealer: Sealer) -> None:
    rows = [make_person(账号=f"wg7{at:02}", 手机号="") | told for at, (told, _, _) in enumerate(FAULTS.values())]

    lines = draft(sealer, *rows).lines

    for row, (line, (name, (_, column, words))) in enumerate(zip(lines, FAULTS.items(), strict=True), 2):
        told = [reason["text"] for reason in line["reasons"] if reason["cell"] == f"人员!{column}{row}"]
        assert line["fate"] == Fate.REFUSED and any(words in text for text in told), (name, line)


def test_formulas_and_dates_are_refused_where_they_stand(sealer: Sealer) -> None:
    line = only(draft(sealer, make_person(姓名='=HYPERLINK("x")')))

    assert line["fate"] == Fate.REFUSED
    assert line["reasons"][0]["cell"] == "人员!B2" and "公式" in line["reasons"][0]["text"]


def test_accounts_and_numbers_that_stand_twice_are_refused_in_both_rows(sealer: Sealer) -> None:
    found = draft(
        sealer,
        make_person(账号="wg81"),
        make_person(账号="WG81", 手机号=""),
        make_person(账号="wg83", 手机号="100 1234 0001"),
    )

    assert [line["fate"] for line in found.lines] == [Fate.REFUSED] * 3
    assert "第 3 行重复" in found.lines[0]["reasons"][0]["text"]
    assert "第 4 行重复" in found.lines[0]["reasons"][1]["text"]


def test_a_number_of_somebody_else_is_refused(sealer: Sealer) -> None:
    take(sealer, draft(sealer, make_person()))

    line = only(draft(sealer, make_person(账号="wg82")))

    assert (line["fate"], line["reasons"][0]["cell"]) == (Fate.REFUSED, "人员!C2")
    assert "wg81" in line["reasons"][0]["text"]


def test_the_same_sheet_again_changes_nothing(sealer: Sealer) -> None:
    take(sealer, draft(sealer, make_person()))

    found = draft(sealer, make_person())

    assert only(found)["fate"] == Fate.UNCHANGED
    with pytest.raises(Invalid):
        take(sealer, found)


def test_a_row_of_an_account_there_is_updates_it_and_blank_cells_leave_as_is(sealer: Sealer) -> None:
    take(sealer, draft(sealer, make_person()))
    told = make_person(姓名="秦大满", 负责区域=OTHER_GRID, 手机号="", 状态="")

    found = draft(sealer, told)
    [changes] = [line["changes"] for line in found.lines]
    first = take(sealer, found)

    user = find_user("wg81")
    assert {change["field"] for change in changes} == {"姓名", "岗位"}
    assert (first, user.name, len(user.posts), user.is_active) == ([], "秦大满", 1, True)
    assert mobile.shown(user, sealer) == "100****0001"
    assert user.session_version == 2


def test_a_row_can_stop_an_account_and_start_it_again(sealer: Sealer) -> None:
    take(sealer, draft(sealer, make_person()))

    take(sealer, draft(sealer, make_person(状态="离职")))
    stopped = find_user("wg81").is_active
    take(sealer, draft(sealer, make_person(状态="启用")))

    assert (stopped, find_user("wg81").is_active) == (False, True)


def test_who_is_not_in_the_file_stays_as_he_is(sealer: Sealer) -> None:
    before = appointment.of(find_user("wg02"))

    take(sealer, draft(sealer, make_person()))

    look_again()
    assert appointment.of(find_user("wg02")) == before and find_user("wg02").is_active


def test_only_the_chosen_rows_go_in(sealer: Sealer) -> None:
    found = draft(sealer, make_person(), make_person(账号="wg82", 手机号=""), make_person(账号="x", 手机号=""))

    take(sealer, found, [2])

    look_again()
    assert db.session.scalars(select(User.username).where(User.username.in_(["wg81", "wg82"]))).all() == ["wg82"]


@pytest.mark.parametrize("chosen", [[3], [99], []])
def test_a_refused_row_cannot_be_chosen(sealer: Sealer, chosen: list[int]) -> None:
    found = draft(sealer, make_person(), make_person(账号="wg82", 手机号=""), make_person(账号="x", 手机号=""))

    with pytest.raises(Invalid):
        take(sealer, found, chosen)


def test_a_preview_of_yesterdays_data_is_not_confirmed(sealer: Sealer) -> None:
    found = draft(sealer, make_person())
    with transaction():
        revision.bump(revision.ACCOUNTS)
    before = census()

    with pytest.raises(Conflict, match="改动"):
        take(sealer, found)
    assert census() == before


def test_a_preview_is_confirmed_once(sealer: Sealer) -> None:
    found = draft(sealer, make_person())
    take(sealer, found)

    with pytest.raises(Conflict, match="已经导入过"):
        take(sealer, found)


def test_a_preview_nobody_confirmed_is_forgotten(sealer: Sealer, time: Clock) -> None:
    old, done = draft(sealer, make_person()), draft(sealer, make_person(账号="wg82", 手机号=""))
    gone, kept_id = old.id, done.id
    take(sealer, done)
    time.move(days=8)

    draft(sealer, make_person(账号="wg83", 手机号=""))

    look_again()
    kept = {row.id: row for row in db.session.scalars(select(ImportPreview))}
    assert gone not in kept
    assert (kept[kept_id].file, kept[kept_id].lines, kept[kept_id].taken) == (None, [], [1])


def test_an_administrator_cannot_raise_herself_or_touch_those_who_watch(sealer: Sealer) -> None:
    street = {"负责区域": STREET, "部门": "", "手机号": ""}
    found = draft(
        sealer,
        make_person(账号="xt01", 姓名="管系统", 岗位="系统管理员、领导", **street),
        make_person(账号="sj99", 姓名="别人", 岗位="审计管理员", **street),
        make_person(账号="new1", 姓名="新人", 岗位="审计管理员", **street),
        make_person(账号="new2", 姓名="新人", 岗位="系统管理员", **street),
        actor=ADMIN,
    )

    assert [line["fate"] for line in found.lines] == [Fate.REFUSED] * 3 + [Fate.NEW]


def test_what_is_written_down_names_no_number(sealer: Sealer) -> None:
    take(sealer, draft(sealer, make_person()))

    told = db.session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc()).limit(3)).all()
    assert {entry.action for entry in told} == {"staff:preview", "account:create", "staff:import"}
    assert "0001" not in str([entry.data.get("posts") for entry in told])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_as_good(sealer: Sealer, encoding: str) -> None:
    with transaction():
        found = staff_import.draft(None, staff_csv(make_person(), encoding=encoding), "人员.csv", sealer)

    assert (only(found)["fate"], only(found)["label"]) == (Fate.NEW, "秦小满")


def test_a_number_typed_as_a_number_is_read_as_typed(sealer: Sealer) -> None:
    line = only(draft(sealer, make_person(手机号=10012340001, 负责区域=int(GRID))))

    assert (line["fate"], line["reasons"]) == (Fate.NEW, [])
