"""Visit (到点): somebody stood at a checkpoint; the phone says so, perhaps hours later; the place is compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import Base, UTCDateTime, db
from grid.errors import Forbidden, Invalid, NotFound
from grid.geo.crs import Datum, distance_m, to_storage
from grid.records.checkpoint import Checkpoint, walked
from grid.trail import entry as trail

DOUBT_M = 50.0  # of a fix that is less exact than this, no more is believed


class CheckpointVisit(Base):
    """Visit (到点). id: made on the phone. occurred_at: by its clock, never ahead of ours. distance_m: off it.

    One a person, point and local day counts. distance_m None: the point was changed since, nobody can say.
    """

    __tablename__ = "checkpoint_visit"
    __table_args__ = (
        Index("ix_checkpoint_visit_checkpoint_id_occurred_at", "checkpoint_id", "occurred_at"),
        Index("ix_checkpoint_visit_user_id_occurred_at", "user_id", "occurred_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    checkpoint_id: Mapped[UUID] = mapped_column(ForeignKey("checkpoint.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    occurred_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    distance_m: Mapped[float | None]
    accuracy_m: Mapped[float | None]


def tick(
    actor: User,
    visit_id: UUID,
    checkpoint_id: UUID,
    occurred_at: datetime,
    place: tuple[float, float, Datum],
    accuracy_m: float | None,
) -> bool:
    """Take a visit in; False: it adds nothing, being the second of a day or of a point changed since.

    place: lon, lat in their datum. Raises Forbidden, NotFound for a point that is not on the person's round,
    Invalid when they stood too far off.
    """
    if not actor.has(Permission.TRACK_REPORT):
        raise Forbidden("你的岗位不用巡查。")
    found = db.session.get(CheckpointVisit, visit_id)
    if found is not None:
        if found.user_id != actor.id:
            raise Invalid("这个编号已被使用，请重新打卡。", field="entity_id")
        return True
    now = clock.now()
    at = min(occurred_at, now)
    point = _held(checkpoint_id)
    try:
        off_m = _off_m(actor, point, place, accuracy_m)
    except (NotFound, Invalid):
        if point.moved_at is None or at >= point.moved_at:
            raise
        off_m = None  # it may have been right then; the phone could not know
    if of_day(actor.id, clock.local(at).date(), [point.id]):
        return False
    db.session.add(
        CheckpointVisit(
            id=visit_id,
            checkpoint_id=point.id,
            user_id=actor.id,
            occurred_at=at,
            received_at=now,
            distance_m=off_m,
            accuracy_m=accuracy_m,
        )
    )
    if off_m is not None:
        _count(point, at)
    trail.record(actor, "checkpoint:visit", "checkpoint", point.id, point.area_path, visit=str(visit_id))
    return off_m is not None


def _held(checkpoint_id: UUID) -> Checkpoint:
    held = select(Checkpoint).where(Checkpoint.id == checkpoint_id).with_for_update()
    point = db.session.scalar(held, execution_options={"populate_existing": True})
    if point is None:
        raise NotFound("没有这个巡查点，或已经取消。", field="checkpoint")
    return point


def _off_m(actor: User, point: Checkpoint, place: tuple[float, float, Datum], accuracy_m: float | None) -> float:
    """How far off they stood. Raises NotFound, Invalid."""
    if db.session.scalar(select(Checkpoint.id).where(Checkpoint.id == point.id, walked(actor))) is None:
        raise NotFound("没有这个巡查点，或已经取消。", field="checkpoint")
    off_m = distance_m(point.lon, point.lat, *to_storage(*place))
    if off_m > point.radius_m + min(accuracy_m or 0.0, DOUBT_M):
        raise Invalid(f"离“{point.name}”还有 {off_m:.0f} 米，走近了再打卡。", field="position")
    return round(off_m, 1)


def _count(point: Checkpoint, at: datetime) -> None:
    """Without the version, which guards its settings: a visit does not stand in an administrator's way."""
    later = {"visits": Checkpoint.visits + 1, "visited_at": max(point.visited_at or at, at)}
    db.session.execute(update(Checkpoint).where(Checkpoint.id == point.id).values(later))


def of_day(user_id: int, day: date, points: Iterable[UUID]) -> dict[UUID, datetime]:
    """Of these checkpoints: when a person stood there first on a local day."""
    begin = clock.midnight(day)
    found = (
        select(CheckpointVisit.checkpoint_id, func.min(CheckpointVisit.occurred_at))
        .where(CheckpointVisit.user_id == user_id, CheckpointVisit.checkpoint_id.in_(list(points)))
        .where(CheckpointVisit.distance_m.is_not(None))
        .where(CheckpointVisit.occurred_at >= begin, CheckpointVisit.occurred_at < begin + timedelta(days=1))
        .group_by(CheckpointVisit.checkpoint_id)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def round_of(person: User, day: date) -> Iterable[tuple[Checkpoint, datetime | None]]:
    """The points of a person's round, and when they stood there that day."""
    points = db.session.scalars(select(Checkpoint).where(walked(person)).order_by(Checkpoint.id)).all()
    there = of_day(person.id, day, [point.id for point in points])
    return [(point, there.get(point.id)) for point in points]
