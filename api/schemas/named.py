"""A thing with a code and a name, as lists and references show it."""

from __future__ import annotations

from api.fields import Schema, fields


class NamedSchema(Schema):
    """A thing with a code and a name."""

    code = fields.String(required=True)
    name = fields.String(required=True)
