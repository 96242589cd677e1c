"""Bulk steps (批量办理): the same step for several cases, each in its own transaction, with its own answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from grid.accounts.user import User
from grid.errors import NotFound, Stale
from grid.events import handling, lifecycle, merging, requesting
from grid.events.event import Event

MOST = 100
# What means something of one case only: no two have one place.
ALONE = frozenset(row.action for row in lifecycle.EVENT if "position" in row.needs)
OWN = frozenset(row.action for row in lifecycle.ASSIGNMENT if row.permission is not None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One case, as the caller saw it."""

    id: UUID
    version: int


def one(actor: User, wanted: Wanted, action: str, told: dict[str, Any]) -> Event:
    """Take the step for one case, or for the part of it that the actor's department has.

    In the caller's transaction. Raises as ``handling.move``, Stale if the case has moved.
    """
    merging.lock(actor, wanted.id, action, told.get("parent"))
    event = handling.hold(actor, wanted.id)
    if event.version != wanted.version:
        raise Stale("这件事刚刚被别人更新过，没有办。")
    if action not in OWN:
        return handling.move(actor, event, action, **told)
    part = requesting.own_part(actor, event)
    if part is None:
        raise NotFound("这件事没有派给你们部门。")
    return handling.move_assignment(actor, event, part.id, action, **told)
