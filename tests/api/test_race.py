"""Two dispatchers reach for the same case: one wins, the other is shown what the winner did."""

from __future__ import annotations

from collections import Counter
from functools import partial
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Select, select
from werkzeug.test import TestResponse

from grid.db import db
from grid.events.event import Assignment, EventLog
from tests.factories.census import census
from tests.factories.crowd import at_once
from tests.factories.event import fresh, make_event
from tests.factories.person import Person

DEPARTMENTS = ("cg", "ga")
PHOTOS = [{"sha256": "a" * 64, "role": "near"}]


def _race(events: list[tuple[UUID, str]], runners: list[Person]) -> list[list[TestResponse]]:
    """Every runner sends every event (id, ETag) on; all meet at the barrier before each one."""
    barrier = Barrier(len(runners))
    answers: list[list[TestResponse]] = [[] for _ in runners]

    def run(number: int, person: Person) -> None:
        for event_id, etag in events:
            barrier.wait(timeout=60)
            told = {"action": "dispatch", "department": DEPARTMENTS[number % 2]}
            answers[number].append(
                person.post(f"/api/events/{event_id}/steps", json=told, headers={"If-Match": etag})
            )

    threads = [Thread(target=run, args=(number, person)) for number, person in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [list(answer) for answer in zip(*answers, strict=True)]


def test_two_who_link_the_same_cases_from_either_end_wait_for_each_other(app: Flask) -> None:
    pairs = [(make_event().id, make_event().id) for _ in range(6)]
    runners = [Person(app, "dd01"), Person(app, "pqy01")]
    barrier, codes = Barrier(2), list[int]()

    def run(number: int) -> None:
        for pair in pairs:
            event, other = pair if number else pair[::-1]
            etag = runners[number].event(event)["etag"]
            barrier.wait(timeout=60)
            path, told = f"/api/events/{event}/links", {"other": str(other)}
            codes.append(runners[number].post(path, json=told, headers={"If-Match": etag}).status_code)

    threads = [Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(codes)[200] == len(pairs)
    assert {*codes} <= {200, 409, 412}


@pytest.mark.parametrize("total", [250, pytest.param(1_000, marks=pytest.mark.long)])
def test_two_dispatchers_race_on_each_of_many_events_and_each_has_one_winner(app: Flask, total: int) -> None:
    # 河道污染: filed by itself, but two departments are equally responsible, so dispatch waits for a person.
    events = [make_event(state="pending_dispatch", category="E0126", photos=PHOTOS) for _ in range(total)]
    runners = [Person(app, "dd01"), Person(app, "pqy01")]
    etags = {event.version: runners[0].event(event.id)["etag"] for event in events[:1]}
    before = census("login_session")

    races = _race([(event.id, etags[event.version]) for event in events], runners)

    assert [sorted(answer.status_code for answer in race) for race in races] == [[200, 412]] * total
    for race in races:
        won = next(answer.json for answer in race if answer.status_code == 200)
        lost = next(answer for answer in race if answer.status_code == 412).get_json(force=True)
        assert lost["type"] == "/problems/stale"
        assert _outcome(lost["current"]) == _outcome(won)
    grown = {name: rows - before[name] for name, rows in census("login_session").items() if rows != before[name]}
    once = {name: total for name in ("assignment", "event_log", "job", "sync_change", "trail_entry")}
    assert grown == once | {"deadline": 3 * total}  # the dispatcher's own, made up; one to sign, one to handle
    assert _rows_per_event(select(Assignment.event_id)) == {1: total}
    assert _rows_per_event(select(EventLog.event_id).where(EventLog.action == "dispatch")) == {1: total}


def _outcome(event: dict[str, Any]) -> tuple[Any, ...]:
    return (
        event["state"]["code"],
        event["version"],
        event["department"]["code"],
        event["history"][-1]["actor"]["name"],
    )


def _rows_per_event(found: Select[tuple[UUID]]) -> dict[int, int]:
    """How many events have how many of these rows."""
    return dict(Counter(Counter(db.session.scalars(found)).values()))


def test_eight_people_take_different_steps_of_one_event_and_one_wins(app: Flask) -> None:
    for _ in range(10):
        event = make_event(state="pending_dispatch")
        runners = [Person(app, name) for name in ("dd01", "pqy01", "dd01") for _ in range(3)][:8]
        etag = runners[0].event(event.id)["etag"]
        steps = [{"action": "dispatch", "department": "cg"}, {"action": "refer_back", "note": "条件不对"}]
        told = [steps[1] if person.username == "pqy01" else steps[0] for person in runners]

        answers = at_once(
            partial(p.post, f"/api/events/{event.id}/steps", json=t, headers={"If-Match": etag})
            for p, t in zip(runners, told, strict=True)
        )

        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
        assert fresh(event).history_seq == 4  # report, accept, file, and the one step that won


def test_two_answers_to_one_check_are_one_answer(app: Flask) -> None:
    event = make_event(state="checking", checker="wg01")
    workers = [Person(app, "wg01"), Person(app, "wg01")]
    [task] = event.tasks
    etag = workers[0].get(f"/mobile/v1/tasks/{task.id}").headers["ETag"]
    told = [
        {"client_id": str(uuid4()), "result": "pass"},
        {"client_id": str(uuid4()), "result": "fail", "note": "还在"},
    ]

    answers = at_once(
        partial(w.post, f"/mobile/v1/tasks/{task.id}/answer", json=t, headers={"If-Match": etag})
        for w, t in zip(workers, told, strict=True)
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    lost = next(answer for answer in answers if answer.status_code == 412).get_json(force=True)
    won = next(answer for answer in answers if answer.status_code == 200).json
    assert lost["current"]["result"] == won["result"]
    assert fresh(event).state == ("pending_close" if won["result"]["code"] == "pass" else "pending_sign")


def test_two_cases_filed_at_once_get_different_numbers(app: Flask) -> None:
    events = [make_event(state="pending_filing") for _ in range(8)]
    runners = [Person(app, "zbz01") for _ in events]
    told = next(o for o in runners[0].event(events[0].id)["steps"] if o["action"] == "file")["fields"][0]["value"]
    etag = runners[0].event(events[0].id)["etag"]

    answers = at_once(
        partial(
            person.post,
            f"/api/events/{event.id}/steps",
            json={"action": "file", "condition": told},
            headers={"If-Match": etag},
        )
        for person, event in zip(runners, events, strict=True)
    )

    assert [answer.status_code for answer in answers] == [200] * 8
    assert sorted(answer.json["case_no"] for answer in answers) == [
        f"44132300220261123{n:05d}" for n in range(1, 9)
    ]
