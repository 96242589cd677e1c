"""Grids into the net: previewed, confirmed whole, located at once; old outlines stay in the trail."""

from __future__ import annotations

import pytest
from flask import Flask
from shapely import box
from sqlalchemy import select

from fixtures import daling
from grid.areas import net
from grid.areas.area import Area, Cell, Level
from grid.db import db, transaction
from grid.errors import Conflict, Invalid
from grid.geo import crs, shapes
from grid.geo.crs import Datum
from grid.imports import preview as previews
from grid.imports.preview import ImportPreview, PreviewState
from grid.setup import grid_import
from grid.trail.entry import TrailEntry
from tests.factories.census import census
from tests.factories.drawing import VILLAGE, make_feature, make_map, make_village_grid, outline
from tests.factories.event import fresh, make_event
from tests.factories.person import Person, make_report

HOME = "441323002001"


def draft(app: Flask, data: bytes, datum: Datum | None = None) -> ImportPreview:
    with transaction():
        return grid_import.draft(None, data, "网格.geojson", app.extensions["sealer"], datum)


def confirm(app: Flask, kept: ImportPreview, chosen: list[int] | None = None) -> None:
    with transaction():
        grid_import.confirm(None, previews.get(kept.id, "grids"), chosen, app.extensions["sealer"])


def fates(kept: ImportPreview) -> list[str]:
    return [line["fate"] for line in kept.lines]


def test_a_village_gets_its_first_grid_and_reports_are_located_in_it(app: Flask) -> None:
    kept = draft(app, make_map(make_village_grid()))
    assert fates(kept) == ["new"]
    assert f"{VILLAGE}001" not in net.current().by_code

    confirm(app, kept)

    point = outline(VILLAGE).representative_point()
    located = net.current().locate(point.x, point.y, Datum.CGCS2000)
    assert (located.area.code, located.area.level) == (f"{VILLAGE}001", Level.GRID)
    cell = db.session.get_one(Cell, located.area.id)
    assert (cell.kind, cell.area_m2) == ("basic", pytest.approx(shapes.area_m2(outline(VILLAGE)), abs=0.1))


@pytest.mark.parametrize("zone", [0, 38_000_000])
def test_projected_coordinates_come_in_the_same(app: Flask, zone: int) -> None:
    metres = [[crs.project(*p)[0] + zone, crs.project(*p)[1]] for p in outline(VILLAGE).exterior.coords]
    told = make_feature({"type": "Polygon", "coordinates": [metres]}, community=VILLAGE)

    kept = draft(app, make_map(told, crs=None), Datum.GK114)

    assert kept.state is PreviewState.PREVIEWED, kept.lines
    confirm(app, kept)
    drawn = net.current().find(f"{VILLAGE}001").boundary
    assert drawn is not None
    assert shapes.area_m2(drawn) == pytest.approx(shapes.area_m2(outline(VILLAGE)), abs=1)


def test_daling_itself_imports_without_a_change(app: Flask) -> None:
    kept = draft(app, make_map(*daling.features()))

    assert set(fates(kept)) == {"unchanged"}
    with pytest.raises(Invalid, match="没有可以导入"):
        confirm(app, kept)


def _moved_border() -> bytes:
    """The two grids of a community with another border between them."""
    west, south, east, north = outline(HOME).bounds
    middle = (west + east) / 2
    halves = (box(west, south, middle, north), box(middle, south, east, north))
    parts = [shapes.check(outline(HOME).intersection(half)) for half in halves]
    return make_map(*(make_feature(part, code=f"{HOME}00{i}") for i, part in enumerate(parts, 1)))


def test_an_outline_changes_from_today_and_the_old_one_stays_in_the_trail(app: Flask) -> None:
    before = net.current().find(f"{HOME}001").boundary
    event = make_event(reporter="wg01")
    kept = draft(app, _moved_border())
    assert fates(kept) == ["changed", "changed"], kept.lines

    confirm(app, kept)

    entries = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "area:redraw")).all()
    assert {entry.object_id for entry in entries} == {f"{HOME}001", f"{HOME}002"}
    told = next(entry for entry in entries if entry.object_id == f"{HOME}001")
    assert shapes.read(told.data["before"]).equals(before)
    cell = db.session.get_one(Cell, net.current().find(f"{HOME}001").id)
    assert str(cell.changed_on) == "2026-11-23"
    assert fresh(event).area_id == event.area_id  # what happened there happened there


def test_what_is_wrong_refuses_the_file_and_is_drawn(app: Flask) -> None:
    before = census()
    half = outline(VILLAGE).intersection(box(0, 0, outline(VILLAGE).centroid.x, 90))

    kept = draft(app, make_map(make_feature(half, community=VILLAGE)))

    assert kept.state is PreviewState.REFUSED
    [flaw] = kept.detail["flaws"]["features"]
    assert flaw["properties"]["flaw"] == {"code": "gap", "label": "空隙"}
    gone = shapes.area_m2(outline(VILLAGE)) - shapes.area_m2(half)
    assert flaw["properties"]["area_m2"] == pytest.approx(gone, rel=0.001)
    with pytest.raises(Conflict, match="不能导入"):
        confirm(app, kept)
    now = census()
    assert {name for name in now if now[name] != before.get(name)} <= {"import_preview", "trail_entry"}


def test_grids_go_in_together_or_not_at_all(app: Flask) -> None:
    kept = draft(app, _moved_border())

    with pytest.raises(Invalid, match="一起导入"):
        confirm(app, kept, [1])


def test_a_preview_of_a_net_that_has_changed_is_no_longer_taken(app: Flask) -> None:
    first, second = draft(app, make_map(make_village_grid())), draft(app, _moved_border())
    confirm(app, first)

    with pytest.raises(Conflict, match="又有改动"):
        confirm(app, second)


def test_a_receipt_is_answered_again_after_its_area_has_ended(app: Flask) -> None:
    told = make_report()
    first = Person(app, "wg01").post("/mobile/v1/reports", json=told)
    with transaction():
        area = db.session.get_one(Area, net.current().find(first.json["area"]["code"]).id)
        area.valid_to = area.valid_from
        grid_import.revision.bump(grid_import.revision.NET)

    again = Person(app, "wg01").post("/mobile/v1/reports", json=told)

    assert (again.status_code, again.json["area"]) == (200, first.json["area"])
