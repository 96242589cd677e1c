"""Serving (服务进程): how gunicorn is told to run the application; said once, for the product and its drills.

A request takes a thread while it is worked on, a stream of ``/api/live`` takes one as long as a page stands open.
So there are threads for both, and api/places.py lets no more than ``threads`` requests work at once: memory and
connections are those of ``threads``, whatever waits.
"""

from __future__ import annotations

from collections.abc import Mapping

WORKERS, THREADS, STREAMS = 2, 8, 64
GRACE_S = 10
# Threads with a heap each keep 30 MB more in a worker than with two heaps between them (glibc).
HEAPS = {"MALLOC_ARENA_MAX": "2"}


def arguments(bind: str, workers: int = WORKERS, threads: int = THREADS, streams: int = STREAMS) -> list[str]:
    """What follows ``python -m gunicorn`` but the application. threads, streams: of each worker."""
    return [
        "--bind",
        bind,
        "--worker-class",
        "api.worker.Worker",
        "--workers",
        str(workers),
        "--threads",
        str(threads + streams),
        "--graceful-timeout",
        str(GRACE_S),
        "--no-control-socket",
        "--logger-class",
        "api.server_log.ServerLog",
        "--preload",  # loaded once, not once a worker: ready in half the time, and memory is shared
        "--keep-alive",
        "75",  # longer than a phone or a proxy leaves a connection unused
    ]


def settings(threads: int = THREADS, streams: int = STREAMS) -> Mapping[str, str]:
    """The environment that belongs to these arguments."""
    return {"WANGGE_THREADS": str(threads), "WANGGE_STREAMS": str(streams)}
