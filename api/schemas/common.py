"""Small shapes used by several answers."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from api.fields import Moment, Schema, coded, fields, one_of
from grid.areas.net import Node
from grid.events.photo import PhotoRole


class NamedSchema(Schema):
    """A thing with a code and a name."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class PersonRefSchema(Schema):
    """A person in a list."""

    username = fields.String(required=True)
    name = fields.String(required=True)


class AreaSchema(Schema):
    """An area (区域); boundary in GeoJSON, lon/lat, CGCS2000 degrees."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = coded(required=True)
    parent = fields.String(allow_none=True, required=True)
    boundary = fields.Dict(metadata={"additionalProperties": True})


class PromisedPhotoSchema(Schema):
    """A photo promised by its hash; its bytes come by PUT, before or after."""

    sha256 = fields.String(
        required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="应是 64 位小写十六进制的 SHA-256。")
    )
    role = fields.String(required=True, validate=one_of(PhotoRole))
    shot_at = Moment()


def area_ref(node: Node, parent: Node | None) -> dict[str, Any]:
    """An area as an event shows it."""
    return {
        "code": node.code,
        "name": node.name,
        "level": node.level,
        "parent_name": parent.name if parent else "",
    }


class AreaRefSchema(Schema):
    """The area an event lies in."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = coded(required=True)
    parent_name = fields.String(required=True)
