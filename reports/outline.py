"""Outlines (轮廓) of areas as reportlab paths, holes left empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from reportlab.graphics.shapes import Path
from reportlab.lib.colors import Color
from shapely import Polygon

from grid.geo.shapes import Shape

EVEN_ODD: Literal[0] = 0  # reportlab: holes stay empty whichever way their ring runs
Put = Callable[[float, float], tuple[float, float]]  # metres to points on paper


def outline(shape: Shape, put: Put, fill: Color | None, line: Color, width: float) -> Path:
    """The outline of a shape in metres. fill: None leaves it empty; width: of the line, points."""
    path = Path(fillColor=fill, strokeColor=line, strokeWidth=width, strokeLineJoin=1, fillMode=EVEN_ODD)
    for polygon in [shape] if isinstance(shape, Polygon) else shape.geoms:
        for ring in (polygon.exterior, *polygon.interiors):
            first, *others = [put(x, y) for x, y in ring.coords]
            path.moveTo(*first)
            for point in others[:-1]:
                path.lineTo(*point)
            path.closePath()
    return path


def largest(shape: Shape) -> Polygon:
    """Its largest part."""
    return shape if isinstance(shape, Polygon) else max(shape.geoms, key=lambda part: part.area)
