"""A free port on loopback, below the range the kernel hands out by itself."""

from __future__ import annotations

import random
import socket

RANGE = (20_000, 32_000)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    for port in random.SystemRandom().sample(range(*RANGE), 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")
