"""Who told the desk of a case: masked; whole only one at a time, for a purpose."""

from __future__ import annotations

from typing import Any

from api.fields import Moment, Schema, coded, fields
from api.schemas.person import PersonRefSchema
from grid.events.origin import EventOrigin
from grid.intake import caller as callers
from grid.seal import Sealer


class MaskedCallerSchema(Schema):
    """A person as whoever reads the case sees them."""

    name = fields.String(required=True)
    phone = fields.String(required=True)
    anonymous = fields.Boolean(required=True)


class OriginSchema(Schema):
    """One who told of a case. said: their words, numbers masked. reply_by: what the order asks."""

    id = fields.UUID(required=True)
    source = coded(required=True)
    caller = fields.Nested(MaskedCallerSchema, required=True)
    said = fields.String(required=True)
    order_no = fields.String(allow_none=True, required=True)
    asked_at = Moment(allow_none=True, required=True)
    reply_by = Moment(allow_none=True, required=True)
    wants_reply = fields.Boolean(required=True)
    further = fields.Boolean(required=True)
    taker = fields.Nested(PersonRefSchema, required=True)
    taken_at = Moment(required=True)
    replied_at = Moment(allow_none=True, required=True)
    replier = fields.Nested(PersonRefSchema, allow_none=True, required=True)
    reply = fields.String(required=True)
    version = fields.Integer(required=True)


def origin_told(row: EventOrigin, sealer: Sealer) -> dict[str, Any]:
    """As OriginSchema shows it."""
    whole = callers.opened(row, sealer)
    caller = {"name": whole.masked.name, "phone": whole.masked.phone, "anonymous": whole.is_anonymous}
    names = "id source order_no asked_at reply_by wants_reply taker taken_at replied_at replier reply version"
    return {name: getattr(row, name) for name in names.split()} | {
        "caller": caller,
        "said": whole.masked.said,
        "further": row.is_further,
    }
