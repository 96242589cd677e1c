"""event.report: a report of the field, as POST /reports takes it; entity_id is its client_id."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError

from grid.accounts.user import User
from grid.events import reporting
from grid.sync.push import Asked, Effect, Kind
from mobile_api.op import invalid
from mobile_api.ops import media
from mobile_api.reports import ReportSchema

_SCHEMA = ReportSchema()
PAYLOAD = ("category", "description", "address", "position", "practice", "self_handled", "same_as")
ROLES = ("near", "far", "voice")
SELF_ROLES = (*ROLES, "after")  # of what the worker has dealt with on the spot
GEO = {"lon": "lon", "lat": "lat", "datum": "datum", "acc": "accuracy_m", "src": "provider", "t": "fixed_at"}


def _apply(actor: User, asked: Asked) -> Effect:
    payload = asked.payload or {}
    told: dict[str, Any] = {name: payload[name] for name in PAYLOAD if payload.get(name) is not None}
    if "position" not in told and asked.geo is not None:
        told["position"] = {ours: asked.geo[theirs] for theirs, ours in GEO.items() if asked.geo.get(theirs)}
    told |= {
        "client_id": str(asked.entity_id),
        "occurred_at": asked.occurred_at.isoformat() if asked.occurred_at else None,
        "photos": media.photos(asked, SELF_ROLES if payload.get("self_handled") else ROLES, "other"),
    }
    try:
        report = _SCHEMA.load(told)
    except ValidationError as error:
        raise invalid(error) from None
    outcome = reporting.submit(actor, report, timedelta(milliseconds=asked.clock_offset_ms or 0))
    return Effect(receipt=outcome.result)


KIND = Kind(_apply)
