"""Track (轨迹): where somebody walked on a day, computed from the raw points; what is not known is shown as a gap.

A screen that goes dark stops the phone's fixes, and a fix may be wrong by kilometres: neither is drawn as a line.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np
from sqlalchemy import select

from grid import clock
from grid.db import db
from grid.fieldwork.point import UNUSABLE, PointFlag, TrackPoint
from grid.geo import crs

SILENCE_MS = 120_000
FASTEST_MPS = 40.0
STEP_M = 10.0  # shorter moves are the receiver's, not the walker's
STAY_M, STAY_MS = 30.0, 300_000
USUAL_ACCURACY_M, MOST_ACCURACY_M = 10.0, 50.0

Window = tuple[datetime, datetime]


class GapReason(StrEnum):
    """Why a part of a track is not known (断点原因)."""

    SILENCE = "silence"
    JUMP = "jump"

    @property
    def label(self) -> str:
        return {"silence": "没有定位", "jump": "位置跳变"}[self]


@dataclass(frozen=True, slots=True)
class Spot:
    """A usable point. x, y: metres of EPSG:4547."""

    t_ms: int
    lon: float
    lat: float
    accuracy_m: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of the day between two points of which nothing is known."""

    since_ms: int
    until_ms: int
    reason: GapReason


@dataclass(frozen=True, slots=True)
class Stay:
    """A place where somebody stood for a while; lon, lat: its middle."""

    since_ms: int
    until_ms: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Track:
    """A day's walk. segments: runs of points without a gap; counts: points kept, and left out, by reason."""

    segments: list[list[Spot]]
    gaps: list[Gap]
    stays: list[Stay]
    length_m: float
    counts: dict[str, int] = field(default_factory=dict)


def bounds_ms(day: date) -> tuple[int, int]:
    """A local day in milliseconds since 1970, its end excluded."""
    begin = clock.midnight(day)
    return milliseconds(begin), milliseconds(begin + timedelta(days=1))


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return round(moment.timestamp() * 1000)


def of_day(user_id: int, day: date, windows: Sequence[Window] | None = None) -> Track:
    """A person's walk of a local day, over all their phones. windows: nothing outside these is looked at."""
    since, until = bounds_ms(day)
    found = (
        select(TrackPoint.t_ms, TrackPoint.lon, TrackPoint.lat, TrackPoint.accuracy_m, TrackPoint.flags)
        .where(TrackPoint.user_id == user_id, TrackPoint.t_ms >= since, TrackPoint.t_ms < until)
        .order_by(TrackPoint.t_ms, TrackPoint.device_id)
    )
    rows: Iterable[Raw] = (Raw(*row) for row in db.session.execute(found))
    if windows is not None:
        spans = [(milliseconds(begin), milliseconds(end)) for begin, end in windows]
        rows = (row for row in rows if any(begin <= row.t_ms <= end for begin, end in spans))
    return drawn(list(rows))


@dataclass(frozen=True, slots=True)
class Raw:
    """A point as it was kept, as far as drawing needs it."""

    t_ms: int
    lon: float
    lat: float
    accuracy_m: float | None = None
    flags: int = 0


def drawn(points: Sequence[Raw]) -> Track:
    """The walk that raw points, in order of time, tell of."""
    spots = _spots([point for point in points if not point.flags & UNUSABLE])
    kept = list(_without_outliers(spots))
    segments, gaps = _cut(kept)
    counts = Counter({"raw": len(points), "shown": len(kept), "jump": len(spots) - len(kept)})
    for point in points:
        counts.update(flag.name.lower() for flag in PointFlag if point.flags & flag and flag.name)
    stood = [list(_stood(segment)) for segment in segments]
    length = sum(map(_length_m, segments, stood))
    stays = [_stay(segment[a : b + 1]) for segment, some in zip(segments, stood, strict=True) for a, b in some]
    return Track(segments, gaps, stays, length, dict(counts))


def _spots(points: Sequence[Raw]) -> list[Spot]:
    if not points:
        return []
    metres = crs.project_all(np.array([(point.lon, point.lat) for point in points]))
    return [
        Spot(point.t_ms, point.lon, point.lat, _accuracy(point.accuracy_m), float(x), float(y))
        for point, (x, y) in zip(points, metres.tolist(), strict=True)
    ]


def _accuracy(told: float | None) -> float:
    """Phones that say 0 mean they do not know."""
    return min(told or USUAL_ACCURACY_M, MOST_ACCURACY_M)


def _apart_m(one: Spot, other: Spot) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)


def _is_jump(one: Spot, other: Spot) -> bool:
    """Could nobody have moved that far, even if both fixes are as wrong as they may be?"""
    least_m = _apart_m(one, other) - one.accuracy_m - other.accuracy_m
    return least_m > FASTEST_MPS * max(other.t_ms - one.t_ms, 1000) / 1000


def _without_outliers(spots: Sequence[Spot]) -> Iterator[Spot]:
    """Without single points that lie impossibly far from both neighbours, which themselves agree."""
    last: Spot | None = None
    for place, spot in enumerate(spots):
        following = spots[place + 1] if place + 1 < len(spots) else None
        if (
            last
            and following
            and _is_jump(last, spot)
            and _is_jump(spot, following)
            and not _is_jump(last, following)
        ):
            continue
        last = spot
        yield spot


def _cut(spots: Sequence[Spot]) -> tuple[list[list[Spot]], list[Gap]]:
    segments: list[list[Spot]] = []
    gaps: list[Gap] = []
    for spot in spots:
        last = segments[-1][-1] if segments else None
        reason = None if last is None else _reason(last, spot)
        if last is None or reason is not None:
            segments.append([])
        if last is not None and reason is not None:
            gaps.append(Gap(last.t_ms, spot.t_ms, reason))
        segments[-1].append(spot)
    return segments, gaps


def _reason(last: Spot, spot: Spot) -> GapReason | None:
    if spot.t_ms - last.t_ms > SILENCE_MS:
        return GapReason.SILENCE
    return GapReason.JUMP if _is_jump(last, spot) else None


def _length_m(segment: Sequence[Spot], stood: Sequence[tuple[int, int]]) -> float:
    """Metres walked. A move counts when it is longer than the receiver's own unrest, and not while one stands."""
    total, last = 0.0, segment[0]
    for place, spot in enumerate(segment):
        if any(begin < place <= end for begin, end in stood):
            continue
        apart_m = _apart_m(last, spot)
        if apart_m >= max(STEP_M, spot.accuracy_m):
            total, last = total + apart_m, spot
    return total


def _stood(segment: Sequence[Spot]) -> Iterator[tuple[int, int]]:
    """Where in a segment somebody begins and ends to stand."""
    begin = 0
    while begin < len(segment):
        end = begin
        while end + 1 < len(segment) and _is_at(segment[begin], segment[end + 1]):
            end += 1
        if segment[end].t_ms - segment[begin].t_ms >= STAY_MS:
            yield begin, end
            begin = end
        begin += 1


def _stay(here: Sequence[Spot]) -> Stay:
    lon, lat = (sum(spot.lon for spot in here) / len(here), sum(spot.lat for spot in here) / len(here))
    return Stay(here[0].t_ms, here[-1].t_ms, lon, lat)


def _is_at(anchor: Spot, spot: Spot) -> bool:
    return _apart_m(anchor, spot) <= max(STAY_M, spot.accuracy_m)
