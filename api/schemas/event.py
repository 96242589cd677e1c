"""Events as people see them: coded values with labels, lights, photos, history, and what may be done now."""

from __future__ import annotations

from typing import Any

from marshmallow import pre_dump

from api.fields import Moment, Schema, coded, fields
from api.schemas.area import AreaRefSchema
from api.schemas.event_picture import EventPicture
from api.schemas.named import NamedSchema
from api.schemas.origin import OriginSchema
from api.schemas.person import PersonRefSchema
from api.schemas.photo import PhotoClaimSchema
from api.schemas.request import RequestSchema
from api.schemas.way import OfferSchema, SuggestionSchema
from grid.events.event import Event


class FlagSchema(Schema):
    """What one should know before trusting a report."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    detail = fields.String()


class CategoryRefSchema(Schema):
    """The small class of an event."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    big_name = fields.String(required=True)


class PlaceSchema(Schema):
    """Where: lon/lat, CGCS2000 degrees; accuracy in metres."""

    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    address = fields.String(required=True)
    accuracy_m = fields.Float(allow_none=True, required=True)


class PhotoCountSchema(Schema):
    """How many photos were promised and how many have arrived."""

    expected = fields.Integer(required=True)
    arrived = fields.Integer(required=True)


class EventSummarySchema(Schema):
    """An event in a list."""

    id = fields.UUID(required=True)
    case_no = fields.String(allow_none=True, required=True)
    state = coded(required=True)
    stage = coded(required=True)
    light = coded(required=True)
    category = fields.Nested(CategoryRefSchema, required=True)
    description = fields.String(required=True)
    place = fields.Nested(PlaceSchema, required=True)
    area = fields.Nested(AreaRefSchema, required=True)
    flags = fields.List(fields.Nested(FlagSchema), required=True)
    source = coded(required=True)
    reporter = fields.Nested(PersonRefSchema, required=True)
    department = fields.Nested(NamedSchema, allow_none=True, required=True)
    practice = fields.Boolean(attribute="is_practice", required=True)
    reported_at = Moment(required=True)
    yellow_at = Moment(allow_none=True, required=True)
    due_at = Moment(allow_none=True, required=True)
    due_provisional = fields.Boolean(attribute="is_due_provisional", required=True)
    closed_at = Moment(allow_none=True, required=True)
    photos = fields.Nested(PhotoCountSchema, required=True)
    rework_no = fields.Integer(required=True)
    version = fields.Integer(required=True)

    @pre_dump
    def _picture(self, event: Event | EventPicture, **kwargs: Any) -> EventPicture:
        return event if isinstance(event, EventPicture) else EventPicture(event)


class StepClockSchema(Schema):
    """The clock of a step. deed: what is to be done by then, in a word."""

    kind = coded(required=True)
    deed = fields.String(attribute="kind.deed", required=True)
    light = coded(required=True)
    yellow_at = Moment(required=True)
    due_at = Moment(required=True)


class EventRowSchema(EventSummarySchema):
    """An event in a list of the desk. step_clock: of the step it stands at; null: that step is not timed."""

    step_clock = fields.Nested(StepClockSchema, allow_none=True, required=True)


class ConditionSchema(Schema):
    """A filing condition with its limit in words and its closing condition."""

    id = fields.UUID(required=True)
    text = fields.String(required=True)
    limit = fields.String(required=True)
    closing = fields.String(required=True)


class PhotoItemSchema(Schema):
    """A photo of a case; fetch it by its id once it has arrived.

    away_m: from the case to the place its file claims, null when it claims none. sent_at: when its bytes arrived.
    """

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    role = coded(required=True)
    arrived = fields.Boolean(attribute="has_arrived", required=True)
    shot_at = Moment(allow_none=True, required=True)
    claimed = fields.Nested(PhotoClaimSchema, allow_none=True, required=True)
    uploader = fields.Nested(PersonRefSchema, required=True)
    sent_at = Moment(allow_none=True, required=True)
    away_m = fields.Float(allow_none=True, required=True)


class AssignmentSchema(Schema):
    """A case in one department's hands."""

    id = fields.UUID(required=True)
    department = fields.Nested(NamedSchema, required=True)
    role = coded(required=True)
    state = coded(required=True)
    round = fields.Integer(required=True)
    due_at = Moment(allow_none=True, required=True)
    dispatched_at = Moment(required=True)
    signed_at = Moment(allow_none=True, required=True)
    handled_at = Moment(allow_none=True, required=True)
    confirmed_at = Moment(allow_none=True, required=True)
    sign_due_at = Moment(allow_none=True, required=True)
    bounces = fields.Integer(required=True)
    forced = fields.Boolean(attribute="is_forced", required=True)
    handler = fields.Nested(PersonRefSchema, allow_none=True, required=True)
    result = fields.String(required=True)


class EventTaskSchema(Schema):
    """A task about the case."""

    id = fields.UUID(required=True)
    kind = coded(required=True)
    assignee = fields.Nested(PersonRefSchema, required=True)
    state = coded(required=True)
    asked = fields.String(required=True)
    due_at = Moment(required=True)
    result = coded(allow_none=True, required=True)
    note = fields.String(required=True)
    answered_at = Moment(allow_none=True, required=True)


class ActorSchema(Schema):
    """Who took a step, as they were then."""

    name = fields.String(required=True)
    post = fields.String(required=True)
    department = fields.String(required=True)


class HistorySchema(Schema):
    """One step of a case; hash covers its content."""

    seq = fields.Integer(required=True)
    at = Moment(required=True)
    action = coded(required=True)
    actor = fields.Nested(ActorSchema, required=True)
    source = coded(data_key="from", allow_none=True, required=True)
    target = coded(data_key="to", required=True)
    note = fields.String(required=True)
    data = fields.Dict(required=True, metadata={"additionalProperties": True})
    used_s = fields.Float(allow_none=True, required=True)
    hash = fields.String(required=True)


class SimilarSchema(Schema):
    """A case that looks like this one."""

    id = fields.UUID(required=True)
    words = fields.String(required=True)
    distance_m = fields.Float(required=True)


class RelatedSchema(Schema):
    """A case that hangs together with this one, and how."""

    id = fields.UUID(required=True)
    how = coded(required=True)
    case_no = fields.String(allow_none=True, required=True)
    state = coded(required=True)
    words = fields.String(required=True)


class EventSchema(EventRowSchema):
    """An event in full. level: who has it now. suspended_until: while it is suspended."""

    level = coded(required=True)
    suspended_until = Moment(allow_none=True, required=True)
    bounces = fields.Integer(required=True)
    self_handled = fields.Boolean(attribute="is_self_handled", required=True)
    retrospective = fields.Boolean(attribute="is_retrospective", required=True)
    requests = fields.List(fields.Nested(RequestSchema), required=True)
    similar = fields.List(fields.Nested(SimilarSchema), required=True)
    relations = fields.List(fields.Nested(RelatedSchema), required=True)
    origins = fields.List(fields.Nested(OriginSchema), required=True)

    condition = fields.Nested(ConditionSchema, allow_none=True, required=True)
    photo_items = fields.List(fields.Nested(PhotoItemSchema), required=True)
    assignments = fields.List(fields.Nested(AssignmentSchema), required=True)
    tasks = fields.List(fields.Nested(EventTaskSchema), required=True)
    history = fields.List(fields.Nested(HistorySchema), required=True)
    suggestion = fields.Nested(SuggestionSchema, allow_none=True, required=True)
    steps = fields.List(fields.Nested(OfferSchema), required=True)
