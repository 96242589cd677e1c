"""Clocks that run into a year without its notice: provisional, and computed again when the notice is in."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from threading import Barrier, BrokenBarrierError, Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from fixtures.daling import STREET
from grid.accounts import user as users
from grid.areas import net
from grid.calendars import notice_import, policy
from grid.clock import LOCAL
from grid.commands import HANDLERS
from grid.db import db, transaction
from grid.errors import Conflict
from grid.events import handling, redating
from grid.events.deadline import Deadline, DeadlineChange
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Event
from grid.job import worker as loop
from grid.trail.entry import TrailEntry
from grid.worktime.calendar import DEFAULT_SLOTS, WorkdayMode
from grid.worktime.limit import Unit
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.event import fresh, make_event, take
from tests.factories.notice import notice_csv

# 2 working days, and 2 urgent hours.
WORK_DAYS, URGENT = "C0137", "E0406"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def import_notice() -> int:
    with transaction():
        found = notice_import.preview(find_user("xt01"), notice_csv(), "2027.csv", "2027年通知（测试）")
    with transaction():
        return redating.confirm(find_user("xt01"), notice_import.get(found.id))


def clocks(event: Event) -> dict[DeadlineKind, Deadline]:
    """Those of the limit; the clock of signing is the street's, and short."""
    kinds = (DeadlineKind.CASE, DeadlineKind.HANDLE)
    found = select(Deadline).where(Deadline.event_id == event.id, Deadline.kind.in_(kinds))
    return {row.kind: row for row in db.session.scalars(found.order_by(Deadline.id))}


def test_a_clock_that_stays_in_known_years_is_final(app: Flask, time: Clock) -> None:
    event = make_event(state="handling", category=WORK_DAYS)

    assert not event.is_due_provisional
    assert not any(row.is_provisional for row in clocks(event).values())
    assert event.due_at == at("2026-11-25T09:00") and event.yellow_at == at("2026-11-24T15:48")


def test_a_clock_that_runs_into_a_year_without_notice_is_provisional(app: Flask, time: Clock) -> None:
    time.at = at("2026-12-31T15:00")
    event = make_event(state="handling", category=WORK_DAYS)

    assert event.is_due_provisional and event.due_at == at("2027-01-05T15:00")
    assert all(row.is_provisional for row in clocks(event).values())


def test_an_urgent_clock_asks_no_calendar(app: Flask, time: Clock) -> None:
    time.at = at("2026-12-31T23:00")
    event = make_event(state="handling", category=URGENT)

    assert not event.is_due_provisional and event.due_at == at("2027-01-01T01:00")


def test_the_notice_moves_what_waited_for_it_and_the_old_moment_is_kept(app: Flask, time: Clock) -> None:
    time.at = at("2027-02-04T15:00")
    event = make_event(state="handling", category=WORK_DAYS)
    before, version = event.due_at, event.version
    assert before == at("2027-02-10T15:00")  # 5 and 8 February are statutory, 9 and 10 were guessed to be worked

    moved = import_notice()

    event = fresh(event)
    after = at("2027-02-15T15:00")
    assert moved == 2 and event.due_at == after and event.version == version + 1
    assert event.yellow_at == at("2027-02-15T09:48") and not event.is_due_provisional
    assert event.assignments[0].due_at == after
    assert {(row.due_at, row.is_provisional, row.state) for row in clocks(event).values()} == {
        (after, False, DeadlineState.RUNNING)
    }
    kept = list(db.session.scalars(select(DeadlineChange).order_by(DeadlineChange.id)))
    assert [(row.old_due_at, row.new_due_at) for row in kept] == [(before, after)] * 2
    told = [row for row in event.history if row.action == "redate"]
    assert [row.data["clock"] for row in told] == ["全案时限", "部门时限"]
    assert told[0].data["from"] == "2027-02-10T15:00+08:00" and told[0].data["to"] == "2027-02-15T15:00+08:00"
    assert all(row.is_intact() for row in event.history)
    entry = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "deadline:redate")).one()
    assert (entry.data["clocks"], entry.data["moved"]) == (2, 2)


def test_what_does_not_move_is_only_said_to_be_final(app: Flask, time: Clock) -> None:
    time.at = at("2026-12-31T15:00")
    event = make_event(state="handling", category=WORK_DAYS)
    assert redating.waiting() == 2

    assert import_notice() == 0

    event = fresh(event)
    assert not event.is_due_provisional and redating.waiting() == 0
    assert not [row for row in event.history if row.action == "redate"]


