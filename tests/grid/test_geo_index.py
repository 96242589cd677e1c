"""Point → cell, and points nobody means."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from grid.errors import Invalid
from grid.geo import crs
from grid.geo.index import CellIndex, refuse_absurd

SIDE = 0.01
CELLS = {
    f"{col}{row}": box(
        114.70 + col * SIDE, 22.90 + row * SIDE, 114.70 + (col + 1) * SIDE, 22.90 + (row + 1) * SIDE
    )
    for col in range(5)
    for row in range(5)
}
INDEX = CellIndex(CELLS.items())
FAR_M = 10_000.0
near = st.tuples(st.floats(114.69, 114.76), st.floats(22.89, 22.96))


@given(near)
def test_locate_agrees_with_asking_every_cell(place):
    holding = [key for key, cell in CELLS.items() if cell.intersects(Point(place))]

    assert INDEX.locate(*place) == min(holding, default=None)


def test_a_shared_corner_goes_to_the_lowest_key_whatever_the_order_of_building():
    corner = CELLS["11"].exterior.coords[0]
    holding = [key for key, cell in CELLS.items() if cell.intersects(Point(corner))]

    assert len(holding) > 1
    assert INDEX.locate(*corner) == CellIndex(reversed(CELLS.items())).locate(*corner) == min(holding)


def test_a_small_cell_beside_a_very_large_one_is_found():
    sea = Polygon(box(110, 18, 116, 22.9).exterior)
    index = CellIndex({**CELLS, "sea": sea}.items())

    assert index.locate(111.0, 19.0) == "sea"
    assert index.locate(114.725, 22.925) == "22"


def test_a_hole_is_outside_and_an_exclave_is_inside():
    ring = box(114.70, 22.90, 114.71, 22.91) - box(114.704, 22.904, 114.706, 22.906)
    index = CellIndex([(1, MultiPolygon([ring, box(114.80, 22.90, 114.81, 22.91)]))])

    assert index.locate(114.705, 22.905) is None
    assert index.locate(114.701, 22.901) == 1
    assert index.locate(114.805, 22.905) == 1


@given(near)
def test_nearest_is_the_cell_itself_inside_and_the_closest_outside(place):
    _, metres = INDEX.nearest(*place)
    here = Point(crs.project(*place))
    by_hand = min(here.distance(_metric(cell)) for cell in CELLS.values())

    assert metres == pytest.approx(by_hand, abs=1e-6)
    assert metres < 1e-6 or INDEX.locate(*place) is None


def test_an_empty_index_holds_nothing_and_says_so():
    empty = CellIndex[int]([])

    assert empty.locate(114.7, 22.9) is None
    with pytest.raises(Invalid, match="还没有网格边界"):
        empty.nearest(114.7, 22.9)


def test_many_threads_may_ask_a_fresh_index():
    index = CellIndex(CELLS.items())
    places = [(cell.centroid.x, cell.centroid.y) for cell in CELLS.values()] * 40

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda place: index.locate(*place), places))

    assert found == list(CELLS) * 40


@given(near)
def test_places_in_and_around_the_net_are_not_absurd(place):
    refuse_absurd(*place, INDEX, FAR_M)


@pytest.mark.parametrize(
    ("lon", "lat", "says"),
    [
        (0.0, 0.0, "没有取得定位"),
        (22.92, 114.72, "写反"),
        (math.nan, 22.92, "有效的数字"),
        (114.72, math.inf, "有效的数字"),
        (500.0, 22.92, "超出范围"),
        (571777.0, 2542493.0, "超出范围"),
        (114.72, 23.5, "约 61 公里"),
        (116.40, 39.91, "公里"),
        (-65.3, -22.9, "离服务范围"),
        (-70.0, 22.92, "离服务范围"),
    ],
)
def test_absurd_places_are_refused_in_words(lon, lat, says):
    with pytest.raises(Invalid) as refusal:
        refuse_absurd(lon, lat, INDEX, FAR_M)

    assert says in refusal.value.detail
    assert refusal.value.field == "position"


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_what_the_ellipsoid_calls_far_is_refused(lon, lat):
    if crs.distance_m(lon, lat, 114.725, 22.925) < FAR_M + 6_000:
        return

    with pytest.raises(Invalid):
        refuse_absurd(lon, lat, INDEX, FAR_M)


def _metric(cell):
    return Polygon([crs.project(*place) for place in cell.exterior.coords])
