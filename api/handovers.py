"""Hand-over notes: what one shift tells the next; the next signs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Moment, Schema, Text, fields
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.paging import PageQuerySchema, list_of, page_of
from api.schemas.named import NamedSchema
from api.schemas.person import PersonRefSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.handover import figure, note
from grid.handover.figure import Figure
from grid.handover.note import HandoverNote

blp = Blueprint("handovers", __name__, url_prefix="/api/handovers", description="交接班")


class HandoverCaseSchema(Schema):
    """A case as it was then."""

    id = fields.UUID(required=True)
    case_no = fields.String(allow_none=True, required=True)
    words = fields.String(required=True)
    state = fields.String(required=True)
    due_at = fields.String(allow_none=True, required=True)


class HandoverFigureSchema(Schema):
    """A number of that moment. where, queue: what shows it now. cases: the first of them."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)
    where = fields.String(required=True)
    queue = fields.String(required=True)
    cases = fields.List(fields.Nested(HandoverCaseSchema), required=True)


class HandoverFigureQuerySchema(Schema):
    """until: when the next shift ends."""

    until = Moment(required=True)


class HandoverNewSchema(HandoverFigureQuerySchema):
    """watched: ids of the cases to watch."""

    watched = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=note.MOST_WATCHED, error=f"最多盯 {note.MOST_WATCHED} 件。"),
    )
    words = Text(maximum=note.WORDS_MAX, load_default="")


class HandoverSchema(Schema):
    """A note. mine: written by the caller, who cannot sign it."""

    id = fields.UUID(required=True)
    area = fields.Nested(NamedSchema, required=True)
    author = fields.Nested(PersonRefSchema, required=True)
    written_at = Moment(required=True)
    until = Moment(required=True)
    figures = fields.List(fields.Nested(HandoverFigureSchema), required=True)
    watched = fields.List(fields.Nested(HandoverCaseSchema), required=True)
    words = fields.String(required=True)
    taker = fields.Nested(PersonRefSchema, allow_none=True, required=True)
    taken_at = Moment(allow_none=True, required=True)
    mine = fields.Function(lambda row: row.author_id == current_user.id, metadata={"type": "boolean"})
    version = fields.Integer(required=True)


class HandoverQuerySchema(PageQuerySchema):
    """open: those that nobody has signed, or the others; left out: all."""

    open = fields.Boolean(load_default=None)


@blp.get("/figures")
@requires(Permission.DESK_HAND_OVER)
@blp.arguments(HandoverFigureQuerySchema, location="query", unknown=RAISE)
@blp.response(200, list_of(HandoverFigureSchema))
def figures(told: dict[str, datetime]) -> dict[str, list[Figure]]:
    """What a note written now would say."""
    figure.check_until(told["until"])
    return {"items": figure.now(current_user, note.desk_of(current_user), told["until"])}


@blp.get("")
@requires(Permission.DESK_HAND_OVER)
@blp.arguments(HandoverQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(HandoverSchema))
def handovers(told: dict[str, Any]) -> dict[str, Any]:
    """Notes of the caller's desk, newest first."""
    items, following = note.page(current_user, told["open"], told["after"], told["limit"])
    return {"items": items, "next": following}


@blp.post("")
@requires(Permission.DESK_HAND_OVER)
@blp.arguments(HandoverNewSchema)
@blp.response(201, HandoverSchema)
def handover_write(told: dict[str, Any]) -> HandoverNote:
    """Write one; its numbers are those of this moment, and stay."""
    with transaction():

        def work() -> dict[str, Any]:
            return {"note": str(note.write(current_user, **told).id)}

        done = once("handover.write", told, work)
    return note.get(current_user, UUID(done["note"]))


@blp.get("/<uuid:note_id>")
@requires(Permission.DESK_HAND_OVER)
@blp.etag
@blp.response(200, HandoverSchema)
def handover(note_id: UUID) -> HandoverNote:
    """One note."""
    found = note.get(current_user, note_id)
    blp.set_etag({"version": found.version})
    return found


@blp.post("/<uuid:note_id>/sign")
@requires(Permission.DESK_HAND_OVER)
@blp.etag
@blp.response(200, HandoverSchema)
@blp.alt_response(409, description="somebody has signed it already")
def handover_sign(note_id: UUID) -> HandoverNote:
    """Take the desk over."""
    with transaction():
        found = note.hold(current_user, note_id)

        def work() -> dict[str, Any]:
            blp.check_etag({"version": found.version})
            note.sign(current_user, found)
            return {"note": str(note_id)}

        once("handover.sign", {"note": note_id}, work)
    blp.set_etag({"version": found.version})
    return found
