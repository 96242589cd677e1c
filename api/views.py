"""Saved views: filters of the list of cases under a name, each person's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app
from marshmallow import validate

from api.auth import current_user
from api.fields import Schema, Text, fields
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.paging import list_of
from api.schemas.step import EventFilterSchema, SortSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events import saved_view
from grid.events.saved_view import SavedView

blp = Blueprint("views", __name__, url_prefix="/api/views", description="保存的视图")
PLACES = 1000


class ViewFiltersSchema(SortSchema, EventFilterSchema):
    """What the list takes in its query."""


class ViewSaveSchema(Schema):
    """Filters to keep, and their name."""

    name = Text(maximum=20, minimum=1, required=True)
    filters = fields.Nested(ViewFiltersSchema, required=True)


class ViewPutSchema(ViewSaveSchema):
    """The same, and where it stands among the others."""

    position = fields.Integer(
        required=True, validate=validate.Range(0, PLACES, error=f"应在 0 到 {PLACES} 之间。")
    )


class ViewSchema(Schema):
    """A view. filters: as the list took them when they were saved."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    filters = fields.Dict(required=True, metadata={"additionalProperties": True})
    position = fields.Integer(required=True)
    version = fields.Integer(required=True)


@blp.get("")
@requires(Permission.EVENT_READ)
@blp.response(200, list_of(ViewSchema))
def views() -> dict[str, Any]:
    """The caller's own, in their order."""
    return {"items": saved_view.of(current_user)}


@blp.get("/<uuid:view_id>")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.response(200, ViewSchema)
def view(view_id: UUID) -> SavedView:
    """One of them."""
    return _answer(saved_view.get(current_user, view_id))


@blp.post("")
@requires(Permission.EVENT_READ)
@blp.arguments(ViewSaveSchema)
@blp.response(201, ViewSchema)
def save(told: dict[str, Any]) -> SavedView:
    """Keep filters under a name."""
    name, filters = told["name"], _plain(told["filters"])

    def work() -> dict[str, Any]:
        return {"view": str(saved_view.save(current_user, name, filters).id)}

    with transaction():
        made = once("view.save", {"name": name, "filters": filters}, work)
    return saved_view.get(current_user, UUID(made["view"]))


@blp.put("/<uuid:view_id>")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.arguments(ViewPutSchema)
@blp.response(200, ViewSchema)
def change(told: dict[str, Any], view_id: UUID) -> SavedView:
    """Another name, other filters, another place. If-Match: its version."""
    with transaction():
        found = saved_view.hold(current_user, view_id)
        blp.check_etag({"version": found.version})
        saved_view.change(current_user, found, told | {"filters": _plain(told["filters"])})
    return _answer(found)


@blp.delete("/<uuid:view_id>")
@requires(Permission.EVENT_READ)
@blp.etag
@blp.response(204)
def drop(view_id: UUID) -> Response:
    """Away with it. If-Match: its version."""
    with transaction():
        found = saved_view.hold(current_user, view_id)
        blp.check_etag({"version": found.version})
        saved_view.drop(current_user, found)
    return current_app.response_class(status=204)


def _plain(filters: dict[str, Any]) -> dict[str, Any]:
    """As the list takes them: times as words again."""
    plain: dict[str, Any] = ViewFiltersSchema().dump(filters)
    return plain


def _answer(found: SavedView) -> SavedView:
    blp.set_etag({"version": found.version})
    return found
