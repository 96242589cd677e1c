"""shift.on, shift.off: a worker signs on and off; entity_id is the shift, made on the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from grid.accounts.user import User
from grid.errors import Invalid
from grid.fieldwork import shift as shifts
from grid.fieldwork.shift import Shift
from grid.sync.push import Asked, Effect, Kind

Step = Callable[[User, UUID, datetime, dict[str, Any] | None], Shift]


def _kind(step: Step) -> Kind:
    def apply(actor: User, asked: Asked) -> Effect:
        if asked.entity_id is None or asked.occurred_at is None:
            raise Invalid("没有说是哪次巡查、什么时候。", field="entity_id")
        place = (asked.payload or {}).get("position") or asked.geo
        shift = step(actor, asked.entity_id, asked.occurred_at, place if isinstance(place, dict) else None)
        return Effect(rev=shift.version or 1)

    return Kind(apply)


ON, OFF = _kind(shifts.on), _kind(shifts.off)
