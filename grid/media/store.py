"""Media store (媒体库): a folder of sealed files named by the photo they hold.

``<root>/<aa>/<sha256>`` is the photo as it came, ``….full`` and ``….thumb`` are redrawn from it. A name is there
only when its bytes are on the disk: temporary file in the same folder, fsync, rename, fsync of the folder. Each
file is sealed (grid/seal.py) for its own name: without the key it shows
nothing; changed or swapped it does not open.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from grid.errors import Invalid, NotFound, StorageFull
from grid.seal import BrokenSeal, Sealer

log = logging.getLogger(__name__)

DRAFT_PREFIX = ".draft-"
NAME = re.compile(r"[0-9a-f]{64}")
FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT}


class MediaKind(StrEnum):
    """What is kept of one photo; ORIGINAL is evidence and is never shown."""

    ORIGINAL = "original"
    FULL = "full"
    THUMB = "thumb"


SUFFIXES = {MediaKind.ORIGINAL: "", MediaKind.FULL: ".full", MediaKind.THUMB: ".thumb"}


class Damaged(NotFound):
    """There is a file, and it is not what was put there."""


class MediaStore:
    """The photos in one folder; any number of processes may share it."""

    def __init__(self, root: Path, sealer: Sealer) -> None:
        self.root = root
        self._sealer = sealer
        self._made: set[Path] = set()

    def put(self, data: bytes) -> str:
        """Keep a photo and answer its SHA-256; on return it is durable. The same bytes again change nothing.

        Raises StorageFull when the disk has no room; then nothing of it stays.
        """
        name = sha256(data).hexdigest()
        self._keep(name, MediaKind.ORIGINAL, data)
        return name

    def put_redrawn(self, name: str, kind: MediaKind, data: bytes) -> None:
        """Keep what was redrawn from the photo ``name``, as durable as the photo itself."""
        self._keep(name, kind, data)

    def read(self, name: str, kind: MediaKind = MediaKind.ORIGINAL) -> bytes:
        """The bytes of a photo, proved to be those that were put. Raises NotFound, Damaged."""
        try:
            sealed = self.path(name, kind).read_bytes()
        except FileNotFoundError as error:
            raise NotFound("没有找到这张照片,可能还没有上传完。") from error
        try:
            data = self._sealer.open(sealed, _about(name, kind))
        except BrokenSeal as error:
            raise _damaged(name) from error
        if kind is MediaKind.ORIGINAL and sha256(data).hexdigest() != name:
            raise _damaged(name)
        return data

    def has(self, name: str, kind: MediaKind = MediaKind.ORIGINAL) -> bool:
        """Whether a photo is there."""
        return self.path(name, kind).is_file()

    def path(self, name: str, kind: MediaKind = MediaKind.ORIGINAL) -> Path:
        """Where a photo lies. Raises Invalid unless ``name`` is a SHA-256 in lower-case hex."""
        if not NAME.fullmatch(name):
            raise Invalid("照片编号应为 64 位小写十六进制的 SHA-256,请重新上传。", field="sha256")
        return self.root / name[:2] / f"{name}{SUFFIXES[kind]}"

    def sweep(self, older_than: timedelta) -> int:
        """Remove drafts that a dead process left behind; answers how many. Safe beside uploads."""
        # File times are the operating system's, so is this clock: not grid.clock, which a demo may drive.
        limit = time.time() - older_than.total_seconds()
        drafts = [path for path in self.root.glob(f"??/{DRAFT_PREFIX}*") if _modified(path) < limit]
        for path in drafts:
            path.unlink(missing_ok=True)
        return len(drafts)

    def _keep(self, name: str, kind: MediaKind, data: bytes) -> None:
        path = self.path(name, kind)
        with _room():
            self._make(path.parent)
            if not self._holds(name, kind, data):
                _write(path, self._sealer.seal(data, _about(name, kind)))
            # Also when a twin has just renamed it there: its own fsync may still be to come.
            _sync_folder(path.parent)

    def _holds(self, name: str, kind: MediaKind, data: bytes) -> bool:
        """Whether these very bytes lie there; marks them as used now, for the sweep (sweep.py)."""
        try:
            os.utime(self.path(name, kind))
            return self.read(name, kind) == data
        except (FileNotFoundError, NotFound):
            return False

    def _make(self, folder: Path) -> None:
        """Make a folder that outlives a power cut, once a process."""
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            _sync_folder(self.root)
            _sync_folder(self.root.parent)
            self._made.add(folder)


def _about(name: str, kind: MediaKind) -> bytes:
    """What a seal is for: the hash of the photo's plain bytes, and which picture of it."""
    return b"media:%s:" % kind.encode() + bytes.fromhex(name)


def _damaged(name: str) -> Damaged:
    log.error("photo damaged", extra={"error": name})
    return Damaged("这张照片的文件已损坏,请联系管理员。")


def _write(path: Path, data: bytes) -> None:
    handle, draft = tempfile.mkstemp(prefix=DRAFT_PREFIX, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # a twin swept it, or its upload ended
        return float("inf")


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL_ERRNOS:
            raise StorageFull("服务器存储空间已满,照片没有保存;请保留照片,稍后再试。") from error
        raise
