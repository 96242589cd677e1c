"""Matters (督办事项, 13710): handed down, worked on by departments, struck off by who handed them down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.kinds import LimitedKindSchema, LimitQuerySchema, limited
from api.mark import requires
from api.paging import PageQuerySchema, page_of
from api.schemas.named import NamedSchema
from api.schemas.person import PersonRefSchema
from grid import clock
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineState
from grid.events.procedure_rule import Rule
from grid.supervision import matter_list, matter_writing
from grid.supervision.matter import MOST, EntryKind, Matter, MatterKind, MatterState
from grid.supervision.matter_issue import Order, hand_down
from grid.worktime.limit import Light, light

blp = Blueprint("matters", __name__, url_prefix="/api/matters", description="督办事项")


class MatterClockSchema(Schema):
    """One of its three limits."""

    kind = coded(required=True)
    state = coded(required=True)
    due_at = Moment(required=True)
    finished_at = Moment(allow_none=True, required=True)
    light = coded(required=True)


class MatterEntrySchema(Schema):
    """A line of its ledger."""

    kind = coded(required=True)
    at = Moment(required=True)
    actor = fields.Nested(PersonRefSchema, required=True)
    department = fields.Nested(NamedSchema, allow_none=True, required=True)
    words = fields.String(required=True)


class MatterLineSchema(Schema):
    """A matter as a list has it. kinds: of entries the caller may write now."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    content = fields.String(required=True)
    source = fields.String(required=True)
    area = fields.Nested(NamedSchema, required=True)
    kind = coded(required=True)
    state = coded(required=True)
    light = coded(required=True)
    issuer = fields.Nested(PersonRefSchema, required=True)
    issued_at = Moment(required=True)
    done_at = Moment(allow_none=True, required=True)
    closed_at = Moment(allow_none=True, required=True)
    lead = fields.Nested(NamedSchema, required=True)
    assist = fields.List(fields.Nested(NamedSchema), required=True)
    clocks = fields.List(fields.Nested(MatterClockSchema), required=True)
    entry_count = fields.Integer(required=True)
    kinds = fields.List(coded(), required=True)
    version = fields.Integer(required=True)


class MatterSchema(MatterLineSchema):
    """A matter with its ledger."""

    entries = fields.List(fields.Nested(MatterEntrySchema), required=True)


class MatterQuerySchema(PageQuerySchema):
    """state: only these."""

    state = fields.String(validate=one_of(MatterState))


class MatterWordsSchema(Schema):
    """Kinds of matters, with the time there is for them, and the states they go through."""

    kinds = fields.List(fields.Nested(LimitedKindSchema), required=True)
    states = fields.List(coded(), required=True)


class MatterOrderSchema(Schema):
    """What is to be done, by whom. area: where; kind: general within 7 days, major within a month."""

    title = Text(maximum=100, minimum=1, required=True)
    content = Text(maximum=1000, load_default="")
    source = Text(maximum=100, load_default="")
    kind = fields.String(required=True, validate=one_of(MatterKind))
    area = Text(maximum=20, minimum=1, required=True)
    lead = Text(maximum=40, minimum=1, required=True)
    assist = fields.List(
        Text(maximum=40, minimum=1),
        load_default=list,
        validate=validate.Length(0, MOST, error=f"最多 {MOST} 个单位。"),
    )


class MatterWriteSchema(Schema):
    """An entry; words may be left out only when it is struck off."""

    kind = fields.String(required=True, validate=one_of(EntryKind))
    words = Text(maximum=1000, load_default="")


@blp.get("")
@requires(Permission.MATTER_READ)
@blp.arguments(MatterQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(MatterLineSchema))
def listed(told: dict[str, Any]) -> dict[str, Any]:
    """Matters in the caller's scope, newest first."""
    state = MatterState(told["state"]) if "state" in told else None
    items, following = matter_list.listed(current_user, state, told["after"], told["limit"])
    return {"items": [_told(matter) for matter in items], "next": following}


@blp.post("")
@requires(Permission.MATTER_ISSUE)
@blp.arguments(MatterOrderSchema)
@blp.response(201, MatterSchema)
@blp.alt_response(404, description="no such area")
def issue(told: dict[str, Any]) -> dict[str, Any]:
    """Hand a matter down."""
    order = Order(**told | {"kind": MatterKind(told["kind"])})
    made: list[UUID] = []

    def work() -> dict[str, Any]:
        made.append(hand_down(current_user, order).id)
        return {"matter": str(made[0])}

    with transaction():
        result = once("matter.issue", told, work)
    return _whole(matter_list.get(current_user, made[0] if made else UUID(result["matter"])))


@blp.get("/words")
@requires(Permission.MATTER_READ)
@blp.arguments(LimitQuerySchema, location="query", unknown=RAISE)
@blp.response(200, MatterWordsSchema)
@blp.alt_response(404, description="no such area")
def words(told: dict[str, str]) -> dict[str, Any]:
    """The words to choose from."""
    return {"kinds": limited(MatterKind, Rule.MATTER_LIMIT, told["area"]), "states": list(MatterState)}


@blp.get("/<uuid:matter_id>")
@requires(Permission.MATTER_READ)
@blp.etag
@blp.response(200, MatterSchema)
def one(matter_id: UUID) -> dict[str, Any]:
    """One matter with its ledger."""
    found = matter_list.get(current_user, matter_id)
    blp.set_etag({"version": found.version})
    return _whole(found)


@blp.post("/<uuid:matter_id>/entries")
@requires(Permission.MATTER_READ)
@blp.etag
@blp.arguments(MatterWriteSchema)
@blp.response(200, MatterSchema)
@blp.alt_response(403, description="not the caller's to write")
@blp.alt_response(409, description="not in this state")
def write(told: dict[str, Any], matter_id: UUID) -> dict[str, Any]:
    """Write into its ledger: departments what they did, the office that it is struck off or goes back."""
    with transaction():
        found = matter_list.hold(current_user, matter_id)
        blp.check_etag({"version": found.version})
        matter_writing.write(current_user, found, EntryKind(told["kind"]), told["words"])
    found = matter_list.get(current_user, matter_id)
    blp.set_etag({"version": found.version})
    return _whole(found)


def _whole(matter: Matter) -> dict[str, Any]:
    return _told(matter) | {"entries": matter.entries}


def _told(matter: Matter) -> dict[str, Any]:
    names = "id title content source area kind state issuer issued_at done_at closed_at entry_count version"
    lead, *assist = [unit.department for unit in matter.units]
    clocks = [_clock(row) for row in matter.clocks]
    return {name: getattr(matter, name) for name in names.split()} | {
        "lead": lead,
        "assist": assist,
        "clocks": clocks,
        "light": max((clock_["light"] for clock_ in clocks), key=_RANK.index, default=Light.NONE),
        "kinds": [kind for kind in EntryKind if not matter_writing.objection(current_user, matter, kind)],
    }


_RANK = [Light.NONE, Light.GREEN, Light.YELLOW, Light.RED]


def _clock(row: Deadline) -> dict[str, Any]:
    names = "kind state due_at finished_at"
    is_on = row.state is DeadlineState.RUNNING
    lit = light(row.yellow_at, row.due_at, clock.now()) if is_on else Light.NONE
    return {name: getattr(row, name) for name in names.split()} | {"light": lit}
