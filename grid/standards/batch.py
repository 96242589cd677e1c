"""Import batch (导入批次): a workbook as previewed, kept until it is confirmed; nothing is taken in before."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column, undefer

from grid import clock, revision
from grid.accounts.user import User
from grid.db import Base, Coded, UTCDateTime, Versioned, db, new_id
from grid.errors import Conflict, Invalid, NotFound
from grid.events.category import NAME_MAX, CategoryScheme
from grid.imports.fate import Fate
from grid.revision import RULES
from grid.standards import book, line, preview, standing, version
from grid.standards.line import Line
from grid.standards.standing import Directory
from grid.trail import entry as trail

KEPT = timedelta(days=7)  # previews nobody confirmed
RECENT = 20
NAMED = 5  # row numbers an error names
SCHEME_CODE_MAX = 20


class BatchState(StrEnum):
    """State of a batch (批次状态)."""

    PREVIEWED = "previewed"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> str:
        """Words for people."""
        return "待确认" if self is BatchState.PREVIEWED else "已导入"


class ImportBatch(Versioned, Base):
    """Import batch (导入批次): file, lines with their fates, and the day from which they are to hold.

    revision: of the rules the lines were compared with. taken: numbers of the lines that were taken in.
    """

    __tablename__ = "import_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_code: Mapped[str] = mapped_column(String(SCHEME_CODE_MAX))
    scheme_name: Mapped[str] = mapped_column(String(NAME_MAX))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[BatchState] = mapped_column(Coded(BatchState))
    valid_from: Mapped[date]
    is_complete: Mapped[bool]
    revision: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    notes: Mapped[list[str]] = mapped_column(JSON)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True)  # heavy: ask for it
    taken: Mapped[list[int]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    @property
    def fate_counts(self) -> list[dict[str, Any]]:
        """How many lines have which fate, with its word."""
        return [{"code": fate.value, "label": fate.label, "count": self.counts.get(fate, 0)} for fate in Fate]


def draft(
    data: bytes,
    scheme: str,
    *,
    scheme_name: str = "",
    file_name: str = "",
    valid_from: date | None = None,
    is_complete: bool = False,
) -> ImportBatch:
    """A workbook read and compared with what stands on ``valid_from`` (today if left out); writes nothing.

    scheme: code; a new one needs ``scheme_name``. is_complete: classes the workbook lacks are to end.
    Raises Invalid (not a workbook, no heading, day past, unknown scheme), Conflict (a later version exists).
    """
    day = valid_from or clock.today()
    if day < clock.today():
        raise Invalid("生效日期不能早于今天。", field="valid_from")
    name = _scheme_name(scheme, scheme_name)
    number = revision.current(RULES)  # before the comparison: a change meanwhile must show
    found_scheme = _scheme(scheme)
    if found_scheme is not None:
        standing.refuse_before_later(found_scheme, day)
    found = book.read(data)
    directory = Directory.now()
    compared = preview.compare(
        line.read(found, directory.units), standing.load(found_scheme, day), directory, is_complete
    )
    return ImportBatch(
        id=new_id(),
        scheme_code=scheme,
        scheme_name=name,
        file_name=file_name[-200:],
        sha256=hashlib.sha256(data).hexdigest(),
        state=BatchState.PREVIEWED,
        valid_from=day,
        is_complete=is_complete,
        revision=number,
        counts=_counts(compared),
        notes=[f"表“{title}”没有表头或被隐藏，没有读" for title in found.ignored],
        lines=[one.plain() for one in compared],
        taken=[],
    )


def keep(actor: User | None, batch: ImportBatch) -> ImportBatch:
    """Keep a draft until somebody confirms it."""
    _forget_old()
    batch.created_at, batch.created_by = clock.now(), actor.id if actor else None
    db.session.add(batch)
    trail.record(actor, "standards:preview", "import_batch", batch.id, sha256=batch.sha256, counts=batch.counts)
    return batch


def get(batch_id: UUID) -> ImportBatch:
    """A batch with its lines. Raises NotFound."""
    batch = db.session.scalar(
        select(ImportBatch).where(ImportBatch.id == batch_id).options(undefer(ImportBatch.lines))
    )
    if batch is None:
        raise NotFound("没有这个导入批次，可能已过期。请重新上传工作簿。")
    return batch


def recent() -> list[ImportBatch]:
    """The newest batches."""
    return list(db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(RECENT)))


def lines(batch: ImportBatch, fate: Fate | None, after: int, limit: int) -> tuple[list[Line], int | None]:
    """Lines beyond number ``after``, those of one fate or all, and the number the next page begins after."""
    found = [told for told in batch.lines if told["number"] > after and fate in (None, Fate(told["fate"]))]
    following = found[limit - 1]["number"] if len(found) > limit else None
    return [Line.of(told) for told in found[:limit]], following


def confirm(actor: User | None, batch: ImportBatch, chosen: Collection[int] | None = None) -> ImportBatch:
    """Take in the chosen lines, or all that would change something, as one dated version.

    Raises Conflict: taken in already, or the standards have changed since the preview. Invalid: nothing to take
    in, lines that cannot be, a day past.
    """
    if batch.state is not BatchState.PREVIEWED:
        raise Conflict("这份工作簿已经导入过了。")
    if batch.valid_from < clock.today():
        raise Invalid("生效日期已经过了，请重新上传工作簿。", field="valid_from")
    _lock_rules(batch)
    wishes = _wishes(batch, chosen)
    scheme = _scheme(batch.scheme_code) or _new_scheme(batch)
    version.adopt(wishes, standing.load(scheme, batch.valid_from), scheme, Directory.now())
    batch.state = BatchState.CONFIRMED
    batch.taken = [wish.number for wish in wishes]
    batch.confirmed_at, batch.confirmed_by = clock.now(), actor.id if actor else None
    revision.bump(RULES)
    told: dict[str, Any] = {"sha256": batch.sha256, "valid_from": str(batch.valid_from), "counts": _counts(wishes)}
    trail.record(actor, "standards:import", "import_batch", batch.id, scheme=batch.scheme_code, **told)
    return batch


def _wishes(batch: ImportBatch, chosen: Collection[int] | None) -> list[Line]:
    possible = {told["number"]: told for told in batch.lines if Fate(told["fate"]).is_wish}
    wrong = sorted(set(chosen or ()) - possible.keys())
    if wrong:
        named = "、".join(str(number) for number in wrong[:NAMED]) + (" 等" if len(wrong) > NAMED else "")
        raise Invalid(f"第 {named} 条不能导入：被拒绝、跳过或没有变化。", field="lines")
    numbers = possible.keys() if chosen is None else set(chosen)
    if not numbers:
        raise Invalid("没有可以导入的内容：工作簿与现行标准相同，或都被拒绝。", field="lines")
    return [Line.of(possible[number]) for number in sorted(numbers)]


def _lock_rules(batch: ImportBatch) -> None:
    """Nobody else changes the rules until our commit; and nobody did since the preview."""
    if revision.lock(RULES) != batch.revision:
        raise Conflict("预览之后标准或权责清单又有改动，请重新上传工作簿看预览。")


def _scheme(code: str) -> CategoryScheme | None:
    return db.session.scalar(select(CategoryScheme).where(CategoryScheme.code == code))


def _scheme_name(code: str, name: str) -> str:
    found = _scheme(code)
    if found is None and not name:
        raise Invalid("没有这个类别体系。要新建，请同时填写体系名称。", field="scheme")
    return found.name if found else name


def _new_scheme(batch: ImportBatch) -> CategoryScheme:
    scheme = CategoryScheme(code=batch.scheme_code, name=batch.scheme_name)
    db.session.add(scheme)
    db.session.flush()  # its classes refer to the id the database gives
    return scheme


def _counts(told: list[Line]) -> dict[str, int]:
    counted = Counter(str(one.fate) for one in told)
    return {fate.value: counted.get(fate.value, 0) for fate in Fate}


def _forget_old() -> None:
    old = (ImportBatch.state == BatchState.PREVIEWED) & (ImportBatch.created_at < clock.now() - KEPT)
    db.session.execute(delete(ImportBatch).where(old), execution_options={"synchronize_session": False})
