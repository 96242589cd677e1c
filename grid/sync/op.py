"""Op ledger (操作台账): what a client asked for under its own id, and the answer it got; a replay gets it again.

The row is claimed before the work and filled at the end of the same transaction, for all ops of a batch at once;
so a twin that arrives meanwhile waits for the first to commit and then reads its answer.

A client id counts per person: the same id from somebody else is another op, and shows them nothing of the first.
What a report makes keeps its client id unique over everybody (``event.client_id``): there it is a conflict.

The fingerprint covers what was said, not what was left out: an upgrade that teaches a request another field must
not turn the retry of an older client into another wish.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.user import User
from grid.db import Base, UTCDateTime, at_the_end, db, insert, table
from grid.errors import IdempotencyMismatch
from grid.trail.digest import digest


class Op(Base):
    """Op (操作): unique per person and client id; another person's use of the same id sees nothing of it."""

    __tablename__ = "op"

    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an op, and whether it was already there."""

    result: dict[str, Any]
    is_replay: bool


def once(
    actor: User, client_id: UUID, kind: str, asked: dict[str, Any], work: Callable[[], dict[str, Any]]
) -> Outcome:
    """Do ``work`` once for this client id; a replay gets the stored result.

    asked: what the client wants, as plain values; the same id with another wish raises IdempotencyMismatch.
    """
    fingerprint = digest("wangge/op/1", {"kind": kind, "asked": said(asked)})
    if not _claim(actor.id, client_id, kind, fingerprint):
        stored = db.session.execute(
            select(Op.fingerprint, Op.result).where(Op.actor_id == actor.id, Op.client_id == client_id)
        ).one()
        if stored.fingerprint != fingerprint:
            raise IdempotencyMismatch(
                "这个编号已经用于另一份内容，没有再次保存。请刷新后重新填写。", field="client_id"
            )
        return Outcome(_fresh().get((actor.id, client_id), stored.result), is_replay=True)
    result = work()
    _fresh()[actor.id, client_id] = result
    return Outcome(result, is_replay=False)


def _fresh() -> dict[tuple[int, UUID], dict[str, Any]]:
    """Results of this transaction, to be written at its end."""
    found: dict[tuple[int, UUID], dict[str, Any]] = db.session().info.setdefault("op_results", {})
    return found


@at_the_end
def _write() -> None:
    fresh = db.session().info.pop("op_results", None)
    if fresh:
        mine = table(Op).c
        claimed = update(table(Op)).where(mine.actor_id == bindparam("by"), mine.client_id == bindparam("under"))
        told = [{"by": by, "under": under, "told": result} for (by, under), result in fresh.items()]
        db.session.execute(claimed.values(result=bindparam("told")), told)


def said(value: Any) -> Any:
    """What a wish says: without empty values, and without those fields of dataclasses that hold their default.

    So a field may be added if leaving it out means what it meant before: empty, or the dataclass's default.
    """
    if is_dataclass(value) and not isinstance(value, type):
        told = {f.name: getattr(value, f.name) for f in fields(value) if getattr(value, f.name) != f.default}
        return said(told)
    if isinstance(value, dict):
        kept = {name: said(member) for name, member in value.items()}
        return {name: member for name, member in kept.items() if not _is_empty(member)}
    if isinstance(value, list | tuple):
        return [said(member) for member in value]
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, str | list | dict) and not value)


def _claim(actor_id: int, client_id: UUID, kind: str, fingerprint: str) -> bool:
    row = {
        "actor_id": actor_id,
        "client_id": client_id,
        "kind": kind,
        "fingerprint": fingerprint,
        "result": {},
        "received_at": clock.now(),
    }
    # RETURNING, not the row count: PostgreSQL's driver does not tell it for an INSERT.
    claim = insert(Op).on_conflict_do_nothing().returning(Op.client_id)
    return db.session.scalar(claim, row) is not None
