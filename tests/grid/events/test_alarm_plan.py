"""The alarms of a clock: in order, none lost and none twice, whatever happens to the clock meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from grid.calendars.almanac import Almanac
from grid.calendars.policy import Policy
from grid.clock import LOCAL
from grid.events import ladder as ladders
from grid.events.deadline import Deadline, DeadlinePause
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.ladder import Ladder
from grid.events.rung import Act, Moment, Rung, Whom
from grid.worktime.day import shipped_days
from grid.worktime.limit import Limit, Unit

START = datetime(2026, 9, 28, 9, tzinfo=LOCAL)  # the golden week lies ahead
NOW = Almanac(1, shipped_days(), {})
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
    st.tuples(st.sampled_from(["look", "look", "pause", "resume", "extend"]), st.integers(0, 60)), max_size=14
)


def _clock(limit: Limit, ladder: Ladder) -> Deadline:
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
    row.compute(NOW, Policy())
    row.plan(START, ladder, CALENDAR)
    return row


def _look(row: Deadline, ladder: Ladder, now: datetime) -> list[tuple[int, datetime]]:
    """What the worker's sweep says at that moment."""
    if row.next_alarm_at is None or not row.next_alarm_at < now:
        return []
    said = sorted(
        (moment, bit)
        for bit, moment in row.rungs_of(ladder, CALENDAR)
        if not row.rungs_done & bit and moment < now
    )
    for _, bit in said:
        row.rungs_done |= bit
    row.look_ahead(ladder, CALENDAR)
    return [(bit, moment) for moment, bit in said]


def _do(row: Deadline, ladder: Ladder, deed: str, at: datetime) -> None:
    match deed, row.state:
        case "pause", DeadlineState.RUNNING:
            row.state, row.next_alarm_at = DeadlineState.PAUSED, None
            row.pauses.append(DeadlinePause(paused_at=at, reason=""))
        case "resume", DeadlineState.PAUSED:
            row.pauses[-1].resumed_at, row.state = at, DeadlineState.RUNNING
            row.compute(NOW, Policy())
            row.plan(at, ladder, CALENDAR)
        case "extend", DeadlineState.RUNNING:
            row.extensions += 1
            row.compute(NOW, Policy())
            row.plan(at, ladder, CALENDAR)


@settings(max_examples=300, deadline=None)
@given(LIMITS, LADDERS, DEEDS)
def test_each_rung_is_said_once_for_its_moment_and_none_is_lost(
    limit: Limit, ladder: Ladder, deeds: list[tuple[str, int]]
) -> None:
    row, now = _clock(limit, ladder), START
    said: list[tuple[int, datetime]] = []
    for deed, hours in deeds:
        now += timedelta(hours=hours)
        said += _look(row, ladder, now)
        _do(row, ladder, deed, now)
        assert row.next_alarm_at is None or row.state is DeadlineState.RUNNING
    _do(row, ladder, "resume", now)
    said += _look(row, ladder, end := now + timedelta(days=400))

    assert len(said) == len(set(said))
    # What the clock ends with was said: for the moment it has now, or for another that had come by then.
    assert {bit for bit, _ in row.rungs_of(ladder, CALENDAR)} <= {bit for bit, _ in said}
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
