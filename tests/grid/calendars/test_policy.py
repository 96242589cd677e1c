"""Streets have working hours of their own."""

from __future__ import annotations

from datetime import time as clock_time

import pytest
from flask import Flask
from sqlalchemy import select

from fixtures.daling import STREET
from grid.areas import net
from grid.calendars import almanac, policy
from grid.calendars.policy import Policy, WorkPolicy
from grid.db import db, transaction
from grid.errors import Invalid
from grid.worktime.calendar import DEFAULT_SLOTS, Slot, WorkdayMode
from grid.worktime.limit import Limit, Unit
from tests.conftest import Clock
from tests.factories import street
from tests.factories.account import find_user

SHORT = (Slot(clock_time(9), clock_time(12)), Slot(clock_time(14), clock_time(17)))


def put(code: str = STREET, slots: tuple[Slot, ...] = SHORT, **wording: str) -> Policy:
    with transaction():
        where = net.current().find(code)
        words = {Unit(unit): word for unit, word in wording.items()}
        return policy.put(find_user("xt01"), where, slots, WorkdayMode.WHOLE_DAY_NEXT, words)


def test_a_street_without_a_policy_has_the_products_own(app: Flask) -> None:
    assert almanac.current().policy(net.current().find(STREET).path) == Policy()
    assert Policy().slots == DEFAULT_SLOTS and Policy().mode is WorkdayMode.HOURS8


def test_a_policy_holds_in_its_street_and_nowhere_else(app: Flask) -> None:
    street.make_second_street()
    put(work_day="天")

    here = almanac.current().policy(net.current().find("441323002001001").path)
    there = almanac.current().policy(net.current().find(street.GRID).path)

    assert (here.slots, here.mode) == (SHORT, WorkdayMode.WHOLE_DAY_NEXT)
    assert here.words(Limit(2, Unit.WORK_DAY)) == "2天"
    assert there == Policy() and there.words(Limit(2, Unit.WORK_DAY)) == "2个工作日"


def test_a_change_ends_the_old_row_and_keeps_it(app: Flask, time: Clock) -> None:
    first = put()
    time.move(days=30)
    second = put(slots=DEFAULT_SLOTS)

    rows = list(db.session.scalars(select(WorkPolicy).order_by(WorkPolicy.id)))
    assert [row.id for row in rows] == [first.number, second.number]
    assert rows[0].valid_to == rows[1].valid_from and rows[1].valid_to is None
    assert policy.by_number(first.number).slots == SHORT
    assert almanac.current().policy(net.current().find(STREET).path).number == second.number


@pytest.mark.parametrize(
    "slots",
    [
        (),
        (Slot(clock_time(12), clock_time(9)),),
        (Slot(clock_time(9), clock_time(12)), Slot(clock_time(11), clock_time(15))),
        tuple(Slot(clock_time(hour), clock_time(hour, 30)) for hour in range(8, 13)),
    ],
)
def test_impossible_hours_are_refused(app: Flask, slots: tuple[Slot, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        put(slots=slots)

    assert refusal.value.field == "slots"
    assert db.session.scalar(select(WorkPolicy.id)) is None


def test_only_streets_have_policies_and_words_are_words(app: Flask) -> None:
    with pytest.raises(Invalid) as no_street:
        put("441323002001")
    with pytest.raises(Invalid) as no_word:
        put(work_day=" ")

    assert (no_street.value.field, no_word.value.field) == ("area", "wording")
