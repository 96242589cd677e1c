"""A member of the staff, as lists and references show them."""

from __future__ import annotations

from api.fields import Schema, Text, fields
from grid.staff.mobile import PURPOSE_MAX


class PersonRefSchema(Schema):
    """A person in a list."""

    username = fields.String(required=True)
    name = fields.String(required=True)


class RevealSchema(Schema):
    """purpose: why somebody looks; it goes into the trail."""

    purpose = Text(maximum=PURPOSE_MAX, minimum=2, required=True)


class RevealedSchema(Schema):
    """The whole number."""

    mobile = fields.String(required=True)
