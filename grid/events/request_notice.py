"""Who is told of a request: those whose turn it is to decide, and who asked once it is settled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from grid.accounts.permission import Permission
from grid.db import db
from grid.events import notify
from grid.events.event import Event
from grid.events.request import EventRequest, RequestKind
from grid.events.request_rule import RULES
from grid.notices import cause, notice
from grid.notices.cause import Cause

cause.offer(Cause.REQUEST, {kind.value: kind.label for kind in RequestKind})


def deliver(payload: dict[str, Any]) -> None:
    """Tell them; safe to repeat (a notice has one key a person)."""
    request = db.session.get(EventRequest, UUID(payload["request_id"]))
    if request is None:
        return  # of a practice case, wiped meanwhile
    event = db.session.get_one(Event, request.event_id)
    what = f"{request.kind.label}申请{request.state.label}"
    told_as = f"{request.id}:{request.state.value}:{request.level}"
    outside = notify.outside(event, Cause.REQUEST, request.kind.value, what)
    title = f"{notify.headline(event)} {what}"
    notice.tell(_recipients(event, request), told_as, title, request.reason[:100], event.id, outside)


def _recipients(event: Event, request: EventRequest) -> list[int]:
    if not request.is_pending:
        return [request.asker_id]
    turn = RULES[request.kind].levels[-request.levels :][request.level]
    people = notify.holders(event, turn)
    if turn is Permission.ASSIGNMENT_CONFIRM:
        return people
    return [person for person in people if person != request.asker_id]
