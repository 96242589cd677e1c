"""checkpoint.visit: a worker stood at a checkpoint; entity_id is the visit, made on the phone."""

from __future__ import annotations

from uuid import UUID

from marshmallow import ValidationError

from grid.accounts.user import User
from grid.errors import Invalid
from grid.geo.crs import Datum
from grid.records import visit as visits
from grid.sync.ledger import Status
from grid.sync.push import Asked, Effect, Kind
from mobile_api.op import invalid
from mobile_api.reports import PositionSchema

_PLACE = PositionSchema()


def _apply(actor: User, asked: Asked) -> Effect:
    payload = asked.payload or {}
    if asked.entity_id is None or asked.occurred_at is None:
        raise Invalid("没有说是哪次打卡、什么时候。", field="entity_id")
    try:
        checkpoint_id = UUID(str(payload.get("checkpoint")))
    except ValueError:
        raise Invalid("没有说是哪个巡查点。", field="checkpoint") from None
    try:
        place = _PLACE.load(payload.get("position") or {})
    except ValidationError as error:
        raise invalid(error, "position") from None
    at = place["lon"], place["lat"], Datum(place["datum"])
    accuracy_m = place.get("accuracy_m")
    is_new = visits.tick(actor, asked.entity_id, checkpoint_id, asked.occurred_at, at, accuracy_m)
    return Effect(Status.APPLIED if is_new else Status.MERGED, rev=1)


KIND = Kind(_apply)
