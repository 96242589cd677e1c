"""Notice rules of streets: what leaves the house by which channel and whose, and when it is quiet."""

from __future__ import annotations

from datetime import time
from typing import Any

from marshmallow import RAISE, validate

from api import notice_endpoints
from api.auth import current_user
from api.fields import Day, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.notice_endpoints import EndpointSchema
from api.schemas.dated import EndSchema, StreetSchema
from api.schemas.named import NamedSchema
from api.street import ruled
from grid import ruling
from grid.accounts import department as departments
from grid.accounts import post as posts
from grid.accounts.permission import Permission
from grid.areas import net
from grid.areas.net import Node
from grid.db import transaction
from grid.notices import endpoint as endpoints
from grid.notices import notice_rule, quiet_hours
from grid.notices import ruling as notice_ruling
from grid.notices.cause import Cause
from grid.notices.channel import Channel
from grid.notices.notice_rule import NoticeRule, Wanted, Way
from grid.notices.quiet_hours import QuietHours

blp = Blueprint("notice_rules", __name__, url_prefix="/api", description="通知规则")
HOUR = validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z", error="时间应像 22:00。")


class NoticeRuleSchema(Schema):
    """A dated row. valid_to: the first day on which it no longer holds; null: without end."""

    id = fields.Integer(required=True)
    area = fields.Nested(NamedSchema, required=True)
    cause = coded(required=True)
    key = fields.String(required=True)
    about = fields.String(required=True)
    endpoint = fields.UUID(attribute="endpoint_id", required=True)
    endpoint_name = fields.String(required=True)
    whom = fields.String(required=True)
    way = coded(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(allow_none=True, required=True)
    version = fields.Integer(required=True)


class QuietHoursSchema(Schema):
    """A dated row; past midnight when it ends before it begins."""

    id = fields.Integer(required=True)
    area = fields.Nested(NamedSchema, required=True)
    begins = fields.Time(format="%H:%M", required=True)
    ends = fields.Time(format="%H:%M", required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(allow_none=True, required=True)
    version = fields.Integer(required=True)


class CauseSchema(Schema):
    """A cause, and what it comes in."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    keys = fields.List(fields.Nested(NamedSchema), required=True)


class NoticeRulesSchema(Schema):
    """Every row of a street and of the areas above it, and what rules can be made of."""

    area = fields.Nested(NamedSchema, required=True)
    endpoints = fields.List(fields.Nested(EndpointSchema), required=True)
    rules = fields.List(fields.Nested(NoticeRuleSchema), required=True)
    quiet_hours = fields.List(fields.Nested(QuietHoursSchema), required=True)
    causes = fields.List(fields.Nested(CauseSchema), required=True)
    channels = fields.List(coded(), required=True)
    ways = fields.List(coded(), required=True)
    posts = fields.List(fields.Nested(NamedSchema), required=True)
    departments = fields.List(fields.Nested(NamedSchema), required=True)


class NoticeRulePutSchema(StreetSchema):
    """A row. key, post, department left out: all of them. replace: ends the row it follows."""

    cause = fields.String(required=True, validate=one_of(Cause))
    key = Text(maximum=20, load_default="")
    endpoint = fields.UUID(required=True)
    post = Text(maximum=40, load_default="")
    department = Text(maximum=40, load_default="")
    way = fields.String(load_default=Way.SEND.value, validate=one_of(Way))
    valid_from = Day()
    valid_to = Day()
    replace = fields.Boolean(load_default=False)


class QuietHoursPutSchema(StreetSchema):
    """A row. begins, ends: local time of day. replace: ends the row it follows."""

    begins = fields.String(required=True, validate=HOUR)
    ends = fields.String(required=True, validate=HOUR)
    valid_from = Day()
    replace = fields.Boolean(load_default=False)


@blp.get("/notice-rules")
@requires(Permission.NOTICE_MANAGE)
@blp.arguments(StreetSchema, location="query", unknown=RAISE)
@blp.response(200, NoticeRulesSchema)
def show(told: dict[str, str]) -> dict[str, Any]:
    """The endpoints, rules and quiet hours of a street."""
    return _told(ruled(told.get("area")))


@blp.post("/notice-rules")
@requires(Permission.NOTICE_MANAGE)
@blp.arguments(NoticeRulePutSchema)
@blp.response(200, NoticeRulesSchema)
@blp.alt_response(422, description="makes no sense, or contradicts another row: both are named")
def put(told: dict[str, Any]) -> dict[str, Any]:
    """Add a row. One that contradicts another is refused, and both are named."""
    street = ruled(told.get("area"))
    dates = {name: told[name] for name in ("valid_from", "valid_to", "replace") if name in told}

    def work() -> dict[str, Any]:
        out = endpoints.get(current_user, told["endpoint"])
        whose = departments.find(told["department"], street.path) if told["department"] else None
        wanted = Wanted(Cause(told["cause"]), out, Way(told["way"]), told["key"], told["post"], whose, **dates)
        return {"rule": notice_rule.put(current_user, street, wanted).id}

    with transaction():
        once("notice_rule.put", {name: str(value) for name, value in told.items()}, work)
    return _told(street)


@blp.get("/notice-rules/<int:rule_id>")
@requires(Permission.NOTICE_MANAGE)
@blp.etag
@blp.response(200, NoticeRuleSchema)
def rule(rule_id: int) -> dict[str, Any]:
    """One row."""
    found = notice_ruling.get(current_user, NoticeRule, rule_id)
    blp.set_etag({"version": found.version})
    return _rule(found)


@blp.patch("/notice-rules/<int:rule_id>")
@requires(Permission.NOTICE_MANAGE)
@blp.etag
@blp.arguments(EndSchema)
@blp.response(200, NoticeRuleSchema)
def end(told: dict[str, Any], rule_id: int) -> dict[str, Any]:
    """Let a row end on another day. If-Match: its version."""
    with transaction():
        found = notice_ruling.get(current_user, NoticeRule, rule_id)
        blp.check_etag({"version": found.version})
        ruling.end(current_user, found, told["valid_to"])
    blp.set_etag({"version": found.version})
    return _rule(found)


@blp.post("/quiet-hours")
@requires(Permission.NOTICE_MANAGE)
@blp.arguments(QuietHoursPutSchema)
@blp.response(200, NoticeRulesSchema)
@blp.alt_response(422, description="makes no sense, or contradicts another row: both are named")
def hush(told: dict[str, Any]) -> dict[str, Any]:
    """Add quiet hours. What is urgent breaks through; the rest waits, and nothing is dropped."""
    street = ruled(told.get("area"))
    hours = [time.fromisoformat(told[name]) for name in ("begins", "ends")]

    def work() -> dict[str, Any]:
        since, replace = told.get("valid_from"), told["replace"]
        return {"row": quiet_hours.put(current_user, street, hours[0], hours[1], since, replace=replace).id}

    with transaction():
        once("quiet_hours.put", {name: str(value) for name, value in told.items()}, work)
    return _told(street)


@blp.get("/quiet-hours/<int:hours_id>")
@requires(Permission.NOTICE_MANAGE)
@blp.etag
@blp.response(200, QuietHoursSchema)
def hours(hours_id: int) -> dict[str, Any]:
    """One row."""
    found = notice_ruling.get(current_user, QuietHours, hours_id)
    blp.set_etag({"version": found.version})
    return _hours(found)


@blp.patch("/quiet-hours/<int:hours_id>")
@requires(Permission.NOTICE_MANAGE)
@blp.etag
@blp.arguments(EndSchema)
@blp.response(200, QuietHoursSchema)
def unhush(told: dict[str, Any], hours_id: int) -> dict[str, Any]:
    """Let quiet hours end on another day. If-Match: their version."""
    with transaction():
        found = notice_ruling.get(current_user, QuietHours, hours_id)
        blp.check_etag({"version": found.version})
        ruling.end(current_user, found, told["valid_to"])
    blp.set_etag({"version": found.version})
    return _hours(found)


def _told(street: Node) -> dict[str, Any]:
    return {
        "area": street,
        "endpoints": notice_endpoints.all_of(street.path),
        "rules": [_rule(row) for row in notice_ruling.rows(current_user, NoticeRule, street.path)],
        "quiet_hours": [_hours(row) for row in notice_ruling.rows(current_user, QuietHours, street.path)],
        "causes": [{"code": cause.value, "name": cause.label, "keys": _named(cause.keys)} for cause in Cause],
        "channels": list(Channel),
        "ways": list(Way),
        "posts": _named({code: post.label for code, post in posts.posts().items() if not post.is_internal}),
        "departments": departments.active(street.path),
    }


def _named(words: Any) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in words.items()]


def _rule(row: NoticeRule) -> dict[str, Any]:
    names = "id cause key about endpoint_id whom way valid_from valid_to version"
    told = {name: getattr(row, name) for name in names.split()}
    return told | {"area": net.current().node(row.area_id), "endpoint_name": row.endpoint.name}


def _hours(row: QuietHours) -> dict[str, Any]:
    names = "id begins ends valid_from valid_to version"
    return {name: getattr(row, name) for name in names.split()} | {"area": net.current().node(row.area_id)}
