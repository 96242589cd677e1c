"""Device (终端): a seat of the handset app, made once on a phone and bound to one person; not the hardware.

Heartbeats and pushes touch a seat without raising its version: that guards what administrators decide about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import clock
from grid.accounts.permission import Permission, Relation
from grid.accounts.scope import holds, of_people, rows
from grid.accounts.user import User
from grid.db import Base, Coded, UTCDateTime, Versioned, db, insert, new_id, table
from grid.errors import Conflict, Forbidden, Invalid
from grid.row import get_row, hold_row, newest

LOST_AFTER = timedelta(hours=24)
BACKLOG_AFTER = timedelta(hours=2)


class DeviceState(StrEnum):
    """State (状态) of a seat: draining hands over what waits and is then wiped."""

    ACTIVE = "active"
    DRAINING = "draining"
    WIPED = "wiped"

    @property
    def label(self) -> str:
        return {"active": "在用", "draining": "待清除", "wiped": "已清除"}[self]


class DeviceLight(StrEnum):
    """What is wrong with a seat in use (提示)."""

    LOST = "lost"
    BACKLOG = "backlog"
    EVICTED = "evicted"

    @property
    def label(self) -> str:
        return {"lost": "失联", "backlog": "积压", "evicted": "数据丢失"}[self]


class DeviceRevoked(Forbidden):
    """The seat was taken back; ``mode`` says whether it may still hand over its queue."""

    slug = "device-revoked"
    title = "这部手机已被停用"


class DeviceUnknown(Forbidden):
    """The seat never enrolled here."""

    slug = "device-unknown"
    title = "这部手机还没有登记"


class Device(Versioned, Base):
    """Device (终端). device_id: made on the phone. last_seq: the highest op number it has sent."""

    __tablename__ = "device"
    __table_args__ = (
        Index("uq_device_device_id_user_id", "device_id", "user_id", unique=True),
        Index("ix_device_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    device_id: Mapped[UUID]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    label: Mapped[str] = mapped_column(String(60), default="")
    platform: Mapped[str] = mapped_column(String(100), default="")
    app: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[DeviceState] = mapped_column(Coded(DeviceState))
    enrolled_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    queue: Mapped[int] = mapped_column(default=0)
    oldest_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    storage: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    battery: Mapped[float | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    evicted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoke_reason: Mapped[str] = mapped_column(String(200), default="")

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)

    @property
    def lights(self) -> list[DeviceLight]:
        """What is wrong with it now; the same as ``shining``."""
        if self.state is not DeviceState.ACTIVE:
            return []
        now = clock.now()
        is_behind = self.queue > 0 and self.oldest_at is not None and self.oldest_at < now - BACKLOG_AFTER
        found = {
            DeviceLight.LOST: self.seen_at < now - LOST_AFTER,
            DeviceLight.BACKLOG: is_behind,
            DeviceLight.EVICTED: self.evicted_at is not None and self.evicted_at > now - LOST_AFTER,
        }
        return [light for light, is_on in found.items() if is_on]


@dataclass(frozen=True, slots=True)
class Seat:
    """What a request needs to know of the seat it comes from."""

    id: UUID
    state: DeviceState
    last_seq: int


def seat(user: User, device_id: UUID) -> Seat | None:
    """The seat of a person on a phone; None when it never enrolled."""
    found = db.session.execute(
        select(Device.id, Device.state, Device.last_seq).where(
            Device.device_id == device_id, Device.user_id == user.id
        )
    ).one_or_none()
    return None if found is None else Seat(found.id, found.state, found.last_seq)


def enroll(user: User, device_id: UUID, label: str, platform: str, app: str) -> tuple[Device, bool]:
    """The person's seat on this phone, and whether it is new. Raises DeviceRevoked for one that was taken back."""
    now = clock.now()
    made = db.session.scalar(
        insert(Device)
        .values(
            id=new_id(),
            device_id=device_id,
            user_id=user.id,
            label=label,
            platform=platform,
            app=app,
            state=DeviceState.ACTIVE,
            enrolled_at=now,
            seen_at=now,
            queue=0,
            storage={},
            last_error="",
            last_seq=0,
            revoke_reason="",
            version=1,
        )
        .on_conflict_do_nothing()
        .returning(Device.id)
    )
    found = db.session.scalars(
        select(Device)
        .where(Device.device_id == device_id, Device.user_id == user.id)
        .execution_options(populate_existing=True)
    ).one()
    if found.state is not DeviceState.ACTIVE:
        raise refusal(found.state)
    if made is None:
        touch(found.id, app=app or found.app)
    return found, made is not None


