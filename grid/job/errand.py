"""Errands (外勤任务): work of the worker whose middle part must not hold the database: calls to other machines.

An errand is taken in a transaction, carried out in a thread that has no database, and settled in a transaction.
Whoever dies in between leaves a lease behind that ends; so an errand is carried out at least once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from grid.db import db, transaction
from grid.errors import DomainError

log = logging.getLogger(__name__)
HANDS = 4
LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Errand:
    """take: what to do next, or None. carry: do it, without a database. settle: write down what became of it."""

    name: str
    take: Callable[[], Any]
    carry: Callable[[Any], Any]
    settle: Callable[[Any, Any], None]


class Errands:
    """The errands of one worker, a few at a time."""

    def __init__(self, errands: Sequence[Errand]) -> None:
        self._errands = errands
        self._pool = ThreadPoolExecutor(HANDS, "errand")
        self._out: dict[Future[Any], tuple[Errand, Any]] = {}
        self._looked_at = 0.0

    def step(self) -> int:
        """Settle what is done and take what is due; returns how much moved."""
        moved = self._settle()
        if not self._errands or (not moved and time.monotonic() - self._looked_at < LOOK_S):
            return moved
        taken = self._take()
        self._looked_at = 0.0 if taken else time.monotonic()
        return moved + taken

    def finish(self) -> None:
        """Wait for what is out, and settle it."""
        while self._out:
            wait(self._out, return_when=FIRST_COMPLETED)
            self._settle()

    def close(self) -> None:
        """Settle what is out, and let the threads go. Without the database their leases end by themselves."""
        try:
            self.finish()
        except OperationalError as error:
            log.error("database error", extra={"error": type(error.orig).__name__})
        self._pool.shutdown()

    def _take(self) -> int:
        taken = 0
        for errand in self._errands:
            while len(self._out) < HANDS:
                try:
                    with transaction():
                        load = errand.take()
                except (DomainError, SQLAlchemyError, LookupError, ValueError) as error:
                    _complain(errand, error)
                    break
                if load is None:
                    break
                self._out[self._pool.submit(errand.carry, load)] = (errand, load)
                taken += 1
        db.session.remove()
        return taken

    def _settle(self) -> int:
        done = [future for future in self._out if future.done()]
        for future in done:
            errand, load = self._out[future]
            # OperationalError goes up: the database is away, and it is settled when it is back.
            failed = future.exception()
            if failed is None:
                failed = self._written(errand, load, future.result())
            if failed is not None:
                _complain(errand, failed)  # its lease ends, and it is done again
            del self._out[future]
        db.session.remove()
        return len(done)

    def _written(self, errand: Errand, load: Any, outcome: Any) -> BaseException | None:
        try:
            with transaction():
                errand.settle(load, outcome)
        except OperationalError:
            raise
        except (DomainError, SQLAlchemyError, LookupError, ValueError) as error:
            return error
        return None


def _complain(errand: Errand, error: BaseException) -> None:
    log.warning("errand failed", extra={"kind": errand.name, "error": type(error).__name__})
