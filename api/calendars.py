"""The calendar: days and their import, working hours of streets."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.file import BINARY
from api.http import Blueprint
from api.mark import requires
from api.schemas.named import NamedSchema
from grid import clock
from grid.accounts.permission import Permission
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Node
from grid.calendars import almanac, calendar_day, notice_import, policy
from grid.calendars.calendar_day import CalendarDay
from grid.calendars.notice_import import CalendarImport
from grid.calendars.notice_sheet import Fate
from grid.calendars.policy import Policy
from grid.db import transaction
from grid.errors import Invalid, NotFound
from grid.events import redating
from grid.worktime.calendar import Slot, WorkdayMode
from grid.worktime.day import DayKind
from grid.worktime.limit import Unit

blp = Blueprint("calendars", __name__, url_prefix="/api", description="工作日历")

SHEET_TYPES = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)


class WorkSlotSchema(Schema):
    """A stretch of working time of every working day, local time."""

    _clock = validate.Regexp(r"\A([01]\d|2[0-3]):[0-5]\d\Z", error="应像 08:30。")
    start = fields.String(required=True, validate=_clock)
    end = fields.String(required=True, validate=_clock)


class UnitWordSchema(Schema):
    """A unit of time limits and what it is called here."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    default = fields.String(required=True)


class WorkPolicySchema(Schema):
    """The working policy of a street. default: it has none of its own yet."""

    area = fields.Nested(NamedSchema, allow_none=True, required=True)
    default = fields.Boolean(required=True)
    since = Moment(allow_none=True, required=True)
    slots = fields.List(fields.Nested(WorkSlotSchema), required=True)
    workday_mode = coded(required=True)
    units = fields.List(fields.Nested(UnitWordSchema), required=True)


class WorkPolicyEditSchema(Schema):
    """A street's policy, for clocks that start from now on. wording: unit → word, where not the usual one."""

    slots = fields.List(fields.Nested(WorkSlotSchema), required=True)
    workday_mode = fields.String(required=True, validate=one_of(WorkdayMode))
    wording = fields.Dict(
        keys=fields.String(validate=one_of(Unit)),
        values=Text(maximum=policy.WORD_MAX, minimum=1),
        load_default=dict,
    )


class StreetQuerySchema(Schema):
    """area: the street, or anything in it; the caller's own when left out."""

    area = Text(maximum=20)


class CalendarQuerySchema(StreetQuerySchema):
    """year: this one when left out."""

    year = fields.Integer(validate=validate.Range(2000, 2100, error="应在 2000 到 2100 之间。"))


class CalendarDaySchema(Schema):
    """A day that does not follow the week. provisional: the year's notice is not in yet."""

    day = fields.Date(required=True)
    kind = coded(required=True)
    name = fields.String(required=True)
    source = fields.String(required=True)
    provisional = fields.Boolean(attribute="is_provisional", required=True)


class CalendarSchema(Schema):
    """A year. has_notice: false while its days are a guess."""

    year = fields.Integer(required=True)
    has_notice = fields.Boolean(required=True)
    workdays = fields.Integer(required=True)
    days = fields.List(fields.Nested(CalendarDaySchema), required=True)
    policy = fields.Nested(WorkPolicySchema, required=True)


class CalendarDayEditSchema(Schema):
    """What a day is to be."""

    kind = fields.String(required=True, validate=one_of(DayKind))
    name = Text(maximum=40, minimum=1, required=True)


class CalendarImportQuerySchema(Schema):
    """name: of the file. source: title of the notice, for the record."""

    name = Text(maximum=120, load_default="上传的文件")
    source = Text(maximum=120, load_default="")


class CalendarImportLineSchema(Schema):
    """A row of the file, or (number null) a row the calendar would lose."""

    number = fields.Integer(allow_none=True, required=True)
    fate = coded(required=True)
    day = fields.Date(allow_none=True, required=True)
    kind = coded(allow_none=True, required=True)
    name = fields.String(required=True)
    provisional = fields.Boolean(required=True)
    reason = fields.String(required=True)


