"""Checkpoint (巡查点): a place in a grid to be looked at every so many days; ticked by whoever is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    and_,
    false,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.scope import within
from grid.accounts.user import User
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Node
from grid.db import Base, PathText, UTCDateTime, Versioned, db, new_id
from grid.errors import Conflict, Invalid, NotFound
from grid.geo.crs import Datum
from grid.trail import entry as trail

RADIUS_M, DAYS = (5, 500), (1, 366)
MOVING = {"lon", "lat", "radius_m", "is_active"}


class Checkpoint(Versioned, Base):
    """Checkpoint (巡查点). lon, lat: CGCS2000 degrees. every_days: how often. visits: how many there were.

    moved_at: when its place, its width or its use was last changed: an earlier visit was to another place.
    """

    __tablename__ = "checkpoint"
    __table_args__ = (
        Index("ix_checkpoint_area_path", "area_path"),
        Index(
            "uq_checkpoint_area_id_name",
            "area_id",
            "name",
            unique=True,
            sqlite_where=text("is_active"),
            postgresql_where=text("is_active"),
        ),
        CheckConstraint("radius_m between 5 and 500", name="radius"),
        CheckConstraint("every_days between 1 and 366", name="every"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(PathText)
    lon: Mapped[float]
    lat: Mapped[float]
    radius_m: Mapped[int]
    every_days: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)
    visits: Mapped[int] = mapped_column(default=0)
    visited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    moved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def area(self) -> Node:
        return net.current().node(self.area_id)

    @property
    def due_at(self) -> datetime:
        """The local midnight after which it is late: whole days after the last visit, or after it was set up."""
        last = clock.local(self.visited_at or self.created_at).date()
        return clock.midnight(last + timedelta(days=self.every_days))

    @property
    def is_due(self) -> bool:
        return self.is_active and clock.now() >= self.due_at


@dataclass(frozen=True, slots=True)
class Wish:
    """What a checkpoint is to be; what is None stays. lon, lat: CGCS2000 degrees, in or near the street."""

    name: str | None = None
    lon: float | None = None
    lat: float | None = None
    radius_m: int | None = None
    every_days: int | None = None
    is_active: bool | None = None


def add(actor: User, wish: Wish) -> Checkpoint:
    """A new one in the grid it lies in. Raises Invalid outside every grid, Conflict for a name in use there."""
    if wish.name is None or wish.lon is None or wish.lat is None:
        raise Invalid("请填名称和位置。", field="name")
    area = _grid(wish.lon, wish.lat)
    point = Checkpoint(
        name=wish.name,
        area_id=area.id,
        area_path=area.path,
        lon=wish.lon,
        lat=wish.lat,
        radius_m=wish.radius_m or 30,
        every_days=wish.every_days or 7,
        is_active=True,
        visits=0,
        created_at=clock.now(),
    )
    _check_name(point)
    db.session.add(point)
    _write(point)  # its id is told in the trail
    trail.record(actor, "checkpoint:add", "checkpoint", point.id, point.area_path, name=point.name)
    return point


def change(actor: User, point: Checkpoint, wish: Wish) -> None:
    """Change what is said; a place that is told is located again, and may be another grid's. Raises as ``add``."""
    told = {name: value for name in Wish.__slots__ if (value := getattr(wish, name)) is not None}
    if "lon" in told or "lat" in told:
        area = _grid(told.get("lon", point.lon), told.get("lat", point.lat))
        point.area_id, point.area_path = area.id, area.path
    if any(getattr(point, name) != told[name] for name in MOVING & told.keys()):
        point.moved_at = clock.now()
    for name, value in told.items():
        setattr(point, name, value)
    _check_name(point)
    _write(point)
    trail.record(actor, "checkpoint:change", "checkpoint", point.id, point.area_path, fields=sorted(told))


def _grid(lon: float, lat: float) -> Node:
    located = net.current().locate(lon, lat, Datum.CGCS2000)
    if not located.is_inside or located.area.level is not Level.GRID:
        raise Invalid("这个位置不在任何网格里，请在地图上重新点。", field="lon")
    return located.area


def _check_name(point: Checkpoint) -> None:
    """One name a grid, among those in use."""
    if not point.is_active:
        return
    with db.session.no_autoflush:
        same = select(Checkpoint.id).where(
            Checkpoint.area_id == point.area_id, Checkpoint.name == point.name, Checkpoint.is_active
        )
        if any(found != point.id for found in db.session.scalars(same)):
            raise _taken(point)


def _write(point: Checkpoint) -> None:
    """Two at once may both have found the name free: the index knows better."""
    with db.session.no_autoflush:
        taken = _taken(point)
    try:
        db.session.flush()
    except IntegrityError:
        raise taken from None


def _taken(point: Checkpoint) -> Conflict:
    return Conflict(f"{point.area.name}已经有一个巡查点叫“{point.name}”，请换个名称。", field="name")


def walked(actor: User) -> ColumnElement[bool]:
    """Those on a person's round: in use, in the grids they walk; of whoever walks nowhere, none."""
    return and_(Checkpoint.is_active, or_(false(), *(within(Checkpoint.area_path, path) for path in homes(actor))))


def homes(actor: User) -> list[str]:
    """The areas a person walks."""
    return sorted({grant.path for grant in actor.grants(Permission.TRACK_REPORT)})


def page(
    area: Node | None, is_active: bool, after: UUID | None, limit: int
) -> tuple[Sequence[Checkpoint], UUID | None]:
    """Those in use, or those taken off, in the order they were set up. area: only there."""
    found = select(Checkpoint).where(
        Checkpoint.is_active.is_(is_active), within(Checkpoint.area_path, area.path) if area else true()
    )
    if after is not None:
        found = found.where(Checkpoint.id > after)
    some = db.session.scalars(found.order_by(Checkpoint.id).limit(limit + 1)).all()
    return some[:limit], some[limit - 1].id if len(some) > limit else None


def get(checkpoint_id: UUID, *, is_held: bool = False) -> Checkpoint:
    """One of them; is_held: locked until the commit. Raises NotFound."""
    found = db.session.get(Checkpoint, checkpoint_id, with_for_update=is_held, populate_existing=is_held)
    if found is None:
        raise NotFound("没有这个巡查点。")
    return found
