"""Who is told of a request: those whose turn it is to decide, and who asked once it is settled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from grid.accounts.permission import Permission
from grid.db import db
from grid.events import notify, rulebook
from grid.events.event import Event
from grid.events.request import EventRequest
from grid.events.request_rule import RULES
from grid.notices import notice


def deliver(payload: dict[str, Any]) -> None:
    """Tell them; safe to repeat (a notice has one key a person)."""
    request = db.session.get(EventRequest, UUID(payload["request_id"]))
    if request is None:
        return  # of a practice case, wiped meanwhile
    event = db.session.get_one(Event, request.event_id)
    category = rulebook.current().by_id.get(event.category_id)
    practice = "【演练】" if event.is_practice else ""
    what = f"{practice}{category.name if category else '事件'} · {event.area.name}"
    title = f"{what} {request.kind.label}申请{request.state.label}"
    told_as = f"{request.id}:{request.state.value}:{request.level}"
    notice.tell(_recipients(event, request), told_as, title, request.reason[:100], event.id)


def _recipients(event: Event, request: EventRequest) -> list[int]:
    if not request.is_pending:
        return [request.asker_id]
    turn = RULES[request.kind].levels[-request.levels :][request.level]
    people = notify.holders(event, turn)
    if turn is Permission.ASSIGNMENT_CONFIRM:
        return people
    return [person for person in people if person != request.asker_id]
