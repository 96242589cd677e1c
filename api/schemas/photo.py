"""A photo as a report, a step or an answer promises it, and what its file claims."""

from __future__ import annotations

from marshmallow import validate

from api.fields import Moment, Schema, fields, one_of
from grid.events.photo import PhotoRole
from grid.geo.crs import Datum


class PromisedPhotoSchema(Schema):
    """A photo promised by its hash; its bytes come by PUT, before or after."""

    sha256 = fields.String(
        required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="应是 64 位小写十六进制的 SHA-256。")
    )
    role = fields.String(required=True, validate=one_of(PhotoRole))
    shot_at = Moment()


class PhotoClaimSchema(Schema):
    """When and where a file says it was taken (EXIF), degrees of ``datum``: a hint that anybody can forge."""

    shot_at = Moment(allow_none=True, required=True)
    lon = fields.Float(allow_none=True, required=True)
    lat = fields.Float(allow_none=True, required=True)
    datum = fields.Constant(Datum.WGS84.value, required=True)
