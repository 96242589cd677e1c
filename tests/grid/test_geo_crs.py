"""Datums and the metric projection."""

import math

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.geo import crs
from grid.geo.crs import Datum, to_storage

# WGS-84, GCJ-02, BD-09 as (lon, lat), and the shift WGS-84 → GCJ-02 in metres
VECTORS = [
    ((114.700000, 22.950000), (114.704649, 22.947210), (114.711120, 22.953453), 568),
    ((114.530000, 22.700000), (114.534613, 22.697076), (114.541193, 22.702749), 574),
    ((116.397470, 39.908823), (116.403714, 39.910226), (116.410086, 39.916566), 555),
]
served = st.tuples(st.floats(108, 118), st.floats(20, 26))
anything = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09", "shift_m"), VECTORS)
def test_published_vectors(wgs84, gcj02, bd09, shift_m):
    assert crs.wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-6)
    assert crs.gcj02_to_bd09(*gcj02) == pytest.approx(bd09, abs=1e-6)
    assert crs.distance_m(*wgs84, *gcj02) == pytest.approx(shift_m, rel=3e-3)  # the table's are on a sphere


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09", "shift_m"), VECTORS)
def test_every_datum_comes_to_the_same_storage_position(wgs84, gcj02, bd09, shift_m):
    assert to_storage(*wgs84, Datum.WGS84) == wgs84
    assert to_storage(*wgs84, Datum.CGCS2000) == wgs84
    assert to_storage(*gcj02, Datum.GCJ02) == pytest.approx(wgs84, abs=1e-6)
    assert to_storage(*bd09, Datum.BD09) == pytest.approx(wgs84, abs=2e-6)


@given(served)
def test_gcj02_comes_back_to_1e_10_degree(place):
    assert crs.gcj02_to_wgs84(*crs.wgs84_to_gcj02(*place)) == pytest.approx(place, abs=1e-10, rel=0)


@given(served)
def test_bd09_comes_back_to_1e_10_degree(place):
    assert crs.bd09_to_gcj02(*crs.gcj02_to_bd09(*place)) == pytest.approx(place, abs=1e-10, rel=0)


@pytest.mark.parametrize("datum", Datum)
def test_a_missing_fix_stays_at_zero_in_every_datum(datum):
    assert to_storage(0.0, 0.0, datum) == (0.0, 0.0)


@given(anything, anything, st.sampled_from(Datum))
def test_no_number_breaks_the_conversion(lon, lat, datum):
    assert len(to_storage(lon, lat, datum)) == 2


def test_projected_coordinates_come_to_storage_as_the_published_vector():
    assert to_storage(571777.594, 2542493.888, Datum.GK114) == pytest.approx((114.70, 22.98), abs=1e-8)


@given(st.tuples(st.floats(112.5, 115.5), st.floats(18, 26)))
def test_gk114_agrees_with_pyproj_and_comes_back(place):
    transformer = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4547", always_xy=True)

    east_m, north_m = transformer.transform(*place)

    assert to_storage(east_m, north_m, Datum.GK114) == pytest.approx(place, abs=1e-9, rel=0)


def test_projection_vector():
    assert crs.project(114.70, 22.98) == pytest.approx((571777.594, 2542493.888), abs=1e-3)


@given(served)
def test_the_projection_comes_back(place):
    assert crs.unproject(*crs.project(*place)) == pytest.approx(place, abs=1e-9, rel=0)


@given(
    st.tuples(st.floats(114.6, 114.8), st.floats(22.8, 23.1)),
    st.tuples(st.floats(114.6, 114.8), st.floats(22.8, 23.1)),
)
def test_projected_and_ellipsoidal_distances_agree_around_daling(a, b):
    flat_m = math.dist(crs.project(*a), crs.project(*b))

    assert crs.distance_m(*a, *b) == pytest.approx(flat_m, rel=2e-4, abs=1e-3)
