"""Mending (对齐) of hand-drawn partitions: slivers too thin to mean anything are clipped, filled or cut off.

What is wider than a sliver is left as it is; cover.py finds it, and people decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from grid.geo.cover import Flaw
from grid.geo.shapes import Shape, area_m2, length_m

K = TypeVar("K", int, str)
SLIVER_M = 1.0  # mean width: nobody draws a grid that thin
SLIVER_M2 = 2_000.0
GRAIN_DEG = 1e-9  # a tenth of a millimetre
REACH_DEG = 1e-7  # two outlines nearer than this share a border


@dataclass(frozen=True, slots=True)
class Repair(Generic[K]):
    """What was mended: of which polygon, against which other (None: the outline), how much."""

    flaw: Flaw
    key: K
    other: K | None
    area_m2: float


def is_sliver(piece: Polygon) -> bool:
    """Is it thin enough to be an accident of drawing?"""
    area = area_m2(piece)
    return area <= SLIVER_M2 and 2 * area <= SLIVER_M * length_m(piece)


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of whatever an overlay gave: lines and points it left are no area."""
    found: list[Polygon] = []
    for part in shapely.get_parts(shape).tolist():
        if isinstance(part, Polygon):
            found += [part] if part.area else []
        elif part.geom_type == "GeometryCollection" or isinstance(part, MultiPolygon):
            found += polygons(part)
    return found


def solid(shape: BaseGeometry) -> Shape:
    """One polygon, or several, without what is no area."""
    parts = polygons(shape)
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def overlaps(parts: dict[K, Shape], fixed: Collection[K]) -> Iterator[Repair[K]]:
    """Clip thin overlaps, in ``parts`` itself: the later of two gives way, unless it is ``fixed``."""
    keys: list[K] = list(parts)
    tree = shapely.STRtree(_array(parts))
    left, right = tree.query(_array(parts), predicate="intersects")
    for i, j in sorted((i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True) if i < j):
        stays, yields = (keys[i], keys[j]) if keys[j] not in fixed else (keys[j], keys[i])
        if yields in fixed:
            continue
        common = polygons(shapely.intersection(parts[stays], parts[yields]))
        if common and all(is_sliver(piece) for piece in common):
            parts[yields] = solid(shapely.difference(parts[yields], parts[stays], grid_size=GRAIN_DEG))
            yield Repair(Flaw.OVERLAP, yields, stays, sum(map(area_m2, common)))


def edges(outline: Shape, parts: dict[K, Shape], fixed: Collection[K]) -> Iterator[Repair[K]]:
    """Cut off what stands thinly outside the outline, then fill thin gaps from the neighbour that borders most."""
    yield from _outside(outline, parts, fixed)
    yield from _gaps(outline, parts, fixed)


def _outside(outline: Shape, parts: dict[K, Shape], fixed: Collection[K]) -> Iterator[Repair[K]]:
    for key in [key for key in parts if key not in fixed]:
        beyond = polygons(shapely.difference(parts[key], outline))
        if beyond and all(is_sliver(piece) for piece in beyond):
            parts[key] = solid(shapely.intersection(parts[key], outline, grid_size=GRAIN_DEG))
            yield Repair(Flaw.OUTSIDE, key, None, sum(map(area_m2, beyond)))


def _gaps(outline: Shape, parts: dict[K, Shape], fixed: Collection[K]) -> Iterator[Repair[K]]:
    missing = shapely.difference(outline, shapely.union_all(_array(parts)))
    for piece in polygons(missing):
        taker = _neighbour(piece, parts, fixed) if is_sliver(piece) else None
        if taker is not None:
            filled = shapely.union(parts[taker], shapely.buffer(piece, GRAIN_DEG), grid_size=GRAIN_DEG)
            parts[taker] = solid(shapely.intersection(filled, outline, grid_size=GRAIN_DEG))
            yield Repair(Flaw.GAP, taker, None, area_m2(piece))


def _neighbour(piece: Polygon, parts: Mapping[K, Shape], fixed: Collection[K]) -> K | None:
    """Which polygon may take the piece: the one it borders longest."""
    around = shapely.buffer(piece, REACH_DEG)
    shares = {
        key: float(shapely.area(shapely.intersection(around, parts[key]))) for key in parts if key not in fixed
    }
    best = max(shares, key=lambda key: shares[key], default=None)
    return best if best is not None and shares[best] > 0 else None


def _array(parts: Mapping[K, Shape]) -> NDArray[Any]:
    return np.array(list(parts.values()), dtype=object)
