"""Media store (媒体库): a folder of files named by what is in them.

``<root>/<aa>/<sha256>`` is the photo as it came, ``….full.jpg`` and ``….thumb.jpg`` are redrawn from it. A name is
there only when its bytes are on the disk: temporary file in the same folder, fsync, rename, fsync of the folder.
"""

from __future__ import annotations

import errno
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
from typing import BinaryIO

from grid.errors import Invalid, NotFound, StorageFull

DRAFT_PREFIX = ".draft-"
NAME = re.compile(r"[0-9a-f]{64}")
FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT}


class MediaKind(StrEnum):
    """What is kept of one photo; ORIGINAL is evidence and is never shown."""

    ORIGINAL = "original"
    FULL = "full"
    THUMB = "thumb"


SUFFIXES = {MediaKind.ORIGINAL: "", MediaKind.FULL: ".full.jpg", MediaKind.THUMB: ".thumb.jpg"}


class MediaStore:
    """The photos in one folder; any number of processes may share it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._made: set[Path] = set()

    def put(self, data: bytes) -> str:
        """Keep a photo and answer its SHA-256; on return it is durable. The same bytes again change nothing.

        Raises StorageFull when the disk has no room; then nothing of it stays.
        """
        name = sha256(data).hexdigest()
        self._keep(self.path(name), data)
        return name

    def put_redrawn(self, name: str, kind: MediaKind, data: bytes) -> None:
        """Keep what was redrawn from the photo ``name``, as durable as the photo itself."""
        self._keep(self.path(name, kind), data)

    def read(self, name: str, kind: MediaKind = MediaKind.ORIGINAL) -> bytes:
        """The bytes of a photo. Raises NotFound when it is not there."""
        with self.open(name, kind) as file:
            return file.read()

    def open(self, name: str, kind: MediaKind = MediaKind.ORIGINAL) -> BinaryIO:
        """A photo as an open file. Raises NotFound when it is not there."""
        try:
            return self.path(name, kind).open("rb")
        except FileNotFoundError as error:
            raise NotFound("没有找到这张照片,可能还没有上传完。") from error

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

    def _keep(self, path: Path, data: bytes) -> None:
        with _room():
            self._make(path.parent)
            if not _holds(path, data):
                _write(path, data)
            # Also when a twin has just renamed it there: its own fsync may still be to come.
            _sync_folder(path.parent)

    def _make(self, folder: Path) -> None:
        """Make a folder that outlives a power cut, once a process."""
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            _sync_folder(self.root)
            _sync_folder(self.root.parent)
            self._made.add(folder)


def _holds(path: Path, data: bytes) -> bool:
    """Whether these very bytes lie there; marks them as used now, for those who clear away what nobody uses."""
    try:
        os.utime(path)
        return path.read_bytes() == data
    except FileNotFoundError:
        return False


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
