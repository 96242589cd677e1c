"""Who is told that a whistle was blown, and what may be told of it outside the house."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from grid import clock
from grid.accounts.user import User
from grid.areas import net
from grid.db import db
from grid.events import notify
from grid.events.event import Event
from grid.events.whistle import Whistle, WhistleKind
from grid.notices import cause, notice
from grid.notices.cause import Cause
from grid.notices.outside import Outside

cause.offer(Cause.WHISTLE, {kind.value: kind.label for kind in WhistleKind})


def deliver(payload: dict[str, Any]) -> None:
    """Tell the departments that were called; safe to repeat (a notice has one key a person)."""
    whistle = find(payload)
    if whistle is None:
        return
    called = [call.department_id for call in whistle.calls]
    told = db.session.scalars(select(User.id).where(User.department_id.in_(called), User.is_active))
    what = f"街道吹哨（{whistle.kind.label}）"
    title = f"{what}：请在 {clock.local(whistle.calls[0].due_at):%m-%d %H:%M} 前报到"
    about = whistle.event_id or whistle.id
    told_outside = outside(whistle, f"{what}，请报到")
    notice.tell(list(told), f"whistle:{whistle.id}", title, whistle.words[:100], about, told_outside)


def find(payload: dict[str, Any]) -> Whistle | None:
    """The whistle a job is about; None: of a practice case, wiped meanwhile."""
    return db.session.get(Whistle, UUID(payload["whistle_id"]))


def outside(whistle: Whistle, what: str) -> Outside:
    """What may be told of it outside the house."""
    is_urgent = whistle.kind is WhistleKind.URGENT
    if whistle.event_id is not None:
        event = db.session.get_one(Event, whistle.event_id)
        return notify.outside(event, Cause.WHISTLE, whistle.kind.value, what, urgent=is_urgent)
    name = net.current().node(whistle.area_id).name
    return Outside(Cause.WHISTLE, whistle.area_path, name, what, whistle.kind.value, is_urgent=is_urgent)
