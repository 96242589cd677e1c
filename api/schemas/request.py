"""Requests as people see them: what was asked, who said what, what the caller may say now."""

from __future__ import annotations

from api.fields import Day, Moment, Schema, Text, coded, fields, one_of
from api.schemas.named import NamedSchema
from api.schemas.person import PersonRefSchema
from grid.events.request import RequestKind, Verdict

WITHDRAW = "withdraw"


class DecisionSchema(Schema):
    """What one level said."""

    level = fields.Integer(required=True)
    verdict = coded(required=True)
    note = fields.String(required=True)
    name = fields.String(attribute="actor_name", required=True)
    post = fields.String(attribute="actor_post", required=True)
    at = Moment(required=True)


class RequestSchema(Schema):
    """A request about a case; department: whose part of it, null for the whole case."""

    id = fields.UUID(required=True)
    kind = coded(required=True)
    state = coded(required=True)
    level = fields.Integer(required=True, metadata={"description": "how many levels have approved"})
    levels = fields.Integer(required=True, metadata={"description": "how many must"})
    reason = fields.String(required=True)
    until = Moment(allow_none=True, required=True)
    asker = fields.Nested(PersonRefSchema, required=True)
    asked_at = Moment(required=True)
    settled_at = Moment(allow_none=True, required=True)
    department = fields.Nested(NamedSchema, allow_none=True, required=True)
    decisions = fields.List(fields.Nested(DecisionSchema), required=True)


class AskSchema(Schema):
    """What is asked for. until: the last day of a suspension."""

    action = fields.String(required=True, validate=one_of(RequestKind))
    note = Text(maximum=500)
    until = Day()


class DecideSchema(Schema):
    """approve, refuse, or (one's own) withdraw."""

    action = fields.String(required=True, validate=one_of((*Verdict, WITHDRAW)))
    note = Text(maximum=500)


class LinkSchema(Schema):
    """Another case, by its number or id."""

    action = fields.String(validate=one_of(("link",)))
    other = Text(maximum=40, minimum=1, required=True)
    note = Text(maximum=400)


class UnlinkSchema(Schema):
    """Why the two have nothing to do with one another."""

    action = fields.String(validate=one_of(("unlink",)))
    note = Text(maximum=400)


class ReopenSchema(Schema):
    """Why a new round is needed."""

    action = fields.String(validate=one_of(("reopen",)))
    note = Text(maximum=400, minimum=1, required=True)
