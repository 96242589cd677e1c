"""Place map (位置图): the grid's outline, its neighbours, and the point; in metres, north up, with a scale."""

from __future__ import annotations

from typing import Any

import shapely
from reportlab.graphics.shapes import Circle, Drawing, Group, Line, PolyLine
from reportlab.lib.colors import HexColor
from shapely import MultiPolygon, Polygon

from grid.areas import net
from grid.areas.net import Node
from grid.events.event import Event
from grid.geo import crs
from grid.geo.shapes import Shape, metric
from reports.color import FAINT, INK, LINE, MUTED, WHITE
from reports.fonts import Typesetter
from reports.outline import largest, outline

ACCENT = HexColor("#0B5CAD")
FILL = HexColor("#E8F1FA")
STRIP = 13.0  # below the map, for its scale; points
SPARE = 0.08  # of the outline's size, left around it
LEAST_M = 120.0  # a grid of a single building still shows its surroundings
ROUND_M = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def drawing(event: Event, width: float, height: float, script: Typesetter) -> Drawing:
    """The place of a case, ``width`` by ``height`` points. Without an outline: the point alone."""
    snapshot = net.current()
    own = snapshot.node(event.area_id)
    point = crs.project(event.lon, event.lat)
    shape = metric(own.boundary) if own.boundary is not None else None
    window = _window(shape, point, width / (height - STRIP))
    scale = width / (window[2] - window[0])

    def put(x: float, y: float) -> tuple[float, float]:
        return (x - window[0]) * scale, STRIP + (y - window[1]) * scale

    picture = Drawing(width, height)
    for other in _around(snapshot.by_id.values(), own, window):
        picture.add(outline(other, put, None, LINE, 0.5))
    if shape is not None:
        picture.add(outline(shape, put, FILL, ACCENT, 1.6))
        circle = shapely.maximum_inscribed_circle(largest(shape))
        x, y = put(*circle.coords[0])
        picture.add(script.label(x, y - 4, own.name, 7.5, MUTED, "middle"))
    picture.add(_pin(*put(*point)))
    picture.add(_scale(scale, width, script))
    picture.add(
        PolyLine([0, STRIP, width, STRIP, width, height, 0, height, 0, STRIP], strokeColor=FAINT, strokeWidth=0.5)
    )
    return picture


def _window(shape: Shape | None, point: tuple[float, float], ratio: float) -> tuple[float, float, float, float]:
    """West, south, east, north in metres: the outline and the point, of the picture's proportions."""
    corners = [point, *([shape.bounds[:2], shape.bounds[2:]] if shape is not None else [])]
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    tall = max(max(ys) - min(ys), (max(xs) - min(xs)) / ratio, LEAST_M) * (1 + 2 * SPARE)
    wide = tall * ratio
    return middle[0] - wide / 2, middle[1] - tall / 2, middle[0] + wide / 2, middle[1] + tall / 2


def _around(nodes: Any, own: Node, box_m: tuple[float, float, float, float]) -> list[Shape]:
    """Outlines of the areas of the same kind that reach into the window, cut off at its edge."""
    window = shapely.box(*box_m)
    found = []
    for node in nodes:
        if node.boundary is None or node.level is not own.level or node.id == own.id:
            continue
        shape = metric(node.boundary)
        if shape.intersects(window):
            found.append(shape.intersection(window))
    return [shape for shape in found if isinstance(shape, Polygon | MultiPolygon)]


def _pin(x: float, y: float) -> Group:
    """A dot in a ring: seen on white and on the outline, in black and white too."""
    ring = Circle(x, y, 5.5, fillColor=WHITE, strokeColor=INK, strokeWidth=1.2)
    return Group(ring, Circle(x, y, 2.6, fillColor=INK, strokeColor=None))


def _scale(scale: float, width: float, script: Typesetter) -> Group:
    length_m = max((m for m in ROUND_M if m * scale <= width / 3), default=ROUND_M[0])
    end = 1 + length_m * scale
    told = f"{length_m} 米" if length_m < 1000 else f"{length_m // 1000} 公里"
    ticks = [Line(x, 3, x, 8, strokeColor=INK, strokeWidth=0.8) for x in (1, end)]
    bar = Line(1, 5, end, 5, strokeColor=INK, strokeWidth=0.8)
    return Group(bar, *ticks, script.label(end + 4, 2, told, 7, INK))
