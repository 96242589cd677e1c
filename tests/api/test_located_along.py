"""What hangs on a case goes with it when its place is set right: who sees it, who is told, whose time it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from grid.areas import net
from grid.areas.area import Level
from grid.commands import SWEEPS
from grid.db import db
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Event
from grid.job import worker as loop
from grid.notices.notice import Notice
from grid.supervision.alarm import Alarm
from tests.conftest import Clock
from tests.factories.account import find_user, make_user
from tests.factories.locating import (
    COMMUNITY,
    GRID,
    NEXT_GRID,
    OTHER_COMMUNITY,
    OTHER_GRID,
    VILLAGE,
    dispatch,
    locate,
    make_vague,
)
from tests.factories.person import Person
from tests.factories.practice import deliver
from tests.factories.reader import look_again


@pytest.fixture
def here(app: Flask) -> Person:
    """The post of the community in which a case was thought to be."""
    make_user("sq98", "acceptor", "dispatcher", area=COMMUNITY)
    return Person(app, "sq98")


@pytest.fixture
def there(app: Flask) -> Person:
    """The post of the one in which it is."""
    make_user("sq99", "acceptor", "dispatcher", area=OTHER_COMMUNITY)
    return Person(app, "sq99")


def _supervise(desk: Person, case: dict[str, Any]) -> str:
    told = {"kind": "important", "level": "yellow", "reason": "群众反映强烈", "need_reply": False}
    answer = desk.post(f"/api/events/{case['id']}/supervisions", json=told)
    assert answer.status_code == 201, answer.text
    return f"/api/supervisions/{answer.json['id']}"


def _whistle(desk: Person, case: dict[str, Any]) -> str:
    told = {"kind": "urgent", "words": "请到场", "departments": ["cg"], "event": case["id"]}
    answer = desk.post("/api/whistles", json=told)
    assert answer.status_code == 201, answer.text
    return f"/api/whistles/{answer.json['id']}"


def _ids(reader: Person, path: str) -> list[str]:
    return [one["id"] for one in reader.get(path.rsplit("/", 1)[0]).json["items"]]


@pytest.mark.parametrize("hang", [_supervise, _whistle])
def test_a_supervision_and_a_whistle_are_seen_where_the_case_is(
    app: Flask, here: Person, there: Person, hang: Any
) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)
    path = hang(desk, case)
    before = here.get(path)

    locate(desk, case, OTHER_GRID)

    assert (before.status_code, here.get(path).status_code, _ids(here, path)) == (200, 404, [])
    now = there.get(path)
    assert now.status_code == 200
    assert now.json.get("event", now.json)["area_name"] == net.current().find(OTHER_GRID).name
    assert _ids(there, path) == [now.json["id"]]
    assert now.headers["ETag"] != before.headers["ETag"]
    locate(desk, case, OTHER_GRID)  # they show its point: in the same grid too they have changed
    assert there.get(path).headers["ETag"] != now.headers["ETag"]


def test_an_alarm_that_is_not_told_yet_is_told_where_the_case_is(
    app: Flask, here: Person, there: Person, time: Clock
) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)
    deliver()
    time.move(minutes=20)
    loop.sweep_once(SWEEPS)

    locate(desk, case, OTHER_GRID)
    deliver()

    look_again()
    paths = set(db.session.scalars(select(Alarm.area_path).where(Alarm.event_id == UUID(case["id"]))))
    assert paths == {db.session.get_one(Event, UUID(case["id"])).area_path}
    assert _told("sq99", case, "alarm:") > 0
    assert _told("sq98", case, "alarm:") == 0


def _told(who: str, case: dict[str, Any], key: str = "") -> int:
    """How many notices of a case somebody has."""
    mine = Notice.user_id == find_user(who).id, Notice.subject_id == UUID(case["id"])
    return db.session.scalar(select(func.count()).where(*mine, Notice.key.startswith(key))) or 0


def _all_told(case: dict[str, Any]) -> list[int]:
    deliver()
    return [_told(who, case) for who in ("dd01", "slr01", "sq98", "sq99")]


def test_only_who_gets_the_case_is_told_of_it(app: Flask, here: Person, there: Person) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)

    assert _all_told(case) == [1, 1, 1, 0]
    locate(desk, case, GRID)
    assert _all_told(case) == [1, 1, 1, 0]
    locate(desk, case, OTHER_GRID)
    assert _all_told(case) == [1, 1, 1, 1]
    locate(desk, case, OTHER_GRID)
    assert _all_told(case) == [1, 1, 1, 1]
    desk.steps(case["id"], ("hand_down", {"note": "先由社区看"}))  # somebody else's turn: all hear of it
    assert _all_told(case) == [2, 2, 1, 2]


def test_one_more_department_is_told_and_the_first_not_again(app: Flask) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)
    dispatch(desk, case, "cg")
    deliver()
    before = _told("cg01", case)

    desk.steps(case["id"], ("add_assist", {"assist": ["ga"]}))
    deliver()

    assert (before, _told("cg01", case), _told("ga01", case)) == (1, 1, 1)


def _clocks(case: dict[str, Any], kind: DeadlineKind) -> list[tuple[DeadlineState, int]]:
    """Each clock of a kind: its state, and how many minutes after nine it began."""
    look_again()
    found = select(Deadline).where(Deadline.event_id == UUID(case["id"]), Deadline.kind == kind)
    rows = db.session.scalars(found.order_by(Deadline.id))
    return [(row.state, (row.started_at.hour - 1) * 60 + row.started_at.minute) for row in rows]


def test_another_community_has_time_of_its_own(app: Flask, time: Clock) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)
    desk.steps(case["id"], ("hand_down", {"note": "先由社区看"}), "accept")
    running, cancelled = DeadlineState.RUNNING, DeadlineState.CANCELLED

    time.move(minutes=10)
    locate(desk, case, GRID)
    assert _clocks(case, DeadlineKind.LEVEL) == [(running, 0)]  # the same community has it
    locate(desk, case, OTHER_GRID)

    for kind in (DeadlineKind.LEVEL, DeadlineKind.FILE):
        assert _clocks(case, kind) == [(cancelled, 0), (running, 10)]
    time.move(minutes=5)
    locate(desk, case, f"{OTHER_COMMUNITY}002")
    assert _clocks(case, DeadlineKind.LEVEL) == [(cancelled, 0), (running, 10)]


def test_the_streets_time_runs_on_wherever_in_the_street_it_lies(app: Flask, time: Clock) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)
    deliver()
    time.move(minutes=10)

    locate(desk, case, OTHER_GRID)

    assert _clocks(case, DeadlineKind.ACCEPT) == [(DeadlineState.RUNNING, 0)]
    assert _clocks(case, DeadlineKind.LEVEL) == []


def test_where_there_is_no_such_level_the_one_above_has_the_case(app: Flask) -> None:
    desk = Person(app, "dd01")
    case = locate(desk, make_vague(desk), NEXT_GRID)
    desk.steps(case["id"], *[("hand_down", {"note": "到网格看"})] * 2)

    now = locate(desk, case, VILLAGE)

    look_again()
    assert db.session.get_one(Event, UUID(case["id"])).level is Level.COMMUNITY
    assert now["history"][-1]["data"]["to_level"] == "社区"
