"""Two reach for the same cases from either end: they wait for each other, one wins, nobody gets a 5xx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text
from werkzeug.test import TestResponse

from grid.db import db, transaction
from grid.events import practice
from grid.events.event import Event
from grid.events.state import State
from tests.factories.crowd import at_once
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.practice import make_practice
from tests.factories.reader import look_again
from tests.factories.request import ask, decide

SOON_S = 20.0
ON_POSTGRES = pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # which locks row by row
TURNS = {"postgresql": 15, "sqlite": 3}  # SQLite lets one write at a time: nothing can cross there


@pytest.fixture
def desks(app: Flask) -> list[Person]:
    """Two screens of the same desk."""
    return [Person(app, "dd01"), Person(app, "dd01")]


def _turns() -> range:
    return range(TURNS[db.engine.dialect.name])


def _step(desk: Person, event_id: UUID, action: str, **told: Any) -> Callable[[], TestResponse]:
    """The step as its desk sees the case now, to be taken later."""
    return partial(desk.step, desk.event(event_id), action, **told)


def _bulk(desk: Person, event_id: UUID, action: str, **told: Any) -> Callable[[], TestResponse]:
    """The same in bulk."""
    items = [{"id": str(event_id), "version": desk.event(event_id)["version"]}]
    return partial(desk.post, "/api/events/bulk", json={"action": action, "items": items, **told})


def _pair(is_child_older: bool) -> tuple[UUID, UUID]:
    """A child and its parent to be."""
    older, younger = make_event().id, make_event().id
    return (older, younger) if is_child_older else (younger, older)


def _states(*ids: UUID) -> list[State]:
    look_again()
    return [db.session.get_one(Event, one).state for one in ids]


def test_two_cases_merged_into_each_other_at_once_end_as_one(desks: list[Person]) -> None:
    for _ in _turns():
        one, other = make_event().id, make_event().id
        answers = at_once(
            [
                _step(desks[0], one, "merge", parent=str(other)),
                _step(desks[1], other, "merge", parent=str(one)),
            ]
        )

        [refusal] = [answer for answer in answers if answer.status_code != 200]
        assert refusal.status_code == 412, refusal.text
        assert refusal.json["detail"] == "这条记录刚刚被别人更新过，请看最新情况再操作。"
        assert sorted(_states(one, other)) == sorted([State.MERGED, State.REPORTED])


def test_the_same_in_bulk(desks: list[Person]) -> None:
    for _ in _turns():
        one, other = make_event().id, make_event().id
        answers = at_once(
            [
                _bulk(desks[0], one, "merge", parent=str(other)),
                _bulk(desks[1], other, "merge", parent=str(one)),
            ]
        )

        assert {answer.status_code for answer in answers} == {200}
        results = sorted(answer.json["items"][0]["status"] for answer in answers)
        assert results == [200, 412]
        assert sorted(_states(one, other)) == sorted([State.MERGED, State.REPORTED])


@pytest.mark.parametrize("is_child_older", [True, False])
def test_a_case_split_off_while_its_parent_ends_either_begins_anew_or_ends_with_it(
    desks: list[Person], is_child_older: bool
) -> None:
    for _ in _turns():
        child, parent = _pair(is_child_older)
        desks[0].steps(child, ("merge", {"parent": str(parent)}))

        split, ended = at_once(
            [
                _step(desks[0], child, "split", note="不是同一件"),
                _step(desks[1], parent, "reject", note="不归本街道管"),
            ]
        )

        # Splitting changes the parent, ending it changes the child: who comes second has not seen it.
        assert sorted([split.status_code, ended.status_code]) == [200, 412], (split.text, ended.text)
        wanted = (State.REPORTED, State.REPORTED) if split.status_code == 200 else (State.MERGED, State.REJECTED)
        assert tuple(_states(child, parent)) == wanted


@pytest.mark.parametrize("is_child_older", [True, False])
def test_a_case_merged_while_the_other_ends_is_not_left_behind(desks: list[Person], is_child_older: bool) -> None:
    for _ in _turns():
        child, parent = _pair(is_child_older)
        merged, ended = at_once(
            [
                _step(desks[0], child, "merge", parent=str(parent)),
                _step(desks[1], parent, "reject", note="不归本街道管"),
            ]
        )

        # Into a case that is over nothing is merged; one that was just merged into has moved.
        codes = (merged.status_code, ended.status_code)
        assert codes in ((200, 412), (409, 200)), (merged.text, ended.text)
        wanted = (State.MERGED, State.REPORTED) if codes[0] == 200 else (State.REPORTED, State.REJECTED)
        assert tuple(_states(child, parent)) == wanted


@contextmanager
def _held(event_id: UUID) -> Iterator[Connection]:
    """Somebody else has a case in hand."""
    with db.engine.connect() as other:
        _lock(other, event_id)
        yield other
        other.rollback()


def _lock(other: Connection, event_id: UUID) -> None:
    """Now, or not at all."""
    other.execute(select(Event.id).where(Event.id == event_id).with_for_update(nowait=True))


@ON_POSTGRES
def test_wiping_practice_reaches_for_cases_in_the_order_in_which_a_merger_does(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (make_practice(app).id for _ in range(3))
    Person(app, "dd01").steps(third, ("merge", {"parent": str(first)}))
    monkeypatch.setattr(practice, "BATCH", 1)
    db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        with _held(second) as merger:
            wiped = pool.submit(_wipe, app)
            _until_somebody_waits()
            _lock(merger, third)  # refused while the wipe, of which the merger has the second, has the third

        assert wiped.result(SOON_S)["events"] == 3


def _wipe(app: Flask) -> dict[str, int]:
    with app.app_context(), transaction():
        return practice.wipe(None)


def _until_somebody_waits() -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    end = monotonic() + SOON_S
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
        while not watcher.scalar(waiting):
            assert monotonic() < end, "nobody waits"
            sleep(0.02)


@ON_POSTGRES
def test_only_what_ends_a_case_waits_for_those_merged_into_it(app: Flask) -> None:
    parent = make_event(state=State.HANDLING)
    child = make_event().id
    Person(app, "dd01").steps(child, ("merge", {"parent": str(parent.id)}))
    assert ask(app, "cg01", parent, "extension").status_code == 200
    db.session.remove()

    with ThreadPoolExecutor(1) as pool, _held(child):
        assert pool.submit(decide, app, "dd01", parent).result(SOON_S).status_code == 200
