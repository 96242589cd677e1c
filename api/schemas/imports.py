"""Imports: a preview, its lines, and what is to be taken in."""

from __future__ import annotations

from marshmallow import validate

from api.fields import Moment, Schema, Text, coded, fields, one_of
from grid.imports.fate import Fate

MAX_PAGE = 500


class ImportFileQuerySchema(Schema):
    """name: of the file."""

    name = Text(maximum=200, load_default="上传的文件")


class ImportReasonSchema(Schema):
    """A cell and what is to be said about it."""

    cell = fields.String(required=True)
    text = fields.String(required=True)


class ImportChangeSchema(Schema):
    """A value before and after, in words."""

    field = fields.String(required=True)
    before = fields.String(required=True)
    after = fields.String(required=True)


class ImportLineSchema(Schema):
    """A row of the file. key: the code or account it is about; place: where it stands."""

    number = fields.Integer(required=True)
    place = fields.String(required=True)
    key = fields.String(required=True)
    label = fields.String(required=True)
    fate = coded(required=True)
    reasons = fields.List(fields.Nested(ImportReasonSchema), required=True)
    changes = fields.List(fields.Nested(ImportChangeSchema), required=True)


class ImportLineQuerySchema(Schema):
    """after: the ``next`` of the page before."""

    fate = fields.String(load_default=None, validate=one_of(Fate))
    after = fields.Integer(load_default=0, validate=validate.Range(0, 10**9, error="应是不小于 0 的整数。"))
    limit = fields.Integer(
        load_default=100, validate=validate.Range(1, MAX_PAGE, error=f"应在 1 到 {MAX_PAGE} 之间。")
    )


class ImportLinePageSchema(Schema):
    """Lines in the order of the file."""

    items = fields.List(fields.Nested(ImportLineSchema), required=True)
    next = fields.Integer(allow_none=True, required=True)


class ImportCountSchema(Schema):
    """How many lines have a fate."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)


class ImportPreviewSchema(Schema):
    """An import: a preview until it is confirmed. taken: how many lines went in."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    file_name = fields.String(required=True)
    sha256 = fields.String(required=True)
    state = coded(required=True)
    counts = fields.List(fields.Nested(ImportCountSchema), attribute="fate_counts", required=True)
    notes = fields.List(fields.String(), required=True)
    taken = fields.Function(lambda found: len(found.taken), metadata={"type": "integer"})
    made_at = Moment(required=True)
    confirmed_at = Moment(allow_none=True, required=True)
    version = fields.Integer(required=True)


class ImportChoiceSchema(Schema):
    """lines: numbers of those to take in; left out: all that would change something."""

    lines = fields.List(
        fields.Integer(strict=True),
        validate=validate.Length(min=1, max=100_000, error="至少选一条。"),
    )
