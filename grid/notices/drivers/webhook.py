"""Webhook: JSON to a program of the street, signed as Standard Webhooks 1.0 says (HMAC-SHA256 of id.time.body)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from grid.errors import Invalid
from grid.notices import setting
from grid.notices.gate import Answer, Parcel
from grid.notices.message import Message
from grid.notices.outcome import Outcome, by_status

SECRET_MIN = 16
_PREFIX = "whsec_"


def check(told: Mapping[str, str]) -> dict[str, str]:
    """url, secret."""
    kept = setting.of(told, "url secret")
    if len(kept["secret"]) < SECRET_MIN:
        raise Invalid(f"密钥至少 {SECRET_MIN} 个字符。", field="secret")
    _key(kept["secret"])
    return kept


def parcel(settings: Mapping[str, str], message: Message, at: datetime) -> Parcel:
    """The matters as a list, each with an id of its own."""
    told = {"id": str(message.id), "items": [item.told() for item in message.items]}
    body = json.dumps(told, ensure_ascii=False).encode()
    seconds = str(int(at.timestamp()))
    signed = b".".join((str(message.id).encode(), seconds.encode(), body))
    signature = base64.b64encode(hmac.new(_key(settings["secret"]), signed, sha256).digest()).decode()
    headers = {
        "Content-Type": "application/json",
        "Webhook-Id": str(message.id),
        "Webhook-Timestamp": seconds,
        "Webhook-Signature": f"v1,{signature}",
        "Idempotency-Key": str(message.id),
    }
    return Parcel(settings["url"], body, headers)


def judge(settings: Mapping[str, str], answer: Answer) -> Outcome:
    """The status says it."""
    return by_status(answer.status)


def _key(secret: str) -> bytes:
    """whsec_… is base64, as in the standard; anything else is taken as it stands."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise Invalid("whsec_ 后面应是 base64。", field="secret") from None
