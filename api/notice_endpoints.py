"""Endpoints: robots, webhooks and SMS gateways that notices are sent to. Their secrets go in, never out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app

from api.auth import current_user
from api.fields import Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.schemas.named import NamedSchema
from api.street import ruled
from grid.accounts.permission import Permission
from grid.areas import net
from grid.db import db, transaction
from grid.notices import endpoint as endpoints
from grid.notices.channel import Channel
from grid.notices.courier import Courier
from grid.notices.endpoint import NoticeEndpoint, Wish
from grid.notices.gate import URL_MAX
from grid.notices.outcome import Outcome
from grid.trail import entry as trail

blp = Blueprint("notice_endpoints", __name__, url_prefix="/api/notice-endpoints", description="通知渠道")


class EndpointSchema(Schema):
    """An endpoint. host: of its address; the rest of the settings stays sealed."""

    id = fields.UUID(required=True)
    area = fields.Nested(NamedSchema, required=True)
    name = fields.String(required=True)
    channel = coded(required=True)
    host = fields.String(required=True)
    active = fields.Boolean(attribute="is_active", required=True)
    fails = fields.Integer(required=True, metadata={"description": "in a row, so far"})
    version = fields.Integer(required=True)


class EndpointSettingsSchema(Schema):
    """Which of them a channel has, and must have, is said when one is missing or too many."""

    url = Text(maximum=URL_MAX)
    secret = Text(maximum=200)
    encoding = Text(maximum=10)
    headers = Text(maximum=1000)
    body = Text(maximum=2000)
    ok_field = Text(maximum=60)
    ok_value = Text(maximum=60)


class EndpointPutSchema(Schema):
    """What is to be true of it. settings left out: they stay."""

    name = Text(maximum=40, minimum=1, required=True)
    active = fields.Boolean(load_default=True)
    settings = fields.Nested(EndpointSettingsSchema)


class EndpointPostSchema(EndpointPutSchema):
    """A new one. area: a street or above; the caller's own when left out."""

    area = Text(maximum=20)
    channel = fields.String(required=True, validate=one_of(Channel))


class EndpointTrialSchema(Schema):
    """mobile: where to, for an SMS gateway."""

    mobile = Text(maximum=20, load_default="")


class EndpointTrialAnswerSchema(Schema):
    """What became of it."""

    sent = fields.Boolean(attribute="is_sent", required=True)
    words = fields.String(required=True)


def courier() -> Courier:
    """The installation's."""
    found: Courier = current_app.extensions["courier"]
    return found


@blp.post("")
@requires(Permission.NOTICE_MANAGE)
@blp.arguments(EndpointPostSchema)
@blp.response(201, EndpointSchema)
def create(told: dict[str, Any]) -> dict[str, Any]:
    """Add an endpoint."""
    street, post = ruled(told.get("area")), courier()
    asked = {name: str(value) for name, value in told.items() if name != "settings"}

    def work() -> dict[str, Any]:
        channel = Channel(told["channel"])
        return {
            "endpoint": str(
                endpoints.create(current_user, street, channel, _wish(told), post.sealer, post.gate).id
            )
        }

    with transaction():
        made = once("endpoint.create", asked, work)
    return _told(endpoints.get(current_user, UUID(made["endpoint"])))


@blp.get("/<uuid:endpoint_id>")
@requires(Permission.NOTICE_MANAGE)
@blp.etag
@blp.response(200, EndpointSchema)
def show(endpoint_id: UUID) -> dict[str, Any]:
    """One endpoint."""
    row = endpoints.get(current_user, endpoint_id)
    blp.set_etag({"version": row.version})
    return _told(row)


@blp.put("/<uuid:endpoint_id>")
@requires(Permission.NOTICE_MANAGE)
@blp.etag
@blp.arguments(EndpointPutSchema)
@blp.response(200, EndpointSchema)
def edit(told: dict[str, Any], endpoint_id: UUID) -> dict[str, Any]:
    """Change it, or let it rest. If-Match: its version."""
    post = courier()
    with transaction():
        row = endpoints.get(current_user, endpoint_id)
        blp.check_etag({"version": row.version})
        endpoints.edit(current_user, row, _wish(told), post.sealer, post.gate)
    blp.set_etag({"version": row.version})
    return _told(row)


@blp.post("/<uuid:endpoint_id>/test")
@requires(Permission.NOTICE_MANAGE)
@blp.arguments(EndpointTrialSchema)
@blp.response(200, EndpointTrialAnswerSchema)
def test(told: dict[str, str], endpoint_id: UUID) -> Outcome:
    """Send a word of trial now, and say what became of it."""
    with transaction():
        row = endpoints.get(current_user, endpoint_id)
        trail.record(current_user, "endpoint:test", "notice_endpoint", row.id, row.area_path)
    db.session.rollback()  # the other side may take its time; the database does not wait for it
    return courier().try_out(row, told["mobile"])


def _wish(told: dict[str, Any]) -> Wish:
    return Wish(told["name"], told.get("settings"), told["active"])


def _told(row: NoticeEndpoint) -> dict[str, Any]:
    names = "id name channel host is_active fails version"
    return {name: getattr(row, name) for name in names.split()} | {"area": net.current().node(row.area_id)}


def all_of(area_path: str) -> list[dict[str, Any]]:
    """Those a street can send to, for the page of its rules."""
    return [_told(row) for row in endpoints.listed(current_user, area_path)]
