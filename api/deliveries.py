"""Deliveries: what was sent outside, what waits, and what was given up and can be sent again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE

from api.auth import current_user
from api.fields import Moment, Schema, coded, fields, one_of
from api.http import Blueprint
from api.mark import requires
from api.paging import PageQuerySchema, page_of
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.notices import delivery as deliveries
from grid.notices.delivery import Delivery, DeliveryState

blp = Blueprint("deliveries", __name__, url_prefix="/api/deliveries", description="通知发送")


class DeliverySchema(Schema):
    """A delivery. text: all of it that leaves the house. error: why it has not been sent, in words."""

    id = fields.UUID(required=True)
    at = Moment(required=True)
    cause = coded(required=True)
    text = fields.String(attribute="words", required=True)
    endpoint = fields.String(attribute="endpoint.name", required=True)
    channel = coded(attribute="endpoint.channel", required=True)
    event_id = fields.UUID(allow_none=True, required=True)
    state = coded(required=True)
    urgent = fields.Boolean(attribute="is_urgent", required=True)
    tries = fields.Integer(required=True)
    error = fields.String(required=True)
    sent_at = Moment(allow_none=True, required=True)


class DeliveryQuerySchema(PageQuerySchema):
    """state: only those in it."""

    state = fields.String(load_default=None, validate=one_of(DeliveryState))


@blp.get("")
@requires(Permission.NOTICE_MANAGE)
@blp.arguments(DeliveryQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(DeliverySchema))
def listed(told: dict[str, Any]) -> dict[str, Any]:
    """Deliveries in the caller's areas, newest first."""
    state = DeliveryState(told["state"]) if told["state"] else None
    items, following = deliveries.listed(current_user, state, told["after"], told["limit"])
    return {"items": items, "next": following}


@blp.post("/<uuid:delivery_id>/retry")
@requires(Permission.NOTICE_MANAGE)
@blp.response(200, DeliverySchema)
def retry(delivery_id: UUID) -> Delivery:
    """Send again what was given up; 409 for anything else."""
    with transaction():
        return deliveries.retry(current_user, delivery_id)
