"""Alarms of clocks in the worker: each rung once, to whom the ladder says, whoever else is at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select, update

from fixtures.daling import STREET
from grid.areas import net
from grid.commands import HANDLERS, SWEEPS
from grid.db import db, transaction
from grid.events import deadline as deadlines
from grid.events import handling, ladder, link
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Event
from grid.events.ladder import Ladder, Wanted
from grid.job import worker as loop
from grid.notices.notice import Notice
from grid.supervision import sweep
from grid.supervision.alarm import Alarm
from grid.supervision.supervision import Supervision, SupervisionLevel, SupervisionState
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.event import desk_of, fresh, make_event, take

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def work() -> None:
    """What `wangge worker --once` does."""
    while loop.run_once(HANDLERS) or loop.sweep_once(SWEEPS):
        pass


def _said(kind: DeadlineKind) -> list[str]:
    found = select(Alarm.act).join(Deadline, Deadline.id == Alarm.deadline_id).where(Deadline.kind == kind)
    return [act.value for act in db.session.scalars(found.order_by(Alarm.planned_at))]


def _told(username: str) -> list[str]:
    user = find_user(username)
    found = select(Notice.title).where(Notice.user_id == user.id, Notice.key.startswith("alarm:"))
    return [title.rsplit(" ", 1)[1] for title in db.session.scalars(found.order_by(Notice.id))]


def test_a_department_is_reminded_warned_told_and_supervised_each_once(app: Flask, time: Clock) -> None:
    event = make_event(state="handling")
    work()
    for _ in range(6):
        time.move(hours=13)
        work()

    assert _said(DeadlineKind.HANDLE) == ["remind", "warn", "overdue", "supervise"]
    assert _told("cg01").count("提醒") == 2  # of handling, and of the reply to the supervision
    [row] = db.session.scalars(select(Supervision).where(Supervision.event_id == event.id))
    assert (row.level, row.state) == (SupervisionLevel.YELLOW, SupervisionState.OPEN)
    assert row.need_reply and row.department_id == event.lead.department_id  # type: ignore[union-attr]
    assert [entry.action for entry in fresh(event).history].count("supervise") == 1


@SQLITE
def test_each_posts_step_has_its_own_quarter_of_an_hour(app: Flask, time: Clock) -> None:
    event = make_event()
    time.move(minutes=14)
    with transaction():
        take(fresh(event), "accept")
    time.move(minutes=16)
    work()
    with transaction():
        take(fresh(event), "file")

    rows = db.session.scalars(select(Deadline).where(Deadline.event_id == event.id).order_by(Deadline.id))
    assert [(row.kind.value, row.state.value) for row in rows] == [
        ("accept", "met"),
        ("file", "missed"),
        ("case", "running"),
        ("dispatch", "running"),
    ]
    assert _said(DeadlineKind.ACCEPT) == []
    assert _said(DeadlineKind.FILE) == ["overdue"]


@SQLITE
def test_a_streets_own_ladder_counts_for_clocks_that_begin_from_now_on(app: Flask, time: Clock) -> None:
    make_event(state="handling")
    rungs = [{"moment": "share", "value": 10, "unit": None, "act": "warn", "whom": ["above"]}]
    with transaction():
        ladder.put(None, net.current().find(STREET), Wanted(DeadlineKind.HANDLE, rungs))
    make_event(state="handling")
    time.move(minutes=50)
    work()

    assert _said(DeadlineKind.HANDLE) == ["warn"]
    assert "预警" in _told("ld01")


@SQLITE
def test_what_is_finished_or_stands_still_says_nothing(app: Flask, time: Clock) -> None:
    over, still = make_event(state="handling"), make_event(state="handling")
    with transaction():
        handling.carry_out(desk_of(over), over, "force_close", note="领导要求")
        told = {"note": "等雨停", "until": time().replace(year=2027)}
        handling.carry_out(desk_of(still), still, "suspend", **told)
    time.move(days=30)
    work()

    assert _said(DeadlineKind.HANDLE) == _said(DeadlineKind.CASE) == []


@SQLITE
def test_a_clock_that_jumps_an_hour_back_or_forth_loses_nothing_and_doubles_nothing(
    app: Flask, time: Clock
) -> None:
    for _ in range(5):
        make_event(state="handling")
    for hours in (1, -1, 2, 1, 1, -1, -1, 3, 24, -1, 24, 1, 24, 24):
        time.move(hours=hours)
        work()

    assert Counter(_said(DeadlineKind.HANDLE)) == dict.fromkeys(("remind", "warn", "overdue", "supervise"), 5)
    assert Counter(Counter(db.session.scalars(select(Alarm.key))).values()).keys() == {1}


@SQLITE
def test_the_oldest_come_first_and_a_batch_costs_what_is_due_not_what_is_open(
    app: Flask, time: Clock, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    events = [make_event(state="handling").id for _ in range(6)]
    time.move(minutes=5)
    with count_queries() as idle:
        loop.sweep_once([sweep.sweep])
    assert not any("INSERT" in one for one in idle)

    moments = [time().replace(microsecond=n) for n in range(6)]
    for event, moment in zip(reversed(events), moments, strict=True):
        theirs = update(Deadline).where(Deadline.event_id == event, Deadline.kind == DeadlineKind.HANDLE)
        db.session.execute(theirs.values(next_alarm_at=moment))
    db.session.commit()
    time.move(hours=2)

    first, sweep.BATCH = sweep.BATCH, 2
    try:
        with transaction():
            sweep.sweep()
    finally:
        sweep.BATCH = first

    left = db.session.scalars(
        select(Deadline.event_id)
        .where(Deadline.kind == DeadlineKind.HANDLE, Deadline.next_alarm_at < time())
        .order_by(Deadline.next_alarm_at)
    )
    assert list(left) == [*reversed(events)][2:]


def test_a_clock_that_cannot_be_fired_silences_no_other(
    app: Flask, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = (make_event(state="handling").id for _ in range(3))
    ladder_of = deadlines.ladder_of

    def broken(row: Deadline) -> Ladder:
        if row.event_id == bad:
            raise KeyError(row.ladder_id)
        return ladder_of(row)

    monkeypatch.setattr(deadlines, "ladder_of", broken)
    time.move(days=4)
    work()
    heard = set(db.session.scalars(select(Alarm.event_id)))
    assert heard == {*good}

    monkeypatch.setattr(deadlines, "ladder_of", ladder_of)
    time.move(minutes=11)
    work()
    assert Counter(_said(DeadlineKind.HANDLE)) == dict.fromkeys(("remind", "warn", "overdue", "supervise"), 3)


def _told_apart(event: Event) -> list[tuple[str, str]]:
    rows = db.session.scalars(select(Deadline).where(Deadline.event_id == event.id).order_by(Deadline.id))
    return [(row.kind.value, row.state.value) for row in rows]


@SQLITE
def test_a_new_case_has_its_first_clock_though_more_was_written_before_the_worker_came(
    app: Flask, time: Clock
) -> None:
    event, other = make_event(), make_event()
    with transaction():
        link.make(find_user("dd01"), fresh(event), str(other.id))
    time.move(minutes=5)
    work()

    assert _told_apart(event) == [("accept", "running")]


@SQLITE
def test_a_case_handed_up_before_the_worker_came_gets_no_clock_of_the_time_before(app: Flask, time: Clock) -> None:
    event, later = make_event(), make_event()
    for one in (event, later):
        held = fresh(one)
        with transaction():
            handling.carry_out(desk_of(held), held, "hand_up", note="社区办不了")
    with transaction():
        held = fresh(later)
        handling.carry_out(desk_of(held), held, "accept")
    time.move(minutes=30)
    work()

    assert "accept" not in [kind for kind, _ in [*_told_apart(event), *_told_apart(later)]]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_workers_at_once_fire_each_rung_once_and_pass_by_what_is_held(app: Flask, time: Clock) -> None:
    events = [make_event(state="handling") for _ in range(12)]
    time.move(days=4)
    first, sweep.BATCH = sweep.BATCH, 5
    barrier, done = Barrier(2), []

    def run() -> None:
        with app.app_context():
            barrier.wait(timeout=20)
            while found := loop.sweep_once([sweep.sweep]):
                done.append(found)
            db.session.remove()

    held = handling.hold(desk_of(events[0]), events[0].id)  # somebody has it in hand all the while
    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sweep.BATCH = first
    theirs = select(Alarm.id).where(Alarm.event_id == held.id)
    assert db.session.scalars(theirs).all() == []
    db.session.rollback()
    loop.sweep_once([sweep.sweep])

    keys = Counter(db.session.scalars(select(Alarm.key)))
    assert set(keys.values()) == {1}
    assert Counter(_said(DeadlineKind.HANDLE)) == dict.fromkeys(("remind", "warn", "overdue", "supervise"), 12)
    open_ = select(Deadline.id).where(
        Deadline.state == DeadlineState.RUNNING,
        Deadline.kind == DeadlineKind.HANDLE,
        Deadline.next_alarm_at < time(),
    )
    assert db.session.scalars(open_).all() == []


@SQLITE
def test_a_whole_case_leaves_every_posts_clock_met_and_none_open(app: Flask, time: Clock) -> None:
    event = make_event(state="closed")

    rows = db.session.scalars(select(Deadline).where(Deadline.event_id == event.id).order_by(Deadline.id))
    assert {row.kind.value: row.state.value for row in rows} == dict.fromkeys(
        ("accept", "file", "case", "dispatch", "sign", "handle", "review", "send", "check", "close"), "met"
    )
