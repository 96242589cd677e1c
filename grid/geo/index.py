"""Point → cell in the process, and the refusal of points that cannot be meant."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from typing import Generic, TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from grid.errors import Invalid
from grid.geo import crs

K = TypeVar("K", int, str)
Entry = tuple[float, float, float, float, BaseGeometry, K]
NULL_ISLAND_DEG = 1e-4


class CellIndex(Generic[K]):
    """Cells by place; build it anew when the net changes. Safe to read from many threads.

    Degrees are cut into square tiles, each listing the cells whose bounding box touches it. A tile has the area of
    the mean bounding box, so the table holds at most a few entries per cell however uneven their sizes.
    """

    def __init__(self, cells: Iterable[tuple[K, BaseGeometry]]) -> None:
        ordered = sorted(cells, key=lambda cell: cell[0])
        self._keys: list[K] = [key for key, _ in ordered]
        self._shapes = [shape for _, shape in ordered]
        shapely.prepare(self._shapes)
        inside = shapely.point_on_surface(self._shapes)  # the first question builds GEOS's own index: ask it now,
        shapely.intersects_xy(self._shapes, shapely.get_x(inside), shapely.get_y(inside))  # before threads do
        self._tile_deg = _tile_deg(self._shapes)
        self._tiles: dict[tuple[float, float], list[Entry[K]]] = {}
        for key, shape in ordered:
            self._spread(key, shape)

    def locate(self, lon: float, lat: float) -> K | None:
        """The cell the point lies in or on the edge of, of several the lowest key; None outside all."""
        tile = (lon // self._tile_deg, lat // self._tile_deg)
        for west, south, east, north, shape, key in self._tiles.get(tile, ()):
            if west <= lon <= east and south <= lat <= north and shapely.intersects_xy(shape, lon, lat):
                return key
        return None

    def nearest(self, lon: float, lat: float) -> tuple[K, float]:
        """The nearest cell (of several the lowest key) and the metres to it, 0 inside.

        The metres are infinite where the projection ends, some 80° from 114° E. Raises Invalid without any cell.
        """
        if not self._keys:
            raise Invalid("还没有网格边界，请管理员先导入网格。", field="position")
        east_m, north_m = crs.project(lon, lat)
        if not (math.isfinite(east_m) and math.isfinite(north_m)):
            return self._keys[0], math.inf
        found, metres = self._metric_tree.query_nearest(shapely.Point(east_m, north_m), return_distance=True)
        return self._keys[int(found.min())], float(metres[0])

    @cached_property
    def _metric_tree(self) -> shapely.STRtree:
        return shapely.STRtree([shapely.transform(shape, crs.project_all) for shape in self._shapes])

    def _spread(self, key: K, shape: BaseGeometry) -> None:
        west, south, east, north = shape.bounds
        for x in range(int(west // self._tile_deg), int(east // self._tile_deg) + 1):
            for y in range(int(south // self._tile_deg), int(north // self._tile_deg) + 1):
                self._tiles.setdefault((x, y), []).append((west, south, east, north, shape, key))


def refuse_absurd(lon: float, lat: float, index: CellIndex[K], far_m: float) -> None:
    """Raise Invalid for a point nobody means: not finite, (0, 0), swapped, out of range, or ``far_m`` away.

    lon, lat: CGCS2000 degrees.
    """
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise Invalid("坐标不是有效的数字，请重新定位。", field="position")
    if abs(lon) < NULL_ISLAND_DEG and abs(lat) < NULL_ISLAND_DEG:
        raise Invalid("没有取得定位（坐标为 0, 0）。请打开定位权限再试，或在地图上点选位置。", field="position")
    away_m = _away_m(lon, lat, index)
    if away_m <= far_m:
        return
    if _away_m(lat, lon, index) <= far_m:
        raise Invalid(f"经度和纬度写反了（经度 {lon:g}，纬度 {lat:g}），请对调后再提交。", field="position")
    if not _in_range(lon, lat):
        raise Invalid("坐标超出范围（经度 ±180，纬度 ±90），请重新定位，或在地图上点选位置。", field="position")
    far = f"约 {away_m / 1000:.0f} 公里" if math.isfinite(away_m) else "很远"
    raise Invalid(f"位置离服务范围{far}，请重新定位，或在地图上点选位置。", field="position")


def _away_m(lon: float, lat: float, index: CellIndex[K]) -> float:
    """Metres to the nearest cell; infinite for what is no place on earth."""
    if not _in_range(lon, lat):
        return math.inf
    return 0.0 if index.locate(lon, lat) is not None else index.nearest(lon, lat)[1]


def _in_range(lon: float, lat: float) -> bool:
    return abs(lon) <= 180 and abs(lat) <= 90


def _tile_deg(shapes: list[BaseGeometry]) -> float:
    """Side of the square with the area of the mean bounding box."""
    if not shapes:
        return 1.0
    boxes = [shape.bounds for shape in shapes]
    return math.sqrt(sum((east - west) * (north - south) for west, south, east, north in boxes) / len(boxes))
