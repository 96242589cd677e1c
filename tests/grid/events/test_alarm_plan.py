"""The alarms of a clock: in order, none lost and none twice, whatever happens to the clock meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grid.calendars.almanac import Almanac
from grid.calendars.policy import Policy
from grid.clock import LOCAL
from grid.events import deadline as deadlines
from grid.events import ladder as ladders
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.ladder import Ladder
from grid.events.rung import Act, Moment, Rung, Whom
from grid.supervision import sweep
from grid.worktime.day import shipped_days
from grid.worktime.limit import Limit, Unit

START = datetime(2026, 9, 28, 9, tzinfo=LOCAL)  # the golden week lies ahead
NOW = Almanac(1, shipped_days(), {})
BARE = Almanac(2, [], {})  # no notice is in: every Monday to Friday is worked
CALENDAR = NOW.calendar(Policy())
LIMITS = st.builds(Limit, st.integers(1, 20), st.sampled_from(list(Unit)))
WHOM = (Whom.HOLDER,)
RUNGS = st.one_of(
    st.builds(lambda share: Rung(Moment.SHARE, Act.REMIND, WHOM, share=share), st.integers(1, 99)),
    st.builds(lambda limit: Rung(Moment.BEFORE, Act.WARN, WHOM, limit=limit), LIMITS),
    st.just(Rung(Moment.DUE, Act.OVERDUE, WHOM)),
    st.builds(lambda limit: Rung(Moment.AFTER, Act.SUPERVISE, WHOM, limit=limit), LIMITS),
)
LADDERS = st.lists(RUNGS, min_size=1, max_size=6).map(lambda rungs: Ladder(1, tuple(rungs)))
# What happens, and how many hours after the last.
DEEDS = st.lists(
    st.tuples(st.sampled_from(["look", "look", "pause", "resume", "extend", "redate"]), st.integers(0, 60)),
    max_size=14,
)


def _clock(limit: Limit, ladder: Ladder, almanac: Almanac = NOW) -> Deadline:
    row = Deadline(
        kind=DeadlineKind.HANDLE,
        limit_value=limit.value,
        limit_unit=limit.unit,
        started_at=START,
        state=DeadlineState.RUNNING,
        extensions=0,
        rungs_done=0,
        pauses=[],
    )
    row.compute(almanac, Policy())
    row.plan(START, ladder, almanac.calendar(Policy()))
    return row


@contextmanager
def _rules(ladder: Ladder, almanac: Almanac) -> Iterator[None]:
    """What the domain reads from the database, given by hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deadlines, "ladder_of", lambda row: ladder)
        patch.setattr(deadlines, "policies", SimpleNamespace(by_number=lambda number: Policy()))
        patch.setattr(deadlines, "almanac", SimpleNamespace(current=lambda hold=False: almanac))
        yield


def _look(row: Deadline, ladder: Ladder, now: datetime, almanac: Almanac = NOW) -> list[tuple[int, datetime]]:
    """What the worker's sweep says at that moment."""
    if row.next_alarm_at is None or not row.next_alarm_at < now:
        return []
    with _rules(ladder, almanac):
        said = sweep._due(row, "/1/", now, almanac.calendar(Policy()))
    return [(int(alarm.key.split(":")[2]), alarm.planned_at) for alarm in said]


def _do(row: Deadline, ladder: Ladder, deed: str, at: datetime, almanac: Almanac = NOW) -> None:
    with _rules(ladder, almanac):
        match deed, row.state:
            case "pause", DeadlineState.RUNNING:
                deadlines.stop(row, at, "")
            case "resume", DeadlineState.PAUSED:
                deadlines.go_on(row, at)
            case "extend", DeadlineState.RUNNING:
                row.extensions += 1
                deadlines._recompute(row, at)
            case "redate", DeadlineState.RUNNING:
                deadlines._recompute(row, at)


@settings(max_examples=300, deadline=None)
@given(LIMITS, LADDERS, DEEDS)
def test_each_rung_is_said_once_for_its_moment_and_none_is_lost(
    limit: Limit, ladder: Ladder, deeds: list[tuple[str, int]]
) -> None:
    row, now, almanac = _clock(limit, ladder, BARE), START, BARE
    said: list[tuple[int, datetime]] = []
    for deed, hours in deeds:
        now += timedelta(hours=hours)
        said += _look(row, ladder, now, almanac)
        if deed == "redate" and row.state is DeadlineState.RUNNING:
            almanac = NOW  # the notice is in, once
        _do(row, ladder, deed, now, almanac)
        assert row.next_alarm_at is None or row.state is DeadlineState.RUNNING
    _do(row, ladder, "resume", now, almanac)
    said += _look(row, ladder, end := now + timedelta(days=400), almanac)

    assert len(said) == len(set(said))
    # What the clock ends with was said: for the moment it has now, or for another that had come by then.
    assert {bit for bit, _ in row.rungs_of(ladder, almanac.calendar(Policy()))} <= {bit for bit, _ in said}
    assert row.next_alarm_at is None
    assert _look(row, ladder, end + timedelta(days=400)) == []


@settings(max_examples=200, deadline=None)
@given(LIMITS, LADDERS)
def test_the_alarms_of_an_undisturbed_clock_come_in_order(limit: Limit, ladder: Ladder) -> None:
    row = _clock(limit, ladder)
    planned = sorted(moment for _, moment in row.rungs_of(ladder, CALENDAR))

    found = []
    while row.next_alarm_at is not None:
        found += [moment for _, moment in _look(row, ladder, row.next_alarm_at + timedelta(microseconds=1))]

    assert found == planned
    assert all(moment > START for moment in planned)


def test_what_is_extended_is_warned_of_again_and_what_is_past_is_not() -> None:
    ladder = Ladder(0, ladders.DEFAULTS[DeadlineKind.HANDLE])
    row = _clock(Limit(10, Unit.URGENT_HOUR), ladder)  # half at 14:00, 80 % at 17:00, due at 19:00
    at = START + timedelta(hours=8, minutes=30)
    assert [bit for bit, _ in _look(row, ladder, at)] == [1, 2]

    _do(row, ladder, "extend", at)

    # Twenty hours now: half of them at 19:00 and 80 % at 01:00 lie ahead, so both are said again.
    moments = [moment for _, moment in _look(row, ladder, START + timedelta(hours=19))]
    assert moments == [START + timedelta(hours=10), START + timedelta(hours=16)]
    assert row.next_alarm_at == row.due_at == START + timedelta(hours=20)


def test_a_clock_that_stands_still_says_nothing_and_then_what_was_left() -> None:
    ladder = Ladder(0, ladders.DEFAULTS[DeadlineKind.HANDLE])
    row = _clock(Limit(10, Unit.URGENT_HOUR), ladder)
    _do(row, ladder, "pause", START + timedelta(hours=6))
    assert _look(row, ladder, START + timedelta(days=9)) == []

    _do(row, ladder, "resume", START + timedelta(days=9))

    # Half had passed before the pause and nobody had said so: said late; the rest moved with the pause.
    assert [bit for bit, _ in _look(row, ladder, START + timedelta(days=9, seconds=1))] == [1]
    assert row.next_alarm_at == START + timedelta(days=9, hours=2)
