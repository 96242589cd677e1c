"""Numbers from outside are in the frame that was said, or refused in words."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.errors import Invalid
from grid.geo import crs, frame
from grid.geo.crs import DEGREES, Datum

HERE = (114.70, 22.98)
EAST, NORTH = crs.project(*HERE)
PLACES = st.lists(st.tuples(st.floats(113, 115), st.floats(20, 25)), min_size=1, max_size=8)


def member(name):
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize(
    ("name", "chosen", "datum"),
    [
        (None, Datum.GCJ02, Datum.GCJ02),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", None, Datum.WGS84),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", Datum.BD09, Datum.BD09),  # programs write it for anything in degrees
        ("EPSG:4326", None, Datum.WGS84),
        ("urn:ogc:def:crs:EPSG::4490", None, Datum.CGCS2000),
        ("urn:ogc:def:crs:EPSG::4547", None, Datum.GK114),
        ("urn:ogc:def:crs:EPSG:9.9:4526", None, Datum.GK114),
        ("epsg:4547", Datum.GK114, Datum.GK114),
    ],
)
def test_the_datum_follows_from_the_file_and_the_choice(name, chosen, datum):
    assert frame.settle(member(name) if name else None, chosen) is datum


@pytest.mark.parametrize(
    ("told", "chosen", "words"),
    [
        (None, None, "没有写明坐标系"),
        (member("EPSG:4547"), Datum.CGCS2000, "不符"),
        (member("EPSG:4490"), Datum.GK114, "不符"),
        (member("EPSG:4548"), None, "EPSG:4548"),  # the neighbouring zone
        (member("EPSG:3857"), Datum.WGS84, "EPSG:3857"),
        ({"type": "link"}, Datum.WGS84, "读不懂"),
        ("EPSG:4326", None, "读不懂"),
        (member("x" * 300), None, "读不懂"),
    ],
)
def test_a_file_that_does_not_say_or_contradicts_is_refused(told, chosen, words):
    with pytest.raises(Invalid, match=words) as refused:
        frame.settle(told, chosen)

    assert refused.value.field == "datum"


@given(PLACES)
def test_degrees_of_every_datum_come_back(places):
    points = np.array(places)
    shifted = {
        Datum.WGS84: points,
        Datum.CGCS2000: points,
        Datum.GCJ02: np.array([crs.wgs84_to_gcj02(*p) for p in places]),
        Datum.BD09: np.array([crs.gcj02_to_bd09(*crs.wgs84_to_gcj02(*p)) for p in places]),
    }

    assert set(shifted) == set(DEGREES)
    for datum, told in shifted.items():
        assert frame.store(frame.check(told, datum), datum) == pytest.approx(points, abs=2e-9)


@given(PLACES, st.sampled_from(["EPSG:4547", "EPSG:4526"]))
def test_metres_with_and_without_zone_number_come_back(places, projection):
    transformer = pyproj.Transformer.from_crs("EPSG:4490", projection, always_xy=True)
    told = np.array([transformer.transform(*place) for place in places])

    stored = frame.store(frame.check(told, Datum.GK114), Datum.GK114)

    assert stored == pytest.approx(np.array(places), abs=1e-8)


@pytest.mark.parametrize(
    ("points", "datum", "words"),
    [
        ([HERE[::-1]], Datum.CGCS2000, "写反"),
        ([(EAST, NORTH)], Datum.WGS84, "不是经纬度"),
        ([(0, 0)], Datum.GCJ02, "0, 0"),
        ([(2.35, 48.85)], Datum.WGS84, "中国境内"),
        ([(float("nan"), 23)], Datum.WGS84, "有效的数字"),
        ([(float("inf"), 23)], Datum.GK114, "有效的数字"),
        ([HERE], Datum.GK114, "经纬度"),
        ([(NORTH, EAST)], Datum.GK114, "写反"),
        ([(NORTH, 38_000_000 + EAST)], Datum.GK114, "写反"),
        ([(39_000_000 + EAST, NORTH)], Datum.GK114, "117°"),
        ([(37_000_000 + EAST, NORTH)], Datum.GK114, "111°"),
        ([(20_000_000 + EAST, NORTH)], Datum.GK114, "6 度带"),
        ([(38_000_000 + EAST, NORTH), (EAST, NORTH)], Datum.GK114, "有的带带号"),
        ([(900_000, NORTH)], Datum.GK114, "3 度带"),
        ([(EAST, 9_000_000)], Datum.GK114, "3 度带"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(points, datum, words):
    with pytest.raises(Invalid, match=words):
        frame.check(np.array(points, dtype=float), datum)
