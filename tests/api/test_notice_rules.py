"""Notice rules over HTTP: dated rows that never contradict each other, endpoints that keep their secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from fixtures.daling import STREET
from grid.db import db
from grid.notices import courier
from grid.notices.delivery import Delivery
from grid.notices.endpoint import NoticeEndpoint
from grid.trail.entry import TrailEntry
from tests.factories.endpoint import SECRET, SMS_BODY, deliver, let_rest, make_endpoint, make_rule
from tests.factories.event import make_event
from tests.factories.problem import assert_problem
from tests.factories.request import person
from tests.harness.receiver import Receiver, Reply, receiving

RULES, HOURS, ENDPOINTS = "/api/notice-rules", "/api/quiet-hours", "/api/notice-endpoints"

# Rules and rights, not the database: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def _put(app: Flask, endpoint: str, **told: Any) -> Any:
    return person(app, "xt01").post(RULES, json={"cause": "moved", "endpoint": endpoint, "area": STREET, **told})


def _add(app: Flask, url: str, channel: str = "webhook", **settings: Any) -> Any:
    told = {"url": url, "secret": SECRET} | settings
    body = {"name": "值班群", "channel": channel, "area": STREET, "settings": told}
    return person(app, "xt01").post(ENDPOINTS, json=body)


def test_the_page_has_all_a_rule_is_made_of(app: Flask) -> None:
    made = _add(app, "https://robot.example/send?token=k1").json
    _put(app, made["id"], key="pending_sign", department="cg", way="urgent")

    told = person(app, "xt01").get(RULES, query_string={"area": STREET}).json

    [row] = told["rules"]
    assert (row["about"], row["whom"], row["way"]["label"]) == (
        "案卷流转·待签收",
        "大岭城管中队",
        "免打扰时段也发送",
    )
    assert {"pending_sign", "closed"} <= {key["code"] for key in told["causes"][0]["keys"]}
    assert {cause["code"] for cause in told["causes"] if cause["keys"]} >= {"moved", "request", "whistle"}
    assert told["endpoints"] == [made]


def test_an_endpoint_never_says_its_secrets_again(app: Flask) -> None:
    answer = _add(app, "https://robot.example:8443/send?token=canary42")
    told = person(app, "xt01").get(f"{ENDPOINTS}/{answer.json['id']}")

    assert answer.json["host"] == "robot.example:8443"
    assert "canary42" not in answer.text + told.text and SECRET not in answer.text + told.text
    kept = db.session.scalars(select(NoticeEndpoint.settings)).one()
    data = [entry.data for entry in db.session.scalars(select(TrailEntry))]
    assert b"canary42" not in kept and "canary42" not in str(data)


@pytest.mark.parametrize(
    "url", ["http://robot.example/", "https://10.0.0.1/", "https://169.254.169.254/", "ftp://x.example/", "x"]
)
def test_an_address_inside_is_refused_when_it_is_filled_in(app: Flask, url: str) -> None:
    assert_problem(_add(app, url), 422, "invalid", "url")

    assert db.session.scalar(select(NoticeEndpoint.id)) is None


def test_settings_that_are_not_told_stay(app: Flask, receiver: Receiver) -> None:
    made = _add(app, receiver.url).json
    admin, path = person(app, "xt01"), f"{ENDPOINTS}/{made['id']}"
    match = {"If-Match": admin.get(path).headers["ETag"]}

    changed = admin.put(path, json={"name": "新群", "active": True}, headers=match)

    assert (changed.json["name"], changed.json["version"]) == ("新群", 2)
    assert admin.post(f"{path}/test", json={}).json == {"sent": True, "words": ""}
    assert_problem(admin.put(path, json={"name": "旧", "active": True}, headers=match), 412, "stale")


def test_sending_does_not_make_an_edit_stale(app: Flask, receiver: Receiver) -> None:
    out = make_endpoint(app, receiver.url)
    make_rule(out)
    admin, path = person(app, "xt01"), f"{ENDPOINTS}/{out.id}"
    match = {"If-Match": admin.get(path).headers["ETag"]}
    make_event()
    deliver(app)

    assert len(receiver.got) == 1
    assert admin.put(path, json={"name": "新群"}, headers=match).status_code == 200


@pytest.mark.parametrize(
    "body, words",
    [
        (b'{"errcode": 310000}', "机器人不收（310000）。"),
        (b'{"errcode": Infinity}', "对方的答复读不懂。"),
        (b"[" * 60_000, "对方的答复读不懂。"),
    ],
    ids=["refused", "infinity", "deep"],
)
def test_a_trial_says_in_words_what_went_wrong(app: Flask, receiver: Receiver, body: bytes, words: str) -> None:
    receiver.answering = lambda number, got: Reply(body=body)
    made = make_endpoint(app, receiver.url)
    robot = person(app, "xt01").post(
        ENDPOINTS,
        json={"name": "群", "channel": "dingtalk", "area": STREET, "settings": {"url": receiver.url}},
    )

    told = person(app, "xt01").post(f"{ENDPOINTS}/{robot.json['id']}/test", json={}).json

    assert (told["sent"], words in told["words"]) == (False, True)
    assert made.fails == 0


def test_a_trial_of_a_gateway_goes_to_the_number_that_is_told(app: Flask, receiver: Receiver) -> None:
    made = _add(app, receiver.url, "sms", encoding="json", body=SMS_BODY, secret="")
    assert made.status_code == 201, made.text

    person(app, "xt01").post(f"{ENDPOINTS}/{made.json['id']}/test", json={"mobile": "10013579246"})

    assert receiver.got[0].json["to"] == "10013579246"
    assert receiver.got[0].json["text"].startswith("【测试】值班群 已接通网格系统。")


@pytest.mark.parametrize("other", [{"way": "off"}, {"way": "urgent"}, {}])
@pytest.mark.parametrize("dates", [{}, {"valid_from": "2027-01-01"}])
def test_two_rows_about_the_same_are_refused_and_both_named(
    app: Flask, other: dict[str, str], dates: dict[str, str]
) -> None:
    made = _add(app, "https://robot.example/").json
    _put(app, made["id"], valid_from="2026-11-24")

    told = assert_problem(_put(app, made["id"], **other, **dates), 422, "contradicting-rules")

    assert len(told["rows"]) == 2 and all("值班群" in row for row in told["rows"])


def test_rows_about_other_people_or_keys_stand_beside_each_other(app: Flask) -> None:
    made = _add(app, "https://robot.example/").json

    for told in ({}, {"key": "closed"}, {"post": "leader"}, {"department": "cg"}, {"cause": "alarm"}):
        assert _put(app, made["id"], **told).status_code == 200


@pytest.mark.parametrize(
    "told, field",
    [
        ({"key": "no_such"}, "key"),
        ({"post": "king"}, None),
        ({"department": "no"}, "department"),
        ({"way": "x"}, "way"),
    ],
)
def test_rows_that_make_no_sense_are_refused(app: Flask, told: dict[str, str], field: str | None) -> None:
    made = _add(app, "https://robot.example/").json

    assert_problem(_put(app, made["id"], **told), 422, "invalid", field)


def test_a_row_ends_on_a_day_and_another_may_follow(app: Flask) -> None:
    made = _add(app, "https://robot.example/").json
    row = _put(app, made["id"]).json["rules"][0]
    admin, path = person(app, "xt01"), f"{RULES}/{row['id']}"
    assert_problem(admin.open("PATCH", path, json={"valid_to": "2026-12-01"}), 428, "precondition-required")
    match = {"If-Match": admin.get(path).headers["ETag"]}

    ended = admin.open("PATCH", path, json={"valid_to": "2026-12-01"}, headers=match)

    assert ended.json["valid_to"] == "2026-12-01"
    assert _put(app, made["id"], way="off", valid_from="2026-12-01").status_code == 200
    assert_problem(admin.open("PATCH", path, json={"valid_to": None}, headers=match), 412, "stale")


def test_quiet_hours_are_set_replaced_and_never_doubled(app: Flask) -> None:
    admin = person(app, "xt01")
    first = admin.post(HOURS, json={"begins": "22:00", "ends": "07:00", "area": STREET})

    told = assert_problem(
        admin.post(HOURS, json={"begins": "21:00", "ends": "07:00", "area": STREET}), 422, "contradicting-rules"
    )
    later = {"begins": "21:00", "ends": "06:30", "area": STREET, "valid_from": "2026-12-01", "replace": True}
    rows = admin.post(HOURS, json=later).json["quiet_hours"]

    assert first.json["quiet_hours"][0]["begins"] == "22:00"
    assert "22:00—07:00" in told["rows"][1]
    assert [(row["ends"], row["valid_to"]) for row in rows] == [("07:00", "2026-12-01"), ("06:30", None)]
    match = {"If-Match": admin.get(f"{HOURS}/{rows[1]['id']}").headers["ETag"]}
    done = admin.open("PATCH", f"{HOURS}/{rows[1]['id']}", json={"valid_to": "2026-12-31"}, headers=match)
    assert done.json["valid_to"] == "2026-12-31"
    assert_problem(
        admin.open("PATCH", f"{HOURS}/{rows[1]['id']}", json={"valid_to": None}, headers=match), 412, "stale"
    )


def test_what_was_not_delivered_is_listed_with_its_reason_and_sent_again(app: Flask, receiver: Receiver) -> None:
    receiver.answering = lambda number, got: Reply(404) if number < courier.REFUSALS else Reply()
    make_rule(make_endpoint(app, receiver.url))
    make_event()
    admin = person(app, "xt01")
    for _ in range(courier.REFUSALS):
        deliver(app)
        let_rest()

    [dead] = admin.get("/api/deliveries", query_string={"state": "dead"}).json["items"]
    answer = admin.post(f"/api/deliveries/{dead['id']}/retry")
    again = admin.post(f"/api/deliveries/{dead['id']}/retry")
    deliver(app)

    assert dead["error"].startswith("对方不收（404）") and dead["text"].endswith("待受理")
    assert answer.json["state"]["code"] == "waiting"
    assert_problem(again, 409, "conflict")
    assert db.session.scalars(select(Delivery.state)).one() == "sent"
    assert admin.get("/api/deliveries", query_string={"state": "dead"}).json == {"items": [], "next": None}
