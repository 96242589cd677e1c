"""Drivers (渠道驱动): how each channel is spoken to. A driver is a module: what its settings must be, what is
sent, and what the answer means. None of them opens a connection; the gate does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from grid.notices.channel import Channel
from grid.notices.drivers import dingtalk, sms, webhook, wecom
from grid.notices.gate import Answer, Parcel
from grid.notices.message import Message
from grid.notices.outcome import Outcome


class Driver(Protocol):
    """What a driver can do."""

    def check(self, told: Mapping[str, str]) -> dict[str, str]:
        """The settings as they are kept. Raises Invalid."""

    def parcel(self, settings: Mapping[str, Any], message: Message, at: datetime) -> Parcel:
        """What is sent."""

    def judge(self, settings: Mapping[str, Any], answer: Answer) -> Outcome:
        """What the answer means."""


_DRIVERS: Mapping[Channel, Driver] = {
    Channel.WEBHOOK: webhook,
    Channel.WECOM: wecom,
    Channel.DINGTALK: dingtalk,
    Channel.SMS: sms,
}


def of(channel: Channel) -> Driver:
    """The driver of a channel."""
    return _DRIVERS[channel]
