"""A file of outlines: what it says is read, what is wrong is said of the very outline."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import shapely
from shapely import box

from grid.areas import drawing
from grid.areas.area import Level
from grid.errors import Invalid
from grid.geo import crs, shapes
from grid.geo.crs import Datum
from tests.factories.drawing import make_feature, make_map

SQUARE = box(114.70, 22.90, 114.71, 22.91)


def ring(*points: tuple[Any, ...]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(points)]}


def test_chinese_and_english_names_and_codes_typed_as_numbers_are_read() -> None:
    told = make_map(
        make_feature(SQUARE, 层级="社区", 代码=441323002001.0, 名称="大岭社区"),
        make_feature(SQUARE, code=441323002001001, community="441323002001", name="甲", kind="专属网格"),
    )

    [community, cell] = drawing.read(told).outlines

    assert (community.level, community.code, community.name) == (Level.COMMUNITY, "441323002001", "大岭社区")
    assert (cell.level, cell.code, cell.parent, cell.kind) == (
        Level.GRID,
        "441323002001001",
        "441323002001",
        "special",
    )
    assert not community.faults + cell.faults


@pytest.mark.parametrize("datum", Datum)
def test_every_datum_comes_to_the_same_place(datum: Datum) -> None:
    def away(lon: float, lat: float) -> tuple[float, float]:
        match datum:
            case Datum.GCJ02:
                return crs.wgs84_to_gcj02(lon, lat)
            case Datum.BD09:
                return crs.gcj02_to_bd09(*crs.wgs84_to_gcj02(lon, lat))
            case Datum.GK114:
                return crs.project(lon, lat)
            case _:
                return lon, lat

    told = ring(*(away(*point) for point in SQUARE.exterior.coords))

    [found] = drawing.read(make_map(make_feature(told), crs=None), datum).outlines

    assert found.shape is not None
    assert shapely.hausdorff_distance(found.shape, SQUARE) < 1e-8


A, B, C, D = (114.70, 22.90), (114.71, 22.90), (114.71, 22.91), (114.70, 22.91)


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (ring(A, C, B, D, A), "自相交"),
        (ring(A, B, C, D), "没有闭合"),
        (ring(A, B, A), "没有闭合"),
        (ring(A, B, (114.705, 22.90), A), "面积为零"),
        (ring(A, (114.700001, 22.90), (114.700001, 22.900001), A), "1 平方米"),
        (ring(A, B, (float("nan"), 22.91), A), "有效的数字"),
        (ring(A, B, (float("inf"), 22.91), A), "有效的数字"),
        (ring(A, B, ("114.71", 22.91), A), "读不懂"),
        (ring(A, B, (True, 22.91), A), "读不懂"),
        (ring(A, B, (114.71,), A), "读不懂"),
        (ring(A[::-1], B[::-1], C[::-1], A[::-1]), "写反"),
        ({"type": "Polygon", "coordinates": []}, "空的"),
        ({"type": "Polygon"}, "读不懂"),
        ({"type": "Point", "coordinates": A}, "Polygon"),
        ({"type": "GeometryCollection", "geometries": []}, "Polygon"),
        (None, "Polygon"),
        ({"type": "MultiPolygon", "coordinates": [[[A, B, C, A]], [[A, B, C, A]]]}, "自相交|画得不对"),
        (ring(*((114.7 + i * 1e-7, 22.9 + i % 2 * 1e-7) for i in range(20_002))), "最多 20000 个"),
    ],
)
def test_a_faulty_outline_is_refused_by_itself(geometry: Any, words: str) -> None:
    told = make_map(make_feature(SQUARE, name="好的"), make_feature(geometry, name="坏的"))

    good, bad = drawing.read(told).outlines

    assert good.shape is not None and not good.faults
    assert bad.shape is None
    assert len(bad.faults) == 1
    assert re.search(words, bad.faults[0]), bad.faults
    assert bad.words == "第 2 个（坏的）"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"层级": "片区"}, "层级“片区”"),
        ({"kind": "大"}, "类型“大”"),
        ({"name": "长" * 101}, "太长"),
        ({"name": "甲\u0000乙"}, "不能显示"),
        ({"code": "1" * 40}, "太长"),
    ],
)
def test_what_an_outline_says_wrongly_of_itself(told: dict[str, Any], words: str) -> None:
    [found] = drawing.read(make_map(make_feature(SQUARE, **told))).outlines

    assert any(words in fault for fault in found.faults), found.faults


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "读不懂"),
        (b"\xff\xfe{", "UTF-8"),
        (b"[1]", "FeatureCollection"),
        (b'{"type": "Feature"}', "FeatureCollection"),
        (make_map(), "没有任何图形"),
        (make_map(*[make_feature(SQUARE)] * 5001), "5000"),
        (b"[" * 200_000, "读不懂"),
        (b'{"type": "FeatureCollection", "features": [' + b"9" * 5000 + b"]}", "读不懂"),
        (make_map(make_feature(SQUARE), crs=None), "坐标系"),
        (b" " * (20 * 1024 * 1024 + 1), "20 MB"),
    ],
)
def test_what_is_no_drawing_is_refused_whole(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        drawing.read(data)


def test_numbers_of_another_unit_refuse_the_file_at_the_first_outline() -> None:
    metres = ring(*(crs.project(*point) for point in (A, B, C, A)))

    with pytest.raises(Invalid, match="第 1 个（甲）.*不是经纬度"):
        drawing.read(make_map(make_feature(metres, name="甲")))


def test_features_that_are_none() -> None:
    found = drawing.read(make_map(None, 3, {"type": "Polygon"}, make_feature(SQUARE))).outlines

    assert [bool(each.faults) for each in found] == [True, True, True, False]


def test_no_file_breaks_the_reader_with_huge_numbers() -> None:
    data = make_map(make_feature(ring(A, B, (1e308, 1e308), A))).replace(b"1e+308", b"1" + b"0" * 400)

    [found] = drawing.read(data).outlines

    assert found.shape is None
    assert json.loads(data)
    assert shapes.area_m2(SQUARE) > 1
