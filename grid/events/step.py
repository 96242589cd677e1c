"""A step being taken: by whom, of which case, with what was told, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grid.accounts.user import User
from grid.events.event import Event


@dataclass(frozen=True, slots=True)
class Step:
    """A step being taken. told: what the caller says with it, checked against the table."""

    actor: User
    event: Event
    told: dict[str, Any]
    at: datetime
