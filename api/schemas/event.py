"""Events as people see them: coded values with labels, lights, photos, history, and what may be done now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import pre_dump

from api.auth import current_user
from api.fields import Moment, Schema, coded, fields
from api.schemas.area import AreaRefSchema, area_ref
from api.schemas.named import NamedSchema
from api.schemas.person import PersonRefSchema
from api.schemas.photo import PhotoClaimSchema
from api.schemas.request import RequestSchema
from grid.areas import net
from grid.calendars import almanac
from grid.events import lifecycle, rulebook
from grid.events.event import Event, EventLog, Flag
from grid.events.offer import Suggestion, offers, suggestion
from grid.events.request import EventRequest
from grid.events.request_list import relations
from grid.events.rulebook import Class, Condition
from grid.events.similar import to as similar_to
from grid.events.state import State
from grid.events.way import Offer
from grid.worktime.limit import Limit


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


class EventPicture:
    """An event with what its answer needs, computed from the rules and the net in memory."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._class: Class | None = rulebook.current().by_id.get(event.category_id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._event, name)

    @property
    def _condition(self) -> Condition | None:
        return self._class.filed_under(self._event.condition_id) if self._class else None

    @property
    def stage(self) -> Any:
        return self._event.state.stage

    @property
    def category(self) -> dict[str, str]:
        found = self._class
        if found is None:
            return {"code": "", "name": "已停用的类别", "big_name": ""}
        return {"code": found.code, "name": found.name, "big_name": found.big_name}

    @property
    def condition(self) -> dict[str, Any] | None:
        found = self._condition
        if found is None:
            return None
        return {"id": found.id, "text": found.text, "limit": self._words(found.limit), "closing": found.closing}

    def _words(self, limit: Limit) -> str:
        return almanac.current().policy(self._event.area_path).words(limit)

    @property
    def place(self) -> Event:
        return self._event

    @property
    def area(self) -> dict[str, Any]:
        snapshot = net.current()
        node = snapshot.node(self._event.area_id)
        return area_ref(node, snapshot.parent(node))

    @property
    def flags(self) -> list[dict[str, str]]:
        return flags(self._event.flags)

    @property
    def department(self) -> Any:
        lead = self._event.lead
        return lead.department if lead else None

    @property
    def photos(self) -> dict[str, int]:
        photos = self._event.photos
        return {"expected": len(photos), "arrived": sum(photo.has_arrived for photo in photos)}

    @property
    def photo_items(self) -> list[Any]:
        return self._event.photos

    @property
    def history(self) -> list[Any]:
        return history(self._event.history)

    @property
    def suggestion(self) -> Suggestion | None:
        return suggestion(self._event)

    @property
    def steps(self) -> list[dict[str, Any]]:
        return [way_told(self._event, offer) for offer in offers(current_user, self._event)]

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [request_told(self._event, request) for request in reversed(self._event.requests)]

    @property
    def similar(self) -> list[dict[str, Any]]:
        if self._event.state not in EARLY:
            return []
        found = similar_to(self._event, current_user)
        return [{"id": one.event.id, "words": one.words, "distance_m": round(one.distance_m, 1)} for one in found]

    @property
    def relations(self) -> list[dict[str, Any]]:
        found = relations(current_user, self._event)
        return [
            {
                "id": other.id,
                "how": {"value": how, "label": HOW[how]},
                "case_no": other.case_no,
                "state": other.state,
            }
            for how, other in found
        ]


def flags(told: dict[str, Any]) -> list[dict[str, str]]:
    """The flags of an event with their words."""
    return [
        {"code": code, "label": Flag(code).label} | ({"detail": detail} if detail else {})
        for code, detail in told.items()
    ]


def history(rows: list[EventLog]) -> list[dict[str, Any]]:
    """History entries, oldest first, each with the time since the one before."""
    entries = []
    previous_at = None
    for row in rows:
        labels = lifecycle.ASSIGNMENT_LABELS if row.assignment_id else lifecycle.LABELS
        used: timedelta | None = row.at - previous_at if previous_at else None
        entries.append(
            {
                "seq": row.seq,
                "at": row.at,
                "action": {"value": row.action, "label": labels[row.action]},
                "actor": {"name": row.actor_name, "post": row.actor_post, "department": row.actor_department},
                "source": row.source,
                "target": row.target,
                "note": row.note,
                "data": row.data,
                "used_s": used.total_seconds() if used is not None else None,
                "hash": row.hash,
            }
        )
        previous_at = row.at
    return entries


