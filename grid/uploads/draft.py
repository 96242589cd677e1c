"""Draft (草稿文件): the part of a file that has arrived. Its size on the disk alone is how far it came."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from grid.errors import DomainError, StorageFull

FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT}
SUFFIX = ".part"


class Locked(DomainError):
    """Another request is writing to it at this moment."""

    slug = "upload-locked"
    title = "正在上传"
    status = 423


class Draft:
    """A draft that this request alone may write to. handle: of its file, open and locked."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @property
    def size(self) -> int:
        return os.fstat(self._handle).st_size

    def append(self, piece: bytes) -> None:
        """Write a piece at the end. Raises StorageFull; what fitted stays and counts."""
        try:
            view = memoryview(piece)
            while view:
                view = view[os.write(self._handle, view) :]
        except OSError as error:
            if error.errno in FULL_ERRNOS:
                raise StorageFull("服务器存储空间已满，这一段没有收全；请稍后再试。") from error
            raise

    def sync(self) -> None:
        """On return, all that was written is durable."""
        os.fsync(self._handle)

    def read(self) -> bytes:
        """All that has come."""
        return os.pread(self._handle, self.size, 0)


class Drafts:
    """The drafts in one folder, readable by nobody else; any number of processes may share it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def size(self, upload_id: UUID) -> int:
        """How many bytes have come; 0 when there is no file."""
        try:
            return self._path(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def hold(self, upload_id: UUID) -> Iterator[Draft]:
        """The draft, made if it is not there, for this request alone; one that stays empty is not kept.

        Raises Locked. The lock goes with the process, however that ends.
        """
        handle = self._lock(upload_id)
        try:
            yield Draft(handle)
        finally:
            if os.fstat(handle).st_size == 0:
                self.remove(upload_id)
            os.close(handle)

    def remove(self, upload_id: UUID) -> None:
        """Let go of a draft, if it is there."""
        self._path(upload_id).unlink(missing_ok=True)

    def all(self) -> dict[UUID, float]:
        """Every draft, and when it last grew (seconds since 1970)."""
        found = {}
        for path in self.root.glob(f"*{SUFFIX}"):
            try:
                found[UUID(path.stem)] = path.stat().st_mtime
            except (ValueError, FileNotFoundError):
                continue
        return found

    def _lock(self, upload_id: UUID) -> int:
        """A handle of the draft, locked. One that was removed before we had its lock is not the draft any more."""
        while True:
            handle = self._open(upload_id)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(handle).st_nlink:
                    return handle
            except BlockingIOError:
                os.close(handle)
                raise Locked("这个文件正由另一个连接上传，请稍候再试。") from None
            os.close(handle)

    def _open(self, upload_id: UUID) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        try:
            return os.open(self._path(upload_id), flags, 0o600)
        except FileNotFoundError:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            return os.open(self._path(upload_id), flags, 0o600)

    def _path(self, upload_id: UUID) -> Path:
        return self.root / f"{upload_id}{SUFFIX}"