def refusal(state: DeviceState) -> DeviceRevoked:
    """What a seat that was taken back is told."""
    if state is DeviceState.DRAINING:
        return DeviceRevoked("这部手机已停用：只能把没发完的内容发完，之后会清除。", mode="drain")
    return DeviceRevoked("这部手机已停用，本机内容要清除。还要用请重新登记。", mode="wipe")


def touch(seat_id: UUID, **told: Any) -> None:
    """The seat was heard of: what it said of itself, and when."""
    db.session.execute(
        update(table(Device)).where(table(Device).c.id == seat_id).values(seen_at=clock.now(), **told)
    )


def beat(seat_: Seat, canary: int | None, **told: Any) -> tuple[DeviceState, bool]:
    """Take a heartbeat in; the seat's state now, and whether the phone has lost what it held.

    canary: the last op number the phone remembers. A draining seat whose queue is empty is wiped now.
    """
    is_evicted = canary is not None and canary < seat_.last_seq
    if is_evicted:
        told["evicted_at"] = clock.now()
    if seat_.state is DeviceState.DRAINING and told["queue"] == 0:
        told["state"] = DeviceState.WIPED
    touch(seat_.id, **told)
    return told.get("state", seat_.state), is_evicted


# -- what administrators and desks see of seats -------------------------------------------------------------------


MISSING = "没有这部手机，或不在你的范围里。"
REACHES = {
    Relation.AREA: of_people(Device.user_id, lambda device: device.user),
}


def shining(light: DeviceLight) -> ColumnElement[bool]:
    """Seats in use with this wrong now; the same as ``Device.lights``."""
    now = clock.now()
    found = {
        DeviceLight.LOST: Device.seen_at < now - LOST_AFTER,
        DeviceLight.BACKLOG: and_(Device.queue > 0, Device.oldest_at < now - BACKLOG_AFTER),
        DeviceLight.EVICTED: Device.evicted_at > now - LOST_AFTER,
    }[light]
    return and_(Device.state == DeviceState.ACTIVE, found)


def wrong(light: str) -> ColumnElement[bool]:
    """Seats in use with this wrong, or "any" of it."""
    wanted = list(DeviceLight) if light == "any" else [DeviceLight(light)]
    return or_(*(shining(one) for one in wanted))


def page(
    actor: User, after: UUID | None, limit: int, light: str | None = None, q: str | None = None
) -> tuple[list[Device], UUID | None]:
    """Seats of people the caller looks after, newest first. light: only with this wrong; "any": with any of it."""
    found = select(Device).where(rows(actor, Permission.DEVICE_READ, REACHES))
    if light is not None:
        found = found.where(wrong(light))
    if q:
        named = or_(User.name.contains(q, autoescape=True), User.username == q)
        found = found.where(exists().where(User.id == Device.user_id, named))
    return newest(found, after, limit)


def get(actor: User, seat_id: UUID) -> Device:
    """A seat the caller looks after. Raises NotFound."""
    return get_row(_one(actor, seat_id), MISSING)


def hold(actor: User, seat_id: UUID) -> Device:
    """The same, locked until the commit."""
    return hold_row(_one(actor, seat_id), MISSING)


def _one(actor: User, seat_id: UUID) -> Select[Device]:
    return select(Device).where(Device.id == seat_id, rows(actor, Permission.DEVICE_READ, REACHES))


def revoke(actor: User, device: Device, mode: str, reason: str) -> None:
    """Take a seat back. mode: drain (what waits is handed over first) or wipe (at once, what waits is lost).

    Raises Forbidden where the caller may not, Conflict when it is wiped already.
    """
    needed = {"drain": Permission.DEVICE_MANAGE, "wipe": Permission.DEVICE_WIPE}[mode]
    if not holds(actor, needed, REACHES, device):
        raise Forbidden("你的岗位不能这样停用手机。立即清除只有系统管理员能做。")
    if not reason:
        raise Invalid("请写明停用的原因。", field="reason")
    if device.state is DeviceState.WIPED or (mode == "drain" and device.state is DeviceState.DRAINING):
        raise Conflict(f"这部手机{device.state.label}，不用再停用。")
    device.state = DeviceState.DRAINING if mode == "drain" else DeviceState.WIPED
    device.revoked_at, device.revoked_by, device.revoke_reason = clock.now(), actor.id, reason
