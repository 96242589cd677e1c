"""Hand-over note (交接班): the numbers of the moment, cases to watch, free words; the next shift signs it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from grid import clock
from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.areas import net
from grid.areas.net import Node
from grid.db import Base, PathText, UTCDateTime, Versioned, db, new_id
from grid.errors import Conflict, Forbidden, Invalid
from grid.events.event import Event
from grid.handover import figure
from grid.row import get_row, hold_row, newest
from grid.trail import entry as trail

WORDS_MAX = 1000
MOST_WATCHED = 30
MISSING = "没有这条交接，或不在你的范围里。"


class HandoverNote(Versioned, Base):
    """Hand-over note (交接班). figures, watched: frozen as they were when it was written; see ``figure``."""

    __tablename__ = "handover_note"
    __table_args__ = (Index("ix_handover_note_area_path_id", "area_path", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(PathText)
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)  # when the next shift ends
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    watched: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    words: Mapped[str] = mapped_column(String(WORDS_MAX), default="")
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    author: Mapped[User] = relationship(viewonly=True, foreign_keys=[author_id])
    taker: Mapped[User | None] = relationship(viewonly=True, foreign_keys=[taker_id])

    @property
    def area(self) -> Node:
        return net.current().node(self.area_id)


REACHES: scope.Reaches = {Relation.AREA: scope.of_area(HandoverNote.area_path)}


def write(actor: User, until: datetime, watched: Sequence[UUID], words: str) -> HandoverNote:
    """Write one for the desk one sits at, with its numbers of this moment. Raises Invalid."""
    desk = desk_of(actor)
    figure.check_until(until)
    note = HandoverNote(
        id=new_id(),
        area_id=desk.id,
        area_path=desk.path,
        author_id=actor.id,
        written_at=clock.now(),
        until=until,
        figures=[one.plain() for one in figure.now(actor, desk, until)],
        watched=_watched(actor, desk, watched),
        words=words,
    )
    db.session.add(note)
    trail.record(actor, "handover:write", "handover_note", note.id, desk.path)
    return note


def sign(actor: User, note: HandoverNote) -> None:
    """Take the desk over. Raises Forbidden for one's own note, Conflict for one that was signed."""
    if note.author_id == actor.id:
        raise Forbidden("自己写的交接，要由接班的人签收。")
    if note.taken_at is not None:
        raise Conflict("这条交接已经有人签收了。")
    note.taker_id, note.taken_at = actor.id, clock.now()
    trail.record(actor, "handover:sign", "handover_note", note.id, note.area_path)


def page(
    actor: User, is_open: bool | None, after: UUID | None, limit: int
) -> tuple[list[HandoverNote], UUID | None]:
    """Notes of one's own desk, newest first. is_open: only those nobody has signed, or only the others."""
    found = _mine(actor).where(HandoverNote.area_path == desk_of(actor).path)
    if is_open is not None:
        found = found.where(HandoverNote.taken_at.is_(None) if is_open else HandoverNote.taken_at.is_not(None))
    loads = (joinedload(HandoverNote.author), joinedload(HandoverNote.taker))
    return newest(found.options(*loads), after, limit)


def get(actor: User, note_id: UUID) -> HandoverNote:
    """One of them. Raises NotFound."""
    return get_row(_mine(actor).where(HandoverNote.id == note_id), MISSING)


def hold(actor: User, note_id: UUID) -> HandoverNote:
    """The same, locked until the commit: of two who sign at once, the second is told."""
    return hold_row(_mine(actor).where(HandoverNote.id == note_id), MISSING)


def desk_of(actor: User) -> Node:
    """The widest area whose desk one sits at."""
    paths = [grant.path for grant in actor.grants(Permission.DESK_HAND_OVER)]
    path = min(paths, key=len)
    return net.current().node(int(path.strip("/").split("/")[-1]))


def _mine(actor: User) -> Select[HandoverNote]:
    return select(HandoverNote).where(scope.rows(actor, Permission.DESK_HAND_OVER, REACHES))


def _watched(actor: User, desk: Node, wanted: Sequence[UUID]) -> list[dict[str, Any]]:
    """The cases to watch (盯着), in the order they were named, as they are now. Raises Invalid."""
    rows = select(Event).where(Event.id.in_(wanted), *figure.at_desk(actor, desk))
    found = {event.id: event for event in db.session.scalars(rows)}
    if len(found) < len(set(wanted)):
        raise Invalid("有的案卷不存在，或不在你的范围里。", field="watched")
    return [figure.told(found[event_id]) for event_id in dict.fromkeys(wanted)]
