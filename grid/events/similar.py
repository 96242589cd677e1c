"""Similar reports (相似上报): the same class within 50 m and 24 h, found by H3 cell and then by distance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import h3
from sqlalchemy import ColumnElement, Row, Select, select, true

from grid import clock
from grid.accounts.user import User
from grid.db import db
from grid.events import rulebook
from grid.events.event import H3_RESOLUTION, Event
from grid.events.scope import visible
from grid.events.state import FINAL
from grid.geo.crs import distance_m

NEAR_M = 50.0
SOON = timedelta(hours=24)
MOST = 5


@dataclass(frozen=True, slots=True)
class Similar:
    """A case like another: what is needed of it, no more. distance_m: between the two."""

    event: Row[Any] | Event
    distance_m: float

    @property
    def words(self) -> str:
        """So that a person knows which one it is."""
        event = self.event
        what = event.case_no or f"{clock.local(event.reported_at):%m-%d %H:%M} 上报"
        return f"{what} · 相距 {self.distance_m:.0f} 米 · {event.description[:20] or event.address[:20]}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A report that is being typed: what is compared of it. lon, lat: CGCS2000 degrees."""

    lon: float
    lat: float
    category_id: int
    reported_at: datetime
    id: UUID = UUID(int=0)
    is_practice: bool = False

    @property
    def h3(self) -> str:
        cell: str = h3.latlng_to_cell(self.lat, self.lon, H3_RESOLUTION)
        return cell


def to(event: Event | Draft, actor: User | None = None) -> list[Similar]:
    """Open cases that look like this one, the nearest first. actor: only what they may see."""
    rows = visible(actor) if actor else true()
    others = [*db.session.execute(_near(event, rows)), *_unwritten(event, actor)]
    found = (Similar(other, distance_m(event.lon, event.lat, other.lon, other.lat)) for other in others)
    return sorted((one for one in found if one.distance_m <= NEAR_M), key=lambda one: one.distance_m)[:MOST]


def _unwritten(event: Event | Draft, actor: User | None) -> list[Event]:
    """Those of the same batch that the database does not know yet."""
    category = rulebook.current().by_id.get(event.category_id)
    ids = category.ids if category else (event.category_id,)
    return [
        other
        for other in db.session.new
        if isinstance(other, Event)
        and other is not event
        and other.category_id in ids
        and other.is_practice == event.is_practice
        and other.state not in FINAL
        and (actor is None or other.reporter_id == actor.id)
    ]


def _near(event: Event | Draft, rows: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    # A cell of this size is about 350 m wide: with its ring it covers 50 m around any point of it.
    cells = list(h3.grid_disk(event.h3, 1))
    category = rulebook.current().by_id.get(event.category_id)
    return (
        # Columns, not cases: this is asked of every report.
        select(
            Event.id,
            Event.case_no,
            Event.reported_at,
            Event.lon,
            Event.lat,
            Event.description,
            Event.address,
        )
        .where(
            Event.h3.in_(cells),
            Event.reported_at.between(event.reported_at - SOON, event.reported_at + SOON),
            Event.category_id.in_(category.ids if category else (event.category_id,)),
            Event.is_practice.is_(event.is_practice),
            Event.state.not_in(FINAL),
            Event.id != event.id,
            rows,
        )
        .limit(50)
    )
