"""What forms and maps need: departments, categories, areas, workers."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE

from api.auth import current_user
from api.fields import Degrees, Schema, Text, fields, one_of
from api.http import Blueprint
from api.mark import requires
from api.paging import list_of
from api.schemas.common import AreaRefSchema, AreaSchema, NamedSchema, PersonRefSchema, area_ref
from grid.accounts import department as departments
from grid.accounts.permission import Permission
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Net, Node
from grid.errors import NotFound
from grid.events import rulebook
from grid.events.offer import workers
from grid.events.rulebook import Class
from grid.geo.crs import Datum
from grid.geo.shapes import geojson

blp = Blueprint("directory", __name__, url_prefix="/api", description="部门、类别、区域、人员")


@blp.get("/departments")
@requires(Permission.DEPARTMENT_READ)
@blp.response(200, list_of(NamedSchema))
def department_list() -> dict[str, Any]:
    """Departments one may dispatch to."""
    return {"items": departments.active()}


class ConditionRefSchema(Schema):
    """A filing condition and its limit in words."""

    id = fields.UUID(required=True)
    text = fields.String(required=True)
    limit = fields.String(required=True)


class CategorySchema(Schema):
    """A small class in force, with the scheme it belongs to and its filing conditions."""

    scheme = fields.Nested(NamedSchema, required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    big_name = fields.String(required=True)
    kind = fields.String(required=True, validate=one_of(["component", "event"]))
    conditions = fields.List(fields.Nested(ConditionRefSchema), required=True)


@blp.get("/categories")
@requires(Permission.CATEGORY_READ)
@blp.response(200, list_of(CategorySchema))
def category_list() -> dict[str, Any]:
    """Small classes in force."""
    return {"items": categories()}


def categories() -> list[Class]:
    """Small classes in force, by code."""
    return rulebook.current().classes


class AreaQuerySchema(Schema):
    """geometry: with outlines."""

    level = fields.String(validate=one_of(Level))
    geometry = fields.Boolean(load_default=False)


@blp.get("/areas")
@requires(Permission.AREA_READ)
@blp.arguments(AreaQuerySchema, location="query", unknown=RAISE)
@blp.response(200, list_of(AreaSchema))
def area_list(told: dict[str, Any]) -> dict[str, Any]:
    """Areas of the net, from the root down."""
    snapshot = net.current()
    level = told.get("level")
    nodes = [node for node in snapshot.by_id.values() if level is None or node.level == level]
    return {"items": [area(snapshot, node, told["geometry"]) for node in nodes]}


def area(snapshot: Net, node: Node, with_boundary: bool) -> dict[str, Any]:
    """An area as its schema wants it."""
    parent = snapshot.parent(node)
    shown: dict[str, Any] = {
        "code": node.code,
        "name": node.name,
        "level": node.level,
        "parent": parent.code if parent else None,
    }
    if with_boundary and node.boundary is not None:
        shown["boundary"] = geojson(node.boundary)
    return shown


class LocateSchema(Schema):
    """A point: degrees in the declared datum."""

    lon = Degrees(limit=180, required=True)
    lat = Degrees(limit=90, required=True)
    datum = fields.String(required=True, validate=one_of(Datum))


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
    found = snapshot.locate(told["lon"], told["lat"], Datum(told["datum"]))
    return {
        "area": area_ref(found.area, snapshot.parent(found.area)),
        "inside": found.is_inside,
        "distance_m": found.distance_m,
    }


class WorkerQuerySchema(Schema):
    """The place a worker is wanted for."""

    area = Text(maximum=20, required=True)


@blp.get("/workers")
@requires(Permission.WORKER_READ)
@blp.arguments(WorkerQuerySchema, location="query", unknown=RAISE)
@blp.response(200, list_of(PersonRefSchema))
def worker_list(told: dict[str, Any]) -> dict[str, Any]:
    """People who can answer a check there, the place's own first."""
    place = net.current().find(told["area"])
    reach = [grant.path for grant in current_user.grants(Permission.WORKER_READ)]
    if not any(place.path.startswith(path) for path in reach):
        raise NotFound("没有这个区域，或不在你的范围里。")
    return {"items": workers(place.path)}
