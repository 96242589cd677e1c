"""Monitor (后台任务监视): what waits, runs and fails, by kind; nothing of what the jobs are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from grid import clock
from grid.db import db
from grid.job.job import STUCK_TRIES, Job
from grid.row import get_row, hold_row

MISSING = "没有这个后台任务，可能已经清理了。"


@dataclass(frozen=True, slots=True)
class Load:
    """The open jobs of one kind. waiting: due and in nobody's hands; later: to be tried again, or meant for later.

    failing: of all these, those whose last try went wrong; stuck: again and again. oldest_at: since when the one
    that is due longest waits.
    """

    kind: str
    waiting: int
    running: int
    later: int
    failing: int
    stuck: int
    oldest_at: datetime | None


def loads() -> list[Load]:
    """Open jobs by kind, in one statement."""
    now = clock.real_now()
    is_running = and_(Job.lease_until.is_not(None), Job.lease_until >= now)
    is_free = or_(Job.lease_until.is_(None), Job.lease_until < now)
    is_due = and_(Job.run_at <= now, is_free)
    rows = db.session.execute(
        select(
            Job.kind,
            func.count().filter(is_due),
            func.count().filter(is_running),
            func.count().filter(Job.run_at > now, is_free),
            func.count().filter(Job.error != ""),
            func.count().filter(Job.tries >= STUCK_TRIES),
            func.min(Job.run_at).filter(is_due),
        )
        .where(Job.done_at.is_(None))
        .group_by(Job.kind)
        .order_by(Job.kind)
    )
    return [Load(*row) for row in rows]


def failing(after: int | None, limit: int) -> tuple[list[Job], int | None]:
    """Open jobs whose last try went wrong, the oldest first, and where the next page begins."""
    found = select(Job).where(Job.done_at.is_(None), Job.error != "")
    if after is not None:
        found = found.where(Job.id > after)
    rows = list(db.session.scalars(found.order_by(Job.id).limit(limit + 1)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def get(job_id: int) -> Job:
    """One job. Raises NotFound."""
    return get_row(select(Job).where(Job.id == job_id), MISSING)


def hold(job_id: int) -> Job:
    """The same, locked until the commit."""
    return hold_row(select(Job).where(Job.id == job_id), MISSING)
