"""Phones of the staff: which are lost or behind, and taking one back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE

from api.auth import current_user
from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.paging import PageQuerySchema, page_of
from api.schemas.person import PersonRefSchema
from grid.accounts import device as devices
from grid.accounts.device import Device, DeviceLight
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.trail import entry as trail

blp = Blueprint("devices", __name__, url_prefix="/api/devices", description="手机")


class PhoneSchema(Schema):
    """A seat of the handset app (终端). queue, oldest_at: what waits on the phone; storage in bytes."""

    id = fields.UUID(required=True)
    device_id = fields.UUID(required=True)
    person = fields.Nested(PersonRefSchema, attribute="user", required=True)
    label = fields.String(required=True)
    platform = fields.String(required=True)
    app = fields.String(required=True)
    state = coded(required=True)
    lights = fields.List(coded(), required=True)
    enrolled_at = Moment(required=True)
    seen_at = Moment(required=True)
    queue = fields.Integer(required=True)
    oldest_at = Moment(allow_none=True, required=True)
    storage = fields.Dict(required=True, metadata={"additionalProperties": True})
    clock_offset_ms = fields.Integer(allow_none=True, required=True)
    battery = fields.Float(allow_none=True, required=True)
    last_error = fields.String(required=True)
    evicted_at = Moment(allow_none=True, required=True)
    revoked_at = Moment(allow_none=True, required=True)
    revoke_reason = fields.String(required=True)
    version = fields.Integer(required=True)


class DeviceQuerySchema(PageQuerySchema):
    """light: only phones with this wrong, or any of it. q: part of a name, or a user name."""

    light = fields.String(validate=one_of([*DeviceLight, "any"]))
    q = Text(maximum=50, minimum=1)


class RevokeSchema(Schema):
    """drain: what waits on the phone is sent first. wipe: at once; what waits is lost."""

    mode = fields.String(required=True, validate=one_of(["drain", "wipe"]))
    reason = Text(maximum=200, minimum=1, required=True)


@blp.get("")
@requires(Permission.DEVICE_READ)
@blp.arguments(DeviceQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(PhoneSchema))
def device_list(told: dict[str, Any]) -> dict[str, Any]:
    """Phones of people in the caller's area, newest first."""
    items, following = devices.page(current_user, **told)
    return {"items": items, "next": following}


@blp.get("/<uuid:seat_id>")
@requires(Permission.DEVICE_READ)
@blp.etag
@blp.response(200, PhoneSchema)
def one(seat_id: UUID) -> Device:
    """One phone."""
    found = devices.get(current_user, seat_id)
    blp.set_etag({"version": found.version})
    return found


@blp.post("/<uuid:seat_id>/revoke")
@requires(Permission.DEVICE_MANAGE)
@blp.etag
@blp.arguments(RevokeSchema)
@blp.response(200, PhoneSchema)
def revoke(told: dict[str, str], seat_id: UUID) -> Device:
    """Take a phone back. Only a system administrator wipes without waiting for what is on it."""
    with transaction():
        found = devices.hold(current_user, seat_id)

        def work() -> dict[str, Any]:
            blp.check_etag({"version": found.version})
            devices.revoke(current_user, found, **told)
            trail.record(current_user, f"device:{told['mode']}", "device", found.id, reason=told["reason"])
            return {}

        once("device.revoke", {"device": seat_id, **told}, work)
    blp.set_etag({"version": found.version})
    return found
