"""The key access tokens are signed with."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

MINIMUM_BYTES = 32


def signing_key(data: Path) -> str:
    """The installation's key: WANGGE_SIGNING_KEY, else a file made once, readable by its owner only.

    Several processes may start at once; the first to put the whole file there wins.
    """
    if key := os.environ.get("WANGGE_SIGNING_KEY"):
        if len(key.encode()) < MINIMUM_BYTES:
            raise SystemExit(f"WANGGE_SIGNING_KEY needs at least {MINIMUM_BYTES} bytes.")
        return key
    path = data / "signing.key"
    if not path.exists():
        draft = data / f".signing.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), "ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text("ascii")
