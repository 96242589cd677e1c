"""The stream of an open page: what changed, to whom it may be told, from where one was, and nothing twice."""

from __future__ import annotations

import threading
import time as real
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from grid import clock, revision
from grid.accounts import session as sessions
from grid.areas import net
from grid.commands import HANDLERS, SWEEPS
from grid.db import db, transaction
from grid.events.event import Event
from grid.events.state import State
from grid.job import worker as loop
from grid.notices import notice
from grid.sync import change
from grid.sync.change import SyncChange
from tests.conftest import Clock
from tests.factories import street
from tests.factories.account import find_user
from tests.factories.crowd import at_once
from tests.factories.ear import Ear, missed, stand
from tests.factories.event import fresh, make_event
from tests.factories.person import Person, report
from tests.factories.practice import make_practice
from tests.factories.problem import assert_problem

BEAT_S = 0.3
COMMUNITY = "441323002001"


@pytest.fixture
def awake(app: Flask) -> Iterator[Flask]:
    """The application with streams that stay open; nobody is left watching afterwards."""
    app.config.update(STREAM_LIFE=60, STREAM_BEAT=BEAT_S)
    yield app
    for thread in threading.enumerate():
        if thread.name == "pulse":
            thread.join(5)


def test_a_new_report_is_told_to_who_has_it_open(awake: Flask) -> None:
    worker = Person(awake, "wg01")
    with Ear(Person(awake, "dd01")) as ear:
        first = ear.next()
        case = UUID(report(worker)["id"])
        begin = real.monotonic()
        heard = ear.next()

    assert first.told["cases"] == [] and first.told["reset"] is None
    assert heard.cases == {case: "new"} and heard.urgent == {case}
    assert heard.told["seq"] > first.told["seq"]
    assert real.monotonic() - begin < 10  # whole seconds less as a rule; here it only must not be a poll


def test_each_is_told_of_what_they_may_see_and_of_nothing_else(app: Flask) -> None:
    street.make_second_street()
    usernames = ("dd01", street.DESK, "cg01", "ga01", "ld01", "xt01", "wg01", "wg02", street.CLERK)
    people = {name: Person(app, name) for name in usernames}
    before = {name: stand(person) for name, person in people.items()}
    reported, dispatched = make_event(), make_event(state=State.PENDING_SIGN, department="cg")

    heard = {name: missed(person, before[name]) for name, person in people.items()}

    both = {reported.id: "new", dispatched.id: "new"}
    assert {name: one.cases for name, one in heard.items() if one.cases} == {
        "dd01": both,
        "ld01": both,
        "wg01": both,
        "cg01": {dispatched.id: "new"},
    }
    assert not any(one.told["reset"] for one in heard.values())
    assert {name: one.urgent for name, one in heard.items() if one.urgent} == {
        "dd01": {reported.id},
        "cg01": {dispatched.id},
    }


def test_a_case_reaches_its_department_when_it_is_dispatched(app: Flask) -> None:
    event = make_event(state=State.PENDING_DISPATCH)
    desk, ours, others = Person(app, "dd01"), Person(app, "cg01"), Person(app, "ga01")
    before = {one.username: stand(one) for one in (desk, ours, others)}

    desk.steps(event.id, ("dispatch", {"department": "cg"}))

    heard = missed(ours, before["cg01"])
    assert heard.cases.keys() == heard.urgent == {event.id}
    assert missed(others, before["ga01"]).cases == {}
    told_to_self = missed(desk, before["dd01"])
    assert told_to_self.cases.keys() == {event.id} and told_to_self.urgent == set()


def test_a_case_that_leaves_somebodys_sight_is_told_to_who_had_it(app: Flask) -> None:
    street.make_second_street()
    event = make_event(state=State.HANDLING, department="cg", reporter="wg01")
    usernames = ("dd01", "cg01", "ga01", "xt01", street.DESK, street.CLERK)
    people = {name: Person(app, name) for name in usernames}
    before = {name: stand(person) for name, person in people.items()}

    with transaction():
        moved = fresh(event)
        moved.area_path = net.current().find(street.GRID).path

    heard = {name: missed(person, before[name]).cases for name, person in people.items()}
    assert {name: cases for name, cases in heard.items() if cases} == {
        "dd01": {event.id: "gone"},
        "cg01": {event.id: "gone"},
        street.DESK: {event.id: "new"},
    }


def test_practice_that_is_wiped_is_gone_and_names_nothing_to_departments(app: Flask) -> None:
    practice = make_practice(app).id
    event = make_event(state=State.HANDLING, department="cg")
    people = {name: Person(app, name) for name in ("dd01", "cg01", "xt01")}
    before = {name: stand(person) for name, person in people.items()}

    assert people["xt01"].post("/api/practice/wipe").status_code == 200

    assert missed(people["dd01"], before["dd01"]).cases == {practice: "gone"}
    told = missed(people["cg01"], before["cg01"]).told
    assert told["reset"] == "gone" and told["cases"] == []
    assert fresh(event).state is State.HANDLING


