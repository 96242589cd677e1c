"""A password of one's own, at both addresses; after it the first one, which was given out, is of no use."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, request

from api.auth import current_user
from api.fields import Schema, fields
from api.http import Blueprint
from api.mark import early, requires
from grid.accounts import session as sessions
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.staff import account


class PasswordChangeSchema(Schema):
    """The password of now and the one to be."""

    old = fields.String(required=True, metadata={"format": "password"})
    new = fields.String(required=True, metadata={"format": "password"})


def routes(blp: Blueprint) -> None:
    """Give a blueprint the route ``me/password``."""

    @blp.put("/me/password")
    @early
    @requires(Permission.SELF_READ)
    @blp.arguments(PasswordChangeSchema)
    @blp.response(204)
    def password_put(told: dict[str, Any]) -> Response:
        """Choose a password of one's own; every other session ends. Five wrong old ones lock for 15 minutes."""
        verdict = sessions.check(current_user.username, told["old"], request.remote_addr or "")
        if verdict.is_locked or verdict.user is None:
            if not verdict.is_locked:
                with transaction():
                    sessions.count_failure(verdict)
            raise account.wrong_password(verdict)
        with transaction():
            account.choose_password(g.session, told["new"])
        return current_app.response_class(status=204)
