"""The account after a drill: what the database and the media store hold of what was acknowledged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from grid.db import db
from grid.events.event import Event
from grid.events.notify import KIND
from grid.events.state import State
from grid.job.job import Job
from grid.sync.op import Op
from grid.trail.entry import TrailEntry
from tests.harness.handset import Item


def assert_all_there(app: Flask, sent: Mapping[str, Item], receipts: Mapping[str, dict[str, Any]]) -> None:
    """Every acknowledged report is one event, whole: photos, history, outbox; and there is no other event.

    sent: what handsets sent, by client_id. An event may be there without an acknowledgement, never the reverse.
    """
    loads = (selectinload(Event.photos), selectinload(Event.history))
    events = {str(event.client_id): event for event in db.session.scalars(select(Event).options(*loads))}
    assert db.session.scalar(select(func.count()).select_from(Event)) == len(events)
    assert receipts.keys() <= events.keys() <= sent.keys()
    for client_id, receipt in receipts.items():
        assert receipt["id"] == str(events[client_id].id)
    for client_id, event in events.items():
        _assert_whole(event, sent[client_id])
    _assert_outbox(events.values())
    assert set(db.session.scalars(select(Op.client_id))) == {UUID(client_id) for client_id in events}
    assert all(entry.is_intact() for entry in db.session.scalars(select(TrailEntry)))


def assert_photos_there(app: Flask, names: set[str]) -> None:
    """Each acknowledged photo lies in the store with the digest it was sent under."""
    store = app.extensions["media_store"]
    broken = [name for name in names if sha256(store.read(name)).hexdigest() != name]
    assert not broken


def _assert_whole(event: Event, item: Item) -> None:
    assert Counter(photo.sha256 for photo in event.photos) == Counter(item.photos.keys())
    assert event.description == item.report["description"]
    assert [row.action for row in event.history].count("report") == 1
    assert [row.seq for row in event.history] == list(range(1, len(event.history) + 1))
    assert event.history[-1].target == event.state
    assert all(row.is_intact() for row in event.history)


def _assert_outbox(events: Any) -> None:
    """One job for each step somebody must hear of: the report itself where it waits, else each further step."""
    expected = {
        f"{KIND}:{event.id}:{row.seq}"
        for event in events
        for row in event.history
        if row.seq > 1 or event.state is State.REPORTED
    }
    assert sorted(db.session.scalars(select(Job.key).where(Job.kind == KIND))) == sorted(expected)
