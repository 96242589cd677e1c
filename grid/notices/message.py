"""Message (外发消息): what goes out in one piece: one matter, or several folded into one text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from grid import clock


@dataclass(frozen=True, slots=True)
class Item:
    """One matter of a message. id: the delivery's, so that a receiver knows one told again."""

    id: UUID
    cause: str
    words: str
    event_id: UUID | None
    link: str
    at: datetime
    is_urgent: bool = False

    def told(self) -> dict[str, object]:
        """As programs read it."""
        return {
            "id": str(self.id),
            "cause": self.cause,
            "text": self.words,
            "event_id": str(self.event_id) if self.event_id else None,
            "link": self.link or None,
            "at": clock.local(self.at).isoformat(timespec="seconds"),
            "urgent": self.is_urgent,
        }


@dataclass(frozen=True, slots=True)
class Message:
    """id: the same however often it is sent. to: a mobile number, for channels that reach one person."""

    id: UUID
    items: tuple[Item, ...]
    home: str = ""  # address of the console
    to: str = field(default="", repr=False)

    def text(self, size: int, lines: int) -> str:
        """What people read, in at most ``size`` bytes: as many matters as fit, the others counted."""
        for count in range(min(lines, len(self.items)), 0, -1):
            words = self._text(count)
            if len(words.encode()) <= size:
                return words
        return self._text(1).encode()[:size].decode("utf-8", "ignore")

    def _text(self, count: int) -> str:
        tail = f"（编号 {self.id.hex[-8:]}）"
        if len(self.items) == 1:
            return "\n".join(part for part in (self.items[0].words, self.items[0].link, tail) if part)
        told = [f"{len(self.items)} 件事："]
        told += [f"{number}. {item.words}" for number, item in enumerate(self.items[:count], 1)]
        if len(self.items) > count:
            told.append(f"另有 {len(self.items) - count} 件。")
        return "\n".join([*told, *([self.home] if self.home else []), tail])
