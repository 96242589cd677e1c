"""Ten thousand clocks, four workers, two of them killed in the middle: each warning once, none lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time as real
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from grid import clock
from grid.clock import DrivenClock
from grid.db import db, table
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind
from grid.job.job import Job
from grid.notices.notice import Notice
from grid.supervision.alarm import Alarm
from tests.conftest import Clock
from tests.factories.event import make_event

ROOT = Path(__file__).parents[3]
CLOCKS, CASES = 10_000, 100
RUNGS = {"remind", "warn", "overdue", "supervise"}
PATIENCE_S = 1500
DEATHS = {1: 1, 7: 3}  # at which jumps, both of which make every clock speak, which worker is killed


def _seed(event_ids: list[object]) -> None:
    """Many clocks a case, due over the next half hour."""
    first = db.session.scalars(select(Deadline).where(Deadline.kind == DeadlineKind.HANDLE)).first()
    assert first is not None
    names = [column.name for column in table(Deadline).columns if column.name != "id"]
    kept = {name: getattr(first, name) for name in names}
    db.session.execute(update(Deadline).values(next_alarm_at=None))
    rows = []
    for n in range(CLOCKS):
        end = clock.now() + timedelta(seconds=n * 0.18)
        moments = {"started_at": end - timedelta(hours=2), "yellow_at": end, "due_at": end, "next_alarm_at": end}
        moments["next_alarm_at"] = end - timedelta(hours=1)  # half of it is used up
        rows.append(
            kept | moments | {"event_id": event_ids[n % CASES], "limit_unit": "urgent_hour", "limit_value": 2}
        )
    db.session.execute(table(Deadline).insert(), rows)
    db.session.commit()


@pytest.mark.long
@pytest.mark.timeout(2 * PATIENCE_S)
def test_each_warning_is_said_once_though_workers_die_and_the_clock_jumps(
    app: Flask, time: Clock, tmp_path: Path
) -> None:
    ids: list[object] = [make_event(state="handling").id for _ in range(CASES)]
    _seed(ids)
    driven = DrivenClock(tmp_path / "clock.json")
    env = {**os.environ, "WANGGE_DATABASE": app.config["DATABASE"], "WANGGE_DATA": str(tmp_path)}
    env |= {"WANGGE_DEMO_CLOCK": str(driven.path)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    driven.set(time())
    workers = [subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True) for _ in range(4)]
    try:
        for number, hours in enumerate((0.5, 1.5, 0.5, 2, 1, 12, 11, 60)):  # forward, back an hour, forward …
            driven.set(time() + timedelta(hours=hours), rate=1.0)
            if number in DEATHS:
                _until_in_the_middle()
                os.killpg(workers[DEATHS[number]].pid, signal.SIGKILL)
            real.sleep(8)
        _wait()
    finally:
        for worker in workers:
            worker.kill()
            worker.wait(10)

    said = Counter(
        (row.deadline_id, row.act.value)
        for row in db.session.execute(
            select(Alarm.deadline_id, Alarm.act)
            .join(Deadline, Deadline.id == Alarm.deadline_id)
            .where(Deadline.kind == DeadlineKind.HANDLE)
        )
    )
    assert set(said.values()) == {1}
    assert Counter(act for _, act in said) == dict.fromkeys(RUNGS, CLOCKS)
    twice = select(Notice.user_id).group_by(Notice.user_id, Notice.key).having(func.count() > 1)
    assert db.session.scalars(twice).all() == []
    untold = select(func.count()).select_from(Job).where(Job.kind == "alarm.fired", Job.done_at.is_(None))
    assert db.session.scalar(untold) == 0


def _until_in_the_middle() -> None:
    """Until some alarms of what is due now are fired and told of, and others are not."""
    fired = select(func.count()).select_from(Alarm)
    clocks = select(func.count()).select_from(Deadline).where(Deadline.kind == DeadlineKind.HANDLE)
    before = db.session.scalar(fired) or 0
    limit = real.monotonic() + 120
    while not before < (db.session.scalar(fired) or 0) < before + (db.session.scalar(clocks) or 0):
        db.session.rollback()
        assert real.monotonic() < limit, "never in the middle"
        real.sleep(0.05)
    db.session.rollback()


def _wait() -> None:
    """Until nothing of the drill is due any more, and everybody is told."""
    due = (
        select(func.count())
        .select_from(Deadline)
        .where(Deadline.next_alarm_at.is_not(None), Deadline.kind == DeadlineKind.HANDLE)
    )
    untold = select(func.count()).select_from(Job).where(Job.kind == "alarm.fired", Job.done_at.is_(None))
    limit = real.monotonic() + PATIENCE_S
    while db.session.scalar(due) or db.session.scalar(untold):
        db.session.rollback()
        assert real.monotonic() < limit, "the workers do not get done"
        real.sleep(2)
    db.session.rollback()
