"""Events for dispatchers and departments: queues, lists, one case, its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from marshmallow import RAISE

from api.auth import current_user
from api.fields import Schema, fields
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.paging import list_of, page_of
from api.schemas.event import EventSchema, EventSummarySchema
from api.schemas.step import AssignmentStepSchema, EventQuerySchema, EventStepSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.errors import Stale
from grid.events import handling, query
from grid.events.event import Event
from grid.events.query import Filters

blp = Blueprint("events", __name__, url_prefix="/api", description="事件")


class QueueSchema(Schema):
    """A queue of the caller with its counts; practice cases are counted apart."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    practice = fields.Integer(required=True)


@blp.get("/queues")
@requires(Permission.EVENT_READ)
@blp.response(200, list_of(QueueSchema))
def queues() -> dict[str, Any]:
    """The caller's queues: events whose next step is theirs."""
    rows = query.queues(current_user)
    return {
        "items": [
            {"code": queue.code, "label": queue.label, "count": waiting, "overdue": overdue, "practice": practice}
            for queue, waiting, overdue, practice in rows
        ]
    }


@blp.get("/events")
@requires(Permission.EVENT_READ)
@blp.arguments(EventQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(EventSummarySchema))
def events(told: dict[str, Any]) -> dict[str, Any]:
    """Events in the caller's scope, newest first."""
    after, limit = told.pop("after"), told.pop("limit")
    items, following = query.page(current_user, Filters(**told), after, limit)
    return {"items": items, "next": following}


@blp.get("/events/<uuid:event_id>")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.response(200, EventSchema)
def event(event_id: UUID) -> Event:
    """One event with its photos, history, and the steps the caller may take now."""
    found = handling.get(current_user, event_id)
    blp.set_etag({"version": found.version})
    return found


@blp.post("/events/<uuid:event_id>/steps")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.arguments(EventStepSchema)
@blp.response(200, EventSchema)
def step(told: dict[str, Any], event_id: UUID) -> Event:
    """Take one step of the lifecycle; the table says who may, and what must be told."""
    return _step(event_id, told, lambda found, **rest: handling.move(current_user, found, **rest))


@blp.post("/events/<uuid:event_id>/assignments/<uuid:assignment_id>/steps")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.arguments(AssignmentStepSchema)
@blp.response(200, EventSchema)
def assignment_step(told: dict[str, Any], event_id: UUID, assignment_id: UUID) -> Event:
    """Take one step of a department's assignment; the event's state follows."""
    return _step(
        event_id,
        told | {"assignment": assignment_id},
        lambda found, assignment, **rest: handling.move_assignment(current_user, found, assignment, **rest),
    )


def _step(event_id: UUID, told: dict[str, Any], take: Callable[..., Event]) -> Event:
    with _showing_current(event_id), transaction():
        found = handling.hold(current_user, event_id)

        def work() -> dict[str, Any]:
            blp.check_etag({"version": found.version})
            take(found, **told)
            return {"event": str(event_id)}

        once("event.step", {"event": event_id, **told}, work)
    blp.set_etag({"version": found.version})
    return found


@contextmanager
def _showing_current(event_id: UUID) -> Iterator[None]:
    """A loser of a race is shown what the winner made of it."""
    try:
        yield
    except Stale as stale:
        found = handling.get(current_user, event_id)
        stale.extra["current"] = EventSchema().dump(found)
        raise
