"""Kinds to choose from, with the limit each has in an area: streets may set others than the product's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from api.fields import Schema, Text, fields
from grid.areas import net
from grid.events import rulebook
from grid.events.procedure_rule import Rule


class Kind(Protocol):
    """A code with its word."""

    @property
    def value(self) -> str: ...

    @property
    def label(self) -> str: ...


class LimitedKindSchema(Schema):
    """A kind to choose. limit: in words; null while no area is told."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    limit = fields.String(required=True, allow_none=True)


class LimitQuerySchema(Schema):
    """area: where the limits are to hold (code)."""

    area = Text(maximum=20, load_default="")


def limited(kinds: Iterable[Kind], rule: Rule, area: str) -> list[dict[str, Any]]:
    """Kinds with what ``rule`` says of each in an area. Raises NotFound for an area that does not exist."""
    path = net.current().find(area).path if area else None
    procedure = rulebook.current().procedure
    return [
        {
            "code": kind.value,
            "label": kind.label,
            "limit": None if path is None else str(procedure.limit(path, rule, kind.value)),
        }
        for kind in kinds
    ]
