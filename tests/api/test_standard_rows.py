"""Rows of the standards edited one at a time: dated, contradictions refused by name, taken up at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from grid.db import db
from grid.events import rulebook
from grid.events.category import Category, FilingCondition
from grid.events.state import State
from grid.trail.entry import TrailEntry
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again
from tests.harness.databases import MOSTLY_SQLITE

# Rules and rights, not the database: one is enough.
pytestmark = MOSTLY_SQLITE

ROWS = "/api/standards/rows"


def listed(admin: Person, words: str = "E0406") -> tuple[list[dict[str, Any]], str]:
    answer = admin.get(ROWS, query_string={"q": words})
    assert answer.status_code == 200, answer.text
    return answer.json["items"], answer.headers["ETag"]


def put(admin: Person, row: dict[str, Any], **told: Any) -> TestResponse:
    """Change a row as the page does: all of it told again, but what is to be otherwise."""
    names = ("code", "name", "big_name", "condition_id", "condition", "limit", "closing", "authority", "automatic")
    body = {name: row[name] for name in (*names, "units") if row.get(name) is not None} | told
    return admin.post(ROWS, json=body, headers={"If-Match": listed(admin)[1]})


def conditions(text: str) -> list[FilingCondition]:
    look_again()
    return list(db.session.scalars(select(FilingCondition).where(FilingCondition.text == text)))


@pytest.fixture
def admin(app: Flask) -> Person:
    return Person(app, "xt01")


def test_rows_are_found_by_code_by_words_and_by_who_handles_them(admin: Person) -> None:
    for words in ("E0406", "占道经营", "大岭城管中队"):
        found, _ = listed(admin, words)
        assert any(row["code"] == "E0406" for row in found), words
    assert listed(admin, "没有这样的词")[0] == []


def test_a_limit_changed_today_ends_the_old_row_and_holds_at_once(admin: Person) -> None:
    row = listed(admin)[0][0]

    answer = put(admin, row, limit="6小时")

    assert answer.status_code == 200, answer.text
    old, new = sorted(conditions(row["condition"]), key=lambda one: one.valid_to is None)
    assert (old.valid_to, str(old.limit)) == (date(2026, 11, 23), row["limit"])
    assert (new.valid_from, new.valid_to, str(new.limit)) == (date(2026, 11, 23), None, "6小时")
    assert rulebook.current().find("E0406").condition(new.id).limit == new.limit
    [entry] = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "standards:edit"))
    assert entry.data["changes"] == [{"field": "处置时限", "before": row["limit"], "after": "6小时"}]


def test_a_case_filed_before_keeps_its_own_limit(admin: Person) -> None:
    event = make_event(state=State.HANDLING, category="E0406")
    row = next(one for one in listed(admin)[0] if one["condition_id"] == str(event.condition_id))
    due_at = event.due_at

    assert put(admin, row, limit="9小时").status_code == 200

    look_again()
    told = Person(admin.client.application, "dd01").event(event.id)
    assert told["due_at"] is not None and event.due_at == due_at


def test_a_change_from_a_later_day_holds_from_then(admin: Person) -> None:
    row = listed(admin)[0][0]

    assert put(admin, row, limit="6小时", valid_from="2026-12-01").status_code == 200

    assert listed(admin)[0][0]["limit"] == row["limit"]
    day = rulebook.on(date(2026, 12, 1)).find("E0406")
    assert "6小时" in [str(one.limit) for one in day.conditions]


def test_a_condition_and_a_class_are_added(admin: Person) -> None:
    row = listed(admin)[0][0]
    added = put(admin, row | {"condition_id": None}, condition="夜间占道经营", limit="2小时")
    new = admin.post(
        ROWS,
        json={
            "code": "E0492",
            "kind": "event",
            "name": "新的小类",
            "condition": "看得见",
            "limit": "三个工作日内",
            "units": "大岭消防站",
        },
        headers={"If-Match": listed(admin)[1]},
    )

    assert added.status_code == 200, added.text
    assert new.status_code == 200, new.text
    found = rulebook.current().find("E0492")
    assert [str(one.limit) for one in found.conditions] == ["3个工作日"]
    assert [one.department_name for one in found.entries] == ["大岭消防站"]
    assert "夜间占道经营" in [one["condition"] for one in listed(admin)[0]]


def test_who_handles_it_is_changed_for_one_row_only(admin: Person) -> None:
    row = listed(admin, "E0410")[0][0]
    others = {one["condition_id"]: one["units"] for one in listed(admin, "E0406")[0]}

    assert put(admin, row, units="大岭消防站").status_code == 200

    assert [one["units"] for one in listed(admin, "E0410")[0] if one["condition"] == row["condition"]] == [
        "大岭消防站"
    ]
    assert {one["condition_id"]: one["units"] for one in listed(admin, "E0406")[0]} == others


def test_a_row_ends_on_a_day_and_stays_readable(admin: Person) -> None:
    row = listed(admin)[0][0]

    answer = admin.post(
        f"{ROWS}/end",
        json={"code": "E0406", "condition_id": row["condition_id"]},
        headers={"If-Match": listed(admin)[1]},
    )

    assert answer.status_code == 200, answer.text
    assert row["condition_id"] not in [one["condition_id"] for one in listed(admin)[0]]
    [gone] = conditions(row["condition"])
    assert gone.valid_to == date(2026, 11, 23)


def test_a_whole_class_ends(admin: Person) -> None:
    answer = admin.post(f"{ROWS}/end", json={"code": "E0406"}, headers={"If-Match": listed(admin)[1]})

    assert answer.status_code == 200, answer.text
    assert listed(admin)[0] == [] and "E0406" not in rulebook.current().by_code


def test_the_same_condition_twice_is_refused_and_both_are_named(admin: Person) -> None:
    row = listed(admin)[0][0]

    told = assert_problem(put(admin, row | {"condition_id": None}, limit="9小时"), 422, "invalid", "condition")

    assert row["condition"] in told["detail"] and "E0406" in told["detail"] and row["limit"] in told["detail"]


def test_two_departments_for_one_place_are_refused_and_both_are_named(admin: Person) -> None:
    row = listed(admin)[0][0]

    told = assert_problem(put(admin, row, units="大岭城管中队、大岭消防站"), 422, "invalid", "units")

    assert "大岭城管中队" in told["detail"] and "大岭消防站" in told["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "很久"),
        ("limit", "0小时"),
        ("units", "没有的部门"),
        ("code", "占道"),
        ("valid_from", "2026-11-01"),
    ],
)
def test_nonsense_is_refused_at_its_field_and_nothing_is_written(admin: Person, field: str, value: str) -> None:
    row = listed(admin)[0][0]
    before = db.session.scalars(select(Category.id)).all()

    assert_problem(put(admin, row, **{field: value}), 422, "invalid", field)

    look_again()
    assert db.session.scalars(select(Category.id)).all() == before
    assert db.session.scalars(select(TrailEntry).where(TrailEntry.action == "standards:edit")).all() == []


def test_what_changes_nothing_is_refused(admin: Person) -> None:
    assert_problem(put(admin, listed(admin)[0][0]), 422, "invalid", "condition")


def test_versions_follow_each_other(admin: Person) -> None:
    row = listed(admin)[0][0]
    assert put(admin, row, limit="6小时", valid_from="2026-12-01").status_code == 200

    assert_problem(put(admin, row, limit="7小时"), 409, "conflict")


def test_who_saw_older_rules_is_told_and_writes_nothing(admin: Person) -> None:
    row, etag = listed(admin)[0][0], listed(admin)[1]
    assert put(admin, row, limit="6小时").status_code == 200
    body = {"code": "E0406", "condition_id": row["condition_id"]}

    assert_problem(admin.post(f"{ROWS}/end", json=body), 428, "precondition-required")
    assert_problem(admin.post(f"{ROWS}/end", json=body, headers={"If-Match": etag}), 412, "stale")
    fresh = listed(admin)[1]
    assert_problem(admin.post(f"{ROWS}/end", json=body, headers={"If-Match": fresh}), 404, "not-found")


@pytest.mark.parametrize("who", ["dd01", "ld01", "cg01", "aq01"])
def test_rows_are_edited_by_who_keeps_the_rules_only(app: Flask, who: str) -> None:
    assert_problem(Person(app, who).get(ROWS), 403, "forbidden")
    assert_problem(
        Person(app, who).post(f"{ROWS}/end", json={"code": "E0406"}, headers={"If-Match": '"1"'}), 403, "forbidden"
    )
