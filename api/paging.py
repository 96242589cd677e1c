"""Keyset pages: ?after=&limit= → {items, next}."""

from __future__ import annotations

from functools import cache

from marshmallow import validate

from api.fields import Schema, fields

MAX_LIMIT = 100


def page_limit() -> fields.Integer:
    """How long a page is."""
    between = validate.Range(1, MAX_LIMIT, error=f"应在 1 到 {MAX_LIMIT} 之间。")
    return fields.Integer(load_default=20, strict=False, validate=between)


class PageQuerySchema(Schema):
    """Where a page begins and how long it is."""

    after = fields.UUID(load_default=None, metadata={"description": "the ``next`` of the page before"})
    limit = page_limit()


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of ``item``."""
    members = {
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.UUID(allow_none=True, required=True),
    }
    return type(f"{item.__name__.removesuffix('Schema')}PageSchema", (Schema,), members)


@cache
def list_of(item: type[Schema]) -> type[Schema]:
    """The schema of a whole list of ``item``."""
    members = {"items": fields.List(fields.Nested(item), required=True)}
    return type(f"{item.__name__.removesuffix('Schema')}ListSchema", (Schema,), members)
