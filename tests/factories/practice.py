"""Practice cases beside real ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask

from grid.areas import net
from grid.commands import HANDLERS
from grid.db import db
from grid.events.event import Event
from grid.job import worker as loop
from tests.factories.account import find_user
from tests.factories.event import spot
from tests.factories.person import Person, report


def make_practice(app: Flask, worker: str = "wg01", **told: Any) -> Event:
    """A report from a handset in practice mode, and the notices of it delivered."""
    receipt = report(Person(app, worker), practice=True, position=at_home(worker), **told)
    deliver()
    return db.session.get_one(Event, UUID(receipt["id"]))


def at_home(worker: str) -> dict[str, Any]:
    """A position well inside a worker's own grid, so that the rules go on by themselves."""
    lon, lat = spot(net.current().by_id[find_user(worker).posts[0].area_id].code)
    return {"lon": lon, "lat": lat, "datum": "cgcs2000"}


def deliver() -> None:
    """Do what the worker process would."""
    while loop.run_once(HANDLERS):
        pass
