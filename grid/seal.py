"""Seal (密封): bytes that only this installation can read, and blind indexes to find them by.

The first byte names the suite, so that another (SM4/SM3) can be switched on beside it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from grid.keyfile import read_or_make

AES_256_GCM = 1
KEY_BYTES, NONCE_BYTES, TAG_BYTES = 32, 12, 16


class BrokenSeal(Exception):
    """Sealed bytes that were changed, belong elsewhere, or were sealed under another key."""


class Sealer:
    """Seals and opens under one master key; each use has a key of its own, derived from it."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key of {KEY_BYTES} bytes is needed")
        self._cipher = AESGCM(_derived(key, b"wangge/seal/1"))
        self._blind_key = _derived(key, b"wangge/blind/1")

    @classmethod
    def of(cls, data: Path) -> Sealer:
        """The installation's: WANGGE_KEY (base64 of 32 bytes), else the key file in ``data``, made once."""
        if told := os.environ.get("WANGGE_KEY"):
            return cls(_key(told, "WANGGE_KEY"))
        path = data / "master.key"
        stored = read_or_make(path, lambda: base64.b64encode(secrets.token_bytes(KEY_BYTES)))
        return cls(_key(stored.decode("ascii", "replace"), path.name))

    def seal(self, plain: bytes, about: bytes) -> bytes:
        """Suite byte, nonce, ciphertext with tag. about: what it belongs to (AAD); it opens for nothing else."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        suite = bytes([AES_256_GCM])
        return suite + nonce + self._cipher.encrypt(nonce, plain, suite + about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """What was sealed. Raises BrokenSeal."""
        suite, nonce, rest = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if suite != bytes([AES_256_GCM]) or len(rest) < TAG_BYTES:
            raise BrokenSeal
        try:
            return self._cipher.decrypt(nonce, rest, suite + about)
        except InvalidTag:
            raise BrokenSeal from None

    def blind(self, kind: str, value: str) -> str:
        """A keyed fingerprint (HMAC-SHA256, hex): equal for equal values of a kind, and says nothing else."""
        return hmac.new(self._blind_key, f"{kind}\0{value}".encode(), sha256).hexdigest()


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use).derive(key)


def _key(told: str, name: str) -> bytes:
    try:
        key = base64.b64decode(told.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SystemExit(f"{name} needs base64 of {KEY_BYTES} random bytes.")
    return key
