"""The shape of an error (RFC 9457)."""

from __future__ import annotations

from api.fields import Schema, fields


class ProblemSchema(Schema):
    """Problem document; ``errors`` names the fields, further members depend on the type."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    errors = fields.Dict(metadata={"additionalProperties": True})
    allowed = fields.List(fields.String())
    current = fields.Dict(metadata={"additionalProperties": True})
    rows = fields.List(fields.String(), metadata={"description": "the rules that contradict each other"})
