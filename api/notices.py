"""In-app notices of the caller."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app

from api.auth import current_user
from api.fields import Moment, Schema, fields
from api.http import Blueprint
from api.mark import requires
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.notices import notice
from grid.notices.notice import Notice


def _page(told: Notice) -> str:
    """Where it leads: a department that is called to a case does not have the case."""
    kind = told.key.partition(":")[0]
    return kind if kind in ("whistle", "matter") else "case"


class NoticeSchema(Schema):
    """A notice (站内通知)."""

    id = fields.UUID(required=True)
    at = Moment(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    event_id = fields.UUID(attribute="subject_id", allow_none=True, required=True)
    read_at = Moment(allow_none=True, required=True)
    page = fields.Function(_page, metadata={"type": "string", "enum": ["case", "matter", "whistle"]})


class NoticesSchema(Schema):
    """The newest hundred, and how many are unread."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)
    unread = fields.Integer(required=True)


def routes(blp: Blueprint) -> None:
    """Give a blueprint the notice routes."""

    @blp.get("/notices")
    @requires(Permission.NOTICE_READ)
    @blp.response(200, NoticesSchema)
    def notices() -> dict[str, Any]:
        """The caller's notices, newest first."""
        return {"items": notice.mine(current_user), "unread": notice.unread(current_user)}

    @blp.post("/notices/<uuid:notice_id>/read")
    @requires(Permission.NOTICE_READ)
    @blp.response(204)
    def notice_read(notice_id: UUID) -> Response:
        """Mark a notice as read."""
        with transaction():
            notice.read(current_user, notice_id)
        return current_app.response_class(status=204)


blp = Blueprint("notices", __name__, url_prefix="/api", description="通知")
routes(blp)
