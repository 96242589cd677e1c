"""The Idempotency-Key header: a write with the client's own id happens once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request

from api.auth import current_user
from grid.errors import Invalid
from grid.sync import op


def once(kind: str, asked: dict[str, Any], work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do ``work`` inside the open transaction; with a key, a replay does nothing, and gets what was stored."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return work()
    try:
        client_id = UUID(key)
    except ValueError:
        raise Invalid("Idempotency-Key 应是一个 UUID。", field="Idempotency-Key") from None
    return op.once(current_user, client_id, kind, asked, work).result
