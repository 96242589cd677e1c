"""Datums (坐标系) to the storage frame, and the local metric projection; (lon, lat) in degrees, else said.

Storage is CGCS2000 (EPSG:4490). WGS-84 differs from it by decimetres and is kept as it is; GCJ-02 (AMap, Tencent)
and BD-09 (Baidu) are shifted back by the public algorithm, which leaves points outside China alone. Surveyors hand
over (east, north) in metres of EPSG:4547; what may be wrong with such numbers is judged in frame.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

AXIS_M, ECCENTRICITY2 = 6378245.0, 0.00669342162296594323  # Krasovsky ellipsoid, as the algorithm has it
BAIDU_PI = math.pi * 3000 / 180
SETTLED_DEG = 1e-12

_TO_METRES = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4547", always_xy=True)
_GEOD = pyproj.Geod(ellps="GRS80")  # CGCS2000's ellipsoid to 0.1 mm

Pair = tuple[float, float]


class Datum(StrEnum):
    """Coordinate system (坐标系) a position is given in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"
    CGCS2000 = "cgcs2000"
    GK114 = "cgcs2000_gk114"  # EPSG:4547: east and north in metres, central meridian 114° E, no zone number

    @property
    def label(self) -> str:
        """Words for people."""
        return _LABELS[self]


_LABELS = {
    Datum.WGS84: "WGS-84（手机定位、GPS）",
    Datum.GCJ02: "GCJ-02（高德、腾讯地图）",
    Datum.BD09: "BD-09（百度地图）",
    Datum.CGCS2000: "CGCS2000 经纬度（天地图、政务底图）",
    Datum.GK114: "CGCS2000 投影坐标（3 度带，中央经线 114°，单位米）",
}
DEGREES = tuple(datum for datum in Datum if datum is not Datum.GK114)


def to_storage(lon: float, lat: float, datum: Datum) -> Pair:
    """The position in CGCS2000 degrees; never refuses, see index.py and frame.py for that.

    lon, lat: for GK114 easting and northing in metres.
    """
    match datum:
        case Datum.GK114:
            return unproject(lon, lat) if (lon, lat) != (0.0, 0.0) else (0.0, 0.0)  # still no fix
        case Datum.GCJ02:
            return gcj02_to_wgs84(lon, lat)
        case Datum.BD09:
            return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
        case Datum.WGS84 | Datum.CGCS2000:
            return lon, lat


def wgs84_to_gcj02(lon: float, lat: float) -> Pair:
    if not _in_china(lon, lat):
        return lon, lat
    east_m, north_m = _offset_m(lon - 105, lat - 35)
    phi = math.radians(lat)
    magic = 1 - ECCENTRICITY2 * math.sin(phi) ** 2
    meridian_m = AXIS_M * (1 - ECCENTRICITY2) / magic**1.5
    parallel_m = AXIS_M / math.sqrt(magic) * math.cos(phi)
    return lon + math.degrees(east_m / parallel_m), lat + math.degrees(north_m / meridian_m)


def gcj02_to_wgs84(lon: float, lat: float) -> Pair:
    return _undo(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> Pair:
    if not _in_china(lon, lat):
        return lon, lat
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * BAIDU_PI)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * BAIDU_PI)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> Pair:
    return _undo(gcj02_to_bd09, lon, lat)


def project(lon: float, lat: float) -> Pair:
    """Easting and northing in metres, EPSG:4547 (3° zone, 114° E); infinite where the projection has no answer."""
    return _TO_METRES.transform(lon, lat)


def unproject(east_m: float, north_m: float) -> Pair:
    return _TO_METRES.transform(east_m, north_m, direction="INVERSE")


def project_all(lonlat: NDArray[Any]) -> NDArray[Any]:
    """The same for an array of shape (n, 2)."""
    return np.column_stack(_TO_METRES.transform(lonlat[:, 0], lonlat[:, 1]))


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Metres along the ellipsoid."""
    return float(_GEOD.inv(lon1, lat1, lon2, lat2)[2])


def _in_china(lon: float, lat: float) -> bool:
    """The rectangle the public algorithm shifts in (false for NaN)."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _offset_m(x: float, y: float) -> Pair:
    """GCJ-02's offset towards east and north in the algorithm's metres, ``x, y`` counted from 105° E 35° N."""
    ripple = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (ripple + _waves(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (ripple + _waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))) * 2 / 3
    return east, north


def _waves(value: float, *terms: tuple[float, float]) -> float:
    return sum(height * math.sin(value * frequency * math.pi) for height, frequency in terms)


def _undo(forward: Callable[[float, float], Pair], lon: float, lat: float) -> Pair:
    """The point ``forward`` brings to (lon, lat), to 1e-10 degree; the shift changes slowly, so five rounds do."""
    x, y = lon, lat
    for _ in range(20):
        moved_x, moved_y = forward(x, y)
        x, y = x + lon - moved_x, y + lat - moved_y
        if abs(moved_x - lon) < SETTLED_DEG and abs(moved_y - lat) < SETTLED_DEG:
            break
    return x, y
