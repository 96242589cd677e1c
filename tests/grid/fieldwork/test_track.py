"""A walk is drawn from what is known: measured in metres, gaps left open, what cannot be left out."""

from __future__ import annotations

import math
import random

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from grid.areas.area import Level
from grid.areas.net import Node
from grid.fieldwork import coverage as covering
from grid.fieldwork.point import PointFlag
from grid.fieldwork.track import GapReason, Raw, drawn
from grid.geo import crs

EAST_M, NORTH_M = crs.project(114.72, 22.95)


def at(t_s: float, east_m: float, north_m: float = 0.0, accuracy_m: float | None = 8.0, flags: int = 0) -> Raw:
    """A point so many seconds and metres from where the tests begin."""
    return Raw(round(t_s * 1000), *crs.unproject(EAST_M + east_m, NORTH_M + north_m), accuracy_m, flags)


def walk(
    seconds: int, every_s: int = 5, pace_mps: float = 1.2, begin_s: int = 0, begin_m: float = 0.0
) -> list[Raw]:
    """Straight east."""
    return [at(begin_s + t, begin_m + t * pace_mps) for t in range(0, seconds + 1, every_s)]


def square(side_m: float, east_m: float = 0.0) -> Node:
    """A unit grid with its south-west corner where the tests begin."""
    corners = [(0, 0), (side_m, 0), (side_m, side_m), (0, side_m)]
    shape = shapely.Polygon([crs.unproject(EAST_M + east_m + x, NORTH_M + y) for x, y in corners])
    return Node(1, None, "/1/", Level.GRID, "测试网格", "441323002001001", shape)


def test_a_straight_walk_is_as_long_as_it_is_and_has_no_gap() -> None:
    track = drawn(walk(1000))

    assert track.length_m == pytest.approx(1200, abs=12)
    assert len(track.segments) == 1
    assert track.gaps == track.stays == []


def test_a_dark_screen_is_a_gap_and_not_a_line() -> None:
    track = drawn(walk(300) + walk(300, begin_s=900, begin_m=1000))

    assert [gap.reason for gap in track.gaps] == [GapReason.SILENCE]
    assert (track.gaps[0].since_ms, track.gaps[0].until_ms) == (300_000, 900_000)
    assert track.length_m == pytest.approx(720, abs=24)  # not the 640 m nobody saw


@pytest.mark.parametrize(("silence_s", "gaps"), [(120, 0), (121, 1)])
def test_two_minutes_are_no_gap_yet(silence_s: int, gaps: int) -> None:
    assert len(drawn([at(0, 0), at(silence_s, 50)]).gaps) == gaps


def test_one_fix_far_off_is_left_out_and_the_walk_goes_on() -> None:
    points = walk(600)
    points[60] = at(300, 5000, 3000)

    track = drawn(points)

    assert track.gaps == []
    assert track.counts["jump"] == 1
    assert track.length_m == pytest.approx(720, abs=15)


def test_a_lasting_jump_is_a_gap() -> None:
    track = drawn(walk(300) + walk(300, begin_s=305, begin_m=9000))

    assert [gap.reason for gap in track.gaps] == [GapReason.JUMP]
    assert len(track.segments) == 2
    assert track.length_m == pytest.approx(720, abs=24)


@pytest.mark.parametrize("flag", [PointFlag.FUTURE, PointFlag.MOCK, PointFlag.COARSE, PointFlag.OUTSIDE])
def test_dubious_points_are_counted_and_not_drawn(flag: PointFlag) -> None:
    track = drawn([*walk(100), at(101, 4000, flags=flag)])

    assert track.counts[flag.name.lower()] == 1
    assert track.counts["raw"] == track.counts["shown"] + 1
    assert track.length_m < 130


def test_a_point_from_long_ago_is_drawn_on_its_day() -> None:
    points = [Raw(p.t_ms, p.lon, p.lat, p.accuracy_m, PointFlag.PAST) for p in walk(100)]

    assert drawn(points).length_m > 100


def test_who_stands_still_stays_and_walks_nowhere() -> None:
    chance = random.Random(7)
    still = [at(t, chance.gauss(0, 3), chance.gauss(0, 3)) for t in range(0, 1200, 5)]

    track = drawn(still)

    assert track.length_m < 60
    [stay] = track.stays
    assert stay.until_ms - stay.since_ms > 1_100_000
    assert crs.distance_m(stay.lon, stay.lat, *crs.unproject(EAST_M, NORTH_M)) < 5


def test_four_minutes_are_no_stay() -> None:
    assert drawn([at(t, 0) for t in range(0, 241, 10)]).stays == []


def test_nothing_makes_an_empty_walk() -> None:
    track = drawn([])

    assert (track.segments, track.gaps, track.stays, track.length_m) == ([], [], [], 0)
    assert [found.share for found in covering.coverage(track, [square(100)])] == [0.0]


def test_a_walk_along_one_side_covers_what_lies_within_thirty_metres_of_it() -> None:
    track = drawn(walk(250, pace_mps=1.2))  # 300 m along the southern edge of 300 m by 300 m

    [found] = covering.coverage(track, [square(300)])

    assert found.share == pytest.approx(30 / 300, abs=0.005)


def test_a_grid_elsewhere_is_not_covered() -> None:
    assert covering.coverage(drawn(walk(250)), [square(300, east_m=2000)])[0].share == 0


def test_a_single_fix_covers_a_circle() -> None:
    [found] = covering.coverage(drawn([at(0, 150, 150)]), [square(300)])

    assert found.share == pytest.approx(math.pi * 30**2 / 300**2, rel=0.02)


def test_a_gap_covers_nothing() -> None:
    track = drawn([at(0, 0, 150), at(600, 300, 150)])

    [found] = covering.coverage(track, [square(300)])

    assert found.share == pytest.approx(math.pi * 30**2 / 300**2, rel=0.02)  # two half circles at the edges


steps = st.lists(
    st.tuples(
        st.integers(0, 400), st.floats(-3000, 3000), st.floats(-3000, 3000), st.sampled_from([0, 0, 0, 1, 4, 8])
    ),
    max_size=60,
)


@given(steps)
def test_whatever_comes_segments_and_gaps_fit_together(told: list[tuple[int, float, float, int]]) -> None:
    t_s, points = 0, []
    for wait_s, east_m, north_m, flags in told:
        t_s += wait_s
        points.append(at(t_s, east_m, north_m, flags=flags))

    track = drawn(points)

    assert len(track.gaps) == max(0, len(track.segments) - 1)
    for before, gap, after in zip(track.segments, track.gaps, track.segments[1:], strict=False):
        assert (before[-1].t_ms, after[0].t_ms) == (gap.since_ms, gap.until_ms)
    assert sum(map(len, track.segments)) == track.counts["shown"]
    straight = sum(
        math.hypot(b.x - a.x, b.y - a.y)
        for segment in track.segments
        for a, b in zip(segment, segment[1:], strict=False)
    )
    assert 0 <= track.length_m <= straight + 1e-6
    assert all(0 <= found.share <= 1 + 1e-9 for found in covering.coverage(track, [square(500)]))
