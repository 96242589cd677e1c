"""The phone itself: it enrols, and says how it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, request
from marshmallow import validate

from api.auth import current_user
from api.fields import Moment, Schema, Text, coded, fields
from api.mark import requires
from grid import clock
from grid.accounts import device as devices
from grid.accounts.device import Device
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.errors import Invalid
from grid.trail import entry as trail
from mobile_api import seat
from mobile_api.http import blueprint
from mobile_api.seat import DEVICE, STATES, enrolling, while_draining

blp = blueprint("device", "手机：本机", needs_seat=True)


class EnrollSchema(Schema):
    """A seat: its id, made once on the phone, and what people call it."""

    device_id = fields.UUID(required=True)
    label = Text(maximum=60, load_default="")
    platform = Text(maximum=100, load_default="")
    app = Text(maximum=20, load_default="")


class SeatSchema(Schema):
    """A seat as the phone knows it."""

    device_id = fields.UUID(required=True)
    label = fields.String(required=True)
    state = coded(required=True)
    enrolled_at = Moment(required=True)


class StorageSchema(Schema):
    """What the browser says of its store; usage and quota in bytes."""

    persisted = fields.Boolean(allow_none=True)
    usage = fields.Integer(allow_none=True, validate=validate.Range(0, 2**53))
    quota = fields.Integer(allow_none=True, validate=validate.Range(0, 2**53))


class HeartbeatSchema(Schema):
    """How a phone is: what waits in it, its store, its clock. canary: the last op number it remembers."""

    queue = fields.Integer(required=True, validate=validate.Range(0, 1_000_000))
    oldest_at = Moment(load_default=None, allow_none=True)
    storage = fields.Nested(StorageSchema, load_default=dict)
    clock_offset_ms = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(-(2**53), 2**53))
    battery = fields.Float(load_default=None, allow_none=True, validate=validate.Range(0, 100))
    app = Text(maximum=20, load_default="")
    last_error = Text(maximum=300, load_default="")
    canary = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**53))


class BeatenSchema(Schema):
    """evicted: the phone has lost what it held. last_seq: the highest op number the server has from it."""

    state = coded(required=True)
    server_time = Moment(required=True)
    last_seq = fields.Integer(required=True)
    evicted = fields.Boolean(required=True)


@blp.post("/device/enroll")
@requires(Permission.SELF_READ)
@enrolling
@blp.arguments(EnrollSchema)
@blp.response(200, SeatSchema)
def enroll(told: dict[str, Any]) -> Device:
    """Make this phone known as the caller's; again, it answers the same."""
    if UUID(request.headers[DEVICE]) != told["device_id"]:
        raise Invalid(f"本机编号和 {DEVICE} 不一致。", field="device_id")
    with transaction():
        device, is_new = devices.enroll(current_user, **told)
        if is_new:
            trail.record(current_user, "device:enroll", "device", device.id, label=told["label"])
    return device


@blp.post("/device/heartbeat")
@requires(Permission.SELF_READ)
@while_draining
@blp.arguments(HeartbeatSchema)
@blp.response(200, BeatenSchema)
def heartbeat(told: dict[str, Any]) -> dict[str, Any]:
    """Say how the phone is. One that was taken back and has nothing left to hand over is told to wipe itself."""
    mine = seat.current()
    told["storage"] = {name: value for name, value in told["storage"].items() if value is not None}
    told["app"] = told["app"] or seat.app()
    with transaction():
        state, is_evicted = devices.beat(mine, told.pop("canary"), **told)
    g.device_state = STATES[state]
    return {"state": state, "server_time": clock.now(), "last_seq": mine.last_seq, "evicted": is_evicted}