class CalendarImportSchema(Schema):
    """An import: first what it would do, then, confirmed, what it did. years: those whose whole notice it is."""

    id = fields.UUID(required=True)
    state = coded(required=True)
    file_name = fields.String(required=True)
    source = fields.String(required=True)
    years = fields.List(fields.Integer(), required=True)
    warnings = fields.List(fields.String(), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    lines = fields.List(fields.Nested(CalendarImportLineSchema), required=True)
    waiting = fields.Integer(required=True, metadata={"description": "running clocks that wait for a notice"})
    moved = fields.Integer(metadata={"description": "due moments that moved; told by the confirmation"})
    made_at = Moment(required=True)
    confirmed_at = Moment(allow_none=True, required=True)


@blp.get("/calendar")
@requires(Permission.CALENDAR_READ)
@blp.etag
@blp.arguments(CalendarQuerySchema, location="query", unknown=RAISE)
@blp.response(200, CalendarSchema)
def calendar(told: dict[str, Any]) -> dict[str, Any]:
    """The days of a year that do not follow the week, and the working policy of a street."""
    year = told.get("year", clock.local(clock.now()).year)
    now, street = almanac.current(), _street(told.get("area"))
    blp.set_etag({"revision": now.number})
    under = now.policy(street.path) if street else Policy()
    return {
        "year": year,
        "has_notice": year in now.known_years,
        "workdays": now.calendar(under).workdays(year),
        "days": now.of_year(year),
        "policy": _policy(street, under),
    }


@blp.put("/calendar/<string(length=10):day>")
@requires(Permission.CALENDAR_MANAGE)
@blp.etag
@blp.arguments(CalendarDayEditSchema)
@blp.response(200, CalendarDaySchema)
def day_put(told: dict[str, str], day: str) -> CalendarDay:
    """Make a day a holiday or a working day. If-Match: the year's ETag. Running clocks keep their time."""
    with transaction():
        blp.check_etag({"revision": calendar_day.lock()})
        row = calendar_day.put(current_user, _date(day), DayKind(told["kind"]), told["name"])
    blp.set_etag({"revision": almanac.current().number})
    return row


@blp.delete("/calendar/<string(length=10):day>")
@requires(Permission.CALENDAR_MANAGE)
@blp.etag
@blp.response(204)
def day_delete(day: str) -> Response:
    """Let a day follow the week again. If-Match: the year's ETag."""
    with transaction():
        blp.check_etag({"revision": calendar_day.lock()})
        calendar_day.remove(current_user, _date(day))
    return current_app.response_class(status=204)


@blp.post("/calendar/imports")
@requires(Permission.CALENDAR_MANAGE)
@blp.arguments(CalendarImportQuerySchema, location="query", unknown=RAISE)
@blp.doc(
    requestBody={
        "required": True,
        "content": {kind: {"schema": BINARY} for kind in SHEET_TYPES},
    }
)
@blp.response(201, CalendarImportSchema)
def import_preview(told: dict[str, str]) -> dict[str, Any]:
    """See what a csv or xlsx file (日期、类型、名称) would do; nothing is imported before it is confirmed."""
    if request.mimetype not in SHEET_TYPES:
        raise Invalid("请上传 csv 或 xlsx 文件。什么都没有导入。", field="file")
    with transaction():
        found = notice_import.preview(current_user, request.get_data(), told["name"], told["source"])
    return _import(found)


@blp.get("/calendar/imports/<uuid:import_id>")
@requires(Permission.CALENDAR_MANAGE)
@blp.etag
@blp.response(200, CalendarImportSchema)
def import_show(import_id: UUID) -> dict[str, Any]:
    """An import, as previewed or as done."""
    found = notice_import.get(import_id)
    blp.set_etag({"version": found.version})
    return _import(found)


@blp.post("/calendar/imports/<uuid:import_id>/confirm")
@requires(Permission.CALENDAR_MANAGE)
@blp.etag
@blp.response(200, CalendarImportSchema)
def import_confirm(import_id: UUID) -> dict[str, Any]:
    """Import the previewed file, all of it; clocks that waited for the notice are computed again."""
    with transaction():
        found = notice_import.get(import_id)
        blp.check_etag({"version": found.version})
        moved = redating.confirm(current_user, found)
    blp.set_etag({"version": found.version})
    return _import(found) | {"moved": moved}


@blp.get("/work-policy")
@requires(Permission.CALENDAR_READ)
@blp.etag
@blp.arguments(StreetQuerySchema, location="query", unknown=RAISE)
@blp.response(200, WorkPolicySchema)
def policy_show(told: dict[str, str]) -> dict[str, Any]:
    """The working policy of a street."""
    street = _street(told.get("area"))
    under = almanac.current().policy(street.path) if street else Policy()
    blp.set_etag({"policy": under.number})
    return _policy(street, under)


@blp.put("/work-policy")
@requires(Permission.CALENDAR_MANAGE)
@blp.etag
@blp.arguments(StreetQuerySchema, location="query", unknown=RAISE)
@blp.arguments(WorkPolicyEditSchema)
@blp.response(200, WorkPolicySchema)
def policy_put(where: dict[str, str], told: dict[str, Any]) -> dict[str, Any]:
    """Give a street another working policy; clocks that run keep theirs."""
    street = _street(where.get("area"))
    if street is None:
        raise Invalid("请说明是哪个街道。", field="area")
    slots = tuple(
        Slot(time.fromisoformat(slot["start"]), time.fromisoformat(slot["end"])) for slot in told["slots"]
    )
    wording = {Unit(unit): word for unit, word in told["wording"].items()}
    with transaction():
        calendar_day.lock()
        blp.check_etag({"policy": almanac.current().policy(street.path).number})
        changed = policy.put(current_user, street, slots, WorkdayMode(told["workday_mode"]), wording)
    blp.set_etag({"policy": changed.number})
    return _policy(street, changed)


def _date(told: str) -> date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", told):
        raise NotFound("地址里的日期应像 2027-02-05。")
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise NotFound(f"没有 {told} 这一天。") from None


def _street(code: str | None) -> Node | None:
    """The street an area lies in; without one the caller's own, or the only one."""
    snapshot = net.current()
    if code is not None:
        found = policy.street_of(snapshot, snapshot.find(code).path)
        if found is None:
            raise Invalid("作息规定按街道设置，请选一个街道。", field="area")
        return found
    own = (policy.street_of(snapshot, held.area.path) for held in current_user.posts)
    streets = [node for node in snapshot.by_id.values() if node.level is Level.STREET]
    return next((node for node in own if node), streets[0] if len(streets) == 1 else None)


def _policy(street: Node | None, under: Policy) -> dict[str, Any]:
    return {
        "area": street,
        "default": not under.number,
        "since": under.valid_from,
        "slots": [{"start": f"{slot.start:%H:%M}", "end": f"{slot.end:%H:%M}"} for slot in under.slots],
        "workday_mode": under.mode,
        "units": [
            {"code": unit.value, "label": under.wording.get(unit, unit.label), "default": unit.label}
            for unit in Unit
        ],
    }


def _import(found: CalendarImport) -> dict[str, Any]:
    names = ("id", "state", "file_name", "source", "years", "warnings", "made_at", "confirmed_at")
    return {name: getattr(found, name) for name in names} | {
        "counts": {fate.value: count for fate, count in found.counts.items()},
        "lines": [_line(line) for line in found.lines],
        "waiting": redating.waiting(),
    }


def _line(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": line["number"] or None,
        "fate": Fate(line["fate"]),
        "day": date.fromisoformat(line["day"]) if line["day"] else None,
        "kind": DayKind(line["kind"]) if line["kind"] else None,
        "name": line["name"],
        "provisional": line["is_provisional"],
        "reason": line["reason"],
    }
