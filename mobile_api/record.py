"""A record as handsets see it."""

from __future__ import annotations

from typing import Any

from api.fields import Moment, Schema, fields
from api.schemas.named import NamedSchema
from grid.areas import net
from grid.records.record import Record


class RecordSchema(Schema):
    """A record (记录) with its values by field."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    form = fields.Function(
        lambda record: {"id": record.kind, "version": record.form_version}, metadata={"type": "object"}
    )
    title = fields.String(required=True)
    area = fields.Function(lambda record: _area(record), metadata={"type": "object"})
    values = fields.Dict(attribute="content", required=True, metadata={"additionalProperties": True})
    version = fields.Integer(required=True)
    made_at = Moment(required=True)
    updated_at = Moment(required=True)


def _area(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = NamedSchema().dump(net.current().node(record.area_id))
    return found
