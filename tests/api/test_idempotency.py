"""A network that repeats itself: the same request again, at once, later, by somebody else."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from grid.db import db, transaction
from grid.events.event import Event, EventLog
from grid.sync.op import Op
from tests.conftest import Clock
from tests.factories.census import census
from tests.factories.crowd import at_once
from tests.factories.event import fresh, make_event
from tests.factories.person import Person, make_report, report
from tests.factories.problem import assert_problem

REPORTS = "/mobile/v1/reports"


def test_sixteen_twins_of_one_report_are_one_event(app: Flask) -> None:
    workers = [Person(app, "wg01") for _ in range(16)]
    reports = [make_report(description=f"第 {number} 件") for number in range(20)]

    answers = [at_once(partial(worker.post, REPORTS, json=told) for worker in workers) for told in reports]

    for twins in answers:
        assert sorted(answer.status_code for answer in twins) == [200] * 15 + [201]
        assert len({answer.json["id"] for answer in twins}) == 1
        assert sum(answer.headers.get("Idempotent-Replay") == "true" for answer in twins) == 15
    assert sorted(db.session.scalars(select(Event.description))) == sorted(told["description"] for told in reports)
    rows = census()
    assert {rows[name] for name in ("event", "event_log", "event_photo", "job", "op")} == {20}


def test_a_replay_answers_the_stored_receipt_and_writes_nothing(app: Flask) -> None:
    worker, told = Person(app, "wg01"), make_report()
    first = worker.post(REPORTS, json=told)
    before = census()

    again = worker.post(REPORTS, json=told)

    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert again.json == first.json
    assert census() == before


def test_a_replay_after_the_case_has_moved_still_answers_the_first_receipt(app: Flask) -> None:
    worker, told = Person(app, "wg01"), make_report()
    first = worker.post(REPORTS, json=told).json
    Person(app, "dd01").steps(first["id"], "accept")

    assert worker.post(REPORTS, json=told).json == first


def test_the_same_words_in_another_order_are_the_same_report(app: Flask) -> None:
    worker, told = Person(app, "wg01"), make_report()
    worker.post(REPORTS, json=told)

    again = worker.post(REPORTS, json=dict(reversed(told.items())))

    assert again.headers["Idempotent-Replay"] == "true"


def test_somebody_elses_client_id_gives_nothing_of_their_answer(app: Flask) -> None:
    owner, other = Person(app, "wg01"), Person(app, "wg02")
    told = make_report(description="只给自己看")
    receipt = owner.post(REPORTS, json=told).json
    before = census("login_session", "trail_entry")

    answer = other.post(REPORTS, json=told)

    assert_problem(answer, 409, "conflict")
    assert receipt["id"] not in answer.text
    assert census("login_session", "trail_entry") == before


def test_a_report_resent_after_its_op_was_purged_makes_no_second_event(app: Flask, time: Clock) -> None:
    worker, told = Person(app, "wg01"), make_report()
    worker.post(REPORTS, json=told)
    time.move(days=91)
    with transaction():
        for op in db.session.scalars(select(Op)):
            db.session.delete(op)

    answer = worker.post(REPORTS, json=told)

    assert answer.status_code in (200, 409), answer.text
    assert census()["event"] == 1


def test_a_step_sent_twice_with_one_key_is_taken_once(app: Flask) -> None:
    desk, event = Person(app, "dd01"), make_event()
    headers = {"If-Match": desk.event(event.id)["etag"], "Idempotency-Key": str(uuid4())}
    path = f"/api/events/{event.id}/steps"
    first = desk.post(path, json={"action": "accept"}, headers=headers)
    before = census()

    again = desk.post(path, json={"action": "accept"}, headers=headers)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert census() == before


def test_parallel_twins_of_a_step_with_one_key_are_all_answered(app: Flask) -> None:
    event = make_event()
    desks = [Person(app, "dd01") for _ in range(8)]
    headers = {"If-Match": desks[0].event(event.id)["etag"], "Idempotency-Key": str(uuid4())}

    answers = at_once(
        partial(desk.post, f"/api/events/{event.id}/steps", json={"action": "accept"}, headers=headers)
        for desk in desks
    )

    assert [answer.status_code for answer in answers] == [200] * 8
    assert {answer.json["state"]["code"] for answer in answers} == {"pending_filing"}
    assert fresh(event).history_seq == 2


def test_one_key_for_two_steps_is_refused(app: Flask) -> None:
    desk, event = Person(app, "dd01"), make_event()
    headers = {"If-Match": desk.event(event.id)["etag"], "Idempotency-Key": str(uuid4())}
    path = f"/api/events/{event.id}/steps"
    desk.post(path, json={"action": "accept"}, headers=headers)
    before = census()

    answer = desk.post(path, json={"action": "reject", "note": "重复"}, headers=headers)

    assert_problem(answer, 422, "idempotency-mismatch")
    assert census() == before


def test_a_key_that_is_no_uuid_is_refused(app: Flask) -> None:
    desk, event = Person(app, "dd01"), make_event()
    headers = {"If-Match": desk.event(event.id)["etag"], "Idempotency-Key": "again"}

    answer = desk.post(f"/api/events/{event.id}/steps", json={"action": "accept"}, headers=headers)

    assert_problem(answer, 422, "invalid", "Idempotency-Key")


def test_a_refused_report_may_be_mended_and_sent_under_its_own_id(app: Flask) -> None:
    worker, wrong = Person(app, "wg01"), make_report(category="E9999")
    assert_problem(worker.post(REPORTS, json=wrong), 422, "invalid", "category")

    assert worker.post(REPORTS, json=wrong | {"category": "E0410"}).status_code == 201


def test_an_answer_sent_twice_is_one_answer(app: Flask) -> None:
    worker, event = Person(app, "wg01"), make_event(state="checking")
    path = f"/mobile/v1/tasks/{event.tasks[0].id}"
    told = {"client_id": str(uuid4()), "result": "fail", "note": "还堵着"}
    headers = {"If-Match": worker.get(path).headers["ETag"]}
    first = worker.post(f"{path}/answer", json=told, headers=headers)
    before = census()

    again = worker.post(f"{path}/answer", json=told, headers=headers)

    assert (first.status_code, again.status_code) == (200, 200), again.text
    assert again.json["result"] == first.json["result"]
    assert census() == before


def test_an_op_is_stored_with_its_answer_in_the_transaction_of_the_event(app: Flask) -> None:
    receipt = report(Person(app, "wg01"))

    op = db.session.scalars(select(Op)).one()

    assert op.result["id"] == receipt["id"]
    assert db.session.scalars(select(EventLog.event_id)).one() == db.session.scalars(select(Event.id)).one()
