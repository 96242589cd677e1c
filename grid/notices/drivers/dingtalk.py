"""DingTalk group robot (钉钉群机器人), with 加签: the time, and the HMAC-SHA256 of it and the secret."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote_plus

from grid.notices import setting
from grid.notices.channel import Channel
from grid.notices.drivers import robot
from grid.notices.gate import Answer, Parcel
from grid.notices.message import Message
from grid.notices.outcome import Outcome

BUSY = frozenset({90030, 130101, 410100})


def check(told: Mapping[str, str]) -> dict[str, str]:
    """url; secret, where the robot asks for a signature."""
    return setting.of(told, "url", "secret")


def parcel(settings: Mapping[str, str], message: Message, at: datetime) -> Parcel:
    """A text to the group."""
    url = settings["url"]
    if secret := settings.get("secret"):
        url += ("&" if "?" in url else "?") + signature(secret, round(at.timestamp() * 1000))
    return robot.parcel(url, message, Channel.DINGTALK.nature)


def signature(secret: str, at_ms: int) -> str:
    """The two parameters that prove it."""
    digest = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), sha256).digest()
    return f"timestamp={at_ms}&sign={quote_plus(base64.b64encode(digest))}"


def judge(settings: Mapping[str, str], answer: Answer) -> Outcome:
    """errcode 0 is sent."""
    return robot.judge(answer, BUSY)
