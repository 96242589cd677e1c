"""What could not be taken in is kept whole; the desk mends it for the worker, or gives it up and says why."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from grid.commands import HANDLERS
from grid.job import worker as loop
from tests.factories import street
from tests.factories.account import find_user
from tests.factories.census import census
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem


@pytest.fixture
def desk(app: Flask) -> Person:
    return Person(app, "dd01")


def waiting(person: Person, **query: str) -> list[dict[str, Any]]:
    answer = person.get("/api/quarantine", query_string=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def settle(person: Person, row: dict[str, Any], how: str, **told: Any) -> TestResponse:
    path = f"/api/quarantine/{row['id']}"
    etag = person.get(path).headers["ETag"]
    return person.post(f"{path}/{how}", json=told, headers={"If-Match": etag})


def test_a_refused_report_is_mended_in_the_workers_name(app: Flask, phone: Phone, desk: Person) -> None:
    op = phone.report_op(payload={"category": "E04100"})
    after = phone.report_op(depends_on=[op["op_id"]])
    assert phone.statuses(op, after) == ["rejected", "held"]
    [row] = waiting(desk)

    mended = settle(desk, row, "mend", payload=op["payload"] | {"category": "E0410"})
    results = phone.push(op, after)

    assert row["person"]["username"] == "wg01"
    assert row["raw"]["payload"]["category"] == "E04100"
    assert (row["field"], row["reason"]) == ("category", "invalid")
    assert mended.json["state"]["code"] == "mended"
    assert [result["status"] for result in results] == ["duplicate", "applied"]
    event = desk.event(results[0]["receipt"]["id"])
    assert event["reporter"]["username"] == "wg01"
    assert waiting(desk) == [] and len(waiting(desk, state="mended")) == 1
    loop.run_once(HANDLERS)
    phone.pull()
    [told] = [told for told in phone.has("notice").values() if told["title"] == "调度员已帮你改好"]
    assert told["event_id"] == event["id"]


def test_a_mend_that_is_still_wrong_changes_nothing(phone: Phone, desk: Person) -> None:
    phone.push(phone.report_op(payload={"category": "no"}))
    [row] = waiting(desk)
    before = census()

    answer = settle(desk, row, "mend", payload=row["raw"]["payload"] | {"category": "neither"})

    assert_problem(answer, 422, "invalid", "payload.category")
    assert census() == before
    assert len(waiting(desk)) == 1


def test_what_is_given_up_is_said_to_the_worker_with_the_reason(phone: Phone, desk: Person) -> None:
    op = phone.report_op(payload={"category": "no"})
    phone.push(op)
    [row] = waiting(desk)

    assert_problem(settle(desk, row, "drop", reason=""), 422, "invalid", "reason")
    dropped = settle(desk, row, "drop", reason="重复上报")
    again = settle(desk, dropped.json, "mend", payload=op["payload"])

    assert dropped.json["state"]["code"] == "dropped" and dropped.json["note"] == "重复上报"
    assert_problem(again, 409, "conflict")
    assert phone.statuses(op) == ["rejected"]
    loop.run_once(HANDLERS)
    phone.pull()
    assert [told["text"] for told in phone.has("notice").values()] == ["重复上报"]


def test_two_who_mend_one_op_do_not_both_win(app: Flask, phone: Phone, desk: Person) -> None:
    phone.push(phone.report_op(payload={"category": "no"}))
    [row] = waiting(desk)
    etag = desk.get(f"/api/quarantine/{row['id']}").headers["ETag"]
    payload = row["raw"]["payload"] | {"category": "E0410"}

    answers = [
        person.post(f"/api/quarantine/{row['id']}/mend", json={"payload": payload}, headers={"If-Match": etag})
        for person in (desk, Person(app, "slr01"))
    ]

    assert [answer.status_code for answer in answers] == [200, 412]


def test_ops_of_another_streets_people_are_not_there(app: Flask, desk: Person) -> None:
    street.make_second_street()
    foreign = Phone(app, street.WORKER)
    foreign.push(foreign.op("shift.levitate", {}))
    [row] = waiting(Person(app, street.DESK))

    assert waiting(desk) == []
    assert_problem(desk.get(f"/api/quarantine/{row['id']}"), 404, "not-found")
    assert find_user(street.WORKER).name == row["person"]["name"]
