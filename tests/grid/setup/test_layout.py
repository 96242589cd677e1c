"""Grids of a file and the net around them: numbered, mended, checked as a partition, told in words and metres."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from shapely import box
from shapely.geometry.base import BaseGeometry

from fixtures.daling import rows
from grid.areas import drawing
from grid.areas.area import Level
from grid.areas.net import Net, Node
from grid.geo.cover import Flaw
from grid.setup import layout as layouts
from grid.setup import picture
from grid.setup import plot as plots
from grid.setup.layout import Layout
from grid.setup.region_import import LEVELS
from tests.factories.drawing import make_feature, make_map

QINGHE = Path("fixtures/qinghe")
STREET, HOME, OTHER = "999901001", "999901001001", "999901001002"
WEST, EAST = box(113.90, 24.00, 113.95, 24.02), box(113.95, 24.00, 114.00, 24.02)
OUTLINE = box(113.90, 24.00, 114.00, 24.02)


def net(*more: tuple[str, BaseGeometry], outlines: dict[str, BaseGeometry] | None = None) -> Net:
    """The regions of Qinghe; ``more`` grids by code."""
    numbers = count(1)
    found: dict[str, Node] = {}
    for row in rows(QINGHE / "regions.csv"):
        parent = found.get(row["上级代码"])
        number = next(numbers)
        path = f"{parent.path if parent else '/'}{number}/"
        level = LEVELS[row["层级"]]
        shape: Any = (outlines or {}).get(row["代码"])
        found[row["代码"]] = Node(
            number, parent.id if parent else None, path, level, row["名称"], row["代码"], shape
        )
    for code, drawn in more:
        home, number = found[code[:12]], next(numbers)
        shape = drawn
        found[code] = Node(number, home.id, f"{home.path}{number}/", Level.GRID, f"旧{code[12:]}", code, shape)
    return Net(1, list(found.values()))


def lay(*features: dict[str, Any], into: Net | None = None, used: set[str] | None = None) -> Layout:
    snapshot = into or net()
    outlines = drawing.read(make_map(*features)).outlines
    return layouts.lay(plots.of(outlines, snapshot, used or set()), snapshot)


def cell(shape: BaseGeometry, code: str = "", community: str = HOME, **told: Any) -> dict[str, Any]:
    return make_feature(shape, code=code, community=community, **told)


def community(shape: BaseGeometry, code: str = HOME) -> dict[str, Any]:
    return make_feature(shape, level="community", code=code)


def flaws(found: Layout) -> list[Flaw]:
    return [each.flaw for _, each in found.flaws]


def test_the_example_street_is_a_partition_and_gets_its_codes() -> None:
    told = json.loads((QINGHE / "grids.geojson").read_text("utf-8"))

    found = lay(*told["features"])

    assert found.is_sound, [plot.faults for plot in found.plots]
    codes = [plot.code for plot in found.plots if plot.level is Level.GRID]
    assert len(codes) == len(set(codes)) == 11
    assert codes[:3] == ["999901001001001", "999901001001002", "999901001001003"]
    assert found.plots[7].name == "禾苑社区第1网格"
    assert list(found.derived) == [STREET]


def test_without_codes_grids_are_numbered_west_to_east_after_those_ever_used() -> None:
    found = lay(cell(EAST), cell(WEST), used={f"{HOME}004"})

    assert [plot.code[12:] for plot in found.plots] == ["006", "005"]


def test_without_outlines_the_union_of_the_grids_is_the_community() -> None:
    found = lay(cell(WEST), cell(EAST))

    assert found.is_sound
    assert found.derived[HOME].equals(OUTLINE)
    assert any("没有画边界" in note for note in found.notes)


def test_a_gap_is_refused_with_its_square_metres_at_the_grids_around_it() -> None:
    found = lay(community(OUTLINE), cell(WEST), cell(box(113.96, 24.00, 114.00, 24.02)))

    assert flaws(found) == [Flaw.GAP]
    [(home, gap)] = found.flaws
    assert home == HOME
    assert gap.area_m2 == pytest.approx(0.01 * 0.02 * 111_000 * 101_700, rel=0.01)
    assert all("空隙" in plot.faults[0] for plot in found.plots[1:])


def test_a_hole_between_grids_without_an_outline_is_a_gap() -> None:
    ring = OUTLINE.difference(box(113.94, 24.005, 113.96, 24.015))

    assert flaws(lay(cell(ring))) == [Flaw.GAP]


def test_a_hole_that_another_community_fills_is_none() -> None:
    island = box(113.94, 24.005, 113.96, 24.015)

    found = lay(cell(OUTLINE.difference(island)), cell(island, community=OTHER))

    assert found.is_sound, found.flaws


def test_overlaps_of_grids_of_two_communities_are_found_too() -> None:
    found = lay(cell(WEST), cell(box(113.94, 24.00, 114.00, 24.02), community=OTHER))

    assert flaws(found) == [Flaw.OVERLAP]
    assert "与第 2 个" in found.plots[0].faults[0] and "平方米" in found.plots[0].faults[0]


def test_an_overlap_with_a_grid_that_stands_names_it() -> None:
    found = lay(cell(box(113.94, 24.00, 114.00, 24.02), community=OTHER), into=net((f"{HOME}001", WEST)))

    assert "现有的旧001" in found.plots[0].faults[0]


def test_a_grid_that_leaves_its_community_is_refused() -> None:
    found = lay(community(WEST), cell(WEST.buffer(0.002)))

    assert Flaw.OUTSIDE in flaws(found)
    assert any("超出禾苑社区" in fault for fault in found.plots[1].faults)


def test_slivers_are_mended_and_said() -> None:
    found = lay(community(OUTLINE), cell(WEST), cell(box(113.949997, 24.00, 114.00, 24.02)))

    assert found.is_sound
    assert "细缝，已自动对齐" in found.plots[2].notes[0]


def test_a_standing_grid_without_a_code_is_recognised() -> None:
    found = lay(cell(WEST), cell(EAST), into=net((f"{HOME}001", WEST), (f"{HOME}002", EAST)))

    assert found.is_sound
    assert [plot.before.code for plot in found.plots if plot.before] == [f"{HOME}001", f"{HOME}002"]


def test_redrawing_one_of_two_needs_the_other_to_fit_still() -> None:
    standing = net((f"{HOME}001", WEST), (f"{HOME}002", EAST), outlines={HOME: OUTLINE})

    found = lay(cell(box(113.90, 24.00, 113.93, 24.02), f"{HOME}001"), into=standing)

    assert flaws(found) == [Flaw.GAP]
    assert any("1 个网格不在文件里" in note and "撤销" in note for note in found.notes)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"community": "999901001999"}, "没有代码为 999901001999"),
        ({"community": ""}, "没有写明社区代码"),
        ({"community": STREET}, "没有代码为 999901001 的社区或村"),
        ({"code": "12"}, "15 位"),
        ({"code": f"{OTHER}001"}, "不以社区代码"),
        ({"code": f"{HOME}009"}, "用过并已停用"),
        ({"level": "street", "code": "1"}, "请先导入区域"),
    ],
)
def test_a_plot_without_a_place_in_the_net(told: dict[str, str], words: str) -> None:
    found = lay(make_feature(WEST, **{"community": HOME, **told}), used={f"{HOME}009"})

    assert any(words in fault for fault in found.plots[0].faults), found.plots[0].faults


def test_a_code_twice_in_a_file() -> None:
    found = lay(cell(WEST, f"{HOME}001"), cell(EAST, f"{HOME}001"))

    assert "与第 1 个重复" in found.plots[1].faults[0]


def test_a_thousand_grids_are_too_many_for_a_community() -> None:
    narrow = [box(113.9 + i * 1e-4, 24.0, 113.9 + (i + 1) * 1e-4, 24.001) for i in range(1000)]

    found = lay(*(cell(shape) for shape in narrow))

    assert "最多 999" in found.plots[0].faults[0]


def test_a_village_under_a_street_outline_must_lie_in_it() -> None:
    village = make_feature(EAST.buffer(0.01), level="村", code="999901001201")

    found = lay(make_feature(OUTLINE, level="街道", code=STREET), village)

    assert flaws(found) == [Flaw.OUTSIDE]


def test_the_picture_shows_every_outline_and_flaw_and_escapes_names() -> None:
    found = lay(community(OUTLINE), cell(WEST, name='<script>"&'), cell(box(113.96, 24.00, 114.00, 24.02)))

    svg = picture.svg(found)

    assert svg.count('class="grid"') == 2
    assert svg.count('class="flaw"') == 1
    assert "空隙 " in svg and "平方米" in svg
    assert "<script>" not in svg
