"""What the robots of the two office suites have in common: a text to a group, and an errcode in the answer."""

from __future__ import annotations

import json
from collections.abc import Set

from grid.notices.channel import Nature
from grid.notices.gate import Answer, Parcel
from grid.notices.message import Message
from grid.notices.outcome import SENT, Outcome, Result, by_status


def parcel(url: str, message: Message, nature: Nature) -> Parcel:
    """A text message. Nobody is mentioned: that would take their number."""
    told = {"msgtype": "text", "text": {"content": message.text(nature.size, nature.lines)}}
    return Parcel(url, json.dumps(told, ensure_ascii=False).encode(), {"Content-Type": "application/json"})


def judge(answer: Answer, busy: Set[int]) -> Outcome:
    """busy: errcodes that say: too many just now."""
    by_http = by_status(answer.status)
    if not by_http.is_sent:
        return by_http
    try:
        told = json.loads(answer.body)
        code = int(told["errcode"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Outcome(Result.REFUSED, "对方的答复读不懂。请检查地址。")
    if code == 0:
        return SENT
    if code in busy:
        return Outcome(Result.LATER, f"机器人发得太多，过一会儿再发（{code}）。")
    return Outcome(Result.REFUSED, f"机器人不收（{code}）。请检查地址、加签密钥和关键词。")
