"""Intake (接收轨迹): fixes of a phone are kept once each; one that cannot be kept is refused alone, and why."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from grid import clock
from grid.accounts.user import User
from grid.db import db, insert
from grid.errors import Invalid
from grid.fieldwork.point import PointFlag, TrackPoint
from grid.geo.crs import DEGREES, Datum, to_storage
from grid.geo.frame import CHINA
from grid.geo.index import NULL_ISLAND_DEG
from grid.trail import entry as trail

BATCH_MAX = 500
COARSE_M = 100.0
AHEAD = timedelta(minutes=5)  # of the server's clock
BEHIND = timedelta(days=7)
LATEST_MS = 4_102_444_800_000  # the year 2100


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix as a phone tells it. index: its place in the batch; lon, lat: degrees in ``datum``."""

    index: int
    t_ms: int
    lon: float
    lat: float
    datum: Datum = Datum.WGS84
    accuracy_m: float | None = None
    speed_mps: float | None = None
    bearing_deg: float | None = None
    altitude_m: float | None = None
    battery: float | None = None
    is_mock: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A fix that was not kept, and why. t_ms: None when even that could not be read."""

    index: int
    t_ms: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch. known: kept before."""

    accepted: int
    known: int
    refused: list[Refusal]


def take(actor: User, device_id: UUID, fixes: Iterable[Fix], unread: Iterable[Refusal] = ()) -> Taken:
    """Keep a batch of fixes of one phone. device_id: the seat's row; unread: what the edge could not even read."""
    refused, rows = list(unread), dict[int, dict[str, Any]]()
    now, known = clock.now(), 0
    for fix in fixes:
        try:
            _check(fix)
        except Invalid as error:
            refused.append(Refusal(fix.index, fix.t_ms, error.detail))
            continue
        known += fix.t_ms in rows
        rows.setdefault(fix.t_ms, _row(actor, device_id, fix, now))
    accepted = _keep(list(rows.values()))
    if accepted:
        trail.record(actor, "track:report", "device", device_id, points=accepted)
    refused.sort(key=lambda refusal: refusal.index)
    return Taken(accepted, known + len(rows) - accepted, refused)


def _keep(rows: list[dict[str, Any]]) -> int:
    """How many of the rows are new."""
    if not rows:
        return 0
    fresh = insert(TrackPoint).values(rows).on_conflict_do_nothing().returning(TrackPoint.t_ms)
    return len(db.session.scalars(fresh).all())


def _check(fix: Fix) -> None:
    if not 0 <= fix.t_ms <= LATEST_MS:
        raise Invalid("时间不对。")
    if fix.datum not in DEGREES:
        raise Invalid("坐标系不对。")
    if not (abs(fix.lon) <= 180 and abs(fix.lat) <= 90):  # false for NaN too
        raise Invalid("坐标不是经纬度。")
    if abs(fix.lon) < NULL_ISLAND_DEG and abs(fix.lat) < NULL_ISLAND_DEG:
        raise Invalid("没有取得位置。")


def _row(actor: User, device_id: UUID, fix: Fix, now: datetime) -> dict[str, Any]:
    lon, lat = to_storage(fix.lon, fix.lat, fix.datum)
    return {
        "device_id": device_id,
        "t_ms": fix.t_ms,
        "user_id": actor.id,
        "raw_lon": fix.lon,
        "raw_lat": fix.lat,
        "datum": fix.datum,
        "lon": lon,
        "lat": lat,
        "accuracy_m": fix.accuracy_m,
        "speed_mps": fix.speed_mps,
        "bearing_deg": fix.bearing_deg,
        "altitude_m": fix.altitude_m,
        "battery": fix.battery,
        "flags": int(_flags(fix, lon, lat, now)),
        "received_at": now,
    }


def _flags(fix: Fix, lon: float, lat: float, now: datetime) -> PointFlag:
    now_ms = now.timestamp() * 1000
    west, south, east, north = CHINA
    found = {
        PointFlag.FUTURE: fix.t_ms > now_ms + AHEAD / timedelta(milliseconds=1),
        PointFlag.PAST: fix.t_ms < now_ms - BEHIND / timedelta(milliseconds=1),
        PointFlag.MOCK: fix.is_mock,
        PointFlag.COARSE: (fix.accuracy_m or 0) > COARSE_M,
        PointFlag.OUTSIDE: not (west <= lon <= east and south <= lat <= north),
    }
    flags = PointFlag(0)
    for flag, is_so in found.items():
        if is_so:
            flags |= flag
    return flags


def finite(value: float | None) -> float | None:
    """The number, None for what is none: NaN and infinity are no measurements."""
    return value if value is not None and math.isfinite(value) else None
