"""Tracker (定位器): a tracking app of others (OsmAnd, Traccar Client) that reports for a seat under a secret."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.device import Device, DeviceState
from grid.accounts.user import User
from grid.db import Base, UTCDateTime, db
from grid.errors import NotFound
from grid.trail import entry as trail

TOKEN_BYTES = 24


class Tracker(Base):
    """Tracker (定位器): one a seat. token_sha256: of the secret, which only the phone knows."""

    __tablename__ = "tracker"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


def allow(actor: User, device_id: UUID) -> str:
    """A new secret for one's own seat in use; the one before counts no more. Raises NotFound."""
    seat = db.session.scalar(
        select(Device).where(
            Device.device_id == device_id, Device.user_id == actor.id, Device.state == DeviceState.ACTIVE
        )
    )
    if seat is None:
        raise NotFound("没有这部手机，请先登记。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.merge(Tracker(device_id=seat.id, token_sha256=_hash(token), made_at=clock.now()))
    trail.record(actor, "tracker:allow", "device", seat.id)
    return token


def seat_of(token: str) -> Device | None:
    """The seat in use that a secret belongs to, of an account in use."""
    return db.session.scalar(
        select(Device)
        .join(Tracker, Tracker.device_id == Device.id)
        .join(User, User.id == Device.user_id)
        .where(Tracker.token_sha256 == _hash(token), Device.state == DeviceState.ACTIVE, User.is_active)
    )


def _hash(token: str) -> str:
    # 24 random bytes cannot be guessed from their hash: no slow hash is needed.
    return hashlib.sha256(token.encode()).hexdigest()
