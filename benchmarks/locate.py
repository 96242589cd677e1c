"""Point → unit grid, in process, over 5,000 cells."""

from __future__ import annotations

import random
import time
from statistics import median

from shapely import Polygon

from benchmarks.table import Table
from grid.geo.index import CellIndex

CELLS = 5_000
POINTS = 20_000
RUNS = 5
BAR_US = 10.0
SIDE = 71  # a net of 71 × 71 knots has at least CELLS meshes
STEP_DEG = 0.004
CORNER = (114.2, 22.6)


def measure() -> Table:
    """Microseconds a point, run by run."""
    chance = random.Random(1)
    cells = _cells(chance)
    index = CellIndex(cells)
    table = Table(
        "Point to grid",
        f"one call a point, {POINTS:,} random points over {len(cells):,} cells with {_corners(cells):.0f} corners "
        "each on average, in process",
        ("run", "µs a point", "inside"),
    )
    took = [_run(index, chance, table, number) for number in range(1, RUNS + 1)]
    table.judge("median", f"{median(took):.1f} µs", f"≤ {BAR_US:.0f} µs", median(took) <= BAR_US)
    return table


def _run(index: CellIndex[int], chance: random.Random, table: Table, number: int) -> float:
    points = [
        (CORNER[0] + chance.uniform(0, SIDE * STEP_DEG), CORNER[1] + chance.uniform(0, SIDE * STEP_DEG))
        for _ in range(POINTS)
    ]
    begin = time.perf_counter()
    found = [index.locate(lon, lat) for lon, lat in points]
    us = (time.perf_counter() - begin) / POINTS * 1e6
    table.add(number, f"{us:.1f}", f"{sum(key is not None for key in found) / POINTS:.0%}")
    return us


def _cells(chance: random.Random) -> list[tuple[int, Polygon]]:
    """A net of crooked meshes: neighbours share their wavy edges."""
    knots = {
        (x, y): (
            CORNER[0] + (x + chance.uniform(-0.3, 0.3)) * STEP_DEG,
            CORNER[1] + (y + chance.uniform(-0.3, 0.3)) * STEP_DEG,
        )
        for x in range(SIDE + 1)
        for y in range(SIDE + 1)
    }
    edges: dict[tuple[tuple[int, int], tuple[int, int]], list[tuple[float, float]]] = {}

    def edge(a: tuple[int, int], b: tuple[int, int]) -> list[tuple[float, float]]:
        key = (min(a, b), max(a, b))
        if key not in edges:
            edges[key] = _wave(knots[key[0]], knots[key[1]], chance)
        return edges[key] if key[0] == a else edges[key][::-1]

    cells = []
    for number in range(CELLS):
        x, y = divmod(number, SIDE)
        ring = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
        line = [point for a, b in zip(ring, ring[1:], strict=False) for point in edge(a, b)[:-1]]
        cells.append((number, Polygon(line)))
    return cells


def _wave(a: tuple[float, float], b: tuple[float, float], chance: random.Random) -> list[tuple[float, float]]:
    parts = 10
    inner = [
        (
            a[0] + (b[0] - a[0]) * n / parts + chance.uniform(-0.04, 0.04) * STEP_DEG,
            a[1] + (b[1] - a[1]) * n / parts + chance.uniform(-0.04, 0.04) * STEP_DEG,
        )
        for n in range(1, parts)
    ]
    return [a, *inner, b]


def _corners(cells: list[tuple[int, Polygon]]) -> float:
    return sum(len(shape.exterior.coords) - 1 for _, shape in cells) / len(cells)
