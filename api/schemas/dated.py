"""Dated rows of a street: where to look, and letting one end."""

from __future__ import annotations

from api.fields import Day, Schema, Text


class StreetSchema(Schema):
    """area: the street, or anything in it; the caller's own when left out."""

    area = Text(maximum=20)


class EndSchema(Schema):
    """valid_to: the first day on which the row no longer holds; null: it holds on."""

    valid_to = Day(required=True, allow_none=True)
