"""What is due first: the order of the desk's queues, its cursors, and the marks that lead into its middle."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from benchmarks import stock
from grid.db import db
from grid.events.event import Event
from grid.events.state import State
from tests.conftest import Clock
from tests.factories import street
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.problem import assert_problem

EVENTS, MARKS = "/api/events", "/api/events/marks"
CountQueries = Callable[[], AbstractContextManager[list[str]]]


def _pages(person: Person, limit: int, **query: Any) -> Iterator[list[dict[str, Any]]]:
    after = None
    for _ in range(500):  # a page that repeats itself would never end
        told = {"sort": "due"} | query | {"limit": limit} | ({"after": after} if after else {})
        answer = person.get(EVENTS, query_string=told)
        assert answer.status_code == 200, answer.text
        yield answer.json["items"]
        after = answer.json["next"]
        if after is None:
            return
    raise AssertionError("the pages do not end")


def _ids(person: Person, limit: int = 100, **query: Any) -> list[str]:
    return [item["id"] for page in _pages(person, limit, **query) for item in page]


def _due(event: Event, at: datetime | None) -> str:
    db.session.execute(update(Event).where(Event.id == event.id).values(due_at=at, yellow_at=at))
    db.session.commit()
    return str(event.id)


@pytest.fixture
def cases(app: Flask, time: Clock) -> list[str]:
    """Open cases as they are due: two at the same moment, two without a deadline; and one that is over."""
    make_event(state="closed")
    young, old = make_event(), make_event()
    some = [make_event(state="handling") for _ in range(4)]
    hours = (5, 1, 3, 3)
    dated = [(hour, _due(event, time.at + timedelta(hours=hour))) for hour, event in zip(hours, some, strict=True)]
    return [number for _, number in sorted(dated)] + [str(young.id), str(old.id)]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 100])
def test_what_is_due_first_comes_first_and_what_has_no_deadline_last(
    app: Flask, cases: list[str], limit: int
) -> None:
    assert _ids(Person(app, "dd01"), limit) == cases


def test_a_closed_case_is_due_no_more_but_stands_in_the_list_of_the_newest(app: Flask, cases: list[str]) -> None:
    desk = Person(app, "dd01")

    assert _ids(desk, state="closed") == []
    assert len(_ids(desk, sort="newest", state="closed")) == 1
    assert set(_ids(desk, sort="newest", open="true")) == set(cases)


def test_a_case_that_comes_while_one_pages_shifts_nothing(app: Flask, cases: list[str], time: Clock) -> None:
    desk = Person(app, "dd01")
    pages = _pages(desk, 2)
    first = next(pages)
    _due(make_event(state="handling"), time.at)

    assert [item["id"] for page in [first, *pages] for item in page] == cases


def test_a_queue_in_this_order_is_what_it_is_in_the_other(app: Flask, cases: list[str]) -> None:
    for name, queue in (("dd01", "accept"), ("cg01", "handle"), ("dd01", "requests")):
        person = Person(app, name)
        assert sorted(_ids(person, queue=queue)) == sorted(_ids(person, queue=queue, sort="newest"))
    assert _ids(Person(app, "cg01"), 1, queue="handle") == cases[:4]


def test_everybody_sees_what_is_theirs_in_this_order_too(app: Flask, cases: list[str], time: Clock) -> None:
    street.make_second_street()
    foreign = make_event(reporter=street.WORKER, state="pending_sign", department=street.DEPARTMENT)

    assert _ids(Person(app, "dd01"), 2) == cases
    assert _ids(Person(app, street.DESK), 2) == [str(foreign.id)]
    assert Person(app, street.DESK).get(MARKS, query_string={"sort": "due"}).json["total"] == 1
    assert Person(app, "xt01").get(MARKS).status_code == 403


def test_a_cursor_of_another_order_is_refused_and_says_why(app: Flask, cases: list[str]) -> None:
    desk = Person(app, "dd01")
    foreign = desk.get(EVENTS, query_string={"limit": 1}).json["next"]

    told = assert_problem(
        desk.get(EVENTS, query_string={"sort": "due", "after": foreign}), 422, "invalid", "after"
    )

    assert "另一种次序" in told["detail"]


def _due_word(moment: str) -> str:
    return urlsafe_b64encode(f"due {UUID(int=1).hex} {moment}".encode()).decode()


EDGES = [_due_word(moment) for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "好", "ZHVlIDAgMA==", "a" * 500, *EDGES])
def test_a_cursor_that_cannot_be_read_is_refused(app: Flask, cursor: str) -> None:
    for name in ("after", "until"):
        answer = Person(app, "dd01").get(EVENTS, query_string={"sort": "due", name: cursor})
        assert_problem(answer, 422, "invalid", name)


def test_some_cases_can_be_asked_for_by_their_ids_within_the_list(app: Flask, cases: list[str]) -> None:
    desk = Person(app, "dd01")
    foreign = make_event(state="closed")

    assert _ids(desk, ids=f"{cases[3]},{cases[0]},{foreign.id}") == [cases[0], cases[3]]
    assert _ids(desk, ids=cases[0], queue="accept") == []
    assert_problem(desk.get(EVENTS, query_string={"ids": "x"}), 422, "invalid", "ids")
    assert_problem(desk.get(EVENTS, query_string={"ids": ",".join(cases[:1] * 101)}), 422, "invalid", "ids")


def test_the_supervised_are_those_a_supervision_presses(app: Flask, cases: list[str]) -> None:
    told = {"kind": "superior", "level": "red", "reason": "群众反复投诉", "need_reply": False}
    answer = Person(app, "ld01").post(f"/api/events/{cases[2]}/supervisions", json=told)
    assert answer.status_code == 201, answer.text
    desk = Person(app, "dd01")

    assert _ids(desk, supervised="true") == [cases[2]]
    assert _ids(desk, supervised="false") == cases

    supervision = answer.json["items"][-1] if "items" in answer.json else answer.json
    closing = Person(app, "ld01")
    etag = closing.get(f"/api/supervisions/{supervision['id']}").headers["ETag"]
    closed = closing.post(f"/api/supervisions/{supervision['id']}/close", json={}, headers={"If-Match": etag})
    assert closed.status_code == 200, closed.text
    assert _ids(desk, supervised="true") == []


@pytest.mark.parametrize("query", [{"sort": "due"}, {"sort": "due", "queue": "dispatch"}, {"sort": "newest"}])
def test_between_two_marks_lies_a_page_and_all_pages_are_the_list(app: Flask, query: dict[str, str]) -> None:
    odds = {State.REPORTED: 1, State.PENDING_DISPATCH: 3, State.HANDLING: 2, State.CLOSED: 2}
    stock.fill(db.engine, 1500, odds=odds)
    desk = Person(app, "dd01")
    whole = _ids(desk, **query)

    told = desk.get(MARKS, query_string=query).json
    marks = [None, *told["marks"], None]
    pages = []
    for n, after in enumerate(marks[:-1]):
        ends = {name: mark for name, mark in (("after", after), ("until", marks[n + 1])) if mark}
        page = desk.get(EVENTS, query_string=query | ends | {"limit": 100}).json
        pages.append([item["id"] for item in page["items"]])

    assert told["total"] == len(whole) and not told["cut"]
    assert [number for page in pages for number in page] == whole
    assert {len(page) for page in pages[:-1]} == {100}


def test_pages_cost_as_many_statements_wherever_they_lie_and_however_long(
    app: Flask, count_queries: CountQueries
) -> None:
    stock.fill(db.engine, 400, odds={State.REPORTED: 1, State.HANDLING: 1})
    desk = Person(app, "dd01")
    marks = desk.get(MARKS, query_string={"sort": "due"}).json["marks"]
    desk.get(EVENTS)  # rules and net are in memory from here on
    counted = set()
    for after in (None, *marks[:-1]):
        for limit in (20, 100):
            told = {"sort": "due", "limit": limit} | ({"after": after} if after else {})
            with count_queries() as statements:
                assert len(desk.get(EVENTS, query_string=told).json["items"]) == limit
            counted.add(len(statements))

    assert len(counted) == 1 and counted.pop() <= 8
    with count_queries() as statements:
        desk.get(MARKS, query_string={"sort": "due"})
    assert len(statements) <= 8
