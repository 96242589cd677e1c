"""Retention (保存期限): where people were is kept no longer than needed, and off duty hardly at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from grid import clock
from grid.db import changed, db
from grid.fieldwork.point import TrackPoint
from grid.fieldwork.shift import Shift
from grid.fieldwork.track import milliseconds
from grid.trail import entry as trail

SETTLED = timedelta(days=7)  # by then a phone that was offline has told when it was on duty


def walkers() -> list[int]:
    """Everybody of whom points are kept."""
    return list(db.session.scalars(select(TrackPoint.user_id).distinct().order_by(TrackPoint.user_id)))


def prune(user_id: int, before: datetime) -> int:
    """Remove a person's points from before ``before``, and settled ones in no shift of theirs; how many."""
    now = clock.now()
    # A phone whose clock is ahead makes points that never grow old: those go by when they came.
    gone = _remove(user_id, TrackPoint.t_ms < milliseconds(before))
    gone += _remove(user_id, TrackPoint.t_ms > milliseconds(now), TrackPoint.received_at < before)
    gone += _remove_off_duty(user_id, now)
    if gone:
        trail.record(None, "track:prune", "user", user_id, points=gone)
    return gone


def _remove_off_duty(user_id: int, now: datetime) -> int:
    limit = milliseconds(now - SETTLED)
    mine = select(Shift).where(Shift.user_id == user_id).order_by(Shift.started_at)
    spans = [(milliseconds(s.started_at), milliseconds(s.until(now))) for s in db.session.scalars(mine)]
    gone, since = 0, 0
    for begin, end in [*spans, (limit, limit)]:
        gone += _remove(user_id, TrackPoint.t_ms >= since, TrackPoint.t_ms < min(begin, limit))
        since = max(since, end + 1)
    return gone


def _remove(user_id: int, *where: ColumnElement[bool]) -> int:
    return changed(delete(TrackPoint).where(TrackPoint.user_id == user_id, *where))
