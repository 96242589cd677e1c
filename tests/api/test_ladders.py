"""Ladders over HTTP: dated rows, contradictions refused with both rows named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fixtures.daling import STREET
from grid.commands import COMMANDS
from tests.factories.problem import assert_problem
from tests.factories.request import person

# Rules and rights, not the database: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

WARN = {"moment": "share", "value": 70, "unit": None, "act": "warn", "whom": ["holder", "head"]}
OVER = {"moment": "due", "act": "overdue", "whom": ["desk"]}
PRESS = {"moment": "after", "value": 2, "unit": "work_hour", "act": "supervise", "whom": ["above"]}


def _put(app: Flask, *rungs: dict[str, Any], who: str = "xt01", **told: Any) -> TestResponse:
    body = {"kind": "handle", "rungs": list(rungs), "area": STREET, **told}
    return person(app, who).post("/api/ladders", json=body)


def _item(answer: TestResponse, kind: str = "handle") -> dict[str, Any]:
    return next(item for item in answer.json["items"] if item["kind"]["code"] == kind)


def test_every_clock_has_a_ladder_of_the_product_until_the_street_has_its_own(app: Flask) -> None:
    before = person(app, "wg01").get("/api/ladders")
    assert all(item["default"] and item["rungs"] for item in before.json["items"])

    after = _put(app, WARN, OVER, PRESS)

    assert after.status_code == 200, after.text
    assert _item(after)["words"] == [
        "用去 70%：预警经办、部门负责人",
        "到期：超期派遣员",
        "超期后 2小时：督办领导",
    ]
    assert (_item(after)["default"], _item(after, "case")["default"]) == (False, True)
    assert _item(person(app, "dd01").get("/api/ladders"))["words"] == _item(after)["words"]


def test_two_ladders_for_one_clock_are_refused_and_both_named(app: Flask) -> None:
    _put(app, WARN)

    told = assert_problem(_put(app, OVER, valid_from="2027-01-01"), 422, "contradicting-rules")

    assert [row.split("，")[0] for row in told["rows"]] == [
        "大岭街道 部门时限 到期：超期派遣员",
        "大岭街道 部门时限 用去 70%：预警经办、部门负责人",
    ]
    assert _put(app, OVER, valid_from="2027-01-01", replace=True).status_code == 200
    assert _put(app, OVER, kind="case").status_code == 200


@pytest.mark.parametrize("kind", ["accept", "check", "reply", "matter_finish"])
def test_only_a_case_and_its_departments_are_supervised_by_themselves(app: Flask, kind: str) -> None:
    told = assert_problem(_put(app, PRESS, kind=kind), 422, "invalid")
    assert "不能自动督办" in told["detail"]


@pytest.mark.parametrize(
    ("rungs", "slug", "words"),
    [
        ([{**PRESS, "moment": "before"}], "invalid", "没有超期不能督办"),
        ([{**PRESS, "unit": None}], "contradicting-rules", "要有单位"),
        ([{**WARN, "unit": "work_hour"}], "invalid", "没有单位"),
        ([{**WARN, "value": 100}], "invalid", "1 到 99"),
        ([{**OVER, "value": 3}], "invalid", "没有数值"),
        ([OVER, {**OVER, "act": "warn"}], "contradicting-rules", "同一时刻"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(app: Flask, rungs: Any, slug: str, words: str) -> None:
    told = assert_problem(_put(app, *rungs), 422, slug)

    assert words in told["detail"]
    assert slug == "invalid" or len(told["rows"]) == 2
    assert _item(person(app, "dd01").get("/api/ladders"))["default"]


def test_a_ladder_ends_on_another_day_by_its_version(app: Flask) -> None:
    [row] = _put(app, WARN).json["rows"]
    caller, path = person(app, "xt01"), f"/api/ladders/{row['id']}"
    etag = caller.get(path).headers["ETag"]

    assert caller.open("PATCH", path, json={"valid_to": "2027-01-01"}).status_code == 428
    ended = caller.open("PATCH", path, json={"valid_to": "2027-01-01"}, headers={"If-Match": etag})
    again = caller.open("PATCH", path, json={"valid_to": None}, headers={"If-Match": etag})

    assert (ended.status_code, ended.json["valid_to"], again.status_code) == (200, "2027-01-01", 412)
    assert _put(app, OVER, valid_from="2027-01-01").status_code == 200


def test_the_command_does_the_same(app: Flask, tmp_path: Path) -> None:
    group = next(command for command in COMMANDS if command.name == "ladder")
    file = tmp_path / "ladder.json"
    file.write_text(json.dumps([WARN, OVER]), encoding="utf-8")
    run = app.test_cli_runner().invoke

    assert "已保存：大岭街道 部门时限 用去 70%" in run(group, ["set", STREET, "handle", str(file)]).output
    refused = run(group, ["set", STREET, "handle", str(file)])
    assert refused.exit_code == 1 and "矛盾" in refused.output
    assert "用去 70%：预警经办、部门负责人；到期：超期派遣员" in run(group, ["show", STREET]).output
    file.write_text("{}", encoding="utf-8")
    assert "JSON 列表" in run(group, ["set", STREET, "case", str(file)]).output
