"""What the worker does of a case that moved: its first clock, then those who have the next word are told."""

from __future__ import annotations

from typing import Any

from grid.events import notify, stage


def deliver(payload: dict[str, Any]) -> None:
    """Both; safe to repeat."""
    stage.ensure(payload)
    notify.deliver(payload)
