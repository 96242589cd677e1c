"""Notice (站内通知): one message to one person, made at most once per cause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.user import User
from grid.db import Base, UTCDateTime, db, new_id
from grid.errors import NotFound
from grid.notices import delivery
from grid.notices.outside import Outside


class Notice(Base):
    """Notice (站内通知). subject_id: the event or task it is about."""

    __tablename__ = "notice"
    __table_args__ = (Index("uq_notice_user_id_key", "user_id", "key", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    key: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(String(300))
    subject_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def tell(
    user_ids: Iterable[int],
    key: str,
    title: str,
    text: str,
    subject_id: UUID | None,
    outside: Outside | None = None,
) -> int:
    """Tell people something once: the same ``key`` reaches a person a single time however often it is told.

    outside: what of it may leave the house, where a rule says so; without it nothing does.
    """
    wanted = set(user_ids)
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.key == key, Notice.user_id.in_(wanted))))
    now = clock.now()
    for user_id in sorted(wanted - told):
        db.session.add(Notice(user_id=user_id, key=key, title=title, text=text, subject_id=subject_id, at=now))
    if outside is not None and wanted:
        delivery.post(wanted, key, outside)
    return len(wanted - told)


def mine(user: User) -> list[Notice]:
    """The newest hundred notices of a person, newest first."""
    newest = select(Notice).where(Notice.user_id == user.id).order_by(Notice.id.desc()).limit(100)
    return list(db.session.scalars(newest))


def unread(user: User) -> int:
    """How many they have not read."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None))
        )
        or 0
    )


def read(user: User, notice_id: UUID) -> Notice:
    """Mark one's own notice as read. Raises NotFound."""
    notice = db.session.scalar(select(Notice).where(Notice.id == notice_id, Notice.user_id == user.id))
    if notice is None:
        raise NotFound("没有这条通知。")
    if notice.read_at is None:
        notice.read_at = clock.now()
    return notice
