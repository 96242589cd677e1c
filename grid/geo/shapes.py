"""Polygons: read from GeoJSON (RFC 7946) and written back, checked, measured, to and from WKB bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

from grid.errors import Invalid
from grid.geo import crs

Shape = Polygon | MultiPolygon
Box = tuple[float, float, float, float]

FIELD = "boundary"


def read(geojson: Any, place: Callable[[NDArray[Any]], NDArray[Any]] | None = None) -> Shape:
    """The polygon(s) of a GeoJSON geometry, in right-hand order, heights dropped.

    place: brings all points, (n, 2), to degrees when they are in another frame. Raises Invalid, in words for the
    person who drew it, unless closed, valid, not empty and in degrees.
    """
    kind = geojson.get("type") if isinstance(geojson, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise Invalid("边界应为 GeoJSON 的 Polygon 或 MultiPolygon，请检查文件。", field=FIELD)
    try:
        polygons = [geojson["coordinates"]] if kind == "Polygon" else list(geojson["coordinates"])
        rings = [[[_position(p) for p in ring] for ring in polygon] for polygon in polygons]
    except (KeyError, TypeError, ValueError, IndexError, OverflowError):
        raise Invalid("边界的坐标读不懂：每个点应为 [经度, 纬度]。", field=FIELD) from None
    if place is not None:
        rings = _placed(rings, place)
    parts = [_polygon(each) for each in rings]
    shape = check(parts[0] if kind == "Polygon" else MultiPolygon(parts))
    return shapely.orient_polygons(shape)


def check(shape: Shape) -> Shape:
    """The same shape; raises Invalid when it is empty, not valid or not in degrees."""
    if shape.is_empty:
        raise Invalid("边界是空的，请至少画出一个面。", field=FIELD)
    west, south, east, north = shape.bounds
    if not (-180 <= west and east <= 180 and -90 <= south and north <= 90):
        raise Invalid("边界坐标不是经纬度，请先转换为 CGCS2000 经纬度（经度在前）。", field=FIELD)
    if not shape.is_valid:
        if shape.convex_hull.area == 0:
            raise Invalid("边界的点都在一条线上，面积为零。", field=FIELD)
        raise Invalid(_fault(shapely.is_valid_reason(shape)), field=FIELD)
    return shape


def geojson(shape: Shape) -> dict[str, Any]:
    """The shape as a GeoJSON geometry, outer rings anticlockwise."""
    return dict(shapely.orient_polygons(shape).__geo_interface__)


def metric(shape: Shape) -> Shape:
    """The shape in metres, EPSG:4547."""
    return shapely.transform(shape, crs.project_all)


def area_m2(shape: Shape) -> float:
    return float(metric(shape).area)


def length_m(shape: Shape) -> float:
    """Length of the outline, holes included."""
    return float(metric(shape).length)


def bbox(shape: Shape) -> Box:
    """West, south, east, north in degrees."""
    west, south, east, north = shape.bounds
    return west, south, east, north


def to_wkb(shape: Shape) -> bytes:
    return shapely.to_wkb(shape, output_dimension=2, byte_order=1)


def from_wkb(data: bytes) -> Shape:
    shape = shapely.from_wkb(data)
    if not isinstance(shape, Polygon | MultiPolygon):
        raise TypeError(f"a boundary column holds a {shape.geom_type}")
    return shape


def _position(point: Iterable[Any]) -> tuple[float, float]:
    lon, lat, *_ = point
    if isinstance(lon, str | bool) or isinstance(lat, str | bool):
        raise TypeError("a coordinate is a number")
    return float(lon), float(lat)


def _placed(
    polygons: list[list[list[tuple[float, float]]]], place: Callable[[NDArray[Any]], NDArray[Any]]
) -> list[list[list[tuple[float, float]]]]:
    points = [point for polygon in polygons for ring in polygon for point in ring]
    placed = iter(place(np.array(points, dtype=float)).tolist() if points else ())
    return [[[tuple(next(placed)) for _ in ring] for ring in polygon] for polygon in polygons]


def _polygon(rings: list[list[tuple[float, float]]]) -> Polygon:
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise Invalid("边界没有闭合：每一圈至少四个点，最后一点应与第一点相同。", field=FIELD)
    return Polygon(rings[0], rings[1:]) if rings else Polygon()


def _fault(reason: str) -> str:
    """GEOS's complaint, e.g. ``Self-intersection[114.7 22.9]``, in words with the place."""
    place = re.search(r"\[(\S+) (\S+)\]", reason)
    where = f"（经度 {float(place[1]):.6f}，纬度 {float(place[2]):.6f} 附近）" if place else ""
    what = "边界自相交" if "ntersection" in reason else "边界画得不对"
    return f"{what}{where}，请修改后再保存。"
