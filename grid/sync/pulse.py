"""Pulse (脉搏): one thread a process looks at the head of the change log and wakes those who wait for it to move.

It runs only while somebody listens: nobody there, and the process asks the database nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

BEAT_S = 0.2
log = logging.getLogger(__name__)


class Pulse:
    """The head of the log as this process last saw it. read: asks the database, from any thread."""

    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read
        self._moved = threading.Condition()
        self.head = self._listeners = 0
        self._thread: threading.Thread | None = None
        self.is_closed = False

    def close(self) -> None:
        """Let everybody go within a beat: the process is to stop. A flag and no more, so a signal may call it."""
        self.is_closed = True

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Keep the thread running inside the block."""
        with self._moved:
            self._listeners += 1
            if self._thread is None:
                self.head = 0  # of another time; whoever waits has read for himself
                self._thread = threading.Thread(target=self._watch, name="pulse", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._moved:
                self._listeners -= 1

    def wait(self, seq: int, timeout_s: float) -> bool:
        """Wait until the log has gone past ``seq``; False: it has not, or all are let go."""
        with self._moved:
            self._moved.wait_for(lambda: self.head > seq or self.is_closed, timeout_s)
            return self.head > seq and not self.is_closed

    def _watch(self) -> None:
        while True:
            head = self._look()
            with self._moved:
                self.head = head
                self._moved.notify_all()
                if not self._listeners:
                    self._thread = None
                    return
            time.sleep(BEAT_S)

    def _look(self) -> int:
        try:
            return self._read()
        except SQLAlchemyError as error:
            log.error("change log out of reach", extra={"error": type(error).__name__})
            return self.head
