"""Trail entry (审计记录): one row per write and per look at sensitive data, in the transaction of the thing."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.user import User
from grid.db import Base, BigId, UTCDateTime, db
from grid.trail.digest import digest

# Which request is being served: set at the edge, so that an entry can be matched with the log.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")


class TrailEntry(Base):
    """Trail entry (审计记录): append only; the database refuses change and removal."""

    __tablename__ = "trail_entry"
    __table_args__ = (
        Index("ix_trail_entry_object", "object_type", "object_id"),
        Index("ix_trail_entry_actor_id_at", "actor_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    action: Mapped[str] = mapped_column(String(40))
    object_type: Mapped[str] = mapped_column(String(30))
    object_id: Mapped[str] = mapped_column(String(64))
    area_path: Mapped[str] = mapped_column(String(255), default="")
    request_id: Mapped[str] = mapped_column(String(36), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hash: Mapped[str] = mapped_column(String(64))

    def content(self) -> dict[str, Any]:
        """What the hash covers."""
        return {
            "at": self.at,
            "actor": self.actor_id,
            "action": self.action,
            "object": [self.object_type, self.object_id],
            "area": self.area_path,
            "request": self.request_id,
            "data": self.data,
        }

    def is_intact(self) -> bool:
        return self.hash == digest("wangge/trail/1", self.content())


def record(
    actor: User | None, action: str, object_type: str, object_id: object, area_path: str = "", **data: Any
) -> TrailEntry:
    """Write one entry into the current transaction."""
    entry = TrailEntry(
        at=clock.now(),
        actor_id=actor.id if actor else None,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        area_path=area_path,
        request_id=REQUEST_ID.get(),
        data=data,
    )
    entry.hash = digest("wangge/trail/1", entry.content())
    db.session.add(entry)
    return entry
