"""Areas: whole, and as an event shows them."""

from __future__ import annotations

from typing import Any

from api.fields import Schema, coded, fields
from grid.areas.net import Node


class AreaSchema(Schema):
    """An area (区域); boundary in GeoJSON, lon/lat, CGCS2000 degrees."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = coded(required=True)
    parent = fields.String(allow_none=True, required=True)
    boundary = fields.Dict(metadata={"additionalProperties": True})


class AreaRefSchema(Schema):
    """The area an event lies in."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = coded(required=True)
    parent_name = fields.String(required=True)


def area_ref(node: Node, parent: Node | None) -> dict[str, Any]:
    """An area as an event shows it."""
    return {
        "code": node.code,
        "name": node.name,
        "level": node.level,
        "parent_name": parent.name if parent else "",
    }
