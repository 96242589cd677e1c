"""Delivery (通知发送): one matter on its way to one endpoint: waiting, sent, or given up until sent again by hand.

Groups get a matter once, however many people in it were told; channels of one person get it for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, String, exists, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import clock
from grid.accounts import delegation, scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User, UserPost
from grid.db import Base, Coded, PathText, UTCDateTime, db, insert, new_id
from grid.errors import Conflict
from grid.notices import routing
from grid.notices.cause import Cause
from grid.notices.endpoint import NoticeEndpoint
from grid.notices.notice_rule import Way
from grid.notices.outside import WORDS_MAX, Outside
from grid.notices.routing import Rule
from grid.row import hold_row, newest
from grid.trail import entry as trail


class DeliveryState(StrEnum):
    """Delivery state (发送状态)."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"

    @property
    def label(self) -> str:
        """Words for people."""
        return {"waiting": "待发", "sent": "已发", "dead": "没有送达"}[self.value]


class Delivery(Base):
    """Delivery (通知发送). bundle_id: the message it goes in, at each try the same. waits_since: real time."""

    __tablename__ = "notice_delivery"
    __table_args__ = (
        Index("uq_notice_delivery_endpoint_id_key", "endpoint_id", "key", unique=True),
        Index(
            "ix_notice_delivery_waiting",
            "endpoint_id",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_notice_delivery_area_path_id", "area_path", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("notice_endpoint.id"))
    key: Mapped[str] = mapped_column(String(140))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    cause: Mapped[Cause] = mapped_column(Coded(Cause))
    words: Mapped[str] = mapped_column(String(WORDS_MAX))
    event_id: Mapped[UUID | None] = mapped_column(index=True)
    area_path: Mapped[str] = mapped_column(PathText)
    is_urgent: Mapped[bool]
    state: Mapped[DeliveryState] = mapped_column(Coded(DeliveryState), default=DeliveryState.WAITING)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    waits_since: Mapped[datetime] = mapped_column(UTCDateTime)
    bundle_id: Mapped[UUID | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    endpoint: Mapped[NoticeEndpoint] = relationship(lazy="joined", innerjoin=True)


def post(user_ids: Iterable[int], key: str, outside: Outside) -> int:
    """Put a matter on its way, in the transaction of its notices; told again, it is not sent again."""
    going = _going(set(user_ids), outside)
    made = [
        _values(rule, key if user_id is None else f"{key}:{user_id}", user_id, outside)
        for (_, user_id), rule in going.items()
    ]
    if made:
        db.session.execute(insert(Delivery).on_conflict_do_nothing(), made)
    return len(made)


def _going(told: set[int], outside: Outside) -> dict[tuple[UUID, int | None], Rule]:
    """Which rule sends it, by endpoint and person; a group gets it as whoever of it is told most urgently."""
    said: dict[tuple[UUID, int], Rule] = {}
    for rule in routing.current().routes(outside):
        said.update({(rule.endpoint_id, user_id): rule for user_id in _circle(told, rule)})
    sent = sorted((one for one in said.items() if one[1].way is not Way.OFF), key=lambda one: one[1].way.urgency)
    return {(to, user_id if rule.channel.nature.is_personal else None): rule for (to, user_id), rule in sent}


def _values(rule: Rule, key: str, user_id: int | None, outside: Outside) -> dict[str, object]:
    return {
        "id": new_id(),
        "endpoint_id": rule.endpoint_id,
        "key": key,
        "user_id": user_id,
        "cause": outside.cause,
        "words": outside.words,
        "event_id": outside.event_id,
        "area_path": outside.area_path,
        "is_urgent": outside.is_urgent or rule.way is Way.URGENT,
        "state": DeliveryState.WAITING,
        "at": clock.now(),
        "waits_since": clock.real_now(),
        "tries": 0,
        "error": "",
    }


def _circle(told: set[int], rule: Rule) -> list[int]:
    """Those of the people told whom a rule is about; a post is also held by whom it is lent to now."""
    found = select(User.id).where(User.id.in_(told), User.is_active).order_by(User.id)
    if rule.post:
        lent = [one for one in told if any(held.post == rule.post for held in delegation.lent_to(one))]
        holds = exists().where(UserPost.user_id == User.id, UserPost.post == rule.post)
        found = found.where(or_(holds, User.id.in_(lent)))
    if rule.department_id is not None:
        found = found.where(User.department_id == rule.department_id)
    if rule.channel.nature.is_personal:
        found = found.where(User.mobile_blind.is_not(None))
    return list(db.session.scalars(found))


REACHES: scope.Reaches = {
    Relation.AREA: scope.of_area(Delivery.area_path),
}


def listed(
    actor: User | None, state: DeliveryState | None, after: UUID | None, limit: int
) -> tuple[list[Delivery], UUID | None]:
    """Those in the actor's scope, newest first; a command's actor is None."""
    found = _seen(actor)
    if state is not None:
        found = found.where(Delivery.state == state)
    return newest(found, after, limit)


def retry(actor: User | None, delivery_id: UUID) -> Delivery:
    """Send again what was given up. Raises NotFound, Conflict when there is nothing to send again."""
    row = hold_row(_seen(actor).where(Delivery.id == delivery_id), "没有这条发送记录。")
    if row.state is not DeliveryState.DEAD:
        raise Conflict(f"这一条{row.state.label}，不用再发。")
    # A message of its own: the others of its bundle may have been sent again already, or not.
    row.state, row.bundle_id, row.tries, row.error = DeliveryState.WAITING, None, 0, ""
    row.waits_since = clock.real_now()
    trail.record(actor, "delivery:retry", "notice_delivery", row.id, row.area_path)
    return row


def dead() -> list[UUID]:
    """Ids of all that was given up."""
    return list(db.session.scalars(select(Delivery.id).where(Delivery.state == DeliveryState.DEAD)))


def _seen(actor: User | None) -> Select[Delivery]:
    found = select(Delivery)
    return found if actor is None else found.where(scope.rows(actor, Permission.NOTICE_MANAGE, REACHES))
