"""Sweep (清理): files that no row speaks of go, a day after they were last put.

An upload puts its files first and its row afterwards, and it may put the very bytes that lie there from a failed
try. So a file is moved aside before it is removed, and moved back if it turns out to have been put again meanwhile
or to have a row. Whoever puts it in that moment finds nothing there and writes it anew. One sweep at a time.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from grid.errors import Conflict
from grid.media.store import SUFFIXES, MediaStore

ASIDE = ".aside-"
FILE = re.compile("([0-9a-f]{64})(?:" + "|".join(map(re.escape, SUFFIXES.values())) + ")")

Referenced = Callable[[set[str]], set[str]]  # which of these names a row speaks of, asked of the database anew


class Swept(NamedTuple):
    """What a folder gave up."""

    files: int
    bytes: int


@contextmanager
def alone(store: MediaStore) -> Iterator[None]:
    """Keep other sweeps out: two would undo each other's moves. Raises Conflict when one runs."""
    store.root.mkdir(parents=True, exist_ok=True)
    with (store.root / ".sweep").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("另一个清理正在进行，请等它结束后再试。") from error
        yield


def folders(store: MediaStore) -> list[Path]:
    """The folders of the store; each can be swept by itself."""
    return sorted(path for path in store.root.glob("[0-9a-f][0-9a-f]") if path.is_dir())


def unreferenced(folder: Path, referenced: Referenced, older_than: timedelta) -> list[Path]:
    """Files that would go now."""
    limit = time.time() - older_than.total_seconds()
    old = {path: found[1] for path, found in _files(folder) if _put_at(path) < limit}
    kept = referenced(set(old.values())) if old else set()
    return sorted(path for path, name in old.items() if name not in kept)


def sweep(folder: Path, referenced: Referenced, older_than: timedelta) -> Swept:
    """Remove the files of a folder that no row speaks of and nobody has put lately. Safe beside uploads."""
    _finish(folder)
    limit = time.time() - older_than.total_seconds()
    aside = [moved for path in unreferenced(folder, referenced, older_than) if (moved := _move_aside(path))]
    kept = referenced({_name(path) for path in aside}) if aside else set()
    files = size = 0
    for path in aside:
        if _name(path) in kept or _put_at(path) >= limit:
            _move_back(path)
        else:
            size += path.stat().st_size
            path.unlink()
            files += 1
    return Swept(files, size)


def _finish(folder: Path) -> None:
    """Move back what a sweep that died had moved aside."""
    for path in folder.glob(f"{ASIDE}*"):
        _move_back(path)


def _files(folder: Path) -> Iterator[tuple[Path, re.Match[str]]]:
    for path in folder.iterdir():
        if found := FILE.fullmatch(path.name):
            yield path, found


def _name(aside: Path) -> str:
    return aside.name.removeprefix(ASIDE)[:64]


def _move_aside(path: Path) -> Path | None:
    moved = path.with_name(ASIDE + path.name)
    try:
        os.rename(path, moved)
    except FileNotFoundError:
        return None
    return moved


def _move_back(aside: Path) -> None:
    """To its own name again, unless somebody has put it anew: theirs is as good, and may be better."""
    with suppress(FileExistsError, FileNotFoundError):
        os.link(aside, aside.with_name(aside.name.removeprefix(ASIDE)))
    aside.unlink(missing_ok=True)


def _put_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
