"""Frame (坐标框架) of numbers from outside: which datum they are in, and whether they can be.

A file says it in words (the datum chosen), perhaps in its ``crs`` member, and by its numbers. Where these
disagree, or the numbers are swapped, of another zone or not of China, nothing is guessed: it is refused in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grid.errors import Invalid
from grid.geo.crs import DEGREES, Datum, to_storage

FIELD = "datum"
CHINA = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north
ZONE_M = 1_000_000  # a zone number stands before the seven digits of metres of an easting
ZONE = 38  # 3° zone of 114° E
SIX_DEGREE_ZONES = range(13, 24)
THREE_DEGREE_ZONES = range(25, 46)
FALSE_EAST_M = 500_000
HALF_ZONE_M = 260_000  # 2.5° at 22° N: a zone's own 1.5° and what neighbours lend it
NORTHINGS_M = (330_000, 5_990_000)  # of China
ZONED = "EPSG:4526"  # EPSG:4547 with the zone number before the easting
BY_CRS: dict[str, tuple[Datum, ...]] = {
    "CRS84": DEGREES,  # programs write it for whatever is in degrees
    "EPSG:4326": DEGREES,
    "EPSG:4490": DEGREES,
    "EPSG:4547": (Datum.GK114,),
    ZONED: (Datum.GK114,),
}

Numbers = NDArray[Any]


def settle(member: Any, chosen: Datum | None) -> Datum:
    """The datum of a GeoJSON file from its ``crs`` member and the one chosen.

    Raises Invalid when they disagree, or neither says enough.
    """
    name = _name(member)
    if name is None:
        if chosen is None:
            raise Invalid("没有写明坐标系，请选择坐标系（例如 CGCS2000 经纬度）。", field=FIELD)
        return chosen
    possible = BY_CRS.get(name)
    if possible is None:
        raise Invalid(
            f"文件写的坐标系是 {name}，不能读。请转换为 CGCS2000 经纬度或 EPSG:4547 再导入。", field=FIELD
        )
    if chosen is not None and chosen not in possible:
        raise Invalid(f"文件写的坐标系是 {name}，选的是{chosen.label}，两者不符，请核对。", field=FIELD)
    if chosen is None and name == "CRS84":
        return Datum.WGS84
    return chosen or (
        Datum.WGS84 if name == "EPSG:4326" else Datum.CGCS2000 if name == "EPSG:4490" else Datum.GK114
    )


def _name(member: Any) -> str | None:
    """``{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}`` → EPSG:4547."""
    if member is None:
        return None
    told = member.get("properties", {}) if isinstance(member, Mapping) else None
    name = told.get("name") if isinstance(told, Mapping) else None
    if not isinstance(name, str) or len(name) > 200:
        raise Invalid("文件里的 crs 读不懂，请去掉它并选择坐标系。", field=FIELD)
    if name.upper().endswith("CRS84"):
        return "CRS84"
    found = re.search(r"EPSG:[^:]*:?(\d{4,6})$", name, re.IGNORECASE)
    return f"EPSG:{found[1]}" if found else name


def check(points: Numbers, datum: Datum) -> Numbers:
    """The same points, (n, 2), without zone numbers. Raises Invalid unless all can be meant in ``datum``."""
    if not np.isfinite(points).all():
        raise Invalid("坐标不是有效的数字。")
    return _check_metres(points) if datum is Datum.GK114 else _check_degrees(points)


def store(points: Numbers, datum: Datum) -> Numbers:
    """Checked points in CGCS2000 degrees."""
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return points
    convert = cache(to_storage)  # neighbours share their vertices
    return np.array([convert(x, y, datum) for x, y in points.tolist()])


def _check_degrees(points: Numbers) -> Numbers:
    if _are_in(points, *CHINA):
        return points
    if _are_in(points[:, ::-1], *CHINA):
        raise Invalid("经度和纬度写反了：应是经度在前、纬度在后。")
    if np.abs(points).max() > 180:
        raise Invalid("坐标不是经纬度，像是以米为单位的投影坐标。请选对坐标系，或转换为经纬度。", field=FIELD)
    if np.abs(points).max() < 0.01:
        raise Invalid("坐标是 0, 0，没有取得位置。")
    raise Invalid("坐标不在中国境内，请核对坐标系和数值。")


def _are_in(points: Numbers, west: float, south: float, east: float, north: float) -> bool:
    x, y = points[:, 0], points[:, 1]
    return bool(x.min() >= west and x.max() <= east and y.min() >= south and y.max() <= north)


def _check_metres(points: Numbers) -> Numbers:
    if np.abs(points).max() <= 360:
        raise Invalid("坐标像是经纬度，不是以米为单位的投影坐标。请选对坐标系。", field=FIELD)
    if not _are_of_a_zone(points):
        if _are_of_a_zone(points[:, ::-1]):
            raise Invalid("东坐标和北坐标写反了：应是东坐标在前、北坐标在后（测绘里的 Y 在前、X 在后）。")
        raise Invalid("坐标不在中央经线 114° 的 3 度带里，请核对分带（EPSG:4547）。", field=FIELD)
    zones = np.floor_divide(points[:, 0], ZONE_M)
    zone = int(zones[0])
    if zones.min() != zones.max():
        raise Invalid("东坐标有的带带号、有的不带，或带号不同，请统一。", field=FIELD)
    if zone not in (0, ZONE):
        raise Invalid(_zone_words(zone), field=FIELD)
    bare: Numbers = points - np.array([zone * ZONE_M, 0])
    if np.abs(bare[:, 0] - FALSE_EAST_M).max() > HALF_ZONE_M:
        raise Invalid("坐标不在中央经线 114° 的 3 度带里，请核对分带（EPSG:4547）。", field=FIELD)
    return bare


def _are_of_a_zone(points: Numbers) -> bool:
    """Could these be eastings of some zone of China, with or without its number, and northings?"""
    zones = np.floor_divide(points[:, 0], ZONE_M)
    known = (zones == 0) | ((zones >= SIX_DEGREE_ZONES[0]) & (zones <= THREE_DEGREE_ZONES[-1]))
    south, north = NORTHINGS_M
    return bool(known.all() and points[:, 1].min() >= south and points[:, 1].max() <= north)


def _zone_words(zone: int) -> str:
    if zone in SIX_DEGREE_ZONES:
        return f"东坐标的带号是 {zone}，是 6 度带。请转换为中央经线 114° 的 3 度带（EPSG:4547）或经纬度。"
    if zone in THREE_DEGREE_ZONES:
        return f"东坐标的带号是 {zone}，中央经线 {zone * 3}°。只收 114°（带号 {ZONE}），请转换后再导入。"
    return f"东坐标的带号 {zone} 不对，请核对。"
