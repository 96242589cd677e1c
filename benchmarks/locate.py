"""Point → unit grid, in process, over 5,000 cells."""

from __future__ import annotations

import random
import time
from statistics import median

from benchmarks import net
from benchmarks.table import Table
from grid.geo.index import CellIndex

CELLS = 5_000
POINTS = 20_000
RUNS = 5
BAR_US = 10.0


def measure() -> Table:
    """Microseconds a point, run by run."""
    chance = random.Random(1)
    cells = net.cells(chance, CELLS)
    index = CellIndex(cells)
    table = Table(
        "Point to grid",
        f"one call a point, {POINTS:,} random points over {len(cells):,} cells with {net.corners(cells):.0f} "
        "corners each on average, in process",
        ("run", "µs a point", "inside"),
    )
    took = [_run(index, chance, table, number) for number in range(1, RUNS + 1)]
    table.judge("median", f"{median(took):.1f} µs", f"≤ {BAR_US:.0f} µs", median(took) <= BAR_US)
    return table


def _run(index: CellIndex[int], chance: random.Random, table: Table, number: int) -> float:
    points = [
        (net.CORNER[0] + chance.uniform(0, net.WIDTH_DEG), net.CORNER[1] + chance.uniform(0, net.WIDTH_DEG))
        for _ in range(POINTS)
    ]
    begin = time.perf_counter()
    found = [index.locate(lon, lat) for lon, lat in points]
    us = (time.perf_counter() - begin) / POINTS * 1e6
    table.add(number, f"{us:.1f}", f"{sum(key is not None for key in found) / POINTS:.0%}")
    return us