EARLY = (State.REPORTED, State.PENDING_FILING, State.PENDING_DISPATCH)
HOW = {"merged_into": "并入了", "merged": "并入的", "reopened_from": "原案", "reopened_as": "重开的"}


def request_told(event: Event, request: EventRequest) -> dict[str, Any]:
    """A request with whose part of the case it is about."""
    part = next((a for a in event.assignments if a.id == request.assignment_id), None)
    names = "id kind state level levels reason until asker asked_at settled_at decisions"
    return {name: getattr(request, name) for name in names.split()} | {
        "department": part.department if part else None
    }


def way_told(event: Event, offer: Offer) -> dict[str, Any]:
    """A step one may take, and where to send it."""
    href = f"/api/events/{event.id}/{offer.way}"
    return {
        "action": offer.action,
        "label": offer.label,
        "href": href,
        "danger": offer.is_danger,
        "primary": offer.is_primary,
        "fields": [
            {
                "name": field.name,
                "label": field.label,
                "kind": field.kind,
                "required": field.is_required,
                "options": [{"value": value, "label": label} for value, label in field.options],
                "value": field.value,
            }
            for field in offer.fields
        ],
    }


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
    def _picture(self, event: Event, **kwargs: Any) -> EventPicture:
        return EventPicture(event)


class ConditionSchema(Schema):
    """A filing condition with its limit in words and its closing condition."""

    id = fields.UUID(required=True)
    text = fields.String(required=True)
    limit = fields.String(required=True)
    closing = fields.String(required=True)


class PhotoItemSchema(Schema):
    """A photo of a case; fetch it by its id once it has arrived."""

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    role = coded(required=True)
    arrived = fields.Boolean(attribute="has_arrived", required=True)
    shot_at = Moment(allow_none=True, required=True)
    claimed = fields.Nested(PhotoClaimSchema, allow_none=True, required=True)


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


class AlternativeSchema(Schema):
    """What else was possible, and by which row."""

    label = fields.String(required=True)
    reason = fields.String(required=True)


class SuggestionSchema(Schema):
    """What the rules would do, and why; send ``fields`` with ``action`` to accept it."""

    action = fields.String(required=True)
    text = fields.String(required=True)
    told = fields.Dict(attribute="fields", data_key="fields", required=True, keys=fields.String())
    reason = fields.String(required=True)
    alternatives = fields.Function(
        lambda found: [{"label": label, "reason": reason} for label, reason in found.alternatives],
        metadata={"type": "array", "items": {"type": "object", "additionalProperties": True}},
    )


class OptionSchema(Schema):
    """One choice."""

    value = fields.String(required=True)
    label = fields.String(required=True)


class StepFieldSchema(Schema):
    """One thing a step asks for."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    kind = fields.String(required=True)
    required_ = fields.Boolean(attribute="required", data_key="required", required=True)
    options = fields.List(fields.Nested(OptionSchema), required=True)
    value = fields.String(allow_none=True, required=True)


class OfferSchema(Schema):
    """A step this caller may take now."""

    action = fields.String(required=True)
    label = fields.String(required=True)
    href = fields.String(required=True)
    danger = fields.Boolean(required=True)
    primary = fields.Boolean(required=True)
    asked = fields.List(fields.Nested(StepFieldSchema), attribute="fields", data_key="fields", required=True)


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


class EventSchema(EventSummarySchema):
    """An event in full. level: who has it now. suspended_until: while it is suspended."""

    level = coded(required=True)
    suspended_until = Moment(allow_none=True, required=True)
    bounces = fields.Integer(required=True)
    self_handled = fields.Boolean(attribute="is_self_handled", required=True)
    retrospective = fields.Boolean(attribute="is_retrospective", required=True)
    requests = fields.List(fields.Nested(RequestSchema), required=True)
    similar = fields.List(fields.Nested(SimilarSchema), required=True)
    relations = fields.List(fields.Nested(RelatedSchema), required=True)

    condition = fields.Nested(ConditionSchema, allow_none=True, required=True)
    photo_items = fields.List(fields.Nested(PhotoItemSchema), required=True)
    assignments = fields.List(fields.Nested(AssignmentSchema), required=True)
    tasks = fields.List(fields.Nested(EventTaskSchema), required=True)
    history = fields.List(fields.Nested(HistorySchema), required=True)
    suggestion = fields.Nested(SuggestionSchema, allow_none=True, required=True)
    steps = fields.List(fields.Nested(OfferSchema), required=True)
