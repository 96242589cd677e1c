"""A checkpoint, as consoles and phones show it."""

from __future__ import annotations

from api.fields import Moment, Schema, fields
from api.schemas.named import NamedSchema


class CheckpointSchema(Schema):
    """A place (巡查点) to be looked at every so many days. lon, lat: CGCS2000; visited_at: last, by anybody."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    area = fields.Nested(NamedSchema, required=True)
    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    radius_m = fields.Integer(required=True)
    every_days = fields.Integer(required=True)
    visited_at = Moment(required=True, allow_none=True)
    due_at = Moment(required=True)
    is_due = fields.Boolean(required=True, data_key="due")
    is_active = fields.Boolean(required=True, data_key="active")
    version = fields.Integer(required=True)
