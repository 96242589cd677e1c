"""What a department has in hand, and its month in figures, as JSON."""

from __future__ import annotations

from marshmallow import validate

from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.reports import DefinitionSchema, FigureSchema, SectionSchema
from api.schemas.event import AssignmentSchema, EventSummarySchema
from api.schemas.named import NamedSchema
from grid.events.lot import Lot
from reports.workload.measure import BY_CODE


class PartClockSchema(Schema):
    """A clock of the department's part; paused ones say when they would have been due."""

    limit = fields.String(required=True)
    due_at = Moment(required=True)
    state = coded(required=True)
    light = coded(required=True)


class PartRequestSchema(Schema):
    """A request of the department's that waits."""

    kind = coded(required=True)
    asked_at = Moment(required=True)


class PartSchema(Schema):
    """A case in the department's hands. lots: why it lies there. why: the words it came (back) with."""

    event = fields.Nested(EventSummarySchema, required=True)
    assignment = fields.Nested(AssignmentSchema, required=True)
    lots = fields.List(coded(), required=True)
    sign = fields.Nested(PartClockSchema, allow_none=True, required=True)
    handle = fields.Nested(PartClockSchema, allow_none=True, required=True)
    requests = fields.List(fields.Nested(PartRequestSchema), required=True)
    why = fields.String(required=True)


class LotSchema(Schema):
    """How much lies in a lot; code empty: in all."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    practice = fields.Integer(required=True)


class WorkloadSchema(Schema):
    """The department's table. more: there is more than is listed."""

    department = fields.Nested(NamedSchema, allow_none=True, required=True)
    as_of = Moment(required=True)
    lots = fields.List(fields.Nested(LotSchema), required=True)
    items = fields.List(fields.Nested(PartSchema), required=True)
    more = fields.Boolean(required=True)


class WorkloadQuerySchema(Schema):
    """lot: only what lies in it."""

    lot = fields.String(validate=one_of(Lot))


class MonthQuerySchema(Schema):
    """month: like 2026-11, this one when left out. department: the caller's own when left out."""

    month = fields.String(
        validate=validate.Regexp(r"\A2\d{3}-(0[1-9]|1[0-2])\Z", error="月份应写成 2026-11 这样。")
    )
    department = Text(maximum=40, minimum=1)


class FigureCasesQuerySchema(MonthQuerySchema):
    """figure: whose cases are wanted."""

    figure = fields.String(required=True, validate=one_of(BY_CODE))


class WorkloadMonthSchema(Schema):
    """A department's month. trend: the months up to it."""

    department = fields.Nested(NamedSchema, required=True)
    month = fields.String(required=True)
    label = fields.String(required=True)
    as_of_text = fields.String(required=True)
    figures = fields.List(fields.Nested(FigureSchema), required=True)
    trend = fields.Nested(SectionSchema, required=True)
    definitions = fields.List(fields.Nested(DefinitionSchema), required=True)


class FigureLineSchema(Schema):
    """A case a figure counts. at: the moment it is counted by."""

    event_id = fields.UUID(required=True)
    case_no = fields.String(allow_none=True, required=True)
    category = fields.String(required=True)
    place = fields.String(required=True)
    state = fields.String(required=True)
    at = Moment(required=True)


class FigureCasesSchema(Schema):
    """The cases behind a figure. at_label: what the moment is. more: there are more than are listed."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    definition = fields.String(required=True)
    at_label = fields.String(required=True)
    items = fields.List(fields.Nested(FigureLineSchema), required=True)
    more = fields.Boolean(required=True)
