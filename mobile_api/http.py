"""A blueprint of the handset API: its answers are unmistakably ours."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from api.http import Blueprint
from grid.errors import DomainError
from mobile_api import seat
from mobile_api.squeeze import squeeze

PREFIX = "/mobile/v1"


class Unread(DomainError):
    """A request in no format we know."""

    slug = "bad-request"
    title = "请求不完整"
    status = 400


class TooLarge(DomainError):
    """More than is taken in one request: the phone sends less at a time."""

    slug = "request-entity-too-large"
    title = "内容太大"
    status = 413


def mark(response: Response) -> Response:
    """Say X-WG-Api and how the seat stands on every answer under the prefix, errors too; make it small."""
    if request.path.startswith(PREFIX):
        response.headers["X-WG-Api"] = "1"
        response.headers["X-WG-Device-State"] = g.get("device_state", "ok")
        return squeeze(response)
    return response


def blueprint(name: str, description: str, *, needs_seat: bool = False) -> Blueprint:
    """A blueprint under /mobile/v1. needs_seat: only for phones that have enrolled, not for older apps."""
    blp = Blueprint(f"mobile_{name}", __name__, url_prefix=PREFIX, description=description)
    blp.before_request(seat.check_enrolled if needs_seat else seat.check)
    return blp


Answer = dict[str, Any]
