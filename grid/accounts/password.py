"""Passwords (密码): argon2id, and the rules for choosing one (policy of 等保 2.0 level 3: length and mixture)."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from grid.errors import Invalid

# 19 MiB, 2 passes: about 30 ms a check; a login storm must not stop a two-core machine.
_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")
UNUSABLE = "!"
MINIMUM_LENGTH = 10
INITIAL_LENGTH = 12
READABLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that looks like another


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def initial(username: str) -> str:
    """A random password to be given out once and changed at the first sign-in."""
    while True:
        password = "".join(secrets.choice(READABLE) for _ in range(INITIAL_LENGTH))
        try:
            check_strength(password, username)
        except Invalid:
            continue
        return password


def matches(password: str, password_hash: str | None) -> bool:
    """Is this the password? Takes the same time when there is no account (``None``)."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError, UnicodeEncodeError):  # the last: half a character
        return False
    return password_hash is not None


def check_strength(password: str, username: str) -> None:
    """Raises Invalid when a chosen password breaks the rules."""
    kinds: list[Callable[[str], bool]] = [str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum()]
    mixture = sum(any(kind(c) for c in password) for kind in kinds)
    if len(password) < MINIMUM_LENGTH or mixture < 3:
        raise Invalid(f"密码至少 {MINIMUM_LENGTH} 位，大写、小写、数字、符号至少用三种。", field="password")
    if username.lower() in password.lower():
        raise Invalid("密码里不能有账号。", field="password")
