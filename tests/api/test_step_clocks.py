"""The clock of the step a case stands at, in lists and on its page: no late case comes as a surprise."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from grid.db import transaction
from grid.events import handling
from grid.events.state import State
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.ear import missed, stand
from tests.factories.event import advance, desk_of, fresh, make_event, take
from tests.factories.person import Person
from tests.factories.practice import deliver


def _row(person: Person, event_id: UUID, **query: Any) -> dict[str, Any]:
    rows = person.get("/api/events", query_string={"sort": "due"} | query).json["items"]
    found: dict[str, Any] = next(row for row in rows if row["id"] == str(event_id))
    return found


def _ids(person: Person, **query: Any) -> list[str]:
    return [row["id"] for row in person.get("/api/events", query_string=query).json["items"]]


def _on_the_map(person: Person) -> str:
    told = person.get("/api/events/points").json
    return str(told["lights"][told["light"][0]])


def _overdue(person: Person, queue: str) -> int:
    items = person.get("/api/queues").json["items"]
    return next(int(item["overdue"]) for item in items if item["code"] == queue)


def test_a_new_report_is_timed_and_lit_before_it_has_a_deadline(app: Flask, time: Clock) -> None:
    desk, event = Person(app, "dd01"), make_event()
    deliver()

    lights = []
    for minutes in (0, 13, 3):
        time.move(minutes=minutes)
        row = _row(desk, event.id, queue="accept")
        lights.append(row["step_clock"]["light"]["code"])
        assert _ids(desk, light=lights[-1]) == [str(event.id)] and _on_the_map(desk) == lights[-1]

    assert lights == ["green", "yellow", "red"]
    assert _ids(desk, overdue="true") == [str(event.id)] and _ids(desk, overdue="false") == []
    assert _overdue(desk, "accept") == 1
    assert [_ids(desk, light=light) for light in ("none", "green", "yellow")] == [[], [], []]
    assert _ids(desk, light="red") == [str(event.id)]
    assert row["due_at"] is None and row["light"]["code"] == "red"
    assert row["step_clock"]["kind"] == {"code": "accept", "label": "受理时限"}
    assert row["step_clock"]["deed"] == "受理"
    assert row["step_clock"]["due_at"] == "2026-11-23T09:15:00.000+08:00"
    assert row["step_clock"] == desk.event(event.id)["step_clock"]


def test_who_read_it_before_its_clock_began_is_told_to_read_it_again(app: Flask, time: Clock) -> None:
    desk, event = Person(app, "dd01"), make_event()
    place, before = stand(desk), _row(desk, event.id)
    deliver()

    assert before["step_clock"] is None
    assert event.id in missed(desk, place).cases
    deliver()
    assert missed(desk, stand(desk)).cases == {}


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (State.VERIFYING, "verify"),
        (State.PENDING_FILING, "file"),
        (State.PENDING_DISPATCH, "dispatch"),
        (State.PENDING_SIGN, None),
        (State.HANDLING, None),
        (State.FEEDBACK, "review"),
        (State.PENDING_CHECK, "send"),
        (State.CHECKING, "check"),
        (State.PENDING_CLOSE, "close"),
        (State.CLOSED, None),
    ],
)
def test_each_step_of_the_desk_or_on_the_spot_has_its_own_and_a_departments_has_none(
    app: Flask, time: Clock, state: State, kind: str | None
) -> None:
    desk, event = Person(app, "dd01"), make_event()
    deliver()
    with transaction():
        advance(fresh(event), state)

    told = _row(desk, event.id, sort="newest")

    assert (told["step_clock"] or {"kind": {"code": None}})["kind"]["code"] == kind
    assert (told["due_at"] is not None) == (state not in (State.VERIFYING, State.PENDING_FILING))


def test_of_a_levels_turn_and_a_step_within_it_the_first_that_is_due_is_told(app: Flask, time: Clock) -> None:
    desk, event = Person(app, "dd01"), make_event()
    with transaction():
        handling.carry_out(desk_of(event), fresh(event), "hand_up", note="要区里办")
    handed = _row(desk, event.id)["step_clock"]
    with transaction():
        handling.carry_out(find_user("dd01"), fresh(event), "accept")
    accepted = _row(desk, event.id)["step_clock"]

    assert (handed["kind"]["code"], handed["deed"]) == ("level", "本级")
    assert accepted["kind"]["code"] == "file" and accepted["due_at"] < handed["due_at"]


def test_a_case_with_a_deadline_is_late_by_that_alone(app: Flask, time: Clock) -> None:
    desk, event = Person(app, "dd01"), make_event(state="pending_dispatch")
    time.move(minutes=20)

    assert _row(desk, event.id)["step_clock"]["light"]["code"] == "red"
    assert _ids(desk, overdue="true") == [] and _overdue(desk, "dispatch") == 0


def test_its_first_clock_makes_no_other_version_of_a_case_that_was_read(app: Flask, time: Clock) -> None:
    desk, event = Person(app, "dd01"), make_event()
    before = desk.get(f"/api/events/{event.id}")
    deliver()

    assert before.json["step_clock"] is None and desk.event(event.id)["step_clock"] is not None
    told = {"action": "accept"}
    answer = desk.post(f"/api/events/{event.id}/steps", json=told, headers={"If-Match": before.headers["ETag"]})
    assert answer.status_code == 200, answer.text


def _kind(person: Person, event_id: UUID) -> str | None:
    told = person.event(event_id)["step_clock"]
    return told["kind"]["code"] if told else None


def test_when_a_step_ends_what_times_the_next_is_told_and_where_nothing_does_nothing(
    app: Flask, time: Clock
) -> None:
    desk, event = Person(app, "dd01"), make_event()
    deliver()

    kinds = []
    for action in ("accept", "file", "dispatch"):
        with transaction():
            take(fresh(event), action)
        kinds.append(_kind(desk, event.id))

    assert kinds == ["file", "dispatch", None]


def test_handed_to_another_level_its_turn_is_told_in_place_of_the_step(app: Flask, time: Clock) -> None:
    desk, event = Person(app, "dd01"), make_event(state="pending_filing")
    before = _kind(desk, event.id)
    with transaction():
        handling.carry_out(desk_of(event), fresh(event), "hand_up", note="要区里办")

    assert (before, _kind(desk, event.id)) == ("file", "level")


def test_a_page_of_them_costs_no_statement_more(
    app: Flask, time: Clock, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    desk = Person(app, "dd01")
    for _ in range(12):
        make_event()
    deliver()
    desk.get("/api/events")  # rules and net are in memory from here on

    counted = []
    for limit in (2, 12):
        with count_queries() as statements:
            rows = desk.get("/api/events", query_string={"sort": "due", "limit": limit}).json["items"]
        assert [row["step_clock"]["deed"] for row in rows] == ["受理"] * limit
        counted.append(statements)

    assert len(counted[0]) == len(counted[1]) <= 7
    assert not any("FROM deadline" in one for statements in counted for one in statements)
