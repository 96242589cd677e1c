"""What may be done with a case now, and what the rules suggest: steps, their fields, where to send them."""

from __future__ import annotations

from typing import Any

from api.fields import Schema, fields
from grid.events.event import Event
from grid.events.request import EventRequest
from grid.events.way import Offer


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
