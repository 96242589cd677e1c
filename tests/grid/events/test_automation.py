"""Automatic steps: taken only where the rules leave no choice, and always with the reason."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from flask import Flask

from grid.db import db, transaction
from grid.events import reporting
from grid.events.event import Event
from grid.events.place import Position
from grid.events.reporting import Report
from grid.events.state import State
from grid.geo.crs import Datum
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.event import fresh, spot

GRID = "441323002001001"
PHOTO = {"sha256": "a" * 64, "role": "near"}


def _report(
    time: Clock, category: str = "E0406", *, area: str = GRID, accuracy_m: float = 8.0, photos: int = 1
) -> Event:
    lon, lat = spot(area)
    told = Report(
        uuid4(), category, Position(lon, lat, Datum.CGCS2000, accuracy_m), time(), photos=[PHOTO] * photos
    )
    author = find_user("wg01")
    with transaction():
        outcome = reporting.submit(author, told)
    return fresh(db.session.get_one(Event, UUID(outcome.result["id"])))


def test_what_is_certain_goes_all_the_way_to_the_department(app: Flask, time: Clock) -> None:
    event = _report(time)

    assert (event.state, event.lead and event.lead.department.code) == (State.PENDING_SIGN, "cg")
    assert event.case_no == "4413230022026112300001"
    assert event.due_at is not None
    assert [entry.action for entry in event.history] == ["report", "accept", "file", "dispatch"]


def test_every_automatic_step_says_who_and_why(app: Flask, time: Clock) -> None:
    event = _report(time, area="441323002001001")

    for entry in event.history[1:]:
        assert entry.actor_name == "自动规则"
        assert entry.data["rule"]
    assert "第 15 条" in event.history[-1].data["rule"]
    assert "只有一条立案条件" in event.history[2].data["rule"]


def test_several_conditions_leave_the_case_to_a_person(app: Flask, time: Clock) -> None:
    event = _report(time, "E0410")

    assert (event.state, len(event.history)) == (State.REPORTED, 1)


def test_two_departments_leave_the_dispatch_to_a_person(app: Flask, time: Clock) -> None:
    event = _report(time, "E0126")

    assert (event.state, event.assignments) == (State.PENDING_DISPATCH, [])


@pytest.mark.parametrize(
    "told, flag",
    [
        ({"photos": 0}, "no_photo"),
        ({"accuracy_m": 101.0}, "low_accuracy"),
        ({"area": "441323002001002"}, "outside_mine"),
        ({"area": "441323002201"}, "no_grid"),
    ],
)
def test_any_flag_stops_the_rules(app: Flask, time: Clock, told: dict[str, object], flag: str) -> None:
    event = _report(time, **told)  # type: ignore[arg-type]

    assert flag in event.flags
    assert (event.state, len(event.history)) == (State.REPORTED, 1)
