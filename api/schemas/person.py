"""A member of the staff, as lists and references show them."""

from __future__ import annotations

from api.fields import Schema, fields


class PersonRefSchema(Schema):
    """A person in a list."""

    username = fields.String(required=True)
    name = fields.String(required=True)
