"""What processes cost, read from /proc: processor time and memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_s(root: int) -> float:
    """Processor seconds that a process and its living and ended children have used."""
    return sum(_spent_s(pid) for pid in family(root))


def family(root: int) -> Iterator[int]:
    """A process and its children, whatever sessions they opened."""
    yield root
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == root:
            yield int(stat.parent.name)


def rss_mb(pid: int) -> float:
    """Resident memory of one process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_MB


def _spent_s(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in told[11:15]) * TICK_S
