"""Fate (去向): what becomes of a row of an import."""

from __future__ import annotations

from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a row (去向)."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ENDED = "ended"
    SKIPPED = "skipped"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """Words for people."""
        return _LABELS[self]

    @property
    def is_wish(self) -> bool:
        """Would confirming it change something?"""
        return self in (Fate.NEW, Fate.CHANGED, Fate.ENDED)


_LABELS = {
    Fate.NEW: "新增",
    Fate.CHANGED: "变更",
    Fate.UNCHANGED: "不变",
    Fate.ENDED: "停用",
    Fate.SKIPPED: "跳过",
    Fate.REFUSED: "拒绝",
}
