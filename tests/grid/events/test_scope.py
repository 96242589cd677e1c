"""A scope is said twice, as SQL and of a loaded row: both mean the same, for everybody and every permission."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from grid.accounts import department as departments
from grid.accounts import scope
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import db, transaction
from grid.events import handling
from grid.events.event import Event
from grid.events.scope import REACHES, may, visible
from tests.factories import street
from tests.factories.account import find_user, make_user
from tests.factories.event import make_event
from tests.factories.reader import look_again

GRID = "441323002001001"


@pytest.fixture
def events(app: Flask) -> list[Event]:
    """Cases of several people in several places, departments and states."""
    street.make_second_street()
    make_user("sg01", "grid_worker", "clerk", area=GRID, department="cg")  # two posts at once
    make_user("xz01", "shift_leader", area="441323002001")  # of one community
    make_user("mb01", "clerk")  # a clerk without a department
    made = [
        make_event(reporter="wg01"),
        make_event(reporter="wg02", state="pending_dispatch"),
        make_event(reporter="wg03", state="pending_sign", department="cg"),
        make_event(reporter="wg04", state="handling", department="ga"),
        make_event(reporter="wg01", area="441323002005001", state="handled", department="cg"),
        make_event(reporter="wg05", state="checking", checker="wg02"),
        make_event(reporter="wg06", state="pending_close", checker="wg01"),
        make_event(reporter="wg07", state="closed"),
        make_event(reporter="wg08", area="441323002201", state="rejected"),
        make_event(reporter=street.WORKER, state="pending_sign", department=street.DEPARTMENT),
        _strayed(make_event(reporter=street.WORKER, state="pending_sign", department=street.DEPARTMENT), "cg"),
        make_event(reporter="wg01", area=street.GRID),
    ]
    returned = make_event(reporter="wg09", state="pending_sign", department="xf")
    _return(returned)
    return [*made, returned]


def _strayed(event: Event, department: str) -> Event:
    """The case in the hands of another street's department, where no step of ours brings it."""
    with transaction():
        db.session.get_one(Event, event.id).assignments[0].department_id = departments.find(department).id
    return event


def _return(event: Event) -> None:
    from_department = find_user("xf01")
    with transaction():
        row = db.session.get_one(Event, event.id)
        handling.move_assignment(from_department, row, row.assignments[0].id, "return", note="不归我们管")


def test_the_query_and_the_question_agree(app: Flask, events: list[Event]) -> None:
    look_again()
    rows = list(db.session.scalars(select(Event)))
    people = list(db.session.scalars(select(User)))
    differences, reached = [], 0
    for person in people:
        for permission in Permission:
            found = set(db.session.scalars(select(Event.id).where(scope.rows(person, permission, REACHES))))
            held = {row.id for row in rows if may(person, permission, row)}
            reached += len(found)
            if found != held:
                differences.append((person.username, permission, found ^ held))

    assert differences == []
    assert len(rows) == 13
    assert reached > 200


def _seen_by(username: str) -> set[UUID]:
    return set(db.session.scalars(select(Event.id).where(visible(find_user(username)))))


def _ids(events: list[Event], *numbers: int) -> set[UUID]:
    return {events[number].id for number in numbers}


def test_a_worker_sees_the_grid_the_own_reports_and_what_they_were_asked_to_check(
    app: Flask, events: list[Event]
) -> None:
    assert _seen_by("wg01") == _ids(
        events, 0, 4, 6, 11
    )  # the task of number 6 is answered: their photos there stay
    assert _seen_by("wg02") == _ids(events, 1, 5)


def test_a_department_sees_what_was_dispatched_to_it_in_its_street(app: Flask, events: list[Event]) -> None:
    assert _seen_by("ga01") == _ids(events, 3)
    assert _seen_by("cg01") == _ids(events, 2, 4, 5, 6, 7)
    assert _seen_by("xf01") == _ids(events, 12)  # returned, but it was theirs
    assert _seen_by("mb01") == set()


def test_a_desk_sees_its_street_and_a_community_leader_the_community(app: Flask, events: list[Event]) -> None:
    assert _seen_by("dd01") == _ids(events, *range(9), 12)
    assert _seen_by(street.DESK) == _ids(events, 9, 10, 11)
    assert _seen_by("xz01") == _ids(events, 0, 1)


def test_administrators_see_no_case(app: Flask, events: list[Event]) -> None:
    assert [_seen_by(name) for name in ("xt01", "aq01", "sj99")] == [set(), set(), set()]


def test_a_path_is_not_within_one_whose_number_begins_the_same() -> None:
    assert scope.is_within("/1/12/88/", "/1/12/")
    assert not scope.is_within("/1/123/", "/1/12/")
