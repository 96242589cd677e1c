"""Partitions and their flaws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box

from grid.geo import cover
from grid.geo.cover import Flaw

WEST, EAST, WHOLE = (
    box(114.70, 22.95, 114.71, 22.96),
    box(114.71, 22.95, 114.72, 22.96),
    box(114.70, 22.95, 114.72, 22.96),
)
METRE_DEG = 1e-5  # a little more than a metre


def test_two_halves_are_a_partition():
    assert cover.findings(WHOLE, {"w": WEST, "e": EAST}, 0) == []


def test_a_missing_half_is_a_gap_beside_its_neighbour():
    (gap,) = cover.findings(WHOLE, {"w": WEST})

    assert (gap.flaw, gap.keys) == (Flaw.GAP, ("w",))
    assert gap.shape.equals(EAST)


def test_an_overlap_names_both():
    wide = box(114.70, 22.95, 114.712, 22.96)
    (overlap,) = cover.findings(WHOLE, {"w": wide, "e": EAST})

    assert (overlap.flaw, overlap.keys) == (Flaw.OVERLAP, ("w", "e"))
    assert overlap.area_m2 == pytest.approx(205 * 1107, rel=0.01)


def test_the_same_polygon_twice_is_an_overlap():
    assert [f.flaw for f in cover.findings(WEST, {1: WEST, 2: WEST})] == [Flaw.OVERLAP]


def test_what_lies_outside_is_found():
    (outside,) = cover.findings(WEST, {"w": WEST, "e": EAST})

    assert (outside.flaw, outside.keys) == (Flaw.OUTSIDE, ("e",))


def test_a_hole_between_four_is_a_gap_with_four_neighbours():
    hole = box(114.706, 22.954, 114.708, 22.956)
    parts = dict(enumerate(_around(hole)))

    (gap,) = cover.findings(WHOLE, parts)

    assert gap.keys == (0, 1, 2, 3)
    assert gap.shape.equals(hole)


def test_a_cover_of_nothing_is_all_gap():
    assert [f.flaw for f in cover.findings(WEST, {})] == [Flaw.GAP]


def test_slivers_within_the_tolerance_pass_and_many_of_them_do_not():
    comb = [box(114.70, 22.95 + i * 1e-4, 114.71, 22.95 + i * 1e-4 + 2e-10) for i in range(100)]  # 0.02 m2 each
    one, many = (WEST.difference(MultiPolygon(comb[:n])) for n in (1, 100))

    assert cover.findings(WEST, {"w": one}) == []
    assert {f.flaw for f in cover.findings(WEST, {"w": many})} == {Flaw.GAP}


@given(st.floats(0.01, 8), st.integers(0, 3))
def test_a_part_moved_by_a_centimetre_or_more_does_not_pass(distance, quarter):
    east, north = [(distance, 0), (0, distance), (-distance, 0), (0, -distance)][quarter]
    moved = translate(EAST, east * METRE_DEG, north * METRE_DEG)

    assert cover.findings(WHOLE, {"w": WEST, "e": moved})


@given(st.lists(st.floats(22.9501, 22.9599), max_size=6, unique=True))
def test_any_cut_with_shared_vertices_is_a_partition(heights):
    """The cut runs through both halves' own vertices, as in a net digitised from one graph."""
    cut = [(114.71 + (i % 3) * 1e-4, lat) for i, lat in enumerate(sorted(heights))]
    left = Polygon([(114.70, 22.95), (114.71, 22.95), *cut, (114.71, 22.96), (114.70, 22.96)])
    right = Polygon([(114.72, 22.95), (114.72, 22.96), (114.71, 22.96), *cut[::-1], (114.71, 22.95)])

    assert cover.findings(WHOLE, {"w": left, "e": right}, 1e-3) == []


def _around(hole):
    west, south, east, north = WHOLE.bounds
    x0, y0, x1, y1 = hole.bounds
    return box(west, south, east, y0), box(west, y1, east, north), box(west, y0, x0, y1), box(x1, y0, east, y1)
