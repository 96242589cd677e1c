"""Origin (来源登记): who told the desk of a matter by telephone, in person or as an order, and was answered.

A case has one for each who told of it: the first made the case, later callers of the same matter joined it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.accounts.user import User
from grid.db import Base, Coded, PathText, UTCDateTime, Versioned, db, new_id
from grid.events.event import Event, Source

ORDER_NO_MAX, REPLY_MAX = 40, 500


class EventOrigin(Versioned, Base):
    """Origin (来源登记). name, phone, said: sealed (class L3), each for its own field of this row.

    asked_at, reply_by: what the order states; the case's own clock stays by the rules. order_no: once a street.
    """

    __tablename__ = "event_origin"
    __table_args__ = (
        Index("uq_event_origin_street_path_order_no", "street_path", "order_no", unique=True),
        Index("ix_event_origin_event_id", "event_id"),
        Index("ix_event_origin_taker_id_id", "taker_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    source: Mapped[Source] = mapped_column(Coded(Source))
    street_path: Mapped[str] = mapped_column(PathText)
    order_no: Mapped[str | None] = mapped_column(String(ORDER_NO_MAX))
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    said: Mapped[bytes] = mapped_column(LargeBinary)
    wants_reply: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reply_by: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_further: Mapped[bool] = mapped_column(default=False)  # joined a case that was there
    taker_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    replier_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reply: Mapped[str] = mapped_column(String(REPLY_MAX), default="")

    event: Mapped[Event] = relationship(viewonly=True)
    taker: Mapped[User] = relationship(viewonly=True, foreign_keys=[taker_id])
    replier: Mapped[User | None] = relationship(viewonly=True, foreign_keys=[replier_id])


def of(event_id: UUID) -> Sequence[EventOrigin]:
    """Who told of a case that the caller holds, the first first."""
    return db.session.scalars(
        select(EventOrigin).where(EventOrigin.event_id == event_id).order_by(EventOrigin.id)
    ).all()
