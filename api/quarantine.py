"""What handsets sent and could not be taken in: look, mend, or give up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app
from marshmallow import RAISE

from api.auth import acting_as, current_user
from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.paging import PageQuerySchema, page_of
from api.schemas.person import PersonRefSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.forms import form as forms
from grid.sync import quarantine
from grid.sync.quarantine import Quarantine, QuarantineState

blp = Blueprint("quarantine", __name__, url_prefix="/api/quarantine", description="未收下的内容")
LABELS = {"type": "object", "additionalProperties": {"type": "string"}}


class QuarantineSchema(Schema):
    """A refused op (隔离操作): raw is all the phone sent; reason for programs, message for people.

    labels: how the form calls its fields, where the op follows one.
    """

    id = fields.UUID(required=True)
    op_id = fields.UUID(required=True)
    person = fields.Nested(PersonRefSchema, attribute="user", required=True)
    kind = fields.String(required=True)
    raw = fields.Dict(required=True, metadata={"additionalProperties": True})
    reason = fields.String(required=True)
    field = fields.String(required=True)
    message = fields.String(required=True)
    state = coded(required=True)
    at = Moment(required=True)
    settled_at = Moment(allow_none=True, required=True)
    note = fields.String(required=True)
    labels = fields.Function(lambda row: _labels(row.raw), required=True, metadata=LABELS)
    version = fields.Integer(required=True)


def _labels(raw: dict[str, Any]) -> dict[str, str]:
    told = raw.get("form")
    if not isinstance(told, dict) or not isinstance(told.get("id"), str) or not isinstance(told.get("ver"), int):
        return {}
    form = forms.catalogue().get((told["id"], told["ver"]))
    return {field.name: field.label for field in form.fields} if form else {}


class QuarantineQuerySchema(PageQuerySchema):
    """state: only those; open ones unless said otherwise."""

    state = fields.String(load_default=QuarantineState.OPEN.value, validate=one_of(QuarantineState))


class MendSchema(Schema):
    """The payload as it should have been."""

    payload = fields.Dict(required=True, metadata={"additionalProperties": True})


class DropSchema(Schema):
    """Why it is given up; the worker is told."""

    reason = Text(maximum=300, minimum=1, required=True)


@blp.get("")
@requires(Permission.QUARANTINE_MEND)
@blp.arguments(QuarantineQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(QuarantineSchema))
def quarantine_list(told: dict[str, Any]) -> dict[str, Any]:
    """Refused ops of people in the caller's area, newest first."""
    items, following = quarantine.page(current_user, **told)
    return {"items": items, "next": following}


@blp.get("/<uuid:row_id>")
@requires(Permission.QUARANTINE_MEND)
@blp.etag
@blp.response(200, QuarantineSchema)
def one(row_id: UUID) -> Quarantine:
    """One refused op."""
    row = quarantine.get(current_user, row_id)
    blp.set_etag({"version": row.version})
    return row


@blp.post("/<uuid:row_id>/mend")
@requires(Permission.QUARANTINE_MEND)
@blp.etag
@blp.arguments(MendSchema)
@blp.response(200, QuarantineSchema)
def mend(told: dict[str, Any], row_id: UUID) -> Quarantine:
    """Take it in after all, in its worker's name, with a mended payload."""
    with transaction():
        row = quarantine.hold(current_user, row_id)

        def work() -> dict[str, Any]:
            blp.check_etag({"version": row.version})
            quarantine.check_open(row)
            with acting_as(row.user):
                # What an op does is known to the handset API, which stands above this one.
                result = current_app.extensions["mend_op"](row, told["payload"])
            quarantine.settle_mended(current_user, row, result)
            return {}

        once("quarantine.mend", {"row": row_id, **told}, work)
    blp.set_etag({"version": row.version})
    return row


@blp.post("/<uuid:row_id>/drop")
@requires(Permission.QUARANTINE_MEND)
@blp.etag
@blp.arguments(DropSchema)
@blp.response(200, QuarantineSchema)
def drop(told: dict[str, str], row_id: UUID) -> Quarantine:
    """Give it up; the worker is told why."""
    with transaction():
        row = quarantine.hold(current_user, row_id)

        def work() -> dict[str, Any]:
            blp.check_etag({"version": row.version})
            quarantine.drop(current_user, row, told["reason"])
            return {}

        once("quarantine.drop", {"row": row_id, **told}, work)
    blp.set_etag({"version": row.version})
    return row