def test_who_comes_back_is_told_what_was_missed_once(app: Flask) -> None:
    desk = Person(app, "dd01")
    before = stand(desk)
    events = [make_event() for _ in range(3)]
    desk.steps(events[0].id, "accept")

    heard = missed(desk, before)
    again = missed(desk, heard.place)

    assert set(heard.cases) == {event.id for event in events}
    assert again.told["cases"] == [] and not again.told["reset"]


@pytest.mark.parametrize("word", ["", "7", "1.0123456789abcdef", "x" * 3000, "9.0123456789abcdef.1", "-1..0"])
def test_a_place_of_another_world_begins_anew(app: Flask, word: str) -> None:
    make_event()

    told = missed(Person(app, "dd01"), word).told

    assert told["reset"] and told["cases"] == []


def test_a_place_that_is_pruned_begins_anew(app: Flask, time: Clock) -> None:
    desk = Person(app, "dd01")
    before = stand(desk)
    make_event()
    make_event()
    with transaction():
        assert change.prune(clock.now() + timedelta(seconds=1))

    assert missed(desk, before).told["reset"] == "expired"
    assert not missed(desk, stand(desk)).told["reset"]


def test_a_restored_database_and_other_posts_begin_anew(app: Flask) -> None:
    desk, leader = Person(app, "dd01"), Person(app, "ld01")
    places = {one.username: stand(one) for one in (desk, leader)}
    with transaction():
        find_user("ld01").posts[0].area_id = net.current().find(COMMUNITY).id
        revision.bump(revision.ACCOUNTS)
    other_posts = missed(leader, places["ld01"]).told["reset"]
    with transaction():
        revision.bump(revision.EPOCH)

    assert other_posts == "scope"
    assert missed(desk, places["dd01"]).told["reset"] == "epoch"


def test_who_missed_very_much_begins_anew(app: Flask) -> None:
    desk = Person(app, "dd01")
    before = stand(desk)
    event = make_event()
    for _ in range(301):
        with transaction():
            change.touched(Event, Event.id == event.id)

    assert missed(desk, before).told["reset"] == "many"


def test_a_notice_is_told_to_its_person_alone(app: Flask) -> None:
    people = [Person(app, "dd01"), Person(app, "ld01")]
    before = [stand(person) for person in people]
    with transaction():
        notice.tell([find_user("dd01").id], "test:1", "标题", "内容", None)

    assert [missed(one, place).told["notices"] for one, place in zip(people, before, strict=True)] == [True, False]


def test_a_clock_that_has_run_out_is_urgent(app: Flask, time: Clock) -> None:
    event = make_event(state=State.HANDLING, department="cg")
    loop.run_due(HANDLERS, SWEEPS)
    desk = Person(app, "dd01")
    before = stand(desk)
    time.move(days=30)
    loop.run_due(HANDLERS, SWEEPS)

    assert event.id in missed(desk, before).urgent


def test_a_stream_ends_when_its_session_does(awake: Flask) -> None:
    desk = Person(awake, "dd01")
    with Ear(desk) as ear:
        ear.next()
        with transaction():
            sessions.end_all(find_user("dd01"))
        begin = real.monotonic()

        assert list(ear) == []
        assert real.monotonic() - begin < BEAT_S + 5


def test_a_stream_lives_on_while_its_session_does_and_beats(awake: Flask) -> None:
    desk = Person(awake, "dd01")
    answer = desk.get("/api/live")
    parts = iter(answer.response)
    next(parts)

    assert [next(parts), next(parts)] == [b":\n\n", b":\n\n"]
    answer.close()


def test_beyond_the_cap_one_is_told_to_come_again(awake: Flask) -> None:
    awake.config["STREAMS"] = 1
    desk, leader = Person(awake, "dd01"), Person(awake, "ld01")
    with Ear(desk):
        refused = leader.get("/api/live")
    with Ear(leader) as ear:
        taken = ear.next()

    assert_problem(refused, 503, "streams-full")
    assert int(refused.headers["Retry-After"]) > 0
    assert taken.told["reset"] is None


def _report_six(worker: Person) -> None:
    for _ in range(6):
        report(worker)


def test_of_many_who_write_at_once_nothing_is_missed_and_nothing_told_twice(awake: Flask) -> None:
    """Between reading the log and waiting for it, writers commit all the time."""
    workers = [Person(awake, f"wg0{number}") for number in (1, 2, 3)]
    told: Counter[UUID] = Counter()
    with Ear(Person(awake, "dd01")) as ear:
        before = ear.next().told["seq"]
        writing = threading.Thread(target=lambda: at_once([partial(_report_six, one) for one in workers]))
        writing.start()
        seqs = []
        for heard in ear:
            told.update(heard.cases.keys())
            seqs.append(heard.told["seq"])
            if not writing.is_alive() and seqs[-1] >= change.head():
                break
            db.session.rollback()
        writing.join()

    log = select(SyncChange.record_id).where(SyncChange.collection == "event", SyncChange.seq > before)
    assert set(told) == set(db.session.scalars(log))
    assert len(told) == 18 and set(told.values()) == {1}
    assert seqs == sorted(set(seqs))
