"""Rules of procedure: dated rows that never contradict each other, inherited from above, obeyed by the cases."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from fixtures.daling import STREET
from grid.commands import COMMANDS
from tests.factories.event import make_event
from tests.factories.problem import assert_problem
from tests.factories.request import ask, decide, person
from tests.harness.databases import MOSTLY_SQLITE

PATH = "/api/procedures"
TIMES = {"rule": "extension_max", "value": 1, "area": STREET}

# Rules and rights, not the database: one is enough.
pytestmark = MOSTLY_SQLITE


def _put(app: Flask, **told: Any) -> Any:
    return person(app, "xt01").post(PATH, json=told)


def _says(app: Flask, rule: str, key: str = "") -> str:
    items = person(app, "dd01").get(PATH, query_string={"area": STREET}).json["items"]
    return next(item["words"] for item in items if (item["rule"]["code"], item["key"]) == (rule, key))


def test_without_rows_the_products_own_rules_hold(app: Flask) -> None:
    items = person(app, "wg01").get(PATH).json["items"]

    assert all(item["default"] for item in items)
    assert _says(app, "extension_max") == "2"
    assert _says(app, "sign_work") == "4小时"


def test_a_streets_row_is_obeyed(app: Flask) -> None:
    assert _put(app, **TIMES).status_code == 200
    event = make_event(state="handling")
    ask(app, "cg01", event, "extension")
    decide(app, "dd01", event)

    told = assert_problem(ask(app, "cg01", event, "extension"), 409, "rule-forbids")

    assert "最多延期 1 次" in told["detail"]


def test_a_row_of_the_county_holds_until_the_street_has_its_own(app: Flask) -> None:
    _put(app, **TIMES | {"area": "441323", "value": 3})
    before = _says(app, "extension_max")
    _put(app, **TIMES)

    assert (before, _says(app, "extension_max")) == ("3", "1")


@pytest.mark.parametrize(
    "dates",
    [
        {},
        {"valid_from": "2027-01-01"},
        {"valid_from": "2026-01-01", "valid_to": "2026-12-01"},
        {"valid_from": "2026-12-31", "valid_to": "2027-12-31"},
    ],
)
def test_two_rows_for_one_day_are_refused_and_both_named(app: Flask, dates: dict[str, str]) -> None:
    _put(app, **TIMES, valid_from="2026-11-24")

    answer = _put(app, **TIMES | {"value": 5}, **dates)

    told = assert_problem(answer, 422, "contradicting-rules")
    assert ["5" in told["rows"][0], "1" in told["rows"][1]] == [True, True]
    assert len(told["rows"]) == 2


def test_rows_that_follow_each_other_do_not_contradict(app: Flask) -> None:
    _put(app, **TIMES, valid_to="2027-01-01")

    assert _put(app, **TIMES | {"value": 5}, valid_from="2027-01-01").status_code == 200


def test_a_new_row_may_take_the_place_of_the_one_in_force(app: Flask) -> None:
    _put(app, **TIMES, valid_from="2026-01-01")

    answer = _put(app, **TIMES | {"value": 5}, valid_from="2026-11-23", replace=True)

    assert [row["valid_to"] for row in answer.json["rows"]] == ["2026-11-23", None]
    assert _says(app, "extension_max") == "5"


@pytest.mark.parametrize(
    "told, field",
    [
        ({"rule": "extension_levels", "value": 0}, "value"),
        ({"rule": "extension_max", "value": 2, "unit": "work_day"}, "unit"),
        ({"rule": "sign_work", "value": 4}, "unit"),
        ({"rule": "suspension_max", "value": 366, "unit": "natural_day"}, "value"),
        ({"rule": "level_limit", "value": 1, "unit": "work_day"}, "key"),
        ({"rule": "whistle_limit", "key": "nightly", "value": 1, "unit": "work_day"}, "key"),
        ({"rule": "self_class"}, "key"),
        ({"rule": "self_class", "key": "E0410", "value": 1}, "value"),
        ({"rule": "bounce_max", "value": 2, "valid_from": "2026-12-01", "valid_to": "2026-12-01"}, "valid_to"),
        ({"rule": "bounce_max", "key": "x", "value": 2}, "key"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(app: Flask, told: dict[str, Any], field: str) -> None:
    assert_problem(_put(app, **told, area=STREET), 422, "invalid", field)
    assert person(app, "xt01").get(PATH).json["rows"] == []


def test_a_row_ends_by_version(app: Flask) -> None:
    row = _put(app, **TIMES, valid_from="2026-11-01").json["rows"][0]
    admin, path = person(app, "xt01"), f"{PATH}/{row['id']}"
    etag = admin.get(path).headers["ETag"]

    assert_problem(admin.open("PATCH", path, json={"valid_to": "2026-11-23"}), 428, "precondition-required")
    done = admin.open("PATCH", path, json={"valid_to": "2026-11-23"}, headers={"If-Match": etag})
    stale = admin.open("PATCH", path, json={"valid_to": None}, headers={"If-Match": etag})

    assert done.json["valid_to"] == "2026-11-23"
    assert_problem(stale, 412, "stale")
    assert _says(app, "extension_max") == "2"


def test_only_who_may_changes_the_rules(app: Flask) -> None:
    assert_problem(person(app, "dd01").post(PATH, json=TIMES), 403, "forbidden")


def test_the_command_shows_sets_and_names_both_rows(app: Flask) -> None:
    policy = next(command for command in COMMANDS if command.name == "policy")
    runner = app.test_cli_runner()

    first = runner.invoke(policy, ["set", STREET, "sign_work", "2", "--unit", "work_hour"])
    second = runner.invoke(policy, ["set", STREET, "sign_work", "3", "--unit", "work_hour"])
    shown = runner.invoke(policy, ["show", STREET])

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "2小时" in second.output and "3小时" in second.output
    assert "签收时限（一般）  2小时" in shown.output
