"""Requests about cases: asked, decided level by level, withdrawn; and new rounds of what was closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from marshmallow import RAISE

from api.auth import current_user
from api.casework import write
from api.fields import Schema, fields
from api.http import Blueprint
from api.mark import requires
from api.paging import PageQuerySchema, page_of
from api.schemas.event import EventSchema, EventSummarySchema
from api.schemas.request import WITHDRAW, AskSchema, DecideSchema, ReopenSchema, RequestSchema
from api.schemas.way import OfferSchema, request_told, way_told
from grid import clock
from grid.accounts.permission import Permission
from grid.events import reopening, request_list, requesting
from grid.events.event import Event
from grid.events.request import RequestKind, Verdict
from grid.events.request_offer import on

blp = Blueprint("requests", __name__, url_prefix="/api", description="申请")


class PendingRequestSchema(Schema):
    """A request that waits, its case, and what the caller may say to it."""

    request = fields.Nested(RequestSchema, required=True)
    event = fields.Nested(EventSummarySchema, required=True)
    steps = fields.List(fields.Nested(OfferSchema), required=True)


class PendingQuerySchema(PageQuerySchema):
    """mine: only what waits for the caller, or is the caller's own."""

    mine = fields.Boolean(load_default=False)


@blp.get("/requests")
@requires(Permission.EVENT_READ)
@blp.arguments(PendingQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(PendingRequestSchema))
def pending(told: dict[str, Any]) -> dict[str, Any]:
    """Requests that wait for a decision, in the caller's scope, newest first."""
    rows, following = request_list.pending(current_user, told["after"], told["limit"], told["mine"])
    items = [
        {
            "request": request_told(event, request),
            "event": event,
            "steps": [way_told(event, offer) for offer in on(current_user, event, request)],
        }
        for event, request in rows
    ]
    return {"items": items, "next": following}


@blp.post("/events/<uuid:event_id>/requests")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.arguments(AskSchema)
@blp.response(200, EventSchema)
def ask(told: dict[str, Any], event_id: UUID) -> Event:
    """Ask for an extension, a suspension, a return, a void, or appeal. Which one may, stands in ``steps``."""
    kind, note = RequestKind(told["action"]), told.get("note", "")
    until = _end_of(told["until"]) if "until" in told else None
    asked = told | {"until": until.isoformat() if until else ""}
    return write(
        blp, "event.ask", event_id, asked, lambda found: requesting.ask(current_user, found, kind, note, until)
    )


@blp.post("/events/<uuid:event_id>/requests/<uuid:request_id>/decisions")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.arguments(DecideSchema)
@blp.response(200, EventSchema)
def decide(told: dict[str, str], event_id: UUID, request_id: UUID) -> Event:
    """Approve or refuse a request for the level whose turn it is, or withdraw one's own."""

    def deed(found: Event) -> object:
        if told["action"] == WITHDRAW:
            return requesting.withdraw(current_user, found, request_id)
        return requesting.decide(current_user, found, request_id, Verdict(told["action"]), told.get("note", ""))

    def first() -> None:
        if told["action"] == Verdict.APPROVE:
            requesting.lock(current_user, event_id, request_id)

    return write(blp, "event.decide", event_id, told | {"request": str(request_id)}, deed, first)


@blp.post("/events/<uuid:event_id>/reopenings")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.arguments(ReopenSchema)
@blp.response(200, EventSchema)
def reopen(told: dict[str, str], event_id: UUID) -> Event:
    """Begin a new round of a closed case; answers the old one, whose ``relations`` name the new."""
    return write(
        blp, "event.reopen", event_id, told, lambda found: reopening.reopen(current_user, found, told["note"])
    )


def _end_of(day: date) -> datetime:
    """The end of a local day."""
    return clock.midnight(day + timedelta(days=1))
