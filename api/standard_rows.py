"""Rows of the standards one at a time: classes, filing conditions with limits, and who handles them."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Day, Schema, Text, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.schemas.named import NamedSchema
from grid import clock, revision
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events.category import NAME_MAX, TEXT_MAX
from grid.revision import RULES
from grid.standards import code as codes
from grid.standards import editing
from grid.standards.batch import SCHEME_CODE_MAX
from grid.standards.editing import Row, Told

blp = Blueprint("standard-rows", __name__, url_prefix="/api/standards/rows", description="立结案标准逐条修改")
CODE = validate.Regexp(r"\A[A-Z]\d{2,4}\Z", error="小类代码应像 E0406 或 M01。")


class StandardRowSchema(Schema):
    """A row in force. condition_id null: of a class without conditions. limit, units: in words."""

    code = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    big_name = fields.String(required=True)
    condition_id = fields.UUID(allow_none=True, required=True)
    condition = fields.String(required=True)
    limit = fields.String(required=True)
    closing = fields.String(required=True)
    authority = fields.String(required=True)
    automatic = fields.Boolean(required=True)
    units = fields.String(required=True)
    valid_from = fields.Date(required=True)


class StandardRowsSchema(Schema):
    """Rows of a scheme. more: there are more than are listed. version: of all the rules, to edit under."""

    scheme = fields.String(required=True)
    schemes = fields.List(fields.Nested(NamedSchema), required=True)
    items = fields.List(fields.Nested(StandardRowSchema), required=True)
    more = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class StandardRowsQuerySchema(Schema):
    """q: words of the row. scheme: its code."""

    scheme = Text(maximum=SCHEME_CODE_MAX, minimum=1, load_default="urban")
    q = Text(maximum=50, load_default="")


class StandardRowPutSchema(Schema):
    """What a row is to say from a day on, today when left out. condition_id: the row it takes the place of."""

    scheme = Text(maximum=SCHEME_CODE_MAX, minimum=1, load_default="urban")
    valid_from = Day()
    code = fields.String(required=True, validate=CODE)
    kind = fields.String(validate=one_of(codes.LABELS))
    name = Text(maximum=NAME_MAX, minimum=1, required=True)
    big_name = Text(maximum=NAME_MAX, load_default="")
    condition_id = fields.UUID()
    condition = Text(maximum=TEXT_MAX, minimum=1, required=True)
    limit = Text(maximum=20, minimum=1, required=True)
    closing = Text(maximum=TEXT_MAX, load_default="")
    authority = Text(maximum=NAME_MAX, load_default="")
    automatic = fields.Boolean(load_default=False)
    units = Text(maximum=300, load_default="")


class StandardRowEndSchema(Schema):
    """valid_from: the first day on which it no longer holds. Without a condition the whole class ends."""

    scheme = Text(maximum=SCHEME_CODE_MAX, minimum=1, load_default="urban")
    code = fields.String(required=True, validate=CODE)
    condition_id = fields.UUID()
    valid_from = Day()


MOST = 300


@blp.get("")
@requires(Permission.RULES_MANAGE)
@blp.etag
@blp.arguments(StandardRowsQuerySchema, location="query", unknown=RAISE)
@blp.response(200, StandardRowsSchema)
@blp.alt_response(404, description="no such scheme")
def row_list(told: dict[str, str]) -> dict[str, Any]:
    """The rows of a scheme in force today, found by words."""
    return _listed(told["scheme"], told["q"])


@blp.post("")
@requires(Permission.RULES_MANAGE)
@blp.etag
@blp.arguments(StandardRowPutSchema)
@blp.response(200, StandardRowsSchema)
@blp.alt_response(404, description="no such scheme, or the row is not in force any more")
@blp.alt_response(409, description="a later version exists")
@blp.alt_response(422, description="makes no sense, changes nothing, or contradicts another row: both are named")
def row_put(told: dict[str, Any]) -> dict[str, Any]:
    """Change or add a row from a day on; the old one ends. If-Match: the version of the rules."""
    scheme, day = told.pop("scheme"), told.pop("valid_from", None) or clock.today()
    with transaction():
        _change("standards.row", told | {"scheme": scheme, "day": day}, lambda: _put(scheme, told, day))
    return _listed(scheme, told["code"])


@blp.post("/end")
@requires(Permission.RULES_MANAGE)
@blp.etag
@blp.arguments(StandardRowEndSchema)
@blp.response(200, StandardRowsSchema)
@blp.alt_response(404, description="no such scheme, or the row is not in force any more")
@blp.alt_response(409, description="a later version exists")
def row_end(told: dict[str, Any]) -> dict[str, Any]:
    """Let a row, or a whole class, end on a day. If-Match: the version of the rules."""
    scheme, day = told.pop("scheme"), told.pop("valid_from", None) or clock.today()
    with transaction():
        _change(
            "standards.row-end",
            told | {"scheme": scheme, "day": day},
            lambda: editing.end(current_user, scheme, told["code"], told.get("condition_id"), day),
        )
    return _listed(scheme, told["code"])


def _put(scheme: str, told: dict[str, Any], day: date) -> object:
    return editing.put(current_user, scheme, Told(**told), day)


def _change(kind: str, asked: dict[str, Any], deed: Any) -> None:
    """Under the version seen, once."""

    def work() -> dict[str, Any]:
        blp.check_etag({"version": revision.lock(RULES)})
        return {"code": deed().code}

    once(kind, {name: str(value) for name, value in asked.items()}, work)


def _listed(scheme: str, words: str) -> dict[str, Any]:
    found, number = editing.rows(scheme, words), revision.current(RULES)
    blp.set_etag({"version": number})
    return {
        "scheme": scheme,
        "schemes": editing.schemes(),
        "items": [_row(row) for row in found[:MOST]],
        "more": len(found) > MOST,
        "version": number,
    }


def _row(row: Row) -> dict[str, Any]:
    category, condition = row.found.category, row.condition
    return {
        "code": category.code,
        "kind": category.kind,
        "name": category.name,
        "big_name": category.big_name,
        "condition_id": condition.id if condition else None,
        "condition": condition.text if condition else "",
        "limit": str(condition.limit) if condition else "",
        "closing": condition.closing if condition else "",
        "authority": condition.authority if condition else "",
        "automatic": condition.is_certain if condition else False,
        "units": row.units,
        "valid_from": condition.valid_from if condition else category.valid_from,
    }
