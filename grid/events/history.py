"""The history of a case (流转记录): one hashed entry after the other, each with who, when and what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from grid.accounts.user import User
from grid.db import db
from grid.events.event import Event, EventLog
from grid.events.state import State


def log(
    actor: User,
    event: Event,
    action: str,
    source: State | None,
    at: datetime,
    note: str = "",
    data: dict[str, Any] | None = None,
    assignment_id: UUID | None = None,
) -> None:
    """Append one entry to the history of a case."""
    event.history_seq += 1
    row = EventLog(
        event_id=event.id,
        seq=event.history_seq,
        at=at,
        action=action,
        source=source,
        target=event.state,
        assignment_id=assignment_id,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_post=actor.post_label(),
        actor_department=actor.department.name if actor.department else "",
        note=note,
        data=data or {},
    )
    row.seal()
    db.session.add(row)
