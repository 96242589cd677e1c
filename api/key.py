"""The key access tokens are signed with."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from grid.keyfile import read_or_make

MINIMUM_BYTES = 32


def signing_key(data: Path) -> str:
    """The installation's key: WANGGE_SIGNING_KEY, else a file made once, readable by its owner only."""
    if key := os.environ.get("WANGGE_SIGNING_KEY"):
        if len(key.encode()) < MINIMUM_BYTES:
            raise SystemExit(f"WANGGE_SIGNING_KEY needs at least {MINIMUM_BYTES} bytes.")
        return key
    return read_or_make(data / "signing.key", lambda: secrets.token_urlsafe(48).encode("ascii")).decode("ascii")
