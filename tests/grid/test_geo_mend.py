"""Slivers are mended, everything wider is left for people."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from grid.geo import cover, mend
from grid.geo.cover import Flaw
from grid.geo.shapes import area_m2

METRE = 1e-5 / 1.02  # degrees of longitude at 23° N; of latitude it is 0.9 m
OUTLINE = box(114.70, 22.90, 114.72, 22.91)


def halves(shift_m):
    """Two halves of the outline; a positive shift makes them overlap, a negative one leaves a gap."""
    middle = 114.71
    return {
        "west": box(114.70, 22.90, middle + shift_m * METRE, 22.91),
        "east": box(middle, 22.90, 114.72, 22.91),
    }


@given(st.floats(-0.9, 0.9))
def test_a_thin_overlap_or_gap_is_gone_and_nothing_else_has_moved(shift_m):
    parts = halves(shift_m)

    repairs = [*mend.overlaps(parts, ()), *mend.edges(OUTLINE, parts, ())]

    assert cover.findings(OUTLINE, parts) == []
    assert sum(map(area_m2, parts.values())) == pytest.approx(area_m2(OUTLINE), abs=1)
    assert len(repairs) <= 2
    for before, after in zip(halves(shift_m).values(), parts.values(), strict=True):
        assert shapely.hausdorff_distance(before, after) < 2 * METRE


@pytest.mark.parametrize(("shift_m", "flaw"), [(3, Flaw.OVERLAP), (-3, Flaw.GAP)])
def test_what_is_wider_than_a_sliver_stays(shift_m, flaw):
    parts = halves(shift_m)

    assert [*mend.overlaps(parts, ()), *mend.edges(OUTLINE, parts, ())] == []
    assert [found.flaw for found in cover.findings(OUTLINE, parts)] == [flaw]


def test_what_stands_thinly_outside_is_cut_off():
    parts = {"all": box(114.70, 22.90, 114.72 + 0.5 * METRE, 22.91)}

    [repair] = mend.edges(OUTLINE, parts, ())

    assert (repair.flaw, repair.key) == (Flaw.OUTSIDE, "all")
    assert cover.findings(OUTLINE, parts, 0.01) == []


def test_what_is_fixed_does_not_give_way():
    parts = halves(0.5)
    before = dict(parts)

    list(mend.overlaps(parts, {"east"}))

    assert parts["east"] is before["east"]
    assert parts["west"] is not before["west"]
    assert list(mend.overlaps(halves(0.5), {"east", "west"})) == []


def test_lines_and_points_an_overlay_leaves_are_no_area():
    mixed = shapely.from_wkt(
        "GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 1 1), POLYGON ((0 0, 1 0, 1 1, 0 0)))"
    )

    assert mend.solid(mixed).geom_type == "Polygon"
    assert mend.solid(shapely.Point(1, 1)).is_empty
