"""A walk of a day, as phones and consoles show it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.fields import Moment, Schema, coded, fields
from api.schemas.named import NamedSchema
from grid.accounts.user import User
from grid.fieldwork import coverage as covering
from grid.fieldwork.point import PointFlag
from grid.fieldwork.track import Gap, Stay, Track
from grid.records import visit as visits


class GapSchema(Schema):
    """A part of the day nothing is known of; it is not to be drawn as a line."""

    since = Moment(required=True)
    until = Moment(required=True)
    reason = coded(required=True)


class StaySchema(Schema):
    """A place where the person stood for five minutes or more."""

    since = Moment(required=True)
    until = Moment(required=True)
    lon = fields.Float(required=True)
    lat = fields.Float(required=True)


class CoverageSchema(Schema):
    """A unit grid and the share of it, 0 to 1, within 30 m of the walk."""

    area = fields.Nested(NamedSchema, required=True)
    share = fields.Float(required=True)


class RoundSchema(Schema):
    """A checkpoint of the person's round; visited_at: when they stood there that day, if they did."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    area = fields.Nested(NamedSchema, required=True)
    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    visited_at = Moment(required=True, allow_none=True)


class TrackCountsSchema(Schema):
    """Points kept, shown, and left out or marked, by reason."""

    raw = fields.Integer(required=True)
    shown = fields.Integer(required=True)
    jump = fields.Integer(required=True)
    future = fields.Integer(required=True)
    past = fields.Integer(required=True)
    mock = fields.Integer(required=True)
    coarse = fields.Integer(required=True)
    outside = fields.Integer(required=True)


class TrackSchema(Schema):
    """A walk: runs of [lon, lat, t_ms] (CGCS2000 degrees), the gaps between them, and what follows from both."""

    day = fields.Date(required=True)
    segments = fields.List(
        fields.List(fields.List(fields.Float())),
        required=True,
        metadata={"description": "runs of [lon, lat, milliseconds since 1970]"},
    )
    gaps = fields.List(fields.Nested(GapSchema), required=True)
    stays = fields.List(fields.Nested(StaySchema), required=True)
    length_m = fields.Float(required=True)
    coverage = fields.List(fields.Nested(CoverageSchema), required=True)
    checkpoints = fields.List(fields.Nested(RoundSchema), required=True)
    counts = fields.Nested(TrackCountsSchema, required=True)


def shown(track: Track, day: Any, person: User) -> dict[str, Any]:
    """Somebody's track in the shape of TrackSchema."""
    grids = covering.homes(person)
    names = ["raw", "shown", "jump", *(str(flag.name).lower() for flag in PointFlag)]
    return {
        "day": day,
        "segments": [[[s.lon, s.lat, s.t_ms] for s in segment] for segment in track.segments],
        "gaps": [_span(gap) | {"reason": gap.reason} for gap in track.gaps],
        "stays": [_span(stay) | {"lon": stay.lon, "lat": stay.lat} for stay in track.stays],
        "length_m": round(track.length_m, 1),
        "coverage": [
            {"area": found.area, "share": round(found.share, 4)} for found in covering.coverage(track, grids)
        ],
        "checkpoints": [
            {name: getattr(point, name) for name in ("id", "name", "area", "lon", "lat")} | {"visited_at": at}
            for point, at in visits.round_of(person, day)
        ],
        "counts": {name: track.counts.get(name, 0) for name in names},
    }


def _span(part: Gap | Stay) -> dict[str, Any]:
    return {"since": moment(part.since_ms), "until": moment(part.until_ms)}


def moment(t_ms: int) -> datetime:
    """A point's time."""
    return datetime.fromtimestamp(t_ms / 1000, UTC)
