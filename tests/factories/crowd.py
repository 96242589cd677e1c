"""Several people at once: threads that start together, each with a client and a database session of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Result = TypeVar("Result")


def at_once(deeds: Iterable[Callable[[], Result]]) -> list[Result]:
    """Do all of these at the same moment; their results in the same order. Callers open contexts of their own."""
    wanted = list(deeds)
    barrier = Barrier(len(wanted))

    def do(deed: Callable[[], Result]) -> Result:
        barrier.wait(timeout=30)
        return deed()

    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(do, wanted))
