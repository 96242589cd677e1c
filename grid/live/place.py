"""Place (进度) of an open page in the change log: up to where it has been told, as one word it can say again."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Self

WORD = re.compile(r"(\d{1,18})\.([0-9a-f]{16})\.(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Place:
    """epoch: of all data; stamp: of whom and where one's view is cut for; seq: of the change log."""

    epoch: int
    stamp: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.stamp}.{self.seq}"

    @classmethod
    def read(cls, word: str) -> Self:
        """What ``str`` made; any other word is a place before everything, whose page must begin anew."""
        found = WORD.fullmatch(word)
        return cls(int(found[1]), found[2], int(found[3])) if found else cls(-1, "", 0)

    def at(self, seq: int) -> Self:
        """The same, further on."""
        return replace(self, seq=seq)
