"""A phone enrols, says how it is, and is taken back: first it hands over what waits, then it is wiped."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Clock
from tests.factories import street
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem


def beat(phone: Phone, **told: Any) -> TestResponse:
    return phone.post("/mobile/v1/device/heartbeat", json={"queue": 0} | told)


def listed(person: Person, **query: str) -> list[dict[str, Any]]:
    answer = person.get("/api/devices", query_string=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def revoke(person: Person, phone: Phone, mode: str, reason: str = "手机丢了") -> TestResponse:
    [row] = [row for row in listed(person) if row["device_id"] == phone.device_id]
    etag = person.get(f"/api/devices/{row['id']}").headers["ETag"]
    return person.post(
        f"/api/devices/{row['id']}/revoke", json={"mode": mode, "reason": reason}, headers={"If-Match": etag}
    )


def test_enrolling_again_answers_the_same(phone: Phone) -> None:
    first, second = phone.enroll(), phone.enroll()

    assert first.json == second.json
    assert first.json["state"] == {"code": "active", "label": "在用"}
    assert first.headers["X-WG-Device-State"] == "ok"


def test_one_phone_in_two_hands_is_two_seats(app: Flask, phone: Phone) -> None:
    other = Phone(app, "wg02", device_id=phone.device_id)

    assert phone.pull_page().status_code == other.pull_page().status_code == 200
    assert len(listed(Person(app, "dd01"))) == 2


def test_without_a_seat_nothing_is_synchronised_and_older_apps_go_on(app: Flask) -> None:
    worker = Person(app, "wg01", sign_in="/mobile/v1/session")

    for headers in ({}, {"X-WG-Device": "my phone"}):
        answer = worker.get("/mobile/v1/sync/pull", headers=headers)
        assert_problem(answer, 422, "invalid")
    unknown = worker.get("/mobile/v1/sync/pull", headers={"X-WG-Device": str(uuid4())})
    assert_problem(unknown, 403, "device-unknown")
    bootstrap = worker.get("/mobile/v1/bootstrap")
    assert (bootstrap.status_code, bootstrap.headers["X-WG-Device-State"]) == (200, "ok")


def test_every_answer_says_whose_it_is_and_how_the_seat_stands(phone: Phone) -> None:
    for path in ("/mobile/v1/bootstrap", "/mobile/v1/nowhere", "/mobile/v1/sync/pull?limit=0"):
        answer = phone.get(path)

        assert answer.headers["X-WG-Api"] == "1"
        assert answer.headers["X-WG-Device-State"] == "ok"


def test_a_lost_phone_and_a_backlog_are_seen_by_the_desk(app: Flask, phone: Phone, time: Clock) -> None:
    desk = Person(app, "dd01")
    storage = {"persisted": False, "usage": 1_000_000, "quota": 50_000_000}
    told = {
        "queue": 3,
        "oldest_at": "2026-11-23T06:00:00+08:00",
        "storage": storage,
        "battery": 41,
        "last_error": "QuotaExceededError",
        "clock_offset_ms": -1830,
    }
    assert beat(phone, **told).status_code == 200

    [behind] = listed(desk, light="backlog")
    time.move(hours=25)
    desk.sign_in()
    [lost] = listed(desk, light="lost")

    assert [light["code"] for light in behind["lights"]] == ["backlog"]
    assert behind["storage"] == storage and behind["battery"] == 41 and behind["clock_offset_ms"] == -1830
    assert [light["label"] for light in lost["lights"]] == ["失联", "积压"]
    assert listed(desk, light="evicted") == []
    phone.sign_in()
    beat(phone)
    assert listed(desk, light="any") == []


def test_a_phone_that_lost_its_store_is_noticed(app: Flask, phone: Phone) -> None:
    phone.push(phone.report_op(), phone.report_op())

    right, forgetful = beat(phone, canary=2).json, beat(phone, canary=0).json

    assert (right["last_seq"], right["evicted"]) == (2, False)
    assert (forgetful["last_seq"], forgetful["evicted"]) == (2, True)
    assert [light["code"] for light in listed(Person(app, "dd01"))[0]["lights"]] == ["evicted"]


def test_a_heartbeat_does_not_stand_in_the_way_of_who_takes_a_phone_back(app: Flask, phone: Phone) -> None:
    desk = Person(app, "dd01")
    [row] = listed(desk)
    etag = desk.get(f"/api/devices/{row['id']}").headers["ETag"]
    beat(phone, queue=1)

    answer = desk.post(
        f"/api/devices/{row['id']}/revoke", json={"mode": "drain", "reason": "离职"}, headers={"If-Match": etag}
    )

    assert answer.status_code == 200, answer.text


def test_a_draining_phone_hands_over_its_queue_and_is_then_wiped(app: Flask, phone: Phone) -> None:
    op = phone.report_op()
    assert revoke(Person(app, "dd01"), phone, "drain").status_code == 200

    refused = phone.pull_page()
    bootstrap = phone.get("/mobile/v1/bootstrap")
    pushed = phone.send(op)
    waiting = beat(phone, queue=2)
    empty = beat(phone, queue=0)
    after = phone.send(phone.report_op())

    for answer in (refused, bootstrap):
        assert assert_problem(answer, 403, "device-revoked")["mode"] == "drain"
        assert answer.headers["X-WG-Device-State"] == "locked"
    assert pushed.json["results"][0]["status"] == "applied"
    assert (waiting.json["state"]["code"], empty.json["state"]["code"]) == ("draining", "wiped")
    assert empty.headers["X-WG-Device-State"] == "wipe"
    assert assert_problem(after, 403, "device-revoked")["mode"] == "wipe"


def test_a_wipe_at_once_is_for_administrators_and_stops_everything(app: Flask, phone: Phone) -> None:
    assert_problem(revoke(Person(app, "dd01"), phone, "wipe"), 403, "forbidden")
    assert phone.pull_page().status_code == 200

    assert revoke(Person(app, "xt01"), phone, "wipe").status_code == 200

    for answer in (phone.send(phone.report_op()), phone.pull_page(), beat(phone), phone.enroll()):
        assert assert_problem(answer, 403, "device-revoked")["mode"] == "wipe"
        assert answer.headers["X-WG-Device-State"] == "wipe"
    phone.sign_in()  # signing in goes on working
    phone.device_id = str(uuid4())
    assert phone.enroll().status_code == 200
    assert phone.pull_page().status_code == 200


def test_taking_back_wants_a_reason_and_the_present_version_and_happens_once(app: Flask, phone: Phone) -> None:
    desk = Person(app, "dd01")
    [row] = listed(desk)
    path = f"/api/devices/{row['id']}"
    told = {"mode": "drain", "reason": "离职"}

    assert_problem(revoke(desk, phone, "drain", ""), 422, "invalid", "reason")
    assert_problem(desk.post(f"{path}/revoke", json=told), 428, "precondition-required")
    assert_problem(desk.post(f"{path}/revoke", json=told, headers={"If-Match": '"0"'}), 412, "stale")
    assert revoke(desk, phone, "drain").status_code == 200
    assert_problem(revoke(desk, phone, "drain"), 409, "conflict")


def test_phones_of_another_street_are_not_there(app: Flask) -> None:
    street.make_second_street()
    foreign = Phone(app, street.WORKER)
    desk, theirs = Person(app, "dd01"), Person(app, street.DESK)

    [row] = listed(theirs)

    assert listed(desk) == []
    assert row["device_id"] == foreign.device_id
    assert_problem(desk.get(f"/api/devices/{row['id']}"), 404, "not-found")
    assert [one["person"]["username"] for one in listed(theirs, q=street.WORKER)] == [street.WORKER]
    assert listed(theirs, q="nobody") == []


def test_an_app_that_is_too_old_is_told_so_and_its_queue_is_taken_in(app: Flask, phone: Phone) -> None:
    app.config["MIN_APP"] = "1.10.0"

    for answer in (
        phone.pull_page(),
        phone.post("/mobile/v1/sync/check", json={}),
        phone.get("/mobile/v1/forms"),
    ):
        assert assert_problem(answer, 426, "upgrade-required")["min_app"] == "1.10.0"
    assert phone.statuses(phone.report_op()) == ["applied"]
    assert phone.get("/mobile/v1/bootstrap").json["min_app"] == "1.10.0"
    assert phone.get("/mobile/v1/forms", headers={"X-WG-App": "1.10.1"}).status_code == 200


def test_enrolling_under_another_number_than_the_header_is_refused(phone: Phone) -> None:
    answer = phone.post("/mobile/v1/device/enroll", json={"device_id": str(uuid4())})

    assert_problem(answer, 422, "invalid", "device_id")
