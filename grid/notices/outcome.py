"""Outcome (发送结果): what became of one attempt to send, in words for people; never what the other side wrote."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """Result (发送结果). later: they have no time. trouble: no answer, or theirs to mend. refused: ours."""

    SENT = "sent"
    LATER = "later"
    TROUBLE = "trouble"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    result: Result
    words: str = ""

    @property
    def is_sent(self) -> bool:
        return self.result is Result.SENT


class Failed(Exception):
    """Nothing was sent, or nobody knows."""

    def __init__(self, result: Result, words: str) -> None:
        super().__init__(words)
        self.outcome = Outcome(result, words)


SENT = Outcome(Result.SENT)
_BUSY, _THEIRS = 429, (408, 425)


def by_status(status: int) -> Outcome:
    """What a status says."""
    if 200 <= status < 300:
        return SENT
    if status == _BUSY:
        return Outcome(Result.LATER, f"对方说稍后再发（{status}）。")
    if 300 <= status < 400:
        return Outcome(Result.REFUSED, f"对方要转到别的地址（{status}），没有跟去。请填最终的地址。")
    if status in _THEIRS or status >= 500:
        return Outcome(Result.TROUBLE, f"对方出错（{status}）。")
    return Outcome(Result.REFUSED, f"对方不收（{status}）。请检查地址和密钥。")
