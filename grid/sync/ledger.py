"""Op ledger of handsets (同步台账): each op a person's phones sent, and its answer, however often it comes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.user import User
from grid.db import Base, UTCDateTime, db, table

LOCK = 0x57_47  # first half of pg_advisory_xact_lock's key; the second is the person


class Status(StrEnum):
    """What became of an op (结果)."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    MERGED = "merged"
    CONFLICT = "conflict"
    HELD = "held"
    REJECTED = "rejected"
    RETRY = "retry"


DONE = frozenset({Status.APPLIED, Status.DUPLICATE, Status.MERGED})
SETTLED = DONE | {Status.CONFLICT, Status.REJECTED}  # remembered; the others are tried again


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one op. error: {code, field, message}; server: what it clashed with; receipt: of a report."""

    op_id: str
    status: Status
    rev: int | None = None
    error: dict[str, str] | None = None
    server: dict[str, Any] | None = None
    receipt: dict[str, Any] | None = None

    def stored(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("rev", "error", "server", "receipt")}


class SyncOp(Base):
    """Op from a handset (同步操作): unique per person and op id. sha256: of what it asks for."""

    __tablename__ = "sync_op"
    __table_args__ = (Index("ix_sync_op_device_id_seq", "device_id", "seq"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    seq: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[UUID | None]
    sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Line:
    """One op in the ledger, as far as answering it again needs."""

    sha256: str
    status: Status
    result: dict[str, Any] = field(default_factory=dict)

    def again(self, op_id: str) -> Result:
        """The answer to the same op, sent again."""
        return Result(op_id, Status.DUPLICATE if self.status in DONE else self.status, **self.result)


def hold(user: User) -> None:
    """Let a person's batches come one after the other: of two with the same op, the second sees the first."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK, user.id)))


def lines(user: User, op_ids: Iterable[UUID]) -> dict[UUID, Line]:
    """What is known of these ops of a person."""
    found = select(SyncOp.op_id, SyncOp.sha256, SyncOp.status, SyncOp.result).where(
        SyncOp.user_id == user.id, SyncOp.op_id.in_(set(op_ids))
    )
    return {row.op_id: Line(row.sha256, Status(row.status), row.result) for row in db.session.execute(found)}


def write(rows: list[dict[str, Any]]) -> None:
    """Write down what became of fresh ops."""
    if rows:
        now = clock.now()
        db.session.execute(table(SyncOp).insert(), [row | {"received_at": now} for row in rows])
