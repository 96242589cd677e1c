"""Polygons read, refused, measured and written."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from grid.errors import Invalid
from grid.geo import shapes

SQUARE = [[114.70, 22.95], [114.71, 22.95], [114.71, 22.96], [114.70, 22.96], [114.70, 22.95]]
BOW = [[114.70, 22.95], [114.71, 22.96], [114.71, 22.95], [114.70, 22.96], [114.70, 22.95]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_polygon_is_read():
    shape = shapes.read(polygon(SQUARE))

    assert shape.equals(box(114.70, 22.95, 114.71, 22.96))
    assert shapes.bbox(shape) == (114.70, 22.95, 114.71, 22.96)


def test_a_clockwise_ring_is_turned_round():
    assert shapes.read(polygon(SQUARE[::-1])).exterior.is_ccw


def test_heights_are_dropped():
    assert not shapes.read(polygon([[*point, 12.5] for point in SQUARE])).has_z


def test_several_polygons_are_read():
    shifted = [[lon + 0.1, lat] for lon, lat in SQUARE]
    shape = shapes.read({"type": "MultiPolygon", "coordinates": [[SQUARE], [shifted]]})

    assert isinstance(shape, MultiPolygon)
    assert len(shape.geoms) == 2


@pytest.mark.parametrize(
    ("geojson", "says"),
    [
        (None, "Polygon"),
        ({"type": "Point", "coordinates": [114.7, 22.95]}, "Polygon"),
        ({"type": "Polygon"}, "读不懂"),
        (polygon([["a", "b"]]), "读不懂"),
        (polygon([[114.7], [114.8]]), "读不懂"),
        (polygon([[True, 22.9]] * 4), "读不懂"),
        (polygon([["114.7", "22.9"]] * 4), "读不懂"),
        ({"type": "Polygon", "coordinates": [7]}, "读不懂"),
        ({"type": "Polygon", "coordinates": 7}, "读不懂"),
        (polygon(), "空"),
        ({"type": "MultiPolygon", "coordinates": []}, "空"),
        (polygon(SQUARE[:-1]), "没有闭合"),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[0]]), "没有闭合"),
        (polygon(BOW), "自相交（经度 114.705000，纬度 22.955000 附近）"),
        (
            polygon([[571777.6, 2542493.9], [571877.6, 2542493.9], [571877.6, 2542593.9], [571777.6, 2542493.9]]),
            "CGCS2000",
        ),
        (polygon([[lat, lon] for lon, lat in SQUARE]), "CGCS2000"),
        (polygon([[float("nan"), 22.9], *SQUARE[1:4], [float("nan"), 22.9]]), ""),
    ],
)
def test_what_is_no_boundary_is_refused_in_words(geojson, says):
    with pytest.raises(Invalid) as refusal:
        shapes.read(geojson)

    assert says in refusal.value.detail
    assert refusal.value.field == "boundary"


@given(st.recursive(st.none() | st.floats() | st.text(max_size=3), lambda each: st.lists(each, max_size=5)))
def test_nonsense_is_invalid_and_nothing_worse(coordinates):
    for kind in ("Polygon", "MultiPolygon"):
        with pytest.raises(Invalid):
            shapes.read({"type": kind, "coordinates": coordinates})


def test_areas_and_lengths_are_metric():
    hectare = Polygon([(114.0, 22.95), (114.000975, 22.95), (114.000975, 22.950903), (114.0, 22.950903)])

    assert shapes.area_m2(hectare) == pytest.approx(10_000, rel=2e-3)
    assert shapes.length_m(hectare) == pytest.approx(400, rel=2e-3)


def test_wkb_and_geojson_come_back_unchanged():
    shape = shapes.read(
        polygon(SQUARE, [[114.702, 22.952], [114.702, 22.953], [114.703, 22.953], [114.702, 22.952]])
    )

    assert shapes.from_wkb(shapes.to_wkb(shape)).equals_exact(shape)
    assert shapes.read(shapes.geojson(shape)).equals_exact(shape)


def test_a_boundary_column_holds_polygons_only():
    with pytest.raises(TypeError):
        shapes.from_wkb(shapely.to_wkb(Point(114.7, 22.95)))
