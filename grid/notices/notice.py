"""Notice (站内通知): one message to one person, made at most once per cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told once: the same ``key`` reaches a person a single time however often it is told.

    outside: what of it may leave the house, where a rule says so; without it nothing does.
    """

    user_ids: frozenset[int]
    key: str
    title: str
    text: str
    subject_id: UUID | None
    outside: Outside | None = None


def tell_all(messages: Sequence[Message]) -> int:
    """Tell people many things in a few statements; how many notices that made."""
    keys = [one.key for one in messages]
    found = db.session.execute(select(Notice.key, Notice.user_id).where(Notice.key.in_(keys))) if keys else ()
    told = {(key, user_id) for key, user_id in found}
    now = clock.now()
    fresh = {
        (one.key, user_id): Notice(
            user_id=user_id, key=one.key, title=one.title, text=one.text, subject_id=one.subject_id, at=now
        )
        for one in messages
        for user_id in sorted(one.user_ids)
        if (one.key, user_id) not in told
    }
    # Through the session, which tells the phones; it writes them in few statements.
    db.session.add_all(fresh.values())
    db.session.flush()
    for one in messages:
        if one.outside is not None and one.user_ids:
            delivery.post(one.user_ids, one.key, one.outside)
    return len(fresh)


def tell(
    user_ids: Iterable[int],
    key: str,
    title: str,
    text: str,
    subject_id: UUID | None,
    outside: Outside | None = None,
) -> int:
    """Tell people one thing; see ``Message``."""
    return tell_all([Message(frozenset(user_ids), key, title, text, subject_id, outside)])


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
