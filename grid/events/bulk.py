"""Bulk steps (批量办理): the same step for several cases, each in its own transaction, with its own answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from grid.accounts.user import User
from grid.errors import Stale
from grid.events import handling
from grid.events.event import Event

MOST = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """One case, as the caller saw it."""

    id: UUID
    version: int


def one(actor: User, wanted: Wanted, action: str, told: dict[str, Any]) -> Event:
    """Take the step for one case, in the caller's transaction. Raises as ``handling.move``, Stale if it moved."""
    event = handling.hold(actor, wanted.id)
    if event.version != wanted.version:
        raise Stale("这件事刚刚被别人更新过，没有办。")
    return handling.move(actor, event, action, **told)
