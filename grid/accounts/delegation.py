"""Delegation (代理): somebody has another's posts and area for a while: a stand-in (顶岗), or duty handed on.

The rows are read with the revision of the accounts; whether one holds at this moment is asked each time, so that
it begins and ends by itself. What a post gives only by command is never handed on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock, revision
from grid.areas.area import Area
from grid.db import Base, Coded, UTCDateTime, Versioned, db


class DelegationKind(StrEnum):
    """Why (代理种类)."""

    STAND_IN = "stand_in"
    DUTY = "duty"

    @property
    def label(self) -> str:
        return {"stand_in": "顶岗", "duty": "代办"}[self]


class Delegation(Versioned, Base):
    """Delegation (代理): from_user's post in an area is to_user's too, from one moment to another."""

    __tablename__ = "delegation"
    __table_args__ = (
        Index("ix_delegation_to_user_id", "to_user_id"),
        Index("ix_delegation_from_user_id", "from_user_id"),
        CheckConstraint("ends_at > begins_at", name="dates"),
        CheckConstraint("from_user_id <> to_user_id", name="people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DelegationKind] = mapped_column(Coded(DelegationKind))
    from_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    to_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    begins_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(200))
    maker_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DelegatedPost(Base):
    """Delegated post (代理岗位): one post in one area, as it was held when it was handed on."""

    __tablename__ = "delegated_post"
    __table_args__ = (Index("ix_delegated_post_delegation_id", "delegation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"))
    post: Mapped[str] = mapped_column(String(40))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))


@dataclass(frozen=True, slots=True)
class Lent:
    """A post lent to somebody: code, area, from when to when."""

    post: str
    path: str
    begins_at: datetime
    ends_at: datetime


_snapshot = revision.Snapshot[dict[int, tuple[Lent, ...]]](revision.ACCOUNTS)
forget = _snapshot.forget


def lent_to(user_id: int) -> list[Lent]:
    """The posts somebody has by delegation at this moment."""
    lent = _snapshot.get(revision.current(revision.ACCOUNTS), _read).get(user_id, ())
    if not lent:
        return []
    now = clock.now()
    return [one for one in lent if one.begins_at <= now < one.ends_at]


def borrowers(codes: list[str], area_path: str) -> list[int]:
    """Who has one of these posts in an area by delegation at this moment."""
    lent = _snapshot.get(revision.current(revision.ACCOUNTS), _read)
    return [
        user_id
        for user_id in lent
        if any(one.post in codes and area_path.startswith(one.path) for one in lent_to(user_id))
    ]


def _read() -> dict[int, tuple[Lent, ...]]:
    found = (
        select(Delegation.to_user_id, DelegatedPost.post, Area.path, Delegation.begins_at, Delegation.ends_at)
        .join(DelegatedPost, DelegatedPost.delegation_id == Delegation.id)
        .join(Area, Area.id == DelegatedPost.area_id)
        .order_by(Delegation.id, DelegatedPost.id)
    )
    lent: dict[int, tuple[Lent, ...]] = {}
    for user_id, post, path, begins_at, ends_at in db.session.execute(found):
        lent[user_id] = (*lent.get(user_id, ()), Lent(post, path, begins_at, ends_at))
    return lent
