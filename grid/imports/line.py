"""Line (导入行): a row of a file as understood, with what becomes of it and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from grid.imports.fate import Fate


@dataclass(slots=True)
class Line:
    """A row of a file. number: from 1, within the preview. place: where it stands in the file.

    key: the code or account it is about; label: its name. told: the values to apply, never stored.
    changes: {field, before, after}; reasons: {cell, text}.
    """

    number: int
    place: str = ""
    key: str = ""
    label: str = ""
    fate: Fate | None = None
    reasons: list[dict[str, str]] = field(default_factory=list)
    changes: list[dict[str, str]] = field(default_factory=list)
    told: Any = field(default=None, repr=False)

    def refuse(self, cell: str, text: str) -> None:
        """It cannot be imported, because of this cell."""
        self.fate = Fate.REFUSED
        self.note(cell, text)

    def note(self, cell: str, text: str) -> None:
        """Something people should know about it."""
        self.reasons.append({"cell": cell, "text": text})

    def compare(self, pairs: Iterable[tuple[str, str, str]]) -> None:
        """Settle the fate of a row whose thing exists. pairs: (what, before, after), in words."""
        self.changes = [{"field": what, "before": old, "after": new} for what, old, new in pairs if old != new]
        self.fate = Fate.CHANGED if self.changes else Fate.UNCHANGED

    def plain(self) -> dict[str, Any]:
        """As the preview keeps it."""
        return {
            "number": self.number,
            "place": self.place,
            "key": self.key,
            "label": self.label,
            "fate": (self.fate or Fate.REFUSED).value,
            "reasons": self.reasons,
            "changes": self.changes,
        }
