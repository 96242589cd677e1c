"""A net of crooked grids, as large as a city's, and how it is planted into a street."""

from __future__ import annotations

import random
from datetime import date

from shapely import Polygon

from grid.areas import area as areas
from grid.areas.area import Area

SIDE = 71
STEP_DEG = 0.004
WIDTH_DEG = SIDE * STEP_DEG
CORNER = (114.2, 22.6)


def plant(community: Area, number: int, corner: tuple[float, float]) -> None:
    """Hang that many grids under a community, in the caller's transaction. corner: the south-western one."""
    for place, shape in cells(random.Random(1), number, corner):
        areas.add_grid(community, f"第{place}网格", f"441323{place:09}", shape, date(2026, 1, 1))


def cells(chance: random.Random, number: int, corner: tuple[float, float] = CORNER) -> list[tuple[int, Polygon]]:
    """``number`` crooked meshes, at most SIDE², each with its number; neighbours share their wavy edges."""
    knots = {
        (x, y): (
            corner[0] + (x + chance.uniform(-0.3, 0.3)) * STEP_DEG,
            corner[1] + (y + chance.uniform(-0.3, 0.3)) * STEP_DEG,
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

    found = []
    for place in range(number):
        x, y = divmod(place, SIDE)
        ring = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
        line = [point for a, b in zip(ring, ring[1:], strict=False) for point in edge(a, b)[:-1]]
        found.append((place, Polygon(line)))
    return found


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


def corners(found: list[tuple[int, Polygon]]) -> float:
    return sum(len(shape.exterior.coords) - 1 for _, shape in found) / len(found)