def test_clocks_that_have_stopped_keep_what_they_were(app: Flask, time: Clock) -> None:
    time.at = at("2027-02-04T15:00")
    event = make_event(state="closed", category=WORK_DAYS)

    assert import_notice() == 0

    assert fresh(event).due_at == at("2027-02-10T15:00")
    assert all(row.is_provisional for row in clocks(event).values())


def test_each_clock_keeps_the_policy_it_was_started_under(app: Flask, time: Clock) -> None:
    time.at = at("2027-02-04T15:00")
    old = make_event(state="pending_dispatch", category=WORK_DAYS)
    with transaction():
        street = net.current().find(STREET)
        policy.put(find_user("xt01"), street, DEFAULT_SLOTS, WorkdayMode.WHOLE_DAY_NEXT, {Unit.WORK_DAY: "天"})
    new = make_event(state="pending_dispatch", category=WORK_DAYS)
    assert (fresh(old).due_at, new.due_at) == (at("2027-02-10T15:00"), at("2027-02-10T18:00"))

    import_notice()

    assert (fresh(old).due_at, fresh(new).due_at) == (at("2027-02-15T15:00"), at("2027-02-15T18:00"))
    assert next(row for row in fresh(new).history if row.action == "file").data["limit"] == "2天"


def test_an_import_that_fails_moves_nothing(app: Flask, time: Clock) -> None:
    time.at = at("2027-02-04T15:00")
    event = make_event(state="handling", category=WORK_DAYS)
    with transaction():
        found = notice_import.preview(find_user("xt01"), notice_csv(), "2027.csv")
    with pytest.raises(Conflict), transaction():
        redating.confirm(find_user("xt01"), notice_import.get(found.id))
        raise Conflict

    assert fresh(event).due_at == at("2027-02-10T15:00") and redating.waiting() == 2
    assert db.session.scalar(select(DeadlineChange.id)) is None


def test_after_the_notice_the_case_goes_on_as_before(app: Flask, time: Clock) -> None:
    time.at = at("2027-02-04T15:00")
    event = make_event(state="handling", category=WORK_DAYS)
    import_notice()
    time.at = at("2027-02-12T09:00")  # late by the guess, in time by the notice

    with transaction():
        for action in ("submit", "confirm", "forward", "send_check", "pass", "close"):
            take(db.session.get_one(Event, event.id), action)

    assert {row.state for row in clocks(event).values()} == {DeadlineState.MET}


def test_a_clock_started_while_the_notice_comes_in_waits_for_it(app: Flask, time: Clock) -> None:
    time.at = at("2027-02-04T15:00")
    with transaction():
        found = notice_import.preview(find_user("xt01"), notice_csv(), "2027.csv")
    made: list[UUID] = []
    admin = find_user("xt01")

    def report() -> None:
        with app.app_context():
            made.append(make_event(state="pending_dispatch", category=WORK_DAYS).id)

    reporter = Thread(target=report)
    db.session.rollback()
    with transaction():
        redating.confirm(admin, notice_import.get(found.id))
        reporter.start()
        reporter.join(1)
        assert reporter.is_alive()
    reporter.join(20)

    event = db.session.get_one(Event, made[0])
    assert (event.due_at, event.is_due_provisional) == (at("2027-02-15T15:00"), False)


def test_a_case_in_hand_while_the_notice_comes_in_is_left_to_the_worker(app: Flask, time: Clock) -> None:
    time.at = at("2027-02-04T15:00")
    event = make_event(state="pending_dispatch", category=WORK_DAYS)
    with transaction():
        found = notice_import.preview(find_user("xt01"), notice_csv(), "2027.csv")
    held, importing = Barrier(2), Barrier(2)
    admin = find_user("xt01")
    db.session.rollback()

    def dispatch() -> None:
        with app.app_context(), transaction():
            case = handling.hold(users.find("dd01"), event.id)
            held.wait(10)
            with suppress(BrokenBarrierError):  # SQLite: the import waits for us
                importing.wait(1)
            take(case, "dispatch")

    dispatcher = Thread(target=dispatch)
    dispatcher.start()
    held.wait(10)
    with transaction():
        redating.confirm(admin, notice_import.get(found.id))
        with suppress(BrokenBarrierError):
            importing.wait(1)
    dispatcher.join(20)
    loop.run_once(HANDLERS)

    after = at("2027-02-15T15:00")
    assert {(row.due_at, row.is_provisional) for row in clocks(event).values()} == {(after, False)}
    assert fresh(event).due_at == after and redating.waiting() == 0
