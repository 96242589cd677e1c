"""The sealed mobile number of an account: what it is bound to, and opening it. Who opens it writes down why."""

from __future__ import annotations

from grid.accounts.user import User
from grid.seal import Sealer


def opened(user: User, sealer: Sealer) -> str:
    """The digits; empty when there are none."""
    return sealer.open(user.mobile, about(user)).decode("ascii") if user.mobile else ""


def about(user: User) -> bytes:
    """A number copied into another row does not open. Accounts never change their name."""
    return b"user.mobile:" + user.username.encode()
