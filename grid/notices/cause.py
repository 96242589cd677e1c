"""Cause (通知事由): why people are told something; what rules choose by.

The packages above know what each cause comes in (states, kinds, rungs) and offer it here once, when loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Cause(StrEnum):
    """Cause (通知事由)."""

    MOVED = "moved"
    REQUEST = "request"
    WHISTLE = "whistle"
    ALARM = "alarm"
    SUPERVISION = "supervision"
    MATTER = "matter"
    PATROL = "patrol"

    @property
    def label(self) -> str:
        """Words for people."""
        return _LABELS[self]

    @property
    def keys(self) -> Mapping[str, str]:
        """What it comes in: code → words."""
        return _KEYS.get(self, {})


_LABELS = {
    Cause.MOVED: "案卷流转",
    Cause.REQUEST: "申请",
    Cause.WHISTLE: "吹哨",
    Cause.ALARM: "时限提醒",
    Cause.SUPERVISION: "督办",
    Cause.MATTER: "督办事项",
    Cause.PATROL: "漏巡漏传",
}
_KEYS: dict[Cause, dict[str, str]] = {}


def offer(cause: Cause, keys: Mapping[str, str]) -> None:
    """Say what a cause comes in, with the words for people; rules may be about one of them."""
    _KEYS.setdefault(cause, {}).update(keys)
