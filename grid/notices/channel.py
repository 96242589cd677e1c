"""Channel (通知渠道): the ways out of the house beside the inbox, and what each of them bears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Nature:
    """gap: between two messages to one endpoint. size: bytes of text in one. lines: matters it names."""

    label: str
    gap: timedelta
    size: int
    lines: int
    is_personal: bool = False


class Channel(StrEnum):
    """Channel (通知渠道)."""

    WEBHOOK = "webhook"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    SMS = "sms"

    @property
    def nature(self) -> Nature:
        return _NATURES[self]

    @property
    def label(self) -> str:
        """Words for people."""
        return _NATURES[self].label


# Robots take 20 messages a minute each; WeCom's texts have 2048 bytes. Source: both vendors' robot documentation.
_NATURES = {
    Channel.WEBHOOK: Nature("Webhook", timedelta(0), 60_000, 100),
    Channel.WECOM: Nature("企业微信机器人", timedelta(seconds=3), 2_000, 10),
    Channel.DINGTALK: Nature("钉钉机器人", timedelta(seconds=3), 4_000, 10),
    Channel.SMS: Nature("短信", timedelta(0), 400, 3, is_personal=True),
}
