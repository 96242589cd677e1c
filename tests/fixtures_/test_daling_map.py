"""The committed map of Daling and the list of regions."""

import csv
import json

import pytest
import shapely
from shapely.geometry import shape

from fixtures import build_daling
from grid.areas import numbering
from grid.geo import cover, shapes
from grid.geo.index import CellIndex

MAP = json.loads(build_daling.TARGET.read_text(encoding="utf-8"))
STREET = "441323002"


def outlines(level, parent=None):
    return {
        f["properties"]["code"]: shape(f["geometry"])
        for f in MAP["features"]
        if f["properties"]["level"] == level and parent in (None, f["properties"]["parent"])
    }


def regions():
    with build_daling.REGIONS.open(encoding="utf-8", newline="") as file:
        assert next(file) == "# source: 国家统计局统计用区划代码 2023, as of 2023-06-30\n"
        return {row["code"]: row for row in csv.DictReader(file)}


def test_the_builder_draws_the_committed_file_again():
    assert build_daling.text(build_daling.build()) == build_daling.TARGET.read_text(encoding="utf-8")


def test_the_file_says_that_its_outlines_are_invented():
    assert "虚构" in MAP["note"]
    assert "invented" in MAP["note"]


def test_every_level_is_complete():
    levels = [f["properties"]["level"] for f in MAP["features"]]

    assert {level: levels.count(level) for level in levels} == {
        "street": 1,
        "community": 7,
        "village": 12,
        "grid": 14,
    }


def test_communities_and_villages_are_a_partition_of_the_street():
    assert cover.findings(outlines("street")[STREET], outlines("community") | outlines("village"), 0) == []


@pytest.mark.parametrize("community", outlines("community"))
def test_two_grids_are_a_partition_of_each_community(community):
    grids = outlines("grid", parent=community)

    assert len(grids) == 2
    assert cover.findings(outlines("community")[community], grids, 0) == []


def test_neighbours_share_every_vertex():
    leaves = outlines("grid") | outlines("village")

    assert shapely.coverage_is_valid(list(leaves.values()))


def test_the_street_lies_where_daling_is_and_has_a_believable_size():
    urban = sum(map(shapes.area_m2, outlines("community").values()))
    rural = sum(map(shapes.area_m2, outlines("village").values()))

    assert outlines("street")[STREET].contains(shapely.Point(114.72, 22.95))
    assert 12e6 < urban < 18e6
    assert 60e6 < rural < 100e6


def test_coordinates_have_six_decimals():
    coordinates = shapely.get_coordinates([shape(f["geometry"]) for f in MAP["features"]])

    assert (coordinates == coordinates.round(6)).all()


def test_codes_and_names_are_the_official_ones():
    known = regions()
    drawn = {
        f["properties"]["code"]: f["properties"] for f in MAP["features"] if f["properties"]["level"] != "grid"
    }

    assert set(drawn) == {code for code in known if code.startswith(STREET)}
    for code, properties in drawn.items():
        assert properties == {key: known[code][key] for key in ("level", "code", "name", "parent")}


@pytest.mark.parametrize("community", outlines("community"))
def test_grids_are_numbered_by_the_rule(community):
    grids = outlines("grid", parent=community)

    assert numbering.number(community, {code: g.bounds for code, g in grids.items()}) == {
        code: code for code in grids
    }


def test_grids_are_named_after_their_community():
    names = {f["properties"]["code"]: f["properties"]["name"] for f in MAP["features"]}

    assert names["441323002003001"] == "富祥社区第1网格"


def test_every_leaf_is_found_by_a_point_inside_it():
    leaves = outlines("grid") | outlines("village")
    index = CellIndex(leaves.items())

    for code, outline in leaves.items():
        inside = outline.representative_point()
        assert index.locate(inside.x, inside.y) == code


def test_no_point_of_the_street_falls_between_the_leaves():
    leaves = outlines("grid") | outlines("village")
    index = CellIndex(leaves.items())
    corners = shapely.get_coordinates(list(leaves.values())).tolist()
    middles = [((x0 + x1) / 2, (y0 + y1) / 2) for (x0, y0), (x1, y1) in zip(corners, corners[1:], strict=False)]
    street = outlines("street")[STREET]

    assert all(index.locate(*corner) for corner in corners)
    assert all(index.locate(*middle) for middle in middles if street.contains(shapely.Point(middle)))


def test_regions_hang_together():
    known = regions()
    lengths = {"province": 2, "city": 4, "county": 6, "street": 9, "community": 12, "village": 12}

    for code, row in known.items():
        assert len(code) == lengths[row["level"]]
        assert row["parent"] == "" if code == "44" else code.startswith(row["parent"])
        assert row["parent"] in known or code == "44"


@pytest.mark.parametrize(("county", "streets", "communities"), [("441323", 21, 305), ("441303", 12, 199)])
def test_both_counties_are_complete(county, streets, communities):
    codes = [code for code in regions() if code.startswith(county)]

    assert sum(len(code) == 9 for code in codes) == streets
    assert sum(len(code) == 12 for code in codes) == communities
