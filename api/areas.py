"""Areas: the net, what lies where, and the import of regions and grids."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from marshmallow import RAISE, ValidationError, validate, validates_schema

from api.fields import Degrees, Schema, fields, one_of
from api.http import Blueprint
from api.imports import Importer, routes, sealer
from api.mark import requires
from api.paging import list_of
from api.schemas.area import AreaRefSchema, AreaSchema, area_ref
from api.schemas.imports import ImportFileQuerySchema, ImportPreviewSchema
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.areas import drawing, net, outline
from grid.areas.area import Level
from grid.areas.net import Net, Node
from grid.areas.outline import Outlines
from grid.geo.crs import Datum
from grid.geo.shapes import geojson
from grid.imports import preview
from grid.imports.preview import ImportPreview
from grid.setup import grid_import, region_import

blp = Blueprint("areas", __name__, url_prefix="/api", description="区域与网格")

MAP_TYPES = ("application/geo+json", "application/json", "application/octet-stream")
METRES_MAX = 50_000_000


class AreaQuerySchema(Schema):
    """geometry: with outlines. simplified: these as a screen needs them, right to about 2 m."""

    level = fields.String(validate=one_of(Level))
    geometry = fields.Boolean(load_default=False)
    simplified = fields.Boolean(load_default=False)


@blp.get("/areas")
@requires(Permission.AREA_READ)
@blp.arguments(AreaQuerySchema, location="query", unknown=RAISE)
@blp.response(200, list_of(AreaSchema))
def area_list(told: dict[str, Any]) -> dict[str, Any]:
    """Areas of the net, from the root down."""
    snapshot = net.current()
    level = told.get("level")
    nodes = [node for node in snapshot.by_id.values() if level is None or node.level == level]
    outlines = outline.simplified(snapshot) if told["simplified"] else None
    return {"items": [area(snapshot, node, told["geometry"], outlines) for node in nodes]}


def area(snapshot: Net, node: Node, with_boundary: bool, outlines: Outlines | None = None) -> dict[str, Any]:
    """An area as its schema wants it. outlines: to be shown instead of the exact ones."""
    parent = snapshot.parent(node)
    shown: dict[str, Any] = {
        "code": node.code,
        "name": node.name,
        "level": node.level,
        "parent": parent.code if parent else None,
    }
    if with_boundary and node.boundary is not None:
        shown["boundary"] = geojson(outlines[node.id] if outlines else node.boundary)
    return shown


def _metres(**kwargs: Any) -> fields.Float:
    between = validate.Range(-METRES_MAX, METRES_MAX, error="应是以米为单位的坐标。")
    return fields.Float(validate=between, **kwargs)


class LocateSchema(Schema):
    """A point in the declared datum: lon and lat in degrees, or east and north in metres (EPSG:4547)."""

    lon = Degrees(limit=180)
    lat = Degrees(limit=90)
    east = _metres()
    north = _metres()
    datum = fields.String(required=True, validate=one_of(Datum))

    @validates_schema
    def _check(self, told: dict[str, Any], **kwargs: Any) -> None:
        is_projected = told["datum"] == Datum.GK114
        wanted, other = ("east", "north"), ("lon", "lat")
        if not is_projected:
            wanted, other = other, wanted
        wrong = {name: ["必须填写。"] for name in wanted if name not in told}
        unit = "米" if is_projected else "度"
        wrong |= {
            name: [f"这个坐标系以{unit}为单位，请改用 {'、'.join(wanted)}。"] for name in other if name in told
        }
        if wrong:
            raise ValidationError(wrong)


class LocatedSchema(Schema):
    """The leaf a point lies in, or the nearest with its distance in metres."""

    area = fields.Nested(AreaRefSchema, required=True)
    inside = fields.Boolean(required=True)
    distance_m = fields.Float(required=True)


@blp.get("/areas/locate")
@requires(Permission.AREA_READ)
@blp.arguments(LocateSchema, location="query", unknown=RAISE)
@blp.response(200, LocatedSchema)
def locate(told: dict[str, Any]) -> dict[str, Any]:
    """Which unit grid or village does a point lie in?"""
    snapshot = net.current()
    x, y = (told["east"], told["north"]) if "east" in told else (told["lon"], told["lat"])
    found = snapshot.locate(x, y, Datum(told["datum"]))
    return {
        "area": area_ref(found.area, snapshot.parent(found.area)),
        "inside": found.is_inside,
        "distance_m": found.distance_m,
    }


class GridFileQuerySchema(ImportFileQuerySchema):
    """datum: of the numbers; may be left out when the file says it (``crs``)."""

    datum = fields.String(load_default=None, validate=one_of(Datum))


class GridPreviewSchema(ImportPreviewSchema):
    """An import of grids, and the datum its numbers were read in."""

    datum = fields.Function(lambda found: found.detail.get("datum", ""), metadata={"type": "string"})


class DrawingSchema(Schema):
    """A GeoJSON FeatureCollection, CGCS2000 degrees: outlines {number, level}, flaws {flaw, area_m2, of}."""

    type = fields.String(required=True)
    features = fields.List(fields.Dict(metadata={"additionalProperties": True}), required=True)


def _draft_regions(actor: User, data: bytes, told: dict[str, Any]) -> ImportPreview:
    return region_import.draft(actor, data, told["name"], sealer())


def _confirm_regions(actor: User, found: ImportPreview, chosen: list[int] | None, prepared: Any) -> None:
    region_import.confirm(actor, found, chosen, sealer())


def _draft_grids(actor: User, data: bytes, told: dict[str, Any]) -> ImportPreview:
    chosen = Datum(told["datum"]) if told["datum"] else None
    return grid_import.draft(actor, data, told["name"], sealer(), chosen)


def _confirm_grids(actor: User, found: ImportPreview, chosen: list[int] | None, prepared: Any) -> None:
    grid_import.confirm(actor, found, chosen, sealer())


routes(
    blp,
    "/areas/regions",
    Importer(region_import.KIND, Permission.AREA_MANAGE, _draft_regions, _confirm_regions),
)
routes(
    blp,
    "/areas/grids",
    Importer(
        grid_import.KIND,
        Permission.AREA_MANAGE,
        _draft_grids,
        _confirm_grids,
        query=GridFileQuerySchema,
        shown=GridPreviewSchema,
        types=MAP_TYPES,
    ),
)


@blp.get("/areas/grids/imports/<uuid:import_id>/map")
@requires(Permission.AREA_MANAGE)
@blp.response(200, DrawingSchema)
@blp.alt_response(404, description="no such import, or its file has expired")
def grids_import_map(import_id: UUID) -> dict[str, Any]:
    """What the file draws, and what is wrong with it (flaw, area_m2), as GeoJSON."""
    return grid_import.outlines(preview.get(import_id, grid_import.KIND), sealer())


@blp.url_value_preprocessor
def _make_room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A drawing may be larger than what others send; said before anything reads the body."""
    if endpoint == f"{blp.name}.{grid_import.KIND}_import_open":
        request.max_content_length = drawing.MAX_BYTES + 1024
