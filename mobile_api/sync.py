"""Synchronisation: what is new for this phone, what it sends, and whether the two hold the same."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Schema, fields, one_of
from api.mark import requires
from grid.accounts import device as devices
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.errors import Invalid
from grid.handset import page as pages
from grid.handset.collection import BY_NAME
from grid.sync import push as pushing
from grid.sync.change import Change
from grid.sync.ledger import Result, Status
from mobile_api import crowd, cursor, op, row, seat
from mobile_api.http import TooLarge, blueprint
from mobile_api.op import OpSchema
from mobile_api.ops import KINDS
from mobile_api.receipt import ReceiptSchema, receipts

blp = blueprint("sync", "手机：同步", needs_seat=True)
MAX_OPS, MAX_BYTES = 50, 256 * 1024
MAX_HELD = 20_000


class PullQuerySchema(Schema):
    """Where to go on; without a cursor a full copy begins."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=300, error="同步的位置不对。"))
    limit = fields.Integer(
        load_default=200, strict=False, validate=validate.Range(1, 500, error="应在 1 到 500 之间。")
    )


class ChangeSchema(Schema):
    """One change. put: the row as it is now in ``data``; revoke: no longer this person's; del: gone."""

    c = fields.String(required=True, validate=one_of(BY_NAME))
    id = fields.UUID(required=True)
    rev = fields.Integer(required=True)
    op = fields.String(required=True, validate=one_of(Change))
    data = fields.Dict(metadata={"additionalProperties": True})


class PullSchema(Schema):
    """A page. snapshot: it belongs to a full copy; what that did not name is no longer there."""

    epoch = fields.String(required=True)
    cursor = fields.String(required=True)
    has_more = fields.Boolean(required=True)
    snapshot = fields.Boolean(required=True)
    changes = fields.List(fields.Raw(metadata={"$ref": "#/components/schemas/Change"}), required=True)


@blp.get("/sync/pull")
@requires(Permission.SYNC_USE)
@crowd.in_turn
@blp.arguments(PullQuerySchema, location="query", unknown=RAISE)
@blp.response(200, PullSchema)
@blp.alt_response(410, description="problem: begin anew without a cursor")
@blp.alt_response(426, description="problem: the app is too old")
def pull(told: dict[str, Any]) -> dict[str, Any]:
    """The next page of what this phone should hold: first everything, then what changed."""
    seat.check_app()
    place = cursor.read(told["cursor"]) if told["cursor"] else pages.begin(current_user)
    page = pages.read(current_user, place, told["limit"])
    return {
        "epoch": str(place.epoch),
        "cursor": cursor.write(page.place),
        "has_more": page.has_more,
        "snapshot": page.is_snapshot,
        "changes": [row.change(item, page.events) for item in page.items],
    }


class HeldSchema(Schema):
    """What the phone holds of a collection: how many, and sha256 of its "id:rev" lines in the order of the ids."""

    count = fields.Integer(required=True, validate=validate.Range(0, 10_000_000))
    hash = fields.String(required=True, validate=validate.Length(max=64))


class CheckSchema(Schema):
    """Either fingerprints by collection, or all that the phone holds of some: {"event": [[id, rev], …]}."""

    collections = fields.Dict(
        keys=fields.String(validate=one_of(BY_NAME)), values=fields.Nested(HeldSchema), load_default=dict
    )
    items = fields.Dict(
        keys=fields.String(validate=one_of(BY_NAME)),
        values=fields.List(
            fields.List(fields.Raw(), validate=validate.Length(equal=2, error="应是 [编号, 版本]。"))
        ),
        load_default=dict,
    )


class CheckedSchema(Schema):
    """same or differs by collection; and what to do so that the rest is the same. has_more: ask again after it."""

    collections = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    changes = fields.List(fields.Raw(metadata={"$ref": "#/components/schemas/Change"}), required=True)
    has_more = fields.Boolean(required=True)


@blp.post("/sync/check")
@requires(Permission.SYNC_USE)
@crowd.in_turn
@blp.arguments(CheckSchema)
@blp.response(200, CheckedSchema)
@blp.alt_response(426, description="problem: the app is too old")
def check(told: dict[str, Any]) -> dict[str, Any]:
    """Does the phone hold what it should? If not, what repairs it."""
    seat.check_app()
    held = {name: _held(pairs) for name, pairs in told["items"].items()}
    if sum(map(len, held.values())) > MAX_HELD:
        raise Invalid(f"一次最多核对 {MAX_HELD} 条。", field="items")
    items, events, has_more = pages.repair(current_user, held)
    same = {
        name: pages.same(current_user, name, mine["count"], mine["hash"])
        for name, mine in told["collections"].items()
    }
    return {
        "collections": {name: "same" if is_same else "differs" for name, is_same in same.items()},
        "changes": [row.change(item, events) for item in items],
        "has_more": has_more,
    }


def _held(pairs: list[list[Any]]) -> dict[UUID, int]:
    try:
        return {UUID(record_id): int(rev) for record_id, rev in pairs}
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise Invalid("应是 [编号, 版本] 的列表。", field="items") from None


class PushSchema(Schema):
    """A batch. Each op is read by itself: one that is wrong is refused, the others are taken in."""

    ops = fields.List(
        fields.Raw(allow_none=True, metadata={"anyOf": [{"$ref": "#/components/schemas/Op"}, {}]}), required=True
    )


class OpErrorSchema(Schema):
    """Why: for programs, where, and for people."""

    code = fields.String(required=True)
    field = fields.String(required=True)
    message = fields.String(required=True)


class ResultSchema(Schema):
    """What became of one op."""

    op_id = fields.String(required=True)
    status = fields.String(required=True, validate=one_of(Status))
    rev = fields.Integer()
    error = fields.Nested(OpErrorSchema)
    server = fields.Dict(metadata={"additionalProperties": True})
    receipt = fields.Nested(ReceiptSchema)


class PushedSchema(Schema):
    """One result an op, in the order of the ops."""

    results = fields.List(fields.Nested(ResultSchema), required=True)


@blp.post("/sync/push")
@requires(Permission.SYNC_USE)
@crowd.in_turn
@seat.while_draining
@blp.arguments(PushSchema)
@blp.response(200, PushedSchema)
def push(told: dict[str, Any]) -> dict[str, Any]:
    """Take in what the phone did. 200 says something of every op; anything else: send the same again."""
    if len(told["ops"]) > MAX_OPS or len(request.get_data()) > MAX_BYTES:
        raise TooLarge(f"一次最多 {MAX_OPS} 条、{MAX_BYTES // 1024} KB，请分开发。")
    batch = [op.read(raw) for raw in told["ops"]]
    mine = seat.current()
    with transaction():
        results = pushing.push(current_user, mine.id, batch, KINDS)
        devices.touch(mine.id, last_seq=max(mine.last_seq, pushing.highest(batch)))
        answers = _answers(results)
    return {"results": answers}


def _answers(results: list[Result]) -> list[dict[str, Any]]:
    """The results on the wire, receipts in words."""
    stored = [result.receipt for result in results if result.receipt is not None]
    worded = iter(receipts(stored))
    return [_answer(result, next(worded) if result.receipt is not None else None) for result in results]


def _answer(result: Result, receipt: dict[str, Any] | None) -> dict[str, Any]:
    told = {
        "op_id": result.op_id,
        "status": result.status.value,
        "rev": result.rev,
        "error": result.error,
        "server": result.server,
        "receipt": receipt,
    }
    return {name: value for name, value in told.items() if value is not None}


SCHEMAS = {"Change": ChangeSchema, "Op": OpSchema}
