"""Resuming (到期恢复): suspended cases go on by themselves when their date has come. Many workers may sweep."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from grid import clock
from grid.accounts import user as users
from grid.accounts.user import User
from grid.db import db
from grid.errors import NotFound
from grid.events import handling
from grid.events.event import Event
from grid.events.request import RequestState
from grid.events.state import State

BATCH = 50


def sweep() -> int:
    """Let a batch of cases whose suspension is over go on; how many. What somebody holds waits."""
    found = (
        select(Event)
        .where(Event.state == State.SUSPENDED, Event.suspended_until <= clock.now())
        .options(selectinload(Event.assignments))
        .order_by(Event.suspended_until)
        .limit(BATCH)
        .with_for_update(of=Event, skip_locked=True)
    )
    events = list(db.session.scalars(found, execution_options={"populate_existing": True}))
    for event in events:
        handling.carry_out(_actor(event), event, "resume", note="挂账到期，自动恢复")
    return len(events)


def _actor(event: Event) -> User:
    """The account of the rules; in an installation without one, who asked for the suspension."""
    try:
        return users.automaton()
    except NotFound:
        asked = [r.asker for r in event.requests if r.until and r.state is RequestState.APPROVED]
        return asked[-1]
