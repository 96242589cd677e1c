"""Job (后台任务): the outbox. A row is written in the transaction of its cause; a worker leases it and does it.

At least once: a worker that dies loses its lease and another does the job again, so effects must bear repetition
(unique keys). A job that keeps failing waits longer each time and is never dropped.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.db import Base, BigId, UTCDateTime, db
from grid.errors import Conflict

LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=10)
STUCK_TRIES = 10  # about twenty minutes of failing


class Job(Base):
    """Job (后台任务), also the outbox (发件箱)."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_open",
            "run_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120), unique=True)  # the same cause never makes two jobs
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(String(500), default="")


def enqueue(kind: str, key: str, payload: dict[str, Any]) -> None:
    """Put a job into the current transaction. Jobs wait by real time: the demo clock may stand still."""
    db.session.add(Job(kind=kind, key=key, payload=payload, run_at=clock.real_now()))


def claim(limit: int) -> list[Job]:
    """Lease up to ``limit`` jobs that are due, oldest first; several workers never get the same."""
    now = clock.real_now()
    due = (
        select(Job.id)
        .where(
            Job.done_at.is_(None),
            Job.run_at <= now,
            or_(Job.lease_until.is_(None), Job.lease_until < now),
        )
        .order_by(Job.run_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = db.session.scalars(
        update(Job)
        .where(Job.id.in_(due.scalar_subquery()))
        .values(lease_until=now + LEASE, tries=Job.tries + 1)
        .returning(Job)
        .execution_options(populate_existing=True)
    )
    return sorted(claimed, key=lambda job: job.id)


def finish(job: Job) -> None:
    """The job is done; called in the transaction of its effect."""
    job.done_at, job.lease_until, job.error = clock.real_now(), None, ""


def postpone(job: Job, error: str) -> None:
    """The job failed: try again later, each time later."""
    wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(job.tries, 10)))
    job.run_at, job.lease_until, job.error = clock.real_now() + wait, None, error[:500]


def is_stuck(job: Job) -> bool:
    """Has it failed so often that somebody should look?"""
    return job.done_at is None and job.tries >= STUCK_TRIES


def again(job: Job) -> None:
    """Let a job that failed be tried at once. Raises Conflict for one that is done, in hand, or never failed."""
    now = clock.real_now()
    if job.done_at is not None:
        raise Conflict("这个任务已经办完了。")
    if job.lease_until is not None and job.lease_until >= now:
        raise Conflict("这个任务正在办，请等它办完。")
    if not job.error:
        raise Conflict("这个任务没有出过错，会自动办。")
    job.run_at, job.lease_until = now, None
