"""Points (落点): where the cases of a list lie, for a map that shows them all. Columns of numbers, not cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from struct import Struct
from typing import Any

from sqlalchemy import case

from grid.accounts.user import User
from grid.events import order
from grid.events.event import Event
from grid.events.order import Sort
from grid.events.query import Filters, listed, shining
from grid.worktime.limit import Light

MOST = 20_000
LIGHTS = (Light.NONE, Light.GREEN, Light.YELLOW, Light.RED)  # the more pressing, the later
PLACES = 6  # decimals of a degree: a decimetre

_PLAIN = Struct("<ddBid?")

Point = Any  # a row: id, lon, lat, light (its place in LIGHTS), category_id, reported_at, is_practice


@dataclass(frozen=True, slots=True)
class Points:
    """The first of the cases that were looked for. is_cut: there are more than ``MOST``."""

    rows: Sequence[Point]
    is_cut: bool

    @property
    def tag(self) -> str:
        """Another one as soon as anything of them is another: a place, a light, who may be seen."""
        told = blake2b(bytes([self.is_cut]), digest_size=12)
        for case_id, lon, lat, light, kind, at, is_practice in self.rows:
            told.update(case_id.bytes + _PLAIN.pack(lon, lat, light, kind, at.timestamp(), is_practice))
        return told.hexdigest()


def points(actor: User, filters: Filters, sort: Sort, most: int = MOST) -> Points:
    """Where the cases lie that a list with these filters and in this order shows to the caller."""
    urgency = case(
        *((shining(light), place) for place, light in enumerate(LIGHTS) if light is not Light.GREEN),
        else_=LIGHTS.index(Light.GREEN),
    )
    columns = (Event.id, Event.lon, Event.lat, urgency, Event.category_id, Event.reported_at, Event.is_practice)
    rows = order.head(listed(actor, filters), sort, most + 1, *columns)
    return Points(rows[:most], len(rows) > most)
