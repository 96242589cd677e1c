"""Outlines (轮廓) of the net as a screen needs them: simplified together, so that neighbours keep one border."""

from __future__ import annotations

import numpy as np
import shapely

from grid import revision
from grid.areas.area import Level
from grid.areas.net import Net
from grid.geo.shapes import Shape

TOLERANCE_DEG = 0.00002  # about 2 m: less than a line on a screen is wide, down to the nearest zoom
PLACES = 6  # decimals of a degree: a decimetre

Outlines = dict[int, Shape]


def simplified(net: Net) -> Outlines:
    """The outlines of all areas by id; kept until the net moves."""
    return _snapshot.get(net.number, lambda: _simplify(net))


def _simplify(net: Net) -> Outlines:
    drawn: dict[Level, dict[int, Shape]] = {}
    for node in net.by_id.values():
        if node.boundary is not None:
            drawn.setdefault(node.level, {})[node.id] = node.boundary
    found: Outlines = {}
    # Areas of one level lie side by side; those of another lie upon them.
    for side_by_side in drawn.values():
        shapes = shapely.coverage_simplify(list(side_by_side.values()), TOLERANCE_DEG)
        rounded = shapely.transform(shapes, lambda points: np.round(points, PLACES))
        found |= dict(zip(side_by_side, rounded, strict=True))
    return found


_snapshot = revision.Snapshot[Outlines](revision.NET)
