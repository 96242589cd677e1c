"""View (口径): which events a report is about, and when a thing counts: in SQL, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from grid.accounts import scope
from grid.accounts.user import User
from grid.areas.net import Node
from grid.events import practice
from grid.events.event import Event
from grid.events.scope import visible
from reports.period import Period


@dataclass(frozen=True, slots=True)
class View:
    """Which events a report is about: what ``actor`` may see below ``place``."""

    actor: User
    place: Node
    period: Period

    @property
    def rows(self) -> ColumnElement[bool]:
        """The predicate of every query here."""
        return and_(visible(self.actor), scope.within(Event.area_path, self.place.path), practice.real())

    def during(self, moment: Any) -> ColumnElement[bool]:
        """In the period, as far as the data reach."""
        return and_(moment >= self.period.start, moment < self.period.until)

    def before(self, moment: Any) -> ColumnElement[bool]:
        return moment < self.period.until  # type: ignore[no-any-return]

    def after(self, moment: Any) -> ColumnElement[bool]:
        """Not yet, at the data's moment."""
        return or_(moment.is_(None), moment >= self.period.until)
