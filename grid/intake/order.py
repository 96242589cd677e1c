"""Order (12345 工单): what the hotline hands to the street, as fields; and reading the single fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from grid import clock
from grid.events.origin import ORDER_NO_MAX

NUMBER = re.compile(rf"[0-9A-Za-z][0-9A-Za-z_-]{{3,{ORDER_NO_MAX - 1}}}")
MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:\s*T?\s*(\d{1,2})\s*[:：时点]\s*(?:(\d{1,2})\s*分?)?(?:\s*[:：]?\s*(\d{1,2})\s*秒?)?)?(?:\.\d+)?"
)
NOBODY = ("匿名", "不愿透露", "保密", "不详", "无", "未提供")
NO_REPLY = ("无需", "不需", "不用", "不必", "不要求", "否")
REPLY = ("需", "要求", "请", "是", "回复", "回电", "回访")


@dataclass(frozen=True, slots=True)
class Order:
    """An order (12345 工单). None, or empty: it does not say. unread: what stands there and was not understood."""

    order_no: str = ""
    name: str = ""
    phone: str = ""
    is_anonymous: bool = False
    asked_at: datetime | None = None
    kind: str = ""
    title: str = ""
    content: str = ""
    address: str = ""
    reply_by: datetime | None = None
    wants_reply: bool | None = None
    unread: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """Title and content as one text; the title once."""
        if not self.title or self.content.startswith(self.title):
            return self.content or self.title
        return f"{self.title}。{self.content}" if self.content else self.title


def moment(told: str, *, is_end: bool = False) -> datetime | None:
    """A moment as office programs write it, in China's time; None for anything else.

    is_end: a day without a time means until its end.
    """
    found = MOMENT.fullmatch(told.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=clock.LOCAL)
    except ValueError:
        return None
    if not clock.is_ours(at):
        return None
    is_day = found[4] is None
    return at + timedelta(days=1, seconds=-1) if is_end and is_day else at


def reply_wish(told: str) -> bool | None:
    """Is an answer asked for? None where the words do not say."""
    if any(told.startswith(word) for word in NO_REPLY):
        return False
    return True if any(word in told for word in REPLY) else None
