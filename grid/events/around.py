"""Around a case (周边): other cases near its place, whatever their class, and how often its reporter reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import h3
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import load_only

from grid import clock
from grid.accounts.user import User
from grid.db import db
from grid.events.event import Event
from grid.events.practice import real
from grid.events.scope import visible
from grid.events.state import FINAL
from grid.geo.crs import distance_m

NEAR_M = 200.0
LATELY = timedelta(days=30)
MOST = 8
_LOOKED_AT = 400  # of those in the cells around, the newest


def nearby(actor: User, event: Event) -> list[tuple[Event, float]]:
    """Cases one may see within NEAR_M, open ones and those of the last month, nearest first, and metres."""
    others = db.session.scalars(_in_cells_around(actor, event))
    found = [(other, distance_m(event.lon, event.lat, other.lon, other.lat)) for other in others]
    return sorted(((o, m) for o, m in found if m <= NEAR_M), key=lambda one: one[1])[:MOST]


def _in_cells_around(actor: User, event: Event) -> Select[Event]:
    # A cell is about 350 m wide: with its ring it covers 200 m around any point of it.
    cells = list(h3.grid_disk(event.h3, 1))
    columns: tuple[Any, ...] = (
        Event.case_no, Event.state, Event.category_id, Event.description, Event.lon, Event.lat,
        Event.reported_at, Event.yellow_at, Event.due_at, Event.step_yellow_at, Event.step_due_at, Event.closed_at,
    )  # fmt: skip
    return (
        select(Event)
        .where(
            Event.h3.in_(cells),
            or_(Event.state.not_in(FINAL), Event.reported_at >= clock.now() - LATELY),
            Event.is_practice.is_(event.is_practice),
            Event.id != event.id,
            visible(actor),
        )
        .order_by(Event.reported_at.desc())
        .limit(_LOOKED_AT)
        .options(load_only(*columns))
    )


def reports_this_month(actor: User, reporter: User) -> int:
    """How many real cases somebody has reported since the first of the month, of those the caller may see."""
    since = clock.midnight(clock.today().replace(day=1))
    mine = (Event.reporter_id == reporter.id, Event.reported_at >= since, real(), visible(actor))
    return db.session.scalar(select(func.count()).select_from(Event).where(*mine)) or 0
