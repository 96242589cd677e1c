"""导入工单: 12345 orders from a table, previewed row by row, then taken in; by page and by command."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from api.imports import XLSX
from grid.commands import COMMANDS
from grid.db import db
from grid.events.event import Event
from tests.conftest import Clock
from tests.factories.account import make_user
from tests.factories.intake import PATH, SPOT, make_order, make_sheet, take_in
from tests.factories.person import Person
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again
from tests.harness.databases import MOSTLY_SQLITE

# Rules and rights, not the database: one is enough.
pytestmark = MOSTLY_SQLITE

ROWS = f"{PATH}/orders/imports"
STALL = (
    "GD0001",
    "陈先生",
    "10012340001",
    datetime(2026, 11, 22, 9, 31),
    "有人占道摆卖",
    "富祥路12号",
    "2026-11-27",
    "需回复",
)
LAMP = ("GD0002", "匿名", "", "2026-11-22 20:00", "路灯夜间不亮", "大岭街道富祥社区东门口", "", "无需")


def _preview(desk: Person, data: bytes) -> dict[str, Any]:
    answer = desk.post(ROWS, data=data, content_type=XLSX)
    assert answer.status_code == 201, answer.text
    return answer.json


def _lines(desk: Person, found: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.get(f"{ROWS}/{found['id']}/lines").json["items"]
    return items


def _confirm(desk: Person, found: dict[str, Any], **told: Any) -> TestResponse:
    etag = desk.get(f"{ROWS}/{found['id']}").headers["ETag"]
    headers = {"If-Match": etag, "Idempotency-Key": str(uuid4())}
    return desk.post(f"{ROWS}/{found['id']}/confirm", json=told, headers=headers)


def test_orders_are_previewed_and_each_new_row_becomes_a_case(app: Flask) -> None:
    desk = Person(app, "slr01")
    take_in(desk, address="富祥路12号")  # the place is known from an earlier case

    found = _preview(desk, make_sheet((*STALL, "占道经营", ""), (*LAMP, "", "")))
    stall, lamp = _lines(desk, found)
    done = _confirm(desk, found)

    assert [line["fate"]["code"] for line in (stall, lamp)] == ["new", "new"]
    assert stall["changes"][1]["after"].startswith("富祥路12号（办过的地址")
    assert lamp["reasons"] == [{"cell": "工单!E3", "text": "按文字归为“路灯”"}]
    assert lamp["changes"][1]["after"] == "富祥社区（只知道大概位置）"
    assert done.json["taken"] == 2
    first, second = reversed(desk.get(f"{PATH}?limit=2").json["items"])
    assert (first["order_no"], first["caller"]["phone"], first["wants_reply"]) == ("GD0001", "100****0001", True)
    assert first["asked_at"].startswith("2026-11-22T09:31") and first["reply_by"].startswith("2026-11-27T23:59:59")
    assert first["case"]["state"]["code"] == "pending_sign"
    assert (second["caller"]["anonymous"], second["case"]["flags"][0]["code"]) == (True, "vague_place")


def test_a_long_sheet_takes_as_many_statements_as_a_short_one(app: Flask, count_queries: Any) -> None:
    desk = Person(app, "slr01")
    take_in(desk, address="富祥路12号")

    def statements(rows: int) -> int:
        sheet = make_sheet(*(_row(order_no=f"GD{rows}{n:04}", address="富祥路12号") for n in range(rows)))
        with count_queries() as counted:
            _preview(desk, sheet)
        return len(counted)

    statements(1)
    assert statements(40) == statements(2)


def test_an_address_that_two_places_have_is_left_to_the_community(app: Flask) -> None:
    desk = Person(app, "slr01")
    point = {"name": "东门", "lon": SPOT["lon"], "lat": SPOT["lat"], "radius_m": 30, "every_days": 7}
    assert Person(app, "xt01").post("/api/checkpoints", json=point).status_code == 201
    take_in(desk, address="东 门", position={**SPOT, "lon": 114.7336})

    [line] = _lines(desk, _preview(desk, make_sheet(_row(address="东门", area="富祥社区"))))

    assert line["changes"][1]["after"] == "富祥社区（只知道大概位置）"


def test_confirming_twice_makes_nothing_twice(app: Flask) -> None:
    desk = Person(app, "slr01")
    found = _preview(desk, make_sheet((*LAMP, "", "")))

    _confirm(desk, found)

    assert_problem(_confirm(desk, found), 409, "conflict")
    assert db.session.scalar(select(func.count(Event.id))) == 1


def test_what_is_here_already_is_passed_over_and_says_which_case(app: Flask) -> None:
    desk = Person(app, "slr01")
    case = desk.post(PATH, json=make_order("GD0002", category="E0406")).json["case"]

    [line] = _lines(desk, _preview(desk, make_sheet((*LAMP, "", ""))))

    assert line["fate"]["code"] == "skipped"
    assert line["reasons"] == [{"cell": "工单!A2", "text": f"已经登记过，是案卷 {case['case_no']}"}]


def _row(**told: str) -> tuple[str, ...]:
    names = "order_no name phone asked_at content address reply_by wants_reply category area".split()
    usual = dict(zip(names, (*map(str, LAMP), "", ""), strict=True)) | told
    return tuple(usual[name] for name in names)


@pytest.mark.parametrize(
    "told, cell, words",
    [
        ({"order_no": ""}, "A", "没有填工单编号"),
        ({"order_no": "号 码"}, "A", "工单编号看不懂"),
        ({"phone": "1380"}, "C", "联系电话看不懂"),
        ({"asked_at": "昨天"}, "D", "诉求时间看不懂"),
        ({"asked_at": "2027-01-01"}, "D", "诉求时间还没到"),
        ({"asked_at": "0001-01-01"}, "D", "诉求时间看不懂"),
        ({"content": ""}, "E", "没有填诉求内容"),
        ({"content": "呵呵"}, "E", "看不出是哪个类别"),
        ({"address": "不知哪里"}, "J", "看不出在哪个社区"),
        ({"area": "别处社区"}, "J", "没有“别处社区”这个社区或村"),
        ({"category": "没有的"}, "I", "没有“没有的”这个类别"),
        ({"reply_by": "5个工作日"}, "G", "办理时限看不懂"),
        ({"wants_reply": "酌情"}, "H", "回复要求看不懂"),
    ],
)
def test_a_fault_is_named_at_its_cell(app: Flask, told: dict[str, str], cell: str, words: str) -> None:
    desk = Person(app, "slr01")

    [line] = _lines(desk, _preview(desk, make_sheet(_row(**told))))

    assert line["fate"]["code"] == "refused"
    assert any(one["cell"] == f"工单!{cell}2" and words in one["text"] for one in line["reasons"]), line


def test_the_kept_preview_says_nothing_of_who_called(app: Flask) -> None:
    desk = Person(app, "slr01")
    row = _row(phone="100123400019", name="陈" * 31, content="路灯不亮，打100 1234 0001")

    [line] = _lines(desk, _preview(desk, make_sheet(row)))

    assert {one["text"] for one in line["reasons"]} == {"来电人看不懂", "联系电话看不懂"}
    assert "1234" not in str(line)


def test_a_number_twice_in_one_file_is_refused_the_second_time(app: Flask) -> None:
    desk = Person(app, "slr01")

    first, second = _lines(desk, _preview(desk, make_sheet(_row(), _row(content="路灯不亮，黑"))))

    assert (first["fate"]["code"], second["fate"]["code"]) == ("new", "refused")
    assert second["reasons"] == [{"cell": "工单!A3", "text": "工单编号与第 2 行重复"}]


def test_the_sheet_comes_back_marked(app: Flask) -> None:
    desk = Person(app, "slr01")
    found = _preview(desk, make_sheet(_row(), _row(order_no="GD0009", phone="1380")))

    data = desk.get(f"{ROWS}/{found['id']}/errors.xlsx").data

    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet["K1"].value == "问题"
    assert "联系电话看不懂" in sheet["K3"].value and not sheet["K2"].value
    assert sheet["C3"].fill.fgColor.rgb.endswith("F8C9C9")


def test_a_preview_is_its_makers_alone(app: Flask) -> None:
    make_user("slr02", "acceptor")
    found = _preview(Person(app, "slr01"), make_sheet((*LAMP, "", "")))
    other = Person(app, "slr02")

    for path in ("", "/lines", "/errors.xlsx"):
        assert_problem(other.get(f"{ROWS}/{found['id']}{path}"), 404, "not-found")


def test_what_was_taken_in_meanwhile_stops_the_import(app: Flask) -> None:
    desk = Person(app, "slr01")
    found = _preview(desk, make_sheet((*LAMP, "", "")))
    desk.post(PATH, json=make_order("GD0002"))

    assert_problem(_confirm(desk, found), 409, "conflict")


def test_only_the_chosen_rows(app: Flask) -> None:
    desk = Person(app, "slr01")
    found = _preview(desk, make_sheet(_row(), _row(order_no="GD0009")))

    assert _confirm(desk, found, lines=[2]).json["taken"] == 1
    assert [one["order_no"] for one in desk.get(PATH).json["items"]] == ["GD0009"]


def test_a_csv_by_command(app: Flask, tmp_path: Path, time: Clock) -> None:
    file = tmp_path / "工单.csv"
    file.write_text(
        "工单编号,诉求内容,事发地址\nGD0007,路灯夜间不亮,富祥社区东门\nGD0008,呵呵,富祥社区\n", "utf-8"
    )
    runner = app.test_cli_runner()
    assert COMMANDS

    refused = runner.invoke(args=["import", "orders", str(file), "--as", "wg01", "--yes"])
    done = runner.invoke(args=["import", "orders", str(file), "--as", "slr01", "--yes"])

    assert refused.exit_code == 1 and "岗位不能登记" in refused.output
    assert done.exit_code == 0, done.output
    assert "拒绝" in done.output and "已登记 1 张工单" in done.output
    look_again()
    assert db.session.scalars(select(Event.description)).all() == ["路灯夜间不亮"]
