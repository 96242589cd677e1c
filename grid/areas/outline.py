"""Outlines (轮廓) of the net as a screen needs them: simplified together, so that neighbours keep one border."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import shapely

from grid import revision
from grid.areas.net import Net
from grid.geo.shapes import Shape

TOLERANCE_DEG = 0.00002  # about 2 m: less than a line on a screen is wide, down to the nearest zoom
PLACES = 6  # decimals of a degree: a decimetre

Outlines = dict[int, Shape]


def simplified(net: Net) -> Outlines:
    """The outlines of all areas by id; kept until the net moves."""
    return _snapshot.get(net.number, lambda: _simplify(net))


def _simplify(net: Net) -> Outlines:
    drawn = [node for node in net.by_id.values() if node.boundary is not None]
    found: Outlines = {}
    # Areas of one level lie side by side; those of another lie upon them.
    for _, group in groupby(sorted(drawn, key=lambda node: node.level), key=lambda node: node.level):
        nodes = list(group)
        shapes = shapely.coverage_simplify([node.boundary for node in nodes], TOLERANCE_DEG)
        rounded = shapely.transform(shapes, lambda points: np.round(points, PLACES))
        found |= {node.id: shape for node, shape in zip(nodes, rounded, strict=True)}
    return found


_snapshot = revision.Snapshot[Outlines](revision.NET)
