"""Push (上送): a batch of ops from a handset. Each op stands or falls alone, the batch is acknowledged as one.

One transaction a batch: if the server dies, nothing of it was acknowledged and all of it may be sent again. Most
batches have nothing wrong in them, so the whole is tried first and written in few statements. If anything at all
goes wrong, that try is undone and each op gets a savepoint of its own: whatever is wrong with one, its neighbours
are taken in. What an op does is told by its kind.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from grid.accounts.user import User
from grid.db import savepoint
from grid.errors import Conflict, DomainError, Invalid, Stale
from grid.sync import ledger, quarantine
from grid.sync.ledger import DONE, SETTLED, Line, Result, Status

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """An op as a handset sends it. raw: the whole of it; sha256: of what it asks for.

    occurred_at: by the phone's clock, which was clock_offset_ms off. flaw: why it cannot even be read.
    """

    op_id: UUID
    sha256: str
    raw: Any
    named: str = ""  # the op id as sent, however wrong
    seq: int = 0
    kind: str = ""
    entity_id: UUID | None = None
    base_rev: int | None = None
    depends_on: tuple[UUID, ...] = ()
    occurred_at: datetime | None = None
    clock_offset_ms: int | None = None
    geo: dict[str, Any] | None = None
    form: dict[str, Any] | None = None
    payload: dict[str, Any] | None = None
    media: tuple[dict[str, Any], ...] = ()
    flaw: Invalid | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What an op did. status: applied, merged, or conflict where the kind found one itself."""

    status: Status = Status.APPLIED
    rev: int | None = None
    server: dict[str, Any] | None = None
    receipt: dict[str, Any] | None = None
    error: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of op. apply: does it, or raises a DomainError; current: the row as it is now, for a clash."""

    apply: Callable[[User, Asked], Effect]
    current: Callable[[User, Asked], dict[str, Any] | None] = lambda actor, asked: None


Kinds = Mapping[str, Kind]
Attempt = Callable[[User, Asked, Kinds], Result]


class UnknownKind(Invalid):
    slug = "unknown-kind"


class Reused(Invalid):
    slug = "op_id_reused"


def push(actor: User, device_id: UUID, batch: list[Asked], kinds: Kinds) -> list[Result]:
    """Take a batch in; the results in the same order. device_id: the seat's row."""
    ledger.hold(actor)
    wanted = {asked.op_id for asked in batch} | {before for asked in batch for before in asked.depends_on}
    known = ledger.lines(actor, wanted)
    try:
        with savepoint():
            return _taken(_Batch(actor, device_id, kinds, dict(known), _whole), batch)
    except (_Amiss, IntegrityError, DataError, StaleDataError):
        return _taken(_Batch(actor, device_id, kinds, known, attempt), batch)


def _taken(work: _Batch, batch: list[Asked]) -> list[Result]:
    results = work.run(batch)
    ledger.write(work.rows)
    return results


class _Amiss(Exception):
    """Something in a batch is wrong: it is taken in op by op."""


def _whole(actor: User, asked: Asked, kinds: Kinds) -> Result:
    """Do one op of a batch in which nothing is wrong. Raises _Amiss, IntegrityError, DataError, StaleDataError."""
    try:
        effect = _do(actor, asked, kinds)
    except (IntegrityError, DataError, StaleDataError, OperationalError):
        raise
    except Exception as error:  # which it was is found out, and logged, when the op is done again by itself
        raise _Amiss from error
    return _result(asked, effect)


