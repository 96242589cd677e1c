"""Nearby (附近): what the records hold within a few steps: checkpoints, and what was written down there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from grid.accounts.user import User
from grid.db import db
from grid.forms import form as forms
from grid.geo.crs import Datum, distance_m, to_storage
from grid.records.checkpoint import Checkpoint
from grid.records.record import Record, readable

NEAR_M = 50.0
MOST = 8
# A place may be in another datum, half a kilometre off: how far to look before it is converted.
_WIDE_DEG = 0.01
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of the records and how far off it is. at: when it was last visited or changed; kind: in words."""

    id: UUID
    kind: str
    title: str
    distance_m: float
    at: datetime | None


def near(actor: User, lon: float, lat: float, area_path: str) -> list[Thing]:
    """What lies within NEAR_M in the same grid, nearest first; records only those the caller may read."""
    found = [*_checkpoints(lon, lat, area_path), *_records(actor, lon, lat, area_path)]
    return sorted((one for one in found if one.distance_m <= NEAR_M), key=lambda one: one.distance_m)[:MOST]


def _checkpoints(lon: float, lat: float, area_path: str) -> Iterator[Thing]:
    here = select(Checkpoint).where(Checkpoint.area_path == area_path, Checkpoint.is_active)
    for point in db.session.scalars(here):
        away = distance_m(lon, lat, point.lon, point.lat)
        yield Thing(point.id, "巡查点", point.name, away, point.visited_at)


def _records(actor: User, lon: float, lat: float, area_path: str) -> Iterator[Thing]:
    wanted = (
        select(Record)
        .where(Record.area_path == area_path, or_(*_placed(lon, lat)), readable(actor))
        .order_by(Record.id.desc())
        .limit(_LOOKED_AT)
    )
    for record in db.session.scalars(wanted):
        form = forms.find(record.kind, record.form_version)
        away = min(_away(record, name, lon, lat) for name in form.places() if name in record.content)
        yield Thing(record.id, form.title, record.title, away, record.updated_at)


def _placed(lon: float, lat: float) -> Iterable[ColumnElement[bool]]:
    """Records with a place somewhere around, by each name a form gives it."""
    names = {name for form in forms.catalogue().values() for name in form.places()}
    for name in sorted(names):
        yield and_(
            Record.content[(name, "lon")].as_float().between(lon - _WIDE_DEG, lon + _WIDE_DEG),
            Record.content[(name, "lat")].as_float().between(lat - _WIDE_DEG, lat + _WIDE_DEG),
        )


def _away(record: Record, name: str, lon: float, lat: float) -> float:
    told = record.content[name]
    return distance_m(lon, lat, *to_storage(told["lon"], told["lat"], Datum(told["datum"])))
