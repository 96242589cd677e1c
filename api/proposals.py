"""Proposals for the responsibility list (权责建议), made by arbitrations: looked through, taken or refused."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.mark import requires
from api.schemas.named import NamedSchema
from api.schemas.person import PersonRefSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events import arbitration, rulebook
from grid.events.arbitration import ProposalState, ResponsibilityProposal

blp = Blueprint("proposals", __name__, url_prefix="/api/proposals", description="权责建议")
LARGEST = 2**31 - 1


class ProposalSchema(Schema):
    """Who should have such cases from now on, and why. event_id: the case it was decided on."""

    id = fields.Integer(required=True)
    state = coded(required=True)
    event_id = fields.UUID(required=True)
    category = fields.Nested(NamedSchema, required=True)
    condition = fields.String(required=True)
    area = fields.String(attribute="area.name", required=True)
    department = fields.Nested(NamedSchema, required=True)
    reason = fields.String(required=True)
    maker = fields.Nested(PersonRefSchema, required=True)
    made_at = Moment(required=True)
    settler = fields.Nested(PersonRefSchema, allow_none=True, required=True)
    settled_at = Moment(allow_none=True, required=True)
    note = fields.String(required=True)
    version = fields.Integer(required=True)


class ProposalPageSchema(Schema):
    """A page of proposals."""

    items = fields.List(fields.Nested(ProposalSchema), required=True)
    next = fields.Integer(allow_none=True, required=True)


class ProposalQuerySchema(Schema):
    """state: leaving it out means any."""

    state = fields.String(validate=one_of(ProposalState))
    after = fields.Integer(load_default=None, strict=False, validate=validate.Range(1, LARGEST))
    limit = fields.Integer(load_default=20, strict=False, validate=validate.Range(1, 100))


class SettleSchema(Schema):
    """taken: goes into the next version of the list; refused: with a why."""

    state = fields.String(required=True, validate=one_of([ProposalState.TAKEN, ProposalState.REFUSED]))
    note = Text(maximum=500)


@blp.get("")
@requires(Permission.RULES_MANAGE)
@blp.arguments(ProposalQuerySchema, location="query", unknown=RAISE)
@blp.response(200, ProposalPageSchema)
def proposals(told: dict[str, Any]) -> dict[str, Any]:
    """Proposals, newest first."""
    state = ProposalState(told["state"]) if "state" in told else None
    rows, following = arbitration.proposals(state, told["after"], told["limit"])
    return {"items": [_told(row) for row in rows], "next": following}


@blp.get("/<int:proposal_id>")
@requires(Permission.RULES_MANAGE)
@blp.etag
@blp.response(200, ProposalSchema)
def one(proposal_id: int) -> dict[str, Any]:
    """One proposal."""
    row = arbitration.proposal(proposal_id)
    blp.set_etag({"version": row.version})
    return _told(row)


@blp.post("/<int:proposal_id>/settle")
@requires(Permission.RULES_MANAGE)
@blp.etag
@blp.arguments(SettleSchema)
@blp.response(200, ProposalSchema)
@blp.alt_response(409, description="it was settled before")
def settle(told: dict[str, str], proposal_id: int) -> dict[str, Any]:
    """Take a proposal, or refuse it. If-Match: its version."""
    with transaction():
        row = arbitration.proposal(proposal_id)
        blp.check_etag({"version": row.version})
        arbitration.settle(current_user, row, ProposalState(told["state"]), told.get("note", ""))
    blp.set_etag({"version": row.version})
    return _told(row)


def _told(row: ResponsibilityProposal) -> dict[str, Any]:
    found = rulebook.current().by_id.get(row.category_id)
    condition = found.filed_under(row.condition_id) if found else None
    names = "id state event_id area department reason maker made_at settler settled_at note version"
    return {name: getattr(row, name) for name in names.split()} | {
        "category": {"code": found.code, "name": found.name} if found else {"code": "", "name": "已停用的类别"},
        "condition": condition.text if condition else "",
    }
