"""Where tests write: in memory if there is room, for making a small database on a disk takes longer than using it.

What is about the disk itself (tests/test_crash.py) asks for a ``disk()``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 only the parent of a folder that mkdtemp makes, with a name nobody can guess
ROOM = 6 << 30  # bytes: a whole run keeps far less, but browsers and databases want to live too
NAME = "wangge-tests-"
TMP = "/tmp"  # noqa: S108 the same: who is told of it makes a folder in it by mkdtemp


@contextmanager
def in_memory() -> Iterator[None]:
    """What is temporary goes to memory inside the block, also that of processes started there; then it is gone.

    Not so where TMPDIR says another place, or there is little memory.
    """
    if "TMPDIR" in os.environ or _room() < ROOM:
        yield
        return
    _remove_what_killed_runs_left()
    folder = tempfile.mkdtemp(prefix=NAME, dir=MEMORY)
    os.chmod(folder, 0o711)  # noqa: S103 PostgreSQL runs as a user of its own: it passes through, and lists nothing
    handle = _lock(folder)
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    try:
        yield
    finally:
        del os.environ["TMPDIR"]
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def disk() -> str:
    """A place for temporary things whose syncs are real, whatever the rest does."""
    usual = tempfile.gettempdir()
    return TMP if Path(usual).is_relative_to(MEMORY) else usual


def _room() -> int:
    """Bytes that may be taken."""
    try:
        told = Path("/proc/meminfo").read_text("ascii").split("MemAvailable:")[1].split()[0]
        return min(int(told) * 1024, shutil.disk_usage(MEMORY).free)
    except (OSError, IndexError):
        return 0


def _lock(folder: str | Path) -> int | None:
    """A handle that holds the folder as long as we live; None if somebody else does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _remove_what_killed_runs_left() -> None:
    for folder in MEMORY.glob(f"{NAME}*"):
        handle = _lock(folder)
        if handle is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)
