"""Import of grids (导入网格): a GeoJSON file becomes unit grids and outlines; first shown, then all of it at once.

Grids are a partition, so they go in together or not at all. A grid that is there already gets its new outline from
today on, and the old one stays in the trail; grids are not removed or merged here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import select

from grid import clock, revision
from grid.accounts.user import User
from grid.areas import area as areas
from grid.areas import drawing, net
from grid.areas.area import Area, AreaCode, Cell, Level
from grid.areas.net import Node
from grid.db import db
from grid.errors import Conflict, Invalid
from grid.geo import shapes
from grid.geo.crs import Datum
from grid.geo.shapes import Shape
from grid.imports import preview as previews
from grid.imports.fate import Fate
from grid.imports.line import Line
from grid.imports.preview import ImportPreview
from grid.seal import Sealer
from grid.setup import layout as layouts
from grid.setup import plot as plots
from grid.setup.layout import Layout
from grid.setup.plot import Plot, is_same
from grid.trail import entry as trail

KIND = "grids"
KINDS = {"basic": "基础网格", "special": "专属网格"}
ORDER = (Level.STREET, Level.COMMUNITY, Level.VILLAGE, Level.GRID)


def compare(data: bytes, chosen: Datum | None) -> tuple[Datum, Layout, list[Line]]:
    """A file against the net as it is; writes nothing. Raises Invalid for a file that is no drawing."""
    drawn = drawing.read(data, chosen)
    grid_codes = select(AreaCode.code).join(Area, Area.id == AreaCode.area_id).where(Area.level == Level.GRID)
    used = set(db.session.scalars(grid_codes))
    snapshot = net.current()
    layout = layouts.lay(plots.of(drawn.outlines, snapshot, used), snapshot)
    known = [plot.before.id for plot in layout.plots if plot.before is not None]
    cells = {cell.area_id: cell for cell in db.session.scalars(select(Cell).where(Cell.area_id.in_(known)))}
    return drawn.datum, layout, [_line(plot, cells) for plot in layout.plots]


def draft(
    actor: User | None, data: bytes, file_name: str, sealer: Sealer, chosen: Datum | None = None
) -> ImportPreview:
    """Keep what a file would do; the net stays as it is."""
    basis = previews.basis(revision.NET)
    datum, layout, lines = compare(data, chosen)
    detail = {"datum": datum.value, "flaws": flaws(layout)}
    return previews.keep(
        actor,
        KIND,
        data,
        file_name,
        lines,
        basis,
        sealer,
        notes=layout.notes,
        detail=detail,
        is_refused=not layout.is_sound,
    )


def confirm(
    actor: User | None, found: ImportPreview, chosen: Collection[int] | None, sealer: Sealer
) -> ImportPreview:
    """Take all of it in. Raises Conflict: refused, done already, or the net has changed; Invalid: a part of it."""
    numbers = previews.choose(found, chosen)
    if len(numbers) < len(previews.choose(found)):
        raise Invalid("网格要一起导入：少一个就有空隙。请不要只选一部分。", field="lines")
    _, layout, _ = compare(previews.file(found, sealer), Datum(found.detail["datum"]))
    adopt(actor, layout)
    previews.settle(actor, found, numbers, datum=found.detail["datum"])
    return found


def outlines(found: ImportPreview, sealer: Sealer) -> dict[str, Any]:
    """What the file draws and what is wrong with it, as GeoJSON."""
    drawn = drawing.read(previews.file(found, sealer), Datum(found.detail["datum"]))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"number": each.number, "level": each.level.value},
                "geometry": shapes.geojson(each.shape),
            }
            for each in drawn.outlines
            if each.shape is not None
        ]
        + found.detail["flaws"]["features"],
    }


def flaws(layout: Layout) -> dict[str, Any]:
    """Gaps, overlaps and what stands outside, as GeoJSON with their size."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {
                    "flaw": {"code": each.flaw.value, "label": each.flaw.label},
                    "area_m2": round(each.area_m2, 1),
                    "of": list(each.keys),
                },
                "geometry": dict(each.shape.__geo_interface__),
            }
            for _, each in layout.flaws
        ],
    }


def adopt(actor: User | None, layout: Layout) -> None:
    """Write a sound layout into the net, inside the caller's transaction."""
    if not layout.is_sound:
        raise Conflict("网格有问题，没有导入。")
    write(actor, layout)


def write(actor: User | None, layout: Layout) -> None:
    """The same without asking: what has a place and an outline; to see what else is wrong, then rolled back."""
    today = clock.today()
    written: set[str] = set()
    for plot in sorted(layout.plots, key=lambda plot: (ORDER.index(plot.level), plot.code)):
        if plot.code not in written:
            _write(actor, plot, today)
        written.add(plot.code)
    for code, shape in layout.derived.items():
        _draw(actor, layout.net.by_code[code], shape)
    revision.bump(revision.NET)


def _line(plot: Plot, cells: dict[int, Cell]) -> Line:
    line = Line(plot.number, f"第 {plot.number} 个", plot.code, plot.name, told=plot)
    for words in plot.notes:
        line.note("", words)
    for words in plot.faults:
        line.refuse("", words)
    if plot.faults or plot.shape is None:
        line.fate = Fate.REFUSED
    elif plot.before is None:
        line.fate = Fate.NEW
    else:
        line.compare(_changes(plot, plot.before, plot.shape, cells.get(plot.before.id)))
    return line


def _changes(plot: Plot, before: Node, shape: Shape, cell: Cell | None) -> list[tuple[str, str, str]]:
    kinds = [("类型", KINDS[cell.kind], KINDS[plot.outline.kind])] if cell is not None else []
    old = f"{shapes.area_m2(before.boundary):.0f} 平方米" if before.boundary is not None else "没有"
    new = old if is_same(before, shape) else f"新画 {shapes.area_m2(shape):.0f} 平方米"
    return [("边界", old, new), ("名称", before.name, plot.name), *kinds]


def _write(actor: User | None, plot: Plot, today: date) -> None:
    shape = plot.shape
    if shape is None or not plot.code:
        return
    if plot.before is not None:
        _redraw(actor, plot, plot.before, shape, today)
        return
    if plot.parent is not None:
        home = db.session.get_one(Area, plot.parent.id)
        areas.add_grid(home, plot.name, plot.code, shape, today, kind=plot.outline.kind)


def _redraw(actor: User | None, plot: Plot, before: Node, shape: Shape, today: date) -> None:
    stays = is_same(before, shape)
    if not stays:
        _draw(actor, before, shape)
    if plot.level is not Level.GRID:
        return
    area, cell = db.session.get_one(Area, before.id), db.session.get(Cell, before.id)
    area.name = plot.name
    if cell is None:
        cell = Cell(area_id=before.id, area_m2=0, initial_on=area.valid_from)
        db.session.add(cell)
    if not stays or cell.kind != plot.outline.kind:
        cell.kind, cell.changed_on = plot.outline.kind, today
        cell.area_m2 = round(shapes.area_m2(shape if not stays else before.boundary or shape), 1)


def _draw(actor: User | None, before: Node, shape: Shape) -> None:
    """Give an area its outline; the one it had stays in the trail."""
    area = db.session.get_one(Area, before.id)
    area.boundary = shape
    area.x0, area.y0, area.x1, area.y1 = shape.bounds
    old = shapes.geojson(before.boundary) if before.boundary is not None else None
    trail.record(actor, "area:redraw", "area", before.code, before.path, before=old)
