"""Quarantine (隔离区): ops that could not be taken in, whole, so that somebody can mend them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Select, String, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import clock
from grid.accounts.permission import Permission, Relation
from grid.accounts.scope import of_people, rows
from grid.accounts.user import User
from grid.db import Base, Coded, UTCDateTime, Versioned, db, insert, new_id, table
from grid.errors import Conflict, Invalid
from grid.job import job
from grid.notices import notice
from grid.row import get_row, hold_row, newest
from grid.sync.ledger import Result, Status, SyncOp
from grid.trail import entry as trail

KIND = "quarantine.settled"


class QuarantineState(StrEnum):
    """State (状态) of an op that could not be taken in."""

    OPEN = "open"
    MENDED = "mended"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        return {"open": "待处理", "mended": "已改正", "dropped": "已放弃"}[self]


class Quarantine(Versioned, Base):
    """Quarantined op (隔离操作). raw: the op as it came, without signs no database keeps."""

    __tablename__ = "quarantine"
    __table_args__ = (
        Index("uq_quarantine_user_id_op_id_sha256", "user_id", "op_id", "sha256", unique=True),
        Index("ix_quarantine_state_id", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    op_id: Mapped[UUID]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    raw: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(100))
    message: Mapped[str] = mapped_column(String(500))
    state: Mapped[QuarantineState] = mapped_column(Coded(QuarantineState))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str] = mapped_column(String(500), default="")

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)


def keep(
    user: User, device_id: UUID, op_id: UUID, kind: str, sha256: str, raw: Any, error: dict[str, str]
) -> None:
    """Keep an op that was refused, once however often it is sent."""
    row = insert(Quarantine).values(
        id=new_id(),
        op_id=op_id,
        user_id=user.id,
        device_id=device_id,
        kind=kind[:40],
        sha256=sha256,
        raw=raw if isinstance(raw, dict) else {"op": raw},
        reason=error["code"][:40],
        field=error["field"][:100],
        message=error["message"][:500],
        state=QuarantineState.OPEN,
        at=clock.now(),
        note="",
        version=1,
    )
    db.session.execute(row.on_conflict_do_nothing())


MISSING = "没有这一条，或不在你的范围里。"
REACHES = {
    Relation.AREA: of_people(Quarantine.user_id, lambda row: row.user),
}


def page(actor: User, state: str | None, after: UUID | None, limit: int) -> tuple[list[Quarantine], UUID | None]:
    """Refused ops of people in the caller's area, newest first."""
    found = select(Quarantine).where(rows(actor, Permission.QUARANTINE_MEND, REACHES))
    if state is not None:
        found = found.where(Quarantine.state == QuarantineState(state))
    return newest(found, after, limit)


def get(actor: User, row_id: UUID) -> Quarantine:
    """One of them. Raises NotFound."""
    return get_row(_one(actor, row_id), MISSING)


def hold(actor: User, row_id: UUID) -> Quarantine:
    """The same, locked until the commit."""
    return hold_row(_one(actor, row_id), MISSING)


def _one(actor: User, row_id: UUID) -> Select[Quarantine]:
    return select(Quarantine).where(Quarantine.id == row_id, rows(actor, Permission.QUARANTINE_MEND, REACHES))


def settle_mended(actor: User, row: Quarantine, result: Result) -> None:
    """The op has been taken in after all: its phone is told so when it asks again."""
    _settle(actor, row, QuarantineState.MENDED, "")
    mine = table(SyncOp).c
    db.session.execute(
        update(table(SyncOp))
        .where(
            mine.user_id == row.user_id,
            mine.op_id == row.op_id,
            mine.sha256 == row.sha256,
            mine.status == Status.REJECTED.value,
        )
        .values(status=result.status.value, result=result.stored())
    )
    about = UUID(result.receipt["id"]) if result.receipt else None
    _tell(row, "调度员已帮你改好", "没有发成的内容已经改好并收下，不用再发。", about)


def drop(actor: User, row: Quarantine, reason: str) -> None:
    """Give an op up, and say why. Raises Conflict when it is settled."""
    if not reason:
        raise Invalid("请写明放弃的原因。", field="reason")
    _settle(actor, row, QuarantineState.DROPPED, reason)
    _tell(row, "有一条内容没有收下", reason, None)


def check_open(row: Quarantine) -> None:
    """Raises Conflict when somebody has settled it."""
    if row.state is not QuarantineState.OPEN:
        raise Conflict(f"这一条{row.state.label}。")


def _settle(actor: User, row: Quarantine, state: QuarantineState, note: str) -> None:
    check_open(row)
    row.state, row.settled_at, row.settled_by, row.note = state, clock.now(), actor.id, note
    trail.record(actor, f"quarantine:{state.value}", "quarantine", row.id, op=str(row.op_id), owner=row.user_id)


def _tell(row: Quarantine, title: str, words: str, about: UUID | None) -> None:
    """Put it into the outbox: the worker is told, in the transaction of the cause."""
    told_as = f"{KIND}:{row.id}"
    payload = {
        "user": row.user_id,
        "key": told_as,
        "title": title,
        "text": words[:300],
        "about": str(about) if about else None,
    }
    job.enqueue(KIND, told_as, payload)


def deliver(payload: dict[str, Any]) -> None:
    """Tell a worker what became of an op; safe to repeat."""
    about = UUID(payload["about"]) if payload["about"] else None
    notice.tell([payload["user"]], payload["key"], payload["title"], payload["text"], about)
