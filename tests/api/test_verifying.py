"""Verifying (核实): is a report true? Asked by the desk before it accepts, answered on the spot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from grid import clock
from grid.areas import net
from grid.commands import HANDLERS, SWEEPS
from grid.db import db, transaction
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind
from grid.events.event import Event
from grid.fieldwork import shift as shifts
from grid.job import worker as loop
from grid.notices.notice import Notice
from grid.supervision.alarm import Alarm
from grid.trail.entry import TrailEntry
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.event import fresh, make_event
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again

PHOTO = {"sha256": "a" * 64}


@pytest.fixture
def desk(app: Flask) -> Person:
    """The acceptor, who sends; nothing else."""
    return Person(app, "slr01")


def work() -> None:
    """What `wangge worker --once` does."""
    while loop.run_once(HANDLERS) or loop.sweep_once(SWEEPS):
        pass


def _answer(worker: Person, result: str, **told: Any) -> Any:
    [task] = worker.get("/mobile/v1/tasks").json["items"]
    path = f"/mobile/v1/tasks/{task['id']}"
    etag = worker.get(path).headers["ETag"]
    body = {"client_id": str(uuid4()), "result": result, **told}
    return worker.post(f"{path}/answer", json=body, headers={"If-Match": etag})


def _here(event: Event) -> dict[str, Any]:
    return {"lon": event.lon, "lat": event.lat + 0.0001, "datum": "cgcs2000", "accuracy_m": 8.0}


def _field(event: dict[str, Any], name: str) -> dict[str, Any]:
    step = next(one for one in event["steps"] if one["action"] == "send_verify")
    found: dict[str, Any] = next(one for one in step["fields"] if one["name"] == name)
    return found


def test_a_report_found_true_on_the_spot_comes_back_with_the_answer_and_is_accepted(
    app: Flask, desk: Person
) -> None:
    event, worker = make_event(reporter="wg01"), Person(app, "wg02")

    sent = desk.steps(event.id, ("send_verify", {"assignee": "wg02", "note": "看看是不是临停"}))
    [task] = worker.get("/mobile/v1/tasks").json["items"]
    queue = desk.get("/api/events", query_string={"queue": "verifying"}).json["items"]
    answered = _answer(worker, "genuine", note="停了二十多辆", photos=[PHOTO], position=_here(event))
    back = desk.event(event.id)
    accepted = desk.steps(event.id, "accept")

    assert (sent["state"]["label"], sent["stage"]["label"]) == ("核实中", "信息收集")
    assert [one["id"] for one in queue] == [str(event.id)]
    assert (task["kind"]["label"], task["asked"]) == ("核实", "看看是不是临停")
    assert answered.status_code == 200 and answered.json["result"]["label"] == "属实"
    assert back["state"]["code"] == "reported"
    assert back["history"][-1]["action"]["label"] == "核实属实"
    assert 10 < back["history"][-1]["data"]["on_the_spot"]["distance_m"] < 13
    assert [photo["role"]["label"] for photo in back["photo_items"]] == ["核实"]
    assert back["suggestion"]["action"] == "accept" and "停了二十多辆" in back["suggestion"]["reason"]
    assert accepted["state"]["code"] == "pending_filing"


def test_a_report_found_untrue_is_suggested_for_refusal_with_the_words(app: Flask, desk: Person) -> None:
    event, worker = make_event(reporter="wg01"), Person(app, "wg02")
    desk.steps(event.id, ("send_verify", {"assignee": "wg02"}))

    _answer(worker, "unfounded", note="是院内停车")
    told = desk.event(event.id)["suggestion"]
    refused = desk.steps(event.id, (told["action"], told["fields"]))

    assert told["text"] == "建议不予受理（核实不属实）"
    assert refused["state"]["code"] == "rejected"
    assert refused["history"][-1]["note"] == "核实不属实：是院内停车"


def test_a_place_that_is_not_found_decides_nothing(app: Flask, desk: Person) -> None:
    event, worker = make_event(reporter="wg01"), Person(app, "wg02")
    desk.steps(event.id, ("send_verify", {"assignee": "wg02"}))

    _answer(worker, "not_found", note="沿路找了一遍")

    back = desk.event(event.id)
    assert (back["state"]["code"], back["suggestion"]) == ("reported", None)
    assert back["tasks"][-1]["result"]["label"] == "找不到"


def test_what_an_answer_must_say(app: Flask, desk: Person) -> None:
    event, worker = make_event(reporter="wg01"), Person(app, "wg02")
    desk.steps(event.id, ("send_verify", {"assignee": "wg02"}))
    before = fresh(event).version

    for result, told, field in (
        ("genuine", {}, "photos"),
        ("genuine", {"photos": [PHOTO | {"role": "check"}]}, "photos"),
        ("unfounded", {}, "note"),
        ("not_found", {}, "note"),
        ("pass", {"photos": [PHOTO]}, "result"),
        ("perhaps", {}, "result"),
    ):
        assert_problem(_answer(worker, result, **told), 422, "invalid", field)

    assert fresh(event).version == before


def test_a_check_takes_no_answer_of_a_verification(app: Flask) -> None:
    make_event(state="checking", checker="wg02")

    assert_problem(_answer(Person(app, "wg02"), "genuine", photos=[PHOTO]), 422, "invalid", "result")


def test_only_the_acceptor_sends_and_only_who_was_sent_answers(app: Flask, desk: Person) -> None:
    event = make_event(reporter="wg01")

    for username in ("zbz01", "pqy01", "ld01", "wg01"):
        person = Person(app, username)
        assert "send_verify" not in [step["action"] for step in person.event(event.id)["steps"]], username
        assert_problem(person.step(person.event(event.id), "send_verify", assignee="wg02"), 403, "forbidden")
    sent = desk.steps(event.id, ("send_verify", {"assignee": "wg02"}))
    task = f"/mobile/v1/tasks/{sent['tasks'][-1]['id']}"

    assert_problem(desk.step(sent, "genuine"), 422, "invalid", "action")
    assert Person(app, "wg03").get(task).status_code == 404
    assert_problem(desk.step(sent, "accept"), 409, "illegal-transition")


def test_what_is_taken_back_or_ends_meanwhile_is_off_the_phone(app: Flask) -> None:
    desk, worker = Person(app, "dd01"), Person(app, "wg02")
    parent = make_event(reporter="wg03")
    ways: list[tuple[str, dict[str, str], str]] = [
        ("recall_verify", {"note": "反映人说已经没有了"}, "reported"),
        ("reject", {"note": "反映人撤回"}, "rejected"),
        ("merge", {"parent": str(parent.id)}, "merged"),
    ]
    for action, told, state in ways:
        event = make_event(state="verifying", checker="wg02")
        assert len(worker.get("/mobile/v1/tasks").json["items"]) == 1

        after = desk.steps(event.id, (action, told))

        assert after["state"]["code"] == state
        assert after["tasks"][-1]["state"]["code"] == "cancelled"
        assert worker.get("/mobile/v1/tasks").json["items"] == []
        running = select(Deadline.kind).where(Deadline.event_id == event.id, Deadline.state == "running")
        assert list(db.session.scalars(running)) == ([DeadlineKind.ACCEPT] if state == "reported" else [])


def test_who_has_the_grid_is_sent_when_nobody_is_named_but_not_to_their_own_report(app: Flask) -> None:
    desk, own = Person(app, "dd01"), make_event(reporter="wg04")
    others = make_event(reporter="wg01", area=net.current().by_id[own.area_id].code)

    offered = _field(desk.event(others.id), "assignee")
    sent = desk.steps(others.id, "send_verify")
    straight = desk.step(desk.event(own.id), "send_verify", assignee="wg04")
    nobody = desk.step(desk.event(own.id), "send_verify")

    assert (offered["label"], offered["value"], offered["required"]) == ("核实人", "wg04", False)
    assert sent["tasks"][-1]["assignee"]["username"] == "wg04"
    assert_problem(straight, 422, "invalid", "assignee")
    assert_problem(nobody, 422, "invalid", "assignee")
    names = [option["value"] for option in _field(desk.event(own.id), "assignee")["options"]]
    assert "wg04" not in names and "wg02" in names


def test_without_anybody_for_the_grid_the_nearest_on_duty_goes_and_the_question_is_in_the_trail(
    app: Flask,
) -> None:
    desk, event = Person(app, "dd01"), make_event(reporter="wg04")
    _stand(app, "wg02", event, north_m=900)
    _stand(app, "wg03", event, north_m=300)
    _stand(app, "wg05", event, north_m=5, minutes_ago=30)

    sent = desk.steps(event.id, "send_verify")

    assert sent["tasks"][-1]["assignee"]["username"] == "wg03"
    look_again()
    [look] = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "position:use"))
    assert look.data["people"] == sorted(find_user(name).id for name in ("wg02", "wg03", "wg05"))


def _stand(app: Flask, username: str, event: Event, north_m: float, minutes_ago: float = 1) -> None:
    """On duty, and last seen so far north of a case, so long ago."""
    with transaction():
        shifts.on(find_user(username), uuid4(), clock.now() - timedelta(hours=1))
    t_ms = round((clock.now() - timedelta(minutes=minutes_ago)).timestamp() * 1000)
    fix = {
        "t_ms": t_ms,
        "lon": event.lon,
        "lat": event.lat + north_m / 111_000,
        "datum": "cgcs2000",
        "accuracy_m": 8,
    }
    answer = Phone(app, username).post("/mobile/v1/tracks", json={"points": [fix]})
    assert answer.json["accepted"] == 1


def test_an_answer_made_offline_arrives_once_and_with_the_photo_of_a_verification(app: Flask) -> None:
    event = make_event(reporter="wg01", state="verifying", checker="wg02")
    phone, task = Phone(app, "wg02"), event.tasks[0]
    media = [{"media_id": str(uuid4()), **PHOTO, "role": "verify", "mime": "image/jpeg", "size": 1}]
    op = phone.op("task.answer", {"result": "genuine"}, entity_id=str(task.id), base_rev=task.version, media=media)

    [first] = phone.push(op)
    [again] = phone.push(op)

    assert (first["status"], again["status"]) == ("applied", "duplicate")
    shown = Person(app, "dd01").event(event.id)
    assert [entry["action"]["code"] for entry in shown["history"]] == ["report", "send_verify", "genuine"]
    assert [item["role"]["code"] for item in shown["photo_items"]] == ["verify"]


def test_who_was_sent_has_half_an_hour_while_the_desks_own_clock_stands(app: Flask, time: Clock) -> None:
    event, desk = make_event(reporter="wg01"), Person(app, "dd01")
    time.move(minutes=10)
    desk.steps(event.id, ("send_verify", {"assignee": "wg02"}))
    time.move(minutes=25)
    work()
    reminded = _alarms()
    time.move(minutes=10)
    work()
    _answer(Person(app, "wg02"), "genuine", photos=[PHOTO])
    work()

    assert reminded == [("verify", "remind")]
    assert _alarms() == [("verify", "remind"), ("verify", "overdue")]
    rows = db.session.scalars(select(Deadline).where(Deadline.event_id == event.id).order_by(Deadline.id))
    assert [(row.kind.value, row.state.value) for row in rows] == [
        ("accept", "met"),
        ("verify", "missed"),
        ("accept", "running"),
    ]
    told = select(Notice.title).where(Notice.user_id == find_user("slr01").id).order_by(Notice.id.desc())
    assert "核实属实，待受理" in (db.session.scalar(told.limit(1)) or "")


def _alarms() -> list[tuple[str, str]]:
    look_again()
    found = select(Deadline.kind, Alarm.act).join(Alarm, Alarm.deadline_id == Deadline.id)
    return [(kind.value, act.value) for kind, act in db.session.execute(found.order_by(Alarm.planned_at))]
