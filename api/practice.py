"""Practice cases (演练): how many there are, and wiping them."""

from __future__ import annotations

from api.auth import current_user
from api.fields import Schema, fields
from api.http import Blueprint
from api.mark import requires
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events import practice

blp = Blueprint("practice", __name__, url_prefix="/api/practice", description="演练")


class PracticeSchema(Schema):
    """How many practice cases there are."""

    events = fields.Integer(required=True)


class WipedSchema(PracticeSchema):
    """How many rows of each kind went."""

    notices = fields.Integer(required=True)
    deliveries = fields.Integer(required=True)
    tasks = fields.Integer(required=True)
    photos = fields.Integer(required=True)
    deadlines = fields.Integer(required=True)
    decisions = fields.Integer(required=True)
    requests = fields.Integer(required=True)
    whistles = fields.Integer(required=True)
    proposals = fields.Integer(required=True)
    links = fields.Integer(required=True)
    supervisions = fields.Integer(required=True)
    alarms = fields.Integer(required=True)
    history = fields.Integer(required=True)
    assignments = fields.Integer(required=True)
    jobs = fields.Integer(required=True)


@blp.get("")
@requires(Permission.PRACTICE_WIPE)
@blp.response(200, PracticeSchema)
def show() -> dict[str, int]:
    """How many practice cases there are."""
    return {"events": practice.count()}


@blp.post("/wipe")
@requires(Permission.PRACTICE_WIPE)
@blp.response(200, WipedSchema)
def wipe() -> dict[str, int]:
    """Remove every practice case and all that hangs on it. Real cases cannot be removed."""
    with transaction():
        return practice.wipe(current_user)
