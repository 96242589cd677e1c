"""Notices: the next people in the loop are told, each once, whatever happens to the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from grid import clock
from grid.accounts.user import User
from grid.commands import HANDLERS
from grid.db import db, transaction
from grid.events import handling
from grid.events.event import Event
from grid.job import job as jobs
from grid.job import worker
from grid.job.job import Job
from grid.notices.notice import Notice
from tests.factories import street
from tests.factories.account import disable
from tests.factories.event import desk_of, fresh, make_event
from tests.factories.reader import look_again


def _work() -> None:
    while worker.run_once(HANDLERS):
        pass


def _told() -> list[str]:
    """User names of those who have notices, one per notice."""
    look_again()
    return sorted(db.session.scalars(select(User.username).join(Notice, Notice.user_id == User.id)))


# The state a case comes into, and who in Daling has the next word: every account with the post, and only there.
NEXT = {
    "reported": ["dd01", "slr01"],
    "verifying": ["wg02"],
    "pending_filing": ["dd01", "zbz01"],
    "pending_dispatch": ["dd01", "pqy01"],
    "pending_sign": ["cg01"],
    "handling": [],
    "handled": ["cg01"],
    "feedback": ["dd01", "pqy01"],
    "pending_check": ["dd01", "slr01"],
    "checking": ["wg02"],
    "pending_close": ["dd01", "zbz01"],
    "closed": ["wg01"],
    "rejected": ["wg01"],
    "voided": ["wg01"],
}


@pytest.mark.parametrize("state", NEXT)
def test_the_next_people_in_the_loop_are_told(app: Flask, state: str) -> None:
    street.make_second_street()

    event = make_event(state=state, reporter="wg01", department="cg", checker="wg02")

    _work()
    last = (
        select(User.username)
        .join(Notice, Notice.user_id == User.id)
        .where(Notice.key == f"{event.id}:{fresh(event).history_seq}")
    )
    assert sorted(db.session.scalars(last)) == NEXT[state]


def test_the_notice_says_what_and_where(app: Flask) -> None:
    make_event(description="盲道上停满了车")

    _work()

    row = db.session.scalars(select(Notice).limit(1)).one()
    assert "非机动车乱停放" in row.title and "大岭社区第1网格" in row.title and "待受理" in row.title
    assert row.text == "盲道上停满了车"


def test_the_disabled_are_not_told(app: Flask) -> None:
    disable("slr01")
    make_event()

    _work()

    assert _told() == ["dd01"]


def test_only_the_last_step_of_automatic_ones_waits_for_somebody(app: Flask) -> None:
    make_event(category="E0406", photos=[{"sha256": "a" * 64, "role": "near"}], state="pending_sign")

    _work()

    assert "cg01" in _told()
    assert "ga01" not in _told()


def test_a_worker_killed_twice_in_the_middle_leaves_one_notice(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_event()

    class Killed(BaseException):
        """As SIGKILL: nothing is written down any more."""

    def die_after_telling(payload: dict[str, Any]) -> None:
        HANDLERS["event.moved"](payload)
        db.session.flush()
        raise Killed

    for _ in range(2):
        with pytest.raises(Killed):
            worker.run_once({"event.moved": die_after_telling})
        assert _told() == []
        _let_leases_end()
    _work()
    _work()

    assert _told() == ["dd01", "slr01"]
    assert db.session.scalar(select(Job.tries)) == 3


def _let_leases_end() -> None:
    look_again()
    with transaction():
        for row in db.session.scalars(select(Job)):
            row.lease_until = row.run_at - timedelta(seconds=1)


def test_a_job_done_again_tells_nobody_twice(app: Flask) -> None:
    make_event()
    _work()
    with transaction():
        for row in db.session.scalars(select(Job)):
            row.done_at = None

    _work()

    assert _told() == ["dd01", "slr01"]
    assert all(row.done_at for row in db.session.scalars(select(Job)))


def test_a_leased_job_is_nobody_elses_until_the_lease_ends(app: Flask) -> None:
    make_event()
    with transaction():
        first = len(jobs.claim(20))
    with transaction():
        second = len(jobs.claim(20))
    _let_leases_end()
    with transaction():
        third = len(jobs.claim(20))

    assert (first, second, third) == (1, 0, 1)


def test_a_job_that_fails_waits_longer_each_time_and_is_kept(app: Flask) -> None:
    make_event()

    def fail(payload: dict[str, Any]) -> None:
        raise ValueError("no")

    waits = []
    for _ in range(3):
        started = clock.real_now()
        worker.run_once({"event.moved": fail})
        look_again()
        row = db.session.scalars(select(Job)).one()
        waits.append((row.run_at - started).total_seconds())
        assert (row.done_at, row.error) == (None, "ValueError")
        with transaction():
            row.run_at = started
    _work()

    assert waits[0] > 1 and waits == sorted(waits)
    assert waits[2] > 2 * waits[0]
    assert _told() == ["dd01", "slr01"]


def test_a_step_that_fails_leaves_no_job(app: Flask) -> None:
    event = make_event()
    before = db.session.scalar(select(func.count()).select_from(Job))

    with pytest.raises(RuntimeError), transaction():
        row = db.session.get_one(Event, event.id)
        handling.move(desk_of(row), row, "accept")
        raise RuntimeError

    look_again()
    assert db.session.scalar(select(func.count()).select_from(Job)) == before
