"""WeCom group robot (企业微信群机器人): its address is its key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from grid.notices import setting
from grid.notices.channel import Channel
from grid.notices.drivers import robot
from grid.notices.gate import Answer, Parcel
from grid.notices.message import Message
from grid.notices.outcome import Outcome

BUSY = frozenset({45009})


def check(told: Mapping[str, str]) -> dict[str, str]:
    """url."""
    return setting.of(told, "url")


def parcel(settings: Mapping[str, str], message: Message, at: datetime) -> Parcel:
    """A text to the group."""
    return robot.parcel(settings["url"], message, Channel.WECOM.nature)


def judge(settings: Mapping[str, str], answer: Answer) -> Outcome:
    """errcode 0 is sent."""
    return robot.judge(answer, BUSY)
