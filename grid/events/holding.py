"""Holding (占住): several cases locked until the commit, always in the order of their ids.

Two who reach for the same ones from either end wait for each other, and no more.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from grid.db import db
from grid.events.event import Event


def in_order(*which: ColumnElement[bool]) -> None:
    """Lock the cases these predicates choose; done before anything is decided of any of them."""
    db.session.execute(select(Event.id).where(*which).order_by(Event.id).with_for_update(of=Event))