class _Batch:
    """A batch being taken in: what is known of its ops, and what is to be written into the ledger."""

    def __init__(
        self, actor: User, device_id: UUID, kinds: Kinds, known: dict[UUID, Line], attempt: Attempt
    ) -> None:
        self.actor, self.device_id, self.kinds, self.known = actor, device_id, kinds, known
        self.attempt = attempt
        self.rows: list[dict[str, Any]] = []

    def run(self, batch: list[Asked]) -> list[Result]:
        """Again and again over what waits for another op of the batch, until nothing moves."""
        results: dict[int, Result] = {}
        waiting = list(enumerate(batch))
        while waiting:
            ready = [(place, asked) for place, asked in waiting if self._is_ready(asked)]
            if not ready:
                break
            for place, asked in ready:
                results[place] = self._answer(asked)
            waiting = [one for one in waiting if one[0] not in results]
        results |= {place: _held(asked) for place, asked in waiting}
        return [results[place] for place in range(len(batch))]

    def _is_ready(self, asked: Asked) -> bool:
        if asked.op_id in self.known:
            return True
        return all(before in self.known and self.known[before].status in DONE for before in asked.depends_on)

    def _answer(self, asked: Asked) -> Result:
        known = self.known.get(asked.op_id)
        if known is None:
            return self._first(asked)
        if known.sha256 == asked.sha256:
            return known.again(asked.named)
        error = Reused("这个编号已经用于另一份内容，已转调度员处理。", field="op_id")
        return self._refuse(asked, error)

    def _first(self, asked: Asked) -> Result:
        result = self.attempt(self.actor, asked, self.kinds)
        if result.status is Status.REJECTED:
            self._keep(asked, result.error or {})
        if result.status in SETTLED:
            self.known[asked.op_id] = Line(asked.sha256, result.status, result.stored())
            self.rows.append(
                {
                    "user_id": self.actor.id,
                    "op_id": asked.op_id,
                    "device_id": self.device_id,
                    "seq": asked.seq,
                    "kind": asked.kind[:40],
                    "entity_id": asked.entity_id,
                    "sha256": asked.sha256,
                    "status": result.status.value,
                    "result": result.stored(),
                }
            )
        return result

    def _refuse(self, asked: Asked, error: DomainError) -> Result:
        result = _failed(asked, Status.REJECTED, error)
        self._keep(asked, result.error or {})
        return result

    def _keep(self, asked: Asked, error: dict[str, str]) -> None:
        quarantine.keep(self.actor, self.device_id, asked.op_id, asked.kind, asked.sha256, asked.raw, error)


def attempt(actor: User, asked: Asked, kinds: Kinds) -> Result:
    """Do one op in a savepoint of its own; what goes wrong with it is its result, unless the database is away."""
    try:
        with savepoint():
            effect = _do(actor, asked, kinds)
    except (Conflict, Stale) as error:
        return _failed(asked, Status.CONFLICT, error, kinds[asked.kind].current(actor, asked))
    except DomainError as error:
        return _failed(asked, Status.REJECTED, error)
    except StaleDataError:
        return _failed(asked, Status.RETRY, Stale("别人正在改同一条，稍后自动再试。"))
    except (DataError, IntegrityError) as error:
        log.warning("op refused by the database", extra={"kind": asked.kind, "error": type(error.orig).__name__})
        return _failed(asked, Status.REJECTED, Invalid("内容存不进去，已转调度员处理。"))
    except OperationalError:
        raise  # locked, dead-locked, away: nothing of the batch counts, all of it is sent again
    except Exception as error:  # our own mistake must not hold up what else the worker sent
        log.exception("op failed", extra={"kind": asked.kind, "error": type(error).__name__})
        return _failed(asked, Status.REJECTED, DomainError("系统没能处理这一条，已转调度员处理。"))
    return _result(asked, effect)


def _result(asked: Asked, effect: Effect) -> Result:
    return Result(asked.named, effect.status, effect.rev, effect.error, effect.server, effect.receipt)


def _do(actor: User, asked: Asked, kinds: Kinds) -> Effect:
    if asked.flaw is not None:
        raise asked.flaw
    if asked.kind not in kinds:
        raise UnknownKind("服务器还不认识这种内容，已转调度员处理。", field="kind")
    return kinds[asked.kind].apply(actor, asked)


def _failed(asked: Asked, status: Status, error: DomainError, server: dict[str, Any] | None = None) -> Result:
    told = {"code": error.slug, "field": error.field or "", "message": error.detail}
    return Result(asked.named, status, error=told, server=server)


def _held(asked: Asked) -> Result:
    told = {"code": "held", "field": "depends_on", "message": "要等前一条发成后再发，会自动再试。"}
    return Result(asked.named, Status.HELD, error=told)


def highest(batch: Iterable[Asked]) -> int:
    """The highest op number in a batch."""
    return max((asked.seq for asked in batch), default=0)
