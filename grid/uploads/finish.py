"""Finish (收齐): a file that has come whole is checked and kept exactly as if it had come in one piece."""

from __future__ import annotations

import hashlib

from grid import clock
from grid.accounts.user import User
from grid.errors import Invalid
from grid.events import gallery
from grid.media.decoded import Claim, Decoded
from grid.media.store import MediaStore
from grid.uploads import voice
from grid.uploads.upload import Upload


def keep(store: MediaStore, upload: Upload, data: bytes) -> Decoded:
    """Put a whole file into the store, durably, before any row speaks of it.

    Raises Invalid for what it was not promised to be; Busy and StorageFull, after which it may be tried again.
    """
    if upload.mime not in voice.TYPES:
        decoded = gallery.check(data, upload.sha256)
        gallery.keep(store, data, decoded)
        return decoded
    if hashlib.sha256(data).hexdigest() != upload.sha256:
        raise Invalid("语音没有传完整（校验值不一致），没有保存。请重新上传。", field="file")
    voice.check(data, upload.mime)
    store.put(data)
    return Decoded(upload.mime, 0, 0, b"", b"", Claim())


def register(actor: User, upload: Upload, decoded: Decoded) -> None:
    """Write down that it is there, and who sent it."""
    gallery.register(actor, upload.sha256, upload.length, decoded)
    upload.done_at = clock.now()
