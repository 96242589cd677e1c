"""Links (关联): cases that have to do with one another and stay what they are."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import Base, BigId, Coded, UTCDateTime, db
from grid.errors import Conflict, Forbidden, Invalid, NotFound
from grid.events import history, holding, levels
from grid.events.event import Event
from grid.events.scope import visible
from grid.events.state import FINAL
from grid.trail import entry as trail


class LinkKind(StrEnum):
    """How two cases hang together (关联种类). same: so says who reported it; the desk decides."""

    RELATED = "related"
    SAME = "same"

    @property
    def label(self) -> str:
        return {"related": "关联", "same": "上报人说是同一件"}[self]


class EventLink(Base):
    """Link (关联) between two cases; which of them names the other does not matter."""

    __tablename__ = "event_link"
    __table_args__ = (
        Index("uq_event_link_event_id_other_id", "event_id", "other_id", unique=True),
        Index("ix_event_link_other_id", "other_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[LinkKind] = mapped_column(Coded(LinkKind))
    maker_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


def make(actor: User, event: Event, number: str, note: str = "") -> EventLink:
    """Link a case with another, told by its number or id. Raises Forbidden, Invalid, Conflict."""
    _check_right(actor, event)
    other = _named(actor, number)
    if other is None or other.id == event.id:
        raise Invalid("没有这个案卷，或不在你的范围里；也不能和自己关联。", field="other")
    if other.is_practice != event.is_practice:
        raise Invalid("演练案卷和真实案卷不能关联。", field="other")
    if _between(event.id, other.id) is not None:
        raise Conflict("这两个案卷已经关联了。")
    link = _add(actor, event, other.id, LinkKind.RELATED)
    _tell(actor, event, other, "link", note)
    return link


def end(actor: User, event: Event, other_id: UUID, note: str = "") -> None:
    """Take a link away; the history keeps both. Raises Forbidden, NotFound."""
    _check_right(actor, event)
    link = _between(event.id, other_id)
    other = _named(actor, str(other_id))
    if link is None or other is None:
        raise NotFound("这两个案卷没有关联。")
    db.session.delete(link)
    _tell(actor, event, other, "unlink", note)


def lock(actor: User, event_id: UUID, number: str) -> None:
    """Hold both cases until the commit."""
    other = _named(actor, number)
    holding.in_order(Event.id.in_({event_id, other.id if other else event_id}), visible(actor))


def said_same(actor: User, event: Event, other_id: UUID) -> None:
    """Keep what a reporter said: the same as that case. One they do not see, or that is over, is passed over."""
    wanted = select(Event.id).where(
        Event.id == other_id,
        Event.id != event.id,
        Event.is_practice.is_(event.is_practice),
        Event.state.not_in(FINAL),
        visible(actor),
    )
    if db.session.scalar(wanted) is not None:
        _add(actor, event, other_id, LinkKind.SAME)


def of(event_id: UUID) -> dict[UUID, LinkKind]:
    """The cases linked with one, and how."""
    found = select(EventLink).where(or_(EventLink.event_id == event_id, EventLink.other_id == event_id))
    rows = db.session.scalars(found.order_by(EventLink.id))
    return {row.other_id if row.event_id == event_id else row.event_id: row.kind for row in rows}


def _add(actor: User, event: Event, other_id: UUID, kind: LinkKind) -> EventLink:
    link = EventLink(event_id=event.id, other_id=other_id, kind=kind, maker_id=actor.id, made_at=clock.now())
    db.session.add(link)
    return link


def _check_right(actor: User, event: Event) -> None:
    if not levels.may_here(actor, Permission.EVENT_MERGE, event):
        raise Forbidden("你的岗位不能关联案卷。")


def _named(actor: User, number: str) -> Event | None:
    try:
        is_it = Event.id == UUID(number)
    except ValueError:
        is_it = Event.case_no == number.replace(" ", "")
    return db.session.scalar(select(Event).where(is_it, visible(actor)).execution_options(populate_existing=True))


def _between(one: UUID, other: UUID) -> EventLink | None:
    pair = (EventLink.event_id == one) & (EventLink.other_id == other)
    turned = (EventLink.event_id == other) & (EventLink.other_id == one)
    return db.session.scalar(select(EventLink).where(or_(pair, turned)))


def _tell(actor: User, event: Event, other: Event, action: str, note: str) -> None:
    """In the history of both, and in the trail."""
    at = clock.now()
    for one, its in ((event, other), (other, event)):
        history.log(actor, one, action, one.state, at, note, {"other": str(its.id), "no": its.case_no or ""})
        trail.record(actor, f"event:{action}", "event", one.id, one.area_path, seq=one.history_seq)
