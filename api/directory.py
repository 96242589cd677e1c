"""What forms need: departments, categories, workers."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE

from api.auth import current_user
from api.fields import Schema, Text, fields, one_of
from api.http import Blueprint
from api.imports import sealer
from api.mark import requires
from api.paging import list_of
from api.schemas.named import NamedSchema
from api.schemas.person import PersonRefSchema, RevealedSchema, RevealSchema
from grid.accounts import department as departments
from grid.accounts.permission import Permission
from grid.areas import net
from grid.db import transaction
from grid.errors import NotFound
from grid.events import rulebook
from grid.events.rulebook import Class
from grid.events.sending import workers
from grid.fieldwork import whereabouts
from grid.staff import mobile

blp = Blueprint("directory", __name__, url_prefix="/api", description="部门、类别、人员")


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


@blp.post("/workers/<word:username>/reveal")
@requires(Permission.WORKER_CALL)
@blp.arguments(RevealSchema)
@blp.response(200, RevealedSchema)
@blp.alt_response(404, description="problem: nobody of that name in the caller's area, or no number known")
def worker_reveal(told: dict[str, str], username: str) -> dict[str, str]:
    """The mobile number of somebody in one's area, to call them; the look is in the trail before it leaves."""
    with transaction():
        person = whereabouts.find(current_user, Permission.WORKER_CALL, username)
        digits = mobile.reveal(current_user, person, told["purpose"], sealer())
    return {"mobile": digits}
