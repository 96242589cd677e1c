"""Departments as their administrator sees them: open, rename, close; import from a spreadsheet."""

from __future__ import annotations

from typing import Any

from api import imports
from api.auth import current_user
from api.fields import Schema, Text, fields
from api.http import Blueprint
from api.idempotency import once
from api.imports import Importer, sealer
from api.mark import requires
from api.paging import list_of
from api.schemas.named import NamedSchema
from grid.accounts.department import Department
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.areas import net
from grid.db import transaction
from grid.imports.preview import ImportPreview
from grid.staff import bureau, department_import

blp = Blueprint("departments", __name__, url_prefix="/api/departments", description="部门管理")


class DepartmentSchema(Schema):
    """A department; people: active accounts, cases: how many lie with it (only when looked at alone)."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    area = fields.Nested(NamedSchema, required=True)
    active = fields.Boolean(required=True)
    people = fields.Integer()
    cases = fields.Integer()
    version = fields.Integer(required=True)


class DepartmentNewSchema(Schema):
    """A department to be opened. area: code of the area it serves."""

    code = Text(maximum=40, minimum=1, required=True)
    name = Text(maximum=bureau.NAME_MAX, minimum=1, required=True)
    area = Text(maximum=20, minimum=1, required=True)


class DepartmentEditSchema(Schema):
    """What a department is to be."""

    name = Text(maximum=bureau.NAME_MAX, minimum=1, required=True)
    active = fields.Boolean(required=True)


@blp.get("/details")
@requires(Permission.ACCOUNT_MANAGE)
@blp.response(200, list_of(DepartmentSchema))
def department_details() -> dict[str, Any]:
    """All departments, active or not."""
    people = bureau.headcounts()
    return {"items": [_shown(one) | {"people": people.get(one.id, 0)} for one in bureau.every()]}


@blp.post("")
@requires(Permission.ACCOUNT_MANAGE)
@blp.arguments(DepartmentNewSchema)
@blp.response(201, DepartmentSchema)
@blp.alt_response(404, description="no such area")
def department_add(told: dict[str, Any]) -> dict[str, Any]:
    """Open a department."""
    with transaction():
        area = net.current().find(told["area"])

        def work() -> dict[str, Any]:
            bureau.add(current_user, told["code"], told["name"], area.id)
            return {"department": told["code"]}

        once("department.create", told, work)
        return _shown(bureau.get(told["code"]))


@blp.get("/<word:code>")
@requires(Permission.ACCOUNT_MANAGE)
@blp.etag
@blp.response(200, DepartmentSchema)
def department_show(code: str) -> dict[str, Any]:
    """One department."""
    found = bureau.get(code)
    blp.set_etag({"version": found.version})
    return _shown(found) | {"cases": bureau.open_assignments(found)}


@blp.put("/<word:code>")
@requires(Permission.ACCOUNT_MANAGE)
@blp.etag
@blp.arguments(DepartmentEditSchema)
@blp.response(200, DepartmentSchema)
def department_put(told: dict[str, Any], code: str) -> dict[str, Any]:
    """Rename, close or reopen a department; one with cases in hand is not closed (409)."""
    with transaction():
        found = bureau.get(code)
        blp.check_etag({"version": found.version})
        bureau.change(current_user, found, told["name"], told["active"])
    blp.set_etag({"version": found.version})
    return _shown(found)


def _shown(found: Department) -> dict[str, Any]:
    area = net.current().node(found.area_id)
    return {
        "code": found.code,
        "name": found.name,
        "area": area,
        "active": found.is_active,
        "version": found.version,
    }


def _confirm(actor: User, found: ImportPreview, chosen: list[int] | None, prepared: Any) -> dict[str, Any]:
    department_import.confirm(actor, found, chosen, sealer())
    return {}


imports.routes(
    blp,
    "",
    Importer(
        kind=department_import.KIND,
        permission=Permission.ACCOUNT_MANAGE,
        draft=lambda actor, data, told: department_import.draft(actor, data, told["name"], sealer()),
        confirm=_confirm,
    ),
)
