"""Import preview (导入预览): a file and what it would do, kept until somebody confirms it; nothing happens before.

The file itself is kept sealed (it may hold personal data): confirming reads and compares it again, so the preview
needs to keep only what is shown.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, delete, select, true, update
from sqlalchemy.orm import Mapped, mapped_column, undefer

from grid import clock, revision
from grid.accounts.user import User
from grid.db import Base, Coded, UTCDateTime, Versioned, db, new_id
from grid.errors import Conflict, Invalid, NotFound
from grid.imports.fate import Fate
from grid.imports.line import Line
from grid.seal import Sealer
from grid.trail import entry as trail

KEPT = timedelta(days=7)  # previews nobody confirmed, and the file of those somebody did
NAMED = 5  # row numbers an error names
FILE_NAME_MAX = 200


class PreviewState(StrEnum):
    """State of a preview (预览状态). Refused: as a whole; else single rows may be refused and the others go in."""

    PREVIEWED = "previewed"
    REFUSED = "refused"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> str:
        """Words for people."""
        return {"previewed": "待确认", "refused": "不能导入", "confirmed": "已导入"}[self]


class ImportPreview(Versioned, Base):
    """Import preview (导入预览): what a file would do to the data it was compared with, and what was done.

    kind: what is imported (staff, departments …). basis: revision numbers of what the lines were compared with.
    lines: {number, place, key, label, fate, changes, reasons}. detail: what else a kind shows, or needs to read
    the file again. taken: numbers of the lines that went in.
    """

    __tablename__ = "import_preview"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(FILE_NAME_MAX))
    sha256: Mapped[str] = mapped_column(String(64))
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # sealed
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    notes: Mapped[list[str]] = mapped_column(JSON)
    taken: Mapped[list[int]] = mapped_column(JSON)
    basis: Mapped[dict[str, int]] = mapped_column(JSON)
    state: Mapped[PreviewState] = mapped_column(Coded(PreviewState))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def fate_counts(self) -> list[dict[str, Any]]:
        """How many lines have which fate, with its word."""
        return [{"code": fate.value, "label": fate.label, "count": self.counts.get(fate, 0)} for fate in Fate]


def basis(*names: str) -> dict[str, int]:
    """The revisions of what is to be compared with; asked before comparing, so that a change meanwhile shows."""
    return {name: revision.current(name) for name in names}


def keep(
    actor: User | None,
    kind: str,
    data: bytes,
    file_name: str,
    lines: list[Line],
    compared_with: dict[str, int],
    sealer: Sealer,
    *,
    notes: Collection[str] = (),
    detail: dict[str, Any] | None = None,
    is_refused: bool = False,
) -> ImportPreview:
    """Keep what a file would do until somebody confirms it. is_refused: nobody can."""
    _forget_old()
    found = ImportPreview(
        id=new_id(),
        kind=kind,
        file_name=file_name[-FILE_NAME_MAX:],
        sha256=hashlib.sha256(data).hexdigest(),
        lines=[line.plain() for line in lines],
        detail=detail or {},
        counts=_counts(lines),
        notes=list(notes),
        taken=[],
        basis=compared_with,
        state=PreviewState.REFUSED if is_refused else PreviewState.PREVIEWED,
        made_by=actor.id if actor else None,
        made_at=clock.now(),
    )
    found.file = sealer.seal(data, _about(found.id))
    db.session.add(found)
    trail.record(actor, f"{kind}:preview", "import_preview", found.id, sha256=found.sha256, counts=found.counts)
    return found


def get(preview_id: UUID, kind: str, maker: User | None = None) -> ImportPreview:
    """A preview of this kind with its lines; maker: only theirs. Raises NotFound, also for one that is too old."""
    found = db.session.scalar(
        select(ImportPreview)
        .where(
            ImportPreview.id == preview_id,
            ImportPreview.kind == kind,
            ImportPreview.made_at >= clock.now() - KEPT,
            ImportPreview.made_by == maker.id if maker else true(),
        )
        .options(undefer(ImportPreview.lines), undefer(ImportPreview.detail), undefer(ImportPreview.file))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("没有这次导入，可能已过期。请重新上传文件。")
    return found


def file(found: ImportPreview, sealer: Sealer) -> bytes:
    """The file as it was uploaded."""
    if found.file is None:
        raise NotFound("文件已过期，请重新上传。")
    return sealer.open(found.file, _about(found.id))


def page(
    found: ImportPreview, fate: Fate | None, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Lines beyond number ``after``, of one fate or all, and the number the next page begins after."""
    lines = [line for line in found.lines if line["number"] > after and fate in (None, Fate(line["fate"]))]
    return lines[:limit], lines[limit - 1]["number"] if len(lines) > limit else None


def choose(found: ImportPreview, chosen: Collection[int] | None = None) -> list[int]:
    """Numbers of the lines to take in: the chosen, or all that would change something.

    Locks what they were compared with until the caller's commit. Raises Conflict: taken in already, refused, or
    the data have changed since. Invalid: nothing to take in, or lines that cannot be.
    """
    if found.state is PreviewState.CONFIRMED:
        raise Conflict("这份文件已经导入过了。")
    if found.state is PreviewState.REFUSED:
        raise Conflict("这份文件不能导入，请按提示改好后重新上传。")
    if any(revision.lock(name) != number for name, number in sorted(found.basis.items())):
        raise Conflict("预览之后数据又有改动，请重新上传文件看预览。")
    possible = {line["number"] for line in found.lines if Fate(line["fate"]).is_wish}
    wrong = sorted(set(chosen or ()) - possible)
    if wrong:
        named = "、".join(str(number) for number in wrong[:NAMED]) + (" 等" if len(wrong) > NAMED else "")
        raise Invalid(f"第 {named} 条不能导入：被拒绝、跳过或没有变化。", field="lines")
    numbers = sorted(possible if chosen is None else set(chosen))
    if not numbers:
        raise Invalid("没有可以导入的内容：与现有数据相同，或都被拒绝。", field="lines")
    return numbers


def settle(actor: User | None, found: ImportPreview, taken: list[int], **told: Any) -> None:
    """Say, in the transaction that did it, what went in. told: plain values for the trail, nothing personal."""
    found.state, found.taken = PreviewState.CONFIRMED, taken
    found.confirmed_at, found.confirmed_by = clock.now(), actor.id if actor else None
    counted = Counter(line["fate"] for line in found.lines if line["number"] in set(taken))
    data = {"sha256": found.sha256, "counts": dict(counted), **told}
    trail.record(actor, f"{found.kind}:import", "import_preview", found.id, **data)


def _about(preview_id: UUID) -> bytes:
    return b"import_preview:" + preview_id.bytes


def _counts(lines: list[Line]) -> dict[str, int]:
    counted = Counter(line.fate for line in lines)
    return {fate.value: counted[fate] for fate in Fate}


def _forget_old() -> None:
    """Previews nobody confirmed go; of the others goes what may be personal."""
    old = ImportPreview.made_at < clock.now() - KEPT
    apart = {"synchronize_session": False}
    db.session.execute(
        delete(ImportPreview).where(old, ImportPreview.state != PreviewState.CONFIRMED), execution_options=apart
    )
    emptied = update(ImportPreview).where(old, ImportPreview.file.is_not(None))
    db.session.execute(emptied.values(file=None, lines=[], detail={}), execution_options=apart)
