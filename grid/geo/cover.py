"""Is a set of polygons a partition of an outline: no gap, no overlap, nothing outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from grid.geo.shapes import area_m2

K = TypeVar("K")
Shapes = NDArray[Any]


class Flaw(StrEnum):
    """What is wrong with a cover."""

    GAP = "gap"
    OVERLAP = "overlap"
    OUTSIDE = "outside"

    @property
    def label(self) -> str:
        """Words for people."""
        return {"gap": "空隙", "overlap": "重叠", "outside": "出界"}[self]


@dataclass(frozen=True)
class Finding(Generic[K]):
    """One flaw: the polygons concerned (for a gap its neighbours), where it is (degrees) and how large."""

    flaw: Flaw
    keys: tuple[K, ...]
    shape: BaseGeometry
    area_m2: float


def findings(
    outline: BaseGeometry, parts: Mapping[K, BaseGeometry], tolerance_m2: float = 1.0
) -> list[Finding[K]]:
    """What keeps ``parts`` from being a partition of ``outline``, largest first within a kind; else empty.

    tolerance_m2: what gaps, overlaps and outside pieces may each add up to over the whole outline; outlines
    digitised with shared vertices need none, the default swallows rounding to 6 decimals.
    """
    keys: list[K] = list(parts)
    shapes: Shapes = np.array([parts[key] for key in keys], dtype=object)
    tree = shapely.STRtree(shapes)
    return [
        *_considerable(_gaps(outline, keys, shapes, tree), tolerance_m2),
        *_considerable(_overlaps(keys, shapes, tree), tolerance_m2),
        *_considerable(_outside(outline, keys, shapes), tolerance_m2),
    ]


def overlaps(parts: Mapping[K, BaseGeometry], tolerance_m2: float = 1.0) -> list[Finding[K]]:
    """Where any two of these polygons overlap, largest first."""
    keys: list[K] = list(parts)
    shapes: Shapes = np.array([parts[key] for key in keys], dtype=object)
    return list(_considerable(_overlaps(keys, shapes, shapely.STRtree(shapes)), tolerance_m2))


def _gaps(outline: BaseGeometry, keys: list[K], shapes: Shapes, tree: shapely.STRtree) -> Iterator[Finding[K]]:
    missing = shapely.difference(outline, shapely.union_all(shapes))
    for piece in shapely.get_parts(missing):
        around = tuple(keys[i] for i in sorted(tree.query(piece, predicate="intersects").tolist()))
        yield Finding(Flaw.GAP, around, piece, area_m2(piece))


def _overlaps(keys: list[K], shapes: Shapes, tree: shapely.STRtree) -> Iterator[Finding[K]]:
    left, right = tree.query(shapes, predicate="intersects")
    for i, j in zip(left[left < right].tolist(), right[left < right].tolist(), strict=True):
        common = shapely.intersection(shapes[i], shapes[j])
        if common.area:
            yield Finding(Flaw.OVERLAP, (keys[i], keys[j]), common, area_m2(common))


def _outside(outline: BaseGeometry, keys: list[K], shapes: Shapes) -> Iterator[Finding[K]]:
    shapely.prepare(outline)
    for i in np.flatnonzero(~shapely.covers(outline, shapes)).tolist():
        beyond = shapely.difference(shapes[i], outline)
        yield Finding(Flaw.OUTSIDE, (keys[i],), beyond, area_m2(beyond))


def _considerable(found: Iterable[Finding[K]], tolerance_m2: float) -> Iterator[Finding[K]]:
    """The largest findings, until what is left adds up to no more than the tolerance."""
    ranked = sorted(found, key=lambda each: -each.area_m2)
    rest_m2 = sum(each.area_m2 for each in ranked)
    for each in ranked:
        if rest_m2 <= tolerance_m2:
            return
        yield each
        rest_m2 -= each.area_m2
