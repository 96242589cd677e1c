"""Case numbers: gapless per street and local day under any crowd, and never used again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from grid import clock
from grid.areas import net
from grid.db import db, transaction
from grid.errors import Conflict
from grid.events import handling
from grid.events.case_number import CaseCounter, issue
from tests.conftest import Clock
from tests.factories import street
from tests.factories.crowd import at_once
from tests.factories.event import desk_of, fresh, make_event

GRID = "441323002001001"


def _issue(area: str = GRID) -> str:
    with transaction():
        return issue(net.current().find(area).path, clock.now())


def test_a_number_is_street_day_and_serial(app: Flask) -> None:
    assert [_issue(), _issue()] == ["4413230022026112300001", "4413230022026112300002"]


def test_numbers_issued_at_once_are_all_different_and_leave_no_gap(app: Flask) -> None:
    def issue_ten() -> list[str]:
        with app.app_context():
            return [_issue() for _ in range(10)]

    numbers = [number for ten in at_once([issue_ten] * 8) for number in ten]

    assert sorted(numbers) == [f"44132300220261123{serial:05d}" for serial in range(1, 81)]


def test_each_street_counts_for_itself(app: Flask) -> None:
    street.make_second_street()

    assert [_issue(), _issue(street.GRID), _issue()] == [
        "4413230022026112300001",
        "4413230012026112300001",
        "4413230022026112300002",
    ]


@pytest.mark.parametrize(
    "at, day",
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), "20261123"),
        (datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC), "20261124"),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), "20270101"),
    ],
)
def test_the_day_turns_at_midnight_in_china(app: Flask, time: Clock, at: datetime, day: str) -> None:
    _issue()
    time.at = at

    assert _issue()[9:17] == day


def test_a_rolled_back_number_is_given_to_the_next_and_a_used_one_never(app: Flask) -> None:
    first = make_event(state="pending_dispatch")
    number = fresh(first).case_no
    with transaction():
        row = fresh(first)
        handling.carry_out(desk_of(row), row, "void", note="重复")

    assert number == "4413230022026112300001"
    assert fresh(make_event(state="pending_dispatch")).case_no == "4413230022026112300002"


def test_a_case_filed_again_keeps_its_number(app: Flask) -> None:
    event = make_event(state="pending_dispatch")
    number = fresh(event).case_no
    with transaction():
        row = fresh(event)
        desk = desk_of(row)
        handling.move(desk, row, "refer_back", note="类别不对")
        handling.move(desk, row, "file", condition=row.condition_id)

    assert fresh(event).case_no == number


def test_after_99999_the_day_is_full(app: Flask) -> None:
    _issue()
    with transaction():
        counter = db.session.query(CaseCounter).one()
        counter.last = 99_998

    assert _issue()[-5:] == "99999"
    with pytest.raises(Conflict):
        _issue()
