"""Stand-ins, duty handed on for a while, and open tasks handed over."""

from __future__ import annotations

from typing import Any

from api.auth import current_user
from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.paging import list_of
from api.schemas.person import PersonRefSchema
from grid.accounts.delegation import Delegation, DelegationKind
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import db, transaction
from grid.staff import substitution
from grid.staff.substitution import Wanted

blp = Blueprint("delegations", __name__, url_prefix="/api", description="顶岗与代办")


class DelegationSchema(Schema):
    """Whose posts are whose, from when to when."""

    id = fields.Integer(required=True)
    kind = coded(required=True)
    leaver = fields.Nested(PersonRefSchema, required=True)
    successor = fields.Nested(PersonRefSchema, required=True)
    begins_at = Moment(required=True)
    ends_at = Moment(required=True)
    reason = fields.String(required=True)
    version = fields.Integer(required=True)


class LendSchema(Schema):
    """Whose posts (leaver) go to whom. tasks: the open ones go along."""

    kind = fields.String(required=True, validate=one_of(DelegationKind))
    leaver = Text(maximum=40, minimum=1, required=True)
    successor = Text(maximum=40, minimum=1, required=True)
    begins_at = Moment()
    ends_at = Moment(required=True)
    reason = Text(maximum=200, minimum=1, required=True)
    tasks = fields.Boolean()


class HandOverSchema(Schema):
    """Whose open tasks go to whom."""

    leaver = Text(maximum=40, minimum=1, required=True)
    successor = Text(maximum=40, minimum=1, required=True)


class HandedOverSchema(Schema):
    """How many tasks went."""

    tasks = fields.Integer(required=True)


@blp.get("/delegations")
@requires(Permission.SELF_READ)
@blp.response(200, list_of(DelegationSchema))
def delegations() -> dict[str, Any]:
    """Those that concern the caller, or that the caller manages; newest first."""
    return {"items": [_told(row) for row in substitution.listed(current_user)]}


class LendablePersonSchema(PersonRefSchema):
    """Somebody to choose; the posts of a department stay in it."""

    department = fields.String(allow_none=True, required=True)
    posts = fields.String(required=True)


class LendablePeopleSchema(Schema):
    """leavers: whose posts the caller may give; successors: to whom."""

    leavers = fields.List(fields.Nested(LendablePersonSchema), required=True)
    successors = fields.List(fields.Nested(LendablePersonSchema), required=True)


@blp.get("/delegations/people")
@requires(Permission.SELF_READ)
@blp.response(200, LendablePeopleSchema)
def people() -> dict[str, Any]:
    """Whom one may choose from."""
    return {
        "leavers": [_person(user) for user in substitution.leavers(current_user)],
        "successors": [_person(user) for user in substitution.successors(current_user)],
    }


def _person(user: User) -> dict[str, Any]:
    department = user.department.name if user.department else None
    return {"username": user.username, "name": user.name, "department": department, "posts": user.post_label()}


@blp.get("/delegations/<int:delegation_id>")
@requires(Permission.SELF_READ)
@blp.etag
@blp.response(200, DelegationSchema)
def one(delegation_id: int) -> dict[str, Any]:
    """One delegation."""
    row = substitution.get(current_user, delegation_id)
    blp.set_etag({"version": row.version})
    return _told(row)


@blp.post("/delegations")
@requires(Permission.SELF_READ)
@blp.arguments(LendSchema)
@blp.response(201, DelegationSchema)
def lend(told: dict[str, Any]) -> dict[str, Any]:
    """Let one have another's posts for a while: one's own, or those one manages."""
    wanted = Wanted(DelegationKind(told["kind"]), **{name: told[name] for name in told if name != "kind"})

    def work() -> dict[str, Any]:
        return {"delegation": substitution.lend(current_user, wanted).id}

    with transaction():
        made = once("delegation.lend", {name: str(value) for name, value in told.items()}, work)
    return _told(substitution.get(current_user, made["delegation"]))


@blp.post("/delegations/<int:delegation_id>/end")
@requires(Permission.SELF_READ)
@blp.etag
@blp.response(200, DelegationSchema)
def end(delegation_id: int) -> dict[str, Any]:
    """Let it end now. If-Match: its version."""
    with transaction():
        row = substitution.get(current_user, delegation_id)
        blp.check_etag({"version": row.version})
        substitution.end(current_user, delegation_id)
    blp.set_etag({"version": row.version})
    return _told(row)


@blp.post("/tasks/hand-over")
@requires(Permission.DELEGATION_MANAGE)
@blp.arguments(HandOverSchema)
@blp.response(200, HandedOverSchema)
def hand_over(told: dict[str, str]) -> dict[str, int]:
    """Give somebody's open tasks to another for good."""
    with transaction():
        return {"tasks": substitution.hand_over(current_user, told["leaver"], told["successor"])}


def _told(row: Delegation) -> dict[str, Any]:
    people = {user_id: db.session.get_one(User, user_id) for user_id in (row.from_user_id, row.to_user_id)}
    names = "id kind begins_at ends_at reason version"
    return {name: getattr(row, name) for name in names.split()} | {
        "leaver": people[row.from_user_id],
        "successor": people[row.to_user_id],
    }
