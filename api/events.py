"""Events for dispatchers and departments: queues, lists, one case, its steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE

from api.auth import current_user
from api.casework import write
from api.cursor import Cursor
from api.fields import Schema, fields
from api.http import Blueprint
from api.listing import filters_of, span_of
from api.mark import requires
from api.paging import list_of
from api.schemas.event import EventRowSchema, EventSchema
from api.schemas.step import (
    AssignmentStepSchema,
    EventMarksQuerySchema,
    EventQuerySchema,
    EventStepSchema,
)
from grid.accounts.permission import Permission
from grid.events import handling, merging, query
from grid.events.event import Event
from grid.events.order import EVERY, Sort

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


class EventPageSchema(Schema):
    """A page of events. next: where the next one begins."""

    items = fields.List(fields.Nested(EventRowSchema), required=True)
    next = Cursor(allow_none=True, required=True)


@blp.get("/events")
@requires(Permission.EVENT_READ)
@blp.arguments(EventQuerySchema, location="query", unknown=RAISE)
@blp.response(200, EventPageSchema)
def events(told: dict[str, Any]) -> dict[str, Any]:
    """Events in the caller's scope, newest first or what is due first."""
    span, limit = span_of(told), told.pop("limit")
    items, following = query.page(current_user, filters_of(told), span, limit)
    return {"items": items, "next": following}


class EventMarksSchema(Schema):
    """How long a list is; marks: the cursor of every hundredth row. cut: there are more than were counted."""

    total = fields.Integer(required=True)
    every = fields.Integer(required=True)
    marks = fields.List(Cursor(required=True), required=True)
    cut = fields.Boolean(required=True)


@blp.get("/events/marks")
@requires(Permission.EVENT_READ)
@blp.arguments(EventMarksQuerySchema, location="query", unknown=RAISE)
@blp.response(200, EventMarksSchema)
def event_marks(told: dict[str, Any]) -> dict[str, Any]:
    """Where the pages of a list begin: with two marks any page of it can be read, also one in the middle."""
    sort = Sort(told.pop("sort"))
    found = query.marks(current_user, filters_of(told), sort)
    return {"total": found.total, "every": EVERY, "marks": found.keys, "cut": found.is_cut}


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
    return write(
        blp,
        "event.step",
        event_id,
        told,
        lambda found: handling.move(current_user, found, **told),
        lambda: merging.lock(current_user, event_id, told["action"], told.get("parent")),
    )


@blp.post("/events/<uuid:event_id>/assignments/<uuid:assignment_id>/steps")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.arguments(AssignmentStepSchema)
@blp.response(200, EventSchema)
def assignment_step(told: dict[str, Any], event_id: UUID, assignment_id: UUID) -> Event:
    """Take one step of a department's assignment; the event's state follows."""
    return write(
        blp,
        "event.step",
        event_id,
        told | {"assignment": assignment_id},
        lambda found: handling.move_assignment(current_user, found, assignment_id, **told),
    )
