"""Retrospective entry (补录) at the desk: what happened while the system could not take it in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import post_load

from api.auth import current_user
from api.fields import Moment, Schema, Text, fields
from api.http import Blueprint
from api.mark import requires
from api.schemas.event import EventSchema
from api.schemas.spot import SpotSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events import handling, reporting
from grid.events.event import Event
from grid.events.reporting import Report

blp = Blueprint("entries", __name__, url_prefix="/api", description="补录")


class EntrySchema(Schema):
    """What happened, where, and when it really did. client_id: the form's own, so that it is entered once."""

    client_id = fields.UUID(required=True)
    category = Text(maximum=10, required=True)
    description = Text(maximum=500)
    address = Text(maximum=200)
    occurred_at = Moment(required=True)
    position = fields.Nested(SpotSchema, required=True)

    @post_load
    def _report(self, told: dict[str, Any], **kwargs: Any) -> Report:
        return Report(**told)


@blp.post("/events")
@requires(Permission.EVENT_ENTER)
@blp.arguments(EntrySchema)
@blp.response(201, EventSchema)
def enter(told: Report) -> Event:
    """Enter a report at the desk. Its clocks begin now; it is marked, and never late by its age."""
    with transaction():
        outcome = reporting.enter(current_user, told)
    return handling.get(current_user, UUID(outcome.result["id"]))
