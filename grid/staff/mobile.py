"""Mobile number (手机号): class L3: sealed, found by a keyed fingerprint, masked, revealed one at a time."""

from __future__ import annotations

import re

from grid.accounts import sealed_mobile
from grid.accounts.user import User
from grid.db import db
from grid.errors import Invalid, NotFound
from grid.seal import Sealer
from grid.trail import entry as trail

# 100… is the prefix of invented people.
NUMBER = re.compile(r"1\d{10}")
PURPOSE_MAX = 60


def read(told: str) -> str:
    """The eleven digits of a number as people type it. Raises Invalid."""
    digits = re.sub(r"[\s\-－—]", "", told).removeprefix("+86")
    if not (digits.isascii() and NUMBER.fullmatch(digits)):
        raise Invalid("手机号应是 1 开头的 11 位数字。", field="mobile")
    return digits


def masked(digits: str) -> str:
    """138****0001."""
    return f"{digits[:3]}****{digits[-4:]}" if digits else ""


def write(user: User, digits: str, sealer: Sealer) -> None:
    """Give a person this number; empty: none."""
    user.mobile = sealer.seal(digits.encode("ascii"), sealed_mobile.about(user)) if digits else None
    user.mobile_blind = fingerprint(digits, sealer) if digits else None


def fingerprint(digits: str, sealer: Sealer) -> str:
    """What a number is found by."""
    return sealer.blind("mobile", digits)


def shown(user: User, sealer: Sealer) -> str:
    """The masked number; empty when there is none."""
    return masked(sealed_mobile.opened(user, sealer))


def reveal(actor: User, user: User, purpose: str, sealer: Sealer) -> str:
    """The number, with a trail entry that the caller commits before it leaves. Raises NotFound."""
    digits = sealed_mobile.opened(user, sealer)
    if not digits:
        raise NotFound("这个账号没有登记手机号。")
    trail.record(actor, "account:reveal_mobile", "user", user.username, purpose=purpose)
    db.session.flush()  # an entry that cannot be written keeps the number back
    return digits
