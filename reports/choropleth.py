"""Map of shaded areas (分级设色图): darker is more; the outlines are the net's own, drawn in metres."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from typing import Any

import shapely
from reportlab.graphics.shapes import Drawing, Group
from reportlab.lib.colors import HexColor

from grid.geo.shapes import Shape, geojson, metric
from reports.color import FAINT, INK, MUTED, RAMP, WHITE, box
from reports.dataset import Dataset
from reports.fonts import Typesetter
from reports.outline import largest, outline

SIZE, NAME_SIZE = 8.0, 5.5
TALLEST = 265.0  # points
LEGEND_HEIGHT, LEGEND_ROW = 32.0, 14.0


def bands(most: int) -> list[tuple[int, int]]:
    """Classes of counts, from (0, 0) up: at most five of equal steps above nothing."""
    steps = len(RAMP) - 1
    step = max(1, -(-most // steps))
    found = [(low, low + step - 1) for low in range(1, most + 1, step)]
    return [(0, 0), *found]


def shade(count: int, classes: list[tuple[int, int]]) -> int:
    """Which class a count falls in."""
    return bisect_left([high for _, high in classes], count)


def color(band: int, classes: list[tuple[int, int]]) -> str:
    """The class's colour, each its own; few classes leave the darkest out."""
    if len(classes) == len(RAMP):
        return RAMP[band]
    return RAMP[round(band * (len(RAMP) - 2) / max(1, len(classes) - 1))]


def drawing(dataset: Dataset, width: float, script: Typesetter) -> Drawing:
    """The map with counts written in the areas and a legend below, ``width`` points wide."""
    counts = dict(zip(dataset.column("code"), dataset.column("count"), strict=True))
    classes = bands(max(counts.values(), default=0))
    shapes = {code: metric(shape) for code, shape in dataset.shapes.items()}
    if not shapes:
        return Drawing(width, 1)
    west, south, east, north = _bounds(list(shapes.values()))
    scale = min(width / (east - west), TALLEST / (north - south))
    picture = Drawing(width, (north - south) * scale + LEGEND_HEIGHT)
    x0 = (width - (east - west) * scale) / 2

    def place(x: float, y: float) -> tuple[float, float]:
        return x0 + (x - west) * scale, LEGEND_HEIGHT + (y - south) * scale

    words = Group()
    names = dict(zip(dataset.column("code"), dataset.column("name"), strict=True))
    for code, shape in sorted(shapes.items(), key=lambda each: -each[1].area):
        count = counts.get(code, 0)
        fill = color(shade(count, classes), classes)
        picture.add(outline(shape, place, HexColor(fill), FAINT, 0.4))
        _label(words, script, shape, place, scale, count, short(names.get(code, "")), fill)
    picture.add(words)
    _legend(picture, classes, script)
    return picture


def short(name: str) -> str:
    """A grid's name as far as a map has room: 富祥社区第2网格 → 富祥2."""
    return re.sub("社区|第|网格|居委会|村委会", "", name)


def _label(
    words: Group, script: Typesetter, shape: Shape, place: Any, scale: float, count: int, name: str, fill: str
) -> None:
    """The count over the name in the widest place of an area, as far as they fit."""
    circle = shapely.maximum_inscribed_circle(largest(shape))
    x, y = place(*circle.coords[0])
    radius = circle.length * scale
    room = 2 * math.sqrt(max(0.0, radius**2 - (NAME_SIZE * 1.2) ** 2))
    has_name = 0 < script.width(name, NAME_SIZE) < room
    ink = WHITE if fill in RAMP[4:] else INK
    if count and radius > SIZE * 0.6:
        words.add(script.label(x, y + (1 if has_name else -SIZE / 3), str(count), SIZE, ink, "middle", bold=True))
    if has_name:
        tint = MUTED if fill == RAMP[0] else ink
        words.add(script.label(x, y - (NAME_SIZE if count else 2), name, NAME_SIZE, tint, "middle"))


def _bounds(shapes: list[Shape]) -> tuple[float, float, float, float]:
    boxes = [shape.bounds for shape in shapes]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return west, south, max(box[2] for box in boxes), max(box[3] for box in boxes)


def _legend(picture: Drawing, classes: list[tuple[int, int]], script: Typesetter) -> None:
    """The classes below the map, in a second row where one is too narrow."""
    x, y = 0.0, LEGEND_HEIGHT - LEGEND_ROW
    for band, (low, high) in enumerate(classes):
        words = _words(low, high)
        width = 15 + script.width(words, 8)
        if x + width > picture.width:
            x, y = 0.0, y - LEGEND_ROW
        picture.add(box(x, y, 12, 8, color(band, classes), FAINT))
        picture.add(script.label(x + 15, y + 1, words, 8, MUTED))
        x += width + 10


def _words(low: int, high: int) -> str:
    return f"{low}件" if low == high else f"{low}–{high}件"


def features(dataset: Dataset) -> dict[str, Any]:
    """The outlines as GeoJSON (RFC 7946; lon/lat, CGCS2000 degrees) with name and count."""
    rows = {row[0]: row for row in zip(*(dataset.column(c) for c in ("code", "name", "count")), strict=True)}
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": code,
                "properties": {"code": code, "name": rows[code][1], "count": rows[code][2]},
                "geometry": geojson(shape),
            }
            for code, shape in dataset.shapes.items()
        ],
    }


def option(dataset: Dataset) -> dict[str, Any]:
    """The map as an ECharts option; the page registers ``features`` under the name ``brief`` first."""
    classes = bands(max(dataset.column("count"), default=0))
    pieces = [
        {"min": low, "max": high, "color": color(band, classes), "label": _words(low, high)}
        for band, (low, high) in enumerate(classes)
    ]
    return {
        "title": {"text": dataset.finding},
        "tooltip": {"trigger": "item"},
        "aria": {"enabled": True},
        "visualMap": {"type": "piecewise", "pieces": pieces, "orient": "horizontal", "left": 0, "bottom": 0},
        "series": [
            {
                "type": "map",
                "map": "brief",
                "nameProperty": "code",
                "label": {"show": False},
                "data": [
                    {"name": code, "value": count, "text": name}
                    for code, name, count in zip(
                        *(dataset.column(c) for c in ("code", "name", "count")), strict=True
                    )
                    if code in dataset.shapes
                ],
            }
        ],
    }
