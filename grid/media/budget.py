"""Budget: how many decodes may run at once in a process, and how much memory they may take together."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Budget:
    """Places and bytes; who comes first is served first, so that a big photo is not passed over for ever."""

    def __init__(self, places: int, total_bytes: int) -> None:
        self._places, self._free, self._total = places, total_bytes, total_bytes
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def hold(self, need_bytes: int) -> Iterator[None]:
        """Wait for one's turn and hold a place and the memory; more than there is counts as all of it."""
        need = min(need_bytes, self._total)
        self._take(need)
        try:
            yield
        finally:
            with self._changed:
                self._places += 1
                self._free += need
                self._changed.notify_all()

    def _take(self, need: int) -> None:
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            try:
                self._changed.wait_for(
                    lambda: self._queue[0] is ticket and self._places > 0 and self._free >= need
                )
                self._places -= 1
                self._free -= need
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()  # the next in the queue
