"""Now, as the product sees it: the one place that asks the operating system for the time.

Under WANGGE_DEMO=1 a small file can drive the clock of every process (a day in minutes, with real hours in its
charts). What protects accounts (token expiry, lockout) always uses ``real_now``.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
YEARS = range(1970, 2101)


def real_now() -> datetime:
    """The operating system's time, aware, UTC."""
    return datetime.now(UTC)


_source: Callable[[], datetime] = real_now


def now() -> datetime:
    """The product's time, aware, UTC."""
    return _source()


def local(moment: datetime) -> datetime:
    """The same moment in local time (Asia/Shanghai)."""
    return moment.astimezone(LOCAL)


def today() -> date:
    """The product's day, as the street counts it."""
    return local(now()).date()


def midnight(day: date) -> datetime:
    """The moment a local day begins, aware, local."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL)


def is_ours(when: date) -> bool:
    """A day or a moment that any calendar of ours and any time zone can hold: sums run over the ends of time."""
    return when.year in YEARS


def use(source: Callable[[], datetime]) -> None:
    """Replace the source of ``now``; tests and the demo clock only."""
    global _source
    _source = source


@contextmanager
def following(source: Callable[[], datetime]) -> Iterator[None]:
    """Let ``now`` follow another source for a while."""
    before = _source
    use(source)
    try:
        yield
    finally:
        use(before)


class DrivenClock:
    """A clock read from a file ``{"at": ISO time, "real": Unix seconds, "rate": seconds per second}``.

    The file is re-read when it changes, so that one process can drive all others.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mtime_ns = -1
        self._at, self._real, self._rate = real_now(), time.time(), 1.0

    def __call__(self) -> datetime:
        try:
            mtime_ns = os.stat(self.path).st_mtime_ns
        except FileNotFoundError:
            return real_now()
        if mtime_ns != self._mtime_ns:
            told = json.loads(self.path.read_text())
            self._at, self._real, self._rate = datetime.fromisoformat(told["at"]), told["real"], told["rate"]
            self._mtime_ns = mtime_ns
        return self._at + timedelta(seconds=(time.time() - self._real) * self._rate)

    def set(self, at: datetime, rate: float = 1.0) -> None:
        """Let all processes that follow this file see ``at`` from now on, running ``rate`` times as fast."""
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps({"at": at.astimezone(UTC).isoformat(), "real": time.time(), "rate": rate}))
        draft.replace(self.path)
