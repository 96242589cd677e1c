"""Ladders (催办升级) of streets: when whom is told of a clock, and changing it."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Day, Schema, coded, fields, one_of
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
from grid.db import transaction
from grid.events import ladder as ladders
from grid.events import rulebook
from grid.events.deadline_kind import DeadlineKind
from grid.events.ladder import DEFAULTS, Ladder, LadderRule, Wanted
from grid.events.rung import Act, Moment, Rung, Whom
from grid.worktime.limit import Unit

blp = Blueprint("ladders", __name__, url_prefix="/api/ladders", description="催办升级")


class RungSchema(Schema):
    """One rung. value: per cent of the limit for moment "share", else a number of ``unit``; none when due."""

    moment = fields.String(required=True, validate=one_of(Moment))
    value = fields.Integer(allow_none=True, load_default=None)
    unit = fields.String(allow_none=True, load_default=None, validate=one_of(Unit))
    act = fields.String(required=True, validate=one_of(Act))
    whom = fields.List(
        fields.String(validate=one_of(Whom)),
        required=True,
        validate=validate.Length(1, len(Whom), error="要说明告诉谁。"),
    )


class LadderRowSchema(Schema):
    """A dated row: the whole ladder of one kind of clock. valid_to: the first day without it; null: no end."""

    id = fields.Integer(required=True)
    area = fields.Nested(NamedSchema, required=True)
    kind = coded(required=True)
    words = fields.String(required=True)
    rungs = fields.List(fields.Nested(RungSchema), required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(allow_none=True, required=True)
    version = fields.Integer(required=True)


class LadderSchema(Schema):
    """What holds today for one kind of clock. default: no row says so, it is the product's own."""

    kind = coded(required=True)
    words = fields.List(fields.String(), required=True)
    rungs = fields.List(fields.Nested(RungSchema), required=True)
    default = fields.Boolean(required=True)


class LaddersSchema(Schema):
    """The ladders of a street: what holds today, every row of it and of those above, the words to choose from."""

    area = fields.Nested(NamedSchema, required=True)
    items = fields.List(fields.Nested(LadderSchema), required=True)
    rows = fields.List(fields.Nested(LadderRowSchema), required=True)
    moments = fields.List(coded(), required=True)
    acts = fields.List(coded(), required=True)
    whom = fields.List(coded(), required=True)
    units = fields.List(coded(), required=True)


class LadderPutSchema(StreetSchema):
    """A ladder; no rungs: nobody is told. replace: ends the row it follows."""

    kind = fields.String(required=True, validate=one_of(DeadlineKind))
    rungs = fields.List(
        fields.Nested(RungSchema),
        required=True,
        validate=validate.Length(0, ladders.MOST_RUNGS, error=f"最多 {ladders.MOST_RUNGS} 级。"),
    )
    valid_from = Day()
    valid_to = Day()
    replace = fields.Boolean(load_default=False)


@blp.get("")
@requires(Permission.PROCEDURE_READ)
@blp.arguments(StreetSchema, location="query", unknown=RAISE)
@blp.response(200, LaddersSchema)
def show(told: dict[str, str]) -> dict[str, Any]:
    """The ladders of a street."""
    return _told(ruled(told.get("area")))


@blp.post("")
@requires(Permission.PROCEDURE_MANAGE)
@blp.arguments(LadderPutSchema)
@blp.response(200, LaddersSchema)
@blp.alt_response(422, description="makes no sense, or contradicts another row: both are named")
def put(told: dict[str, Any]) -> dict[str, Any]:
    """Add a ladder, for clocks that start from now on. One that contradicts another is refused, both named."""
    street = ruled(told.get("area"))
    dates = {name: told[name] for name in ("valid_from", "valid_to", "replace") if name in told}
    wanted = Wanted(DeadlineKind(told["kind"]), told["rungs"], **dates)

    def work() -> dict[str, Any]:
        return {"ladder": ladders.put(current_user, street, wanted).id}

    with transaction():
        once("ladder.put", {name: str(value) for name, value in told.items()}, work)
    return _told(street)


@blp.get("/<int:ladder_id>")
@requires(Permission.PROCEDURE_READ)
@blp.etag
@blp.response(200, LadderRowSchema)
def row(ladder_id: int) -> dict[str, Any]:
    """One row."""
    found = ladders.get(ladder_id)
    blp.set_etag({"version": found.version})
    return _row(found)


@blp.patch("/<int:ladder_id>")
@requires(Permission.PROCEDURE_MANAGE)
@blp.etag
@blp.arguments(EndSchema)
@blp.response(200, LadderRowSchema)
@blp.alt_response(422, description="contradicts another row: both are named")
def end(told: dict[str, Any], ladder_id: int) -> dict[str, Any]:
    """Let a row end on another day. If-Match: its version."""
    with transaction():
        found = ladders.get(ladder_id)
        blp.check_etag({"version": found.version})
        ruling.end(current_user, found, told["valid_to"])
    blp.set_etag({"version": found.version})
    return _row(found)


def _told(street: Node) -> dict[str, Any]:
    now = rulebook.current().ladders
    return {
        "area": street,
        "items": [_item(kind, now.of(street.path, kind)) for kind in DEFAULTS],
        "rows": [_row(row) for row in ladders.rows(street.path)],
        "moments": list(Moment),
        "acts": list(Act),
        "whom": list(Whom),
        "units": list(Unit),
    }


def _item(kind: DeadlineKind, held: Ladder) -> dict[str, Any]:
    return {
        "kind": kind,
        "words": list(map(str, held.rungs)),
        "rungs": _rungs(held.rungs),
        "default": not held.number,
    }


def _row(row: LadderRule) -> dict[str, Any]:
    names = "id kind rungs valid_from valid_to version"
    told = {name: getattr(row, name) for name in names.split()}
    return told | {"area": net.current().node(row.area_id), "words": str(row.value)}


def _rungs(rungs: tuple[Rung, ...]) -> list[dict[str, Any]]:
    return [rung.told() for rung in rungs]
