"""A blueprint of the handset API: its answers are unmistakably ours."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from api.http import Blueprint

PREFIX = "/mobile/v1"


def mark(response: Response) -> Response:
    """Say X-WG-Api on every answer under the prefix, errors too."""
    if request.path.startswith(PREFIX):
        response.headers["X-WG-Api"] = "1"
    return response


def blueprint(name: str, description: str) -> Blueprint:
    """A blueprint under /mobile/v1."""
    return Blueprint(f"mobile_{name}", __name__, url_prefix=PREFIX, description=description)


Answer = dict[str, Any]
