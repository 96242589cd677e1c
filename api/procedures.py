"""Procedure rules (办理规定) of streets: what holds, what will hold, and changing it."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE

from api.auth import current_user
from api.fields import Day, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.schemas.dated import EndSchema, StreetSchema
from api.schemas.named import NamedSchema
from api.street import ruled
from grid import ruling
from grid.accounts.permission import Permission
from grid.areas import net
from grid.areas.net import Node
from grid.calendars import almanac
from grid.db import transaction
from grid.events import procedure_rule as rules
from grid.events import rulebook
from grid.events.procedure_rule import DEFAULTS, ProcedureRule, Rule, Saying, Wanted
from grid.worktime.limit import Limit, Unit

blp = Blueprint("procedures", __name__, url_prefix="/api", description="办理规定")


class ProcedureRowSchema(Schema):
    """A dated row. until: the first day on which it no longer holds; null: without end."""

    id = fields.Integer(required=True)
    area = fields.Nested(NamedSchema, required=True)
    rule = coded(required=True)
    key = fields.String(required=True)
    about = fields.String(required=True)
    value = fields.Integer(allow_none=True, required=True)
    unit = coded(allow_none=True, required=True)
    words = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(allow_none=True, required=True)
    version = fields.Integer(required=True)


class ProcedureSchema(Schema):
    """What holds today for one thing. default: no row says so, it is the product's own."""

    rule = coded(required=True)
    key = fields.String(required=True)
    about = fields.String(required=True)
    says = fields.String(required=True, metadata={"description": "count, limit or mark"})
    words = fields.String(required=True)
    default = fields.Boolean(required=True)


class ProceduresSchema(Schema):
    """The procedure of a street: what holds today, and every row of it and of the areas above."""

    area = fields.Nested(NamedSchema, required=True)
    items = fields.List(fields.Nested(ProcedureSchema), required=True)
    rows = fields.List(fields.Nested(ProcedureRowSchema), required=True)
    units = fields.List(coded(), required=True)


class ProcedurePutSchema(StreetSchema):
    """A row. key: for rules of several kinds, or the code of a class. replace: ends the row it follows."""

    rule = fields.String(required=True, validate=one_of(Rule))
    key = Text(maximum=20, load_default="")
    value = fields.Integer()
    unit = fields.String(validate=one_of(Unit))
    valid_from = Day()
    valid_to = Day()
    replace = fields.Boolean(load_default=False)


@blp.get("/procedures")
@requires(Permission.PROCEDURE_READ)
@blp.arguments(StreetSchema, location="query", unknown=RAISE)
@blp.response(200, ProceduresSchema)
def show(told: dict[str, str]) -> dict[str, Any]:
    """The procedure of a street."""
    return _told(ruled(told.get("area")))


@blp.post("/procedures")
@requires(Permission.PROCEDURE_MANAGE)
@blp.arguments(ProcedurePutSchema)
@blp.response(200, ProceduresSchema)
@blp.alt_response(422, description="makes no sense, or contradicts another row: both are named")
def put(told: dict[str, Any]) -> dict[str, Any]:
    """Add a row. One that contradicts another is refused, and both are named."""
    street = ruled(told.get("area"))
    wanted = Wanted(Rule(told["rule"]), **{name: told[name] for name in told if name not in ("rule", "area")})

    def work() -> dict[str, Any]:
        return {"rule": rules.put(current_user, street, wanted).id}

    with transaction():
        once("procedure.put", {name: str(value) for name, value in told.items()}, work)
    return _told(street)


@blp.patch("/procedures/<int:rule_id>")
@requires(Permission.PROCEDURE_MANAGE)
@blp.etag
@blp.arguments(EndSchema)
@blp.response(200, ProcedureRowSchema)
def end(told: dict[str, Any], rule_id: int) -> dict[str, Any]:
    """Let a row end on another day. If-Match: its version."""
    with transaction():
        row = rules.get(rule_id)
        blp.check_etag({"version": row.version})
        ruling.end(current_user, row, told["valid_to"])
    blp.set_etag({"version": row.version})
    return _row(row)


@blp.get("/procedures/<int:rule_id>")
@requires(Permission.PROCEDURE_READ)
@blp.etag
@blp.response(200, ProcedureRowSchema)
def row(rule_id: int) -> dict[str, Any]:
    """One row."""
    found = rules.get(rule_id)
    blp.set_etag({"version": found.version})
    return _row(found)


def _told(street: Node) -> dict[str, Any]:
    sayings = rulebook.current().procedure.sayings
    marks = {(rule, key) for area_id, rule, key in sayings if rule is Rule.SELF_CLASS}
    return {
        "area": street,
        "items": [_item(street, rule, key) for rule, key in [*DEFAULTS, *sorted(marks)]],
        "rows": [_row(row) for row in rules.rows(street.path)],
        "units": list(Unit),
    }


def _item(street: Node, rule: Rule, key: str) -> dict[str, Any]:
    found = rulebook.current().procedure
    saying = found.says(street.path, rule, key)
    ids = [int(part) for part in street.path.strip("/").split("/")]
    return {
        "rule": rule,
        "key": key,
        "about": _about(rule, key),
        "says": rule.says.value,
        "words": _words(street.path, saying) if saying is not None else "否",
        "default": not any((id_, rule, key) in found.sayings for id_ in ids),
    }


def _row(row: ProcedureRule) -> dict[str, Any]:
    names = "id rule key value valid_from valid_to version"
    return {name: getattr(row, name) for name in names.split()} | {
        "area": net.current().node(row.area_id),
        "about": _about(row.rule, row.key),
        "unit": Unit(row.unit) if row.unit else None,
        "words": _words(row.area.path, row.said),
    }


def _about(rule: Rule, key: str) -> str:
    if rule is Rule.SELF_CLASS:
        found = rulebook.current().by_code.get(key)
        return found.name if found else key
    return rules.key_words(rule, key)


def _words(area_path: str, saying: Saying) -> str:
    """A limit in the street's own words."""
    if isinstance(saying, Limit):
        return almanac.current().policy(area_path).words(saying)
    return rules.words(saying)
