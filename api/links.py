"""Links between cases (关联): made and ended by who may merge them."""

from __future__ import annotations

from uuid import UUID

from api.auth import current_user
from api.casework import write
from api.http import Blueprint
from api.mark import requires
from api.schemas.event import EventSchema
from api.schemas.request import LinkSchema, UnlinkSchema
from grid.accounts.permission import Permission
from grid.events import link
from grid.events.event import Event

blp = Blueprint("links", __name__, url_prefix="/api", description="关联")


@blp.post("/events/<uuid:event_id>/links")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.arguments(LinkSchema)
@blp.response(200, EventSchema)
def make(told: dict[str, str], event_id: UUID) -> Event:
    """Link a case with another; both say so in their history."""
    note = told.get("note", "")
    return write(
        blp,
        "event.link",
        event_id,
        told,
        lambda found: link.make(current_user, found, told["other"], note),
        lambda: link.lock(current_user, event_id, told["other"]),
    )


@blp.post("/events/<uuid:event_id>/links/<uuid:other_id>/end")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.arguments(UnlinkSchema)
@blp.response(200, EventSchema)
def end(told: dict[str, str], event_id: UUID, other_id: UUID) -> Event:
    """Take a link away; the history of both keeps it."""
    asked, note = told | {"other": str(other_id)}, told.get("note", "")
    return write(
        blp,
        "event.unlink",
        event_id,
        asked,
        lambda found: link.end(current_user, found, other_id, note),
        lambda: link.lock(current_user, event_id, asked["other"]),
    )
