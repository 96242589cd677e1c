"""The same step for several cases at once: one result an item, in the order asked."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from api.auth import current_user
from api.fields import Schema, coded, fields, one_of
from api.http import Blueprint
from api.mark import requires
from api.schemas.step import EVENT_ACTIONS, EventStepSchema
from grid.accounts.permission import Permission
from grid.db import db, transaction
from grid.errors import DomainError
from grid.events import bulk
from grid.events.bulk import Wanted

blp = Blueprint("bulk", __name__, url_prefix="/api", description="批量办理")


class BulkItemSchema(Schema):
    """A case and the version the caller saw."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)


class BulkSchema(EventStepSchema):
    """One step for up to 100 cases, of the case or of the caller's department's part of it."""

    class Meta:
        exclude = ("position", "address")  # of one case

    action = fields.String(
        required=True,
        validate=one_of([one for one in EVENT_ACTIONS if one not in bulk.ALONE] + sorted(bulk.OWN)),
    )

    items = fields.List(
        fields.Nested(BulkItemSchema),
        required=True,
        validate=validate.Length(1, bulk.MOST, error=f"一次 1 到 {bulk.MOST} 件。"),
    )


class BulkProblemSchema(Schema):
    """Why one case was left as it was."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    detail = fields.String(required=True)


class BulkResultSchema(Schema):
    """What became of one case. state, version: after the step; null where it failed."""

    id = fields.UUID(required=True)
    status = fields.Integer(required=True)
    state = coded(allow_none=True, required=True)
    version = fields.Integer(allow_none=True, required=True)
    problem = fields.Nested(BulkProblemSchema, allow_none=True, required=True)


class BulkAnswerSchema(Schema):
    """One result an item."""

    items = fields.List(fields.Nested(BulkResultSchema), required=True)
    done = fields.Integer(required=True)


@blp.post("/events/bulk")
@requires(Permission.EVENT_READ)
@blp.arguments(BulkSchema)
@blp.response(200, BulkAnswerSchema)
def bulk_step(told: dict[str, Any]) -> dict[str, Any]:
    """Take one step for each of several cases; each stands or falls alone."""
    wanted = [Wanted(**item) for item in told.pop("items")]
    action = told.pop("action")
    items = [_one(item, action, told) for item in wanted]
    return {"items": items, "done": sum(item["status"] == 200 for item in items)}


def _one(wanted: Wanted, action: str, told: dict[str, Any]) -> dict[str, Any]:
    try:
        with transaction():
            event = bulk.one(current_user, wanted, action, told)
    except DomainError as error:
        db.session.expire_all()
        problem = {"type": f"/problems/{error.slug}", "title": error.title, "detail": error.detail}
        return {"id": wanted.id, "status": error.status, "state": None, "version": None, "problem": problem}
    return {"id": wanted.id, "status": 200, "state": event.state, "version": event.version, "problem": None}
