"""The OsmAnd / Traccar format: tracking apps of others report fixes under a secret made for the seat.

One fix a request, in the query, in a form, or in Traccar Client's JSON. What can be read is answered 200 even if
it is not kept (no fix, out of range): such an app repeats one fix until it hears 200, and would go no further.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, request

from api.auth import current_user
from api.fields import Schema, fields
from api.mark import public, requires
from grid import clock
from grid.accounts import device as devices
from grid.accounts.device import Device
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.errors import NotFound
from grid.fieldwork import intake, tracker
from grid.fieldwork.intake import Fix
from mobile_api.http import PREFIX, Unread, blueprint

blp = blueprint("osmand", "手机：外部定位应用")
KNOT_MPS = 1852 / 3600
SECONDS_BELOW = 2**31 - 1  # larger numbers are milliseconds, as Traccar has it
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")


class TrackerTokenSchema(Schema):
    """The secret, told this once; and the address to enter in the tracking app."""

    token = fields.String(required=True)
    path = fields.String(required=True)


@blp.post("/device/<uuid:device_id>/osmand-token")
@requires(Permission.TRACK_REPORT)
@blp.response(201, TrackerTokenSchema)
def allow(device_id: Any) -> dict[str, str]:
    """A new secret for a tracking app on one's own phone; the one before counts no more."""
    with transaction():
        return {"token": tracker.allow(current_user, device_id), "path": f"{PREFIX}/osmand"}


@blp.get("/osmand")
@public
@blp.response(200)
@blp.alt_response(400, description="problem: not the format, or nobody's secret")
def by_query() -> Response:
    """A fix in the query: id, lat, lon, timestamp, accuracy, speed (knots), bearing, altitude, batt."""
    return _keep(request.args)


@blp.post("/osmand")
@public
@blp.response(200)
@blp.alt_response(400, description="problem: not the format, or nobody's secret")
@blp.alt_response(404, description="problem: JSON with nobody's secret")
def by_body() -> Response:
    """The same in the query or a form, or as Traccar Client's JSON."""
    if not request.is_json:
        return _keep(request.args or request.form)
    told = request.get_json(silent=True)
    if not isinstance(told, dict) or not isinstance(told.get("location"), dict):
        raise Unread("内容读不懂。")
    seat = tracker.seat_of(str(told.get("device_id", "")))
    if seat is None:
        raise NotFound("没有这个定位器。")
    return _take(seat, _of_json(told["location"]))


def _keep(told: Mapping[str, str]) -> Response:
    seat = tracker.seat_of(told.get("id") or told.get("deviceid") or "")
    if seat is None:
        raise Unread("没有这个定位器。")
    return _take(seat, _of_query(told))


def _take(seat: Device, fix: Fix | None) -> Response:
    if fix is not None:
        with transaction():
            intake.take(seat.user, seat.id, [fix])
            devices.touch(seat.id)
    answer: Response = current_app.response_class("", 200, mimetype="text/plain")
    return answer


def _of_query(told: Mapping[str, str]) -> Fix | None:
    """The fix; None when there is none in it (cells only, or an old one). Raises Unread."""
    try:
        lat, lon = told["location"].split(",") if "location" in told else (told.get("lat"), told.get("lon"))
        if lat is None or lon is None or _is_invalid(told.get("valid")):
            return None
        speed = _measure(told.get("speed"))
        return Fix(
            0,
            _t_ms(told.get("timestamp")),
            float(lon),
            float(lat),
            accuracy_m=_measure(told.get("accuracy")),
            speed_mps=None if speed is None else speed * KNOT_MPS,
            bearing_deg=_measure(told.get("bearing", told.get("heading"))),
            altitude_m=_measure(told.get("altitude"), least=-500),
            battery=_measure(told.get("batt")),
            is_mock=told.get("mock", "").lower() in ("true", "1"),
        )
    except (ValueError, OverflowError):
        raise Unread("内容读不懂。") from None


def _is_invalid(told: str | None) -> bool:
    """Does the app say of its own fix that it is none?"""
    return told is not None and told.lower() not in ("true", "1")


def _of_json(location: Mapping[str, Any]) -> Fix | None:
    """The same of JSON, where speeds are in m/s, -1 stands for what is not known and the battery is a share."""
    coords = location.get("coords")
    if not isinstance(coords, dict):
        return None
    battery = location.get("battery")
    level = _measure(battery.get("level")) if isinstance(battery, dict) else None
    try:
        return Fix(
            0,
            _t_ms(location.get("timestamp")),
            float(coords["longitude"]),
            float(coords["latitude"]),
            accuracy_m=_measure(coords.get("accuracy")),
            speed_mps=_measure(coords.get("speed")),
            bearing_deg=_measure(coords.get("heading")),
            altitude_m=_measure(coords.get("altitude"), least=-500),
            battery=None if level is None else level * 100,
            is_mock=location.get("mock") is True,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Unread("内容读不懂。") from None


def _measure(told: Any, least: float = 0) -> float | None:
    """A number; None for what is none or below all sense. Raises ValueError for words."""
    if told is None or told == "":
        return None
    value = intake.finite(float(told))
    return value if value is not None and value >= least else None


def _t_ms(told: Any) -> int:
    """Seconds or milliseconds since 1970, or ISO 8601 (UTC unless said); now when nothing is told."""
    if told is None or told == "":
        return round(clock.now().timestamp() * 1000)
    words = str(told).strip()
    if re.fullmatch(r"-?\d{1,19}(\.0*)?", words):
        number = int(float(words)) if "." in words else int(words)
        return number * 1000 if number < SECONDS_BELOW else number
    if not MOMENT.fullmatch(words):
        raise ValueError(words)
    moment = datetime.fromisoformat(words)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
