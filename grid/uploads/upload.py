"""Upload (上传): a file somebody promised to send in pieces; once per person and media id."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.user import User
from grid.db import Base, Coded, UTCDateTime, db, insert, new_id
from grid.errors import DomainError, IdempotencyMismatch, NotFound
from grid.events.photo import PhotoRole
from grid.media.media import Media, MediaUpload
from grid.trail import entry as trail

LIFE = timedelta(days=7)


class Expired(DomainError):
    """It was not finished in time; it may be begun anew."""

    slug = "upload-expired"
    title = "上传已过期"
    status = 410


@dataclass(frozen=True, slots=True)
class Promise:
    """What is to come. media_id: made on the phone; length: in bytes; sha256: of all of them."""

    media_id: UUID
    sha256: str
    mime: str
    role: PhotoRole
    length: int
    op_id: UUID | None = None


class Upload(Base):
    """Upload (上传). How far it has come is the size of its draft; ``done_at``: it is in the media store."""

    __tablename__ = "upload"
    __table_args__ = (
        Index("uq_upload_user_id_media_id", "user_id", "media_id", unique=True),
        Index("ix_upload_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    media_id: Mapped[UUID]
    sha256: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(20))
    role: Mapped[PhotoRole] = mapped_column(Coded(PhotoRole))
    op_id: Mapped[UUID | None]
    length: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def is_done(self) -> bool:
        return self.done_at is not None


def begin(actor: User, device_id: UUID, promise: Promise) -> Upload:
    """The upload of this media id, begun now or before. device_id: the seat's row.

    Bytes this person has sent already need not come again. Raises IdempotencyMismatch for other content.
    """
    now = clock.now()
    db.session.execute(
        delete(Upload).where(
            Upload.user_id == actor.id, Upload.media_id == promise.media_id, Upload.expires_at <= now
        )
    )
    row = insert(Upload).values(
        id=new_id(),
        user_id=actor.id,
        device_id=device_id,
        media_id=promise.media_id,
        sha256=promise.sha256,
        mime=promise.mime,
        role=promise.role,
        op_id=promise.op_id,
        length=promise.length,
        made_at=now,
        expires_at=now + LIFE,
        done_at=now if _is_there(actor, promise) else None,
    )
    is_new = db.session.scalar(row.on_conflict_do_nothing().returning(Upload.id)) is not None
    found = db.session.scalars(
        select(Upload).where(Upload.user_id == actor.id, Upload.media_id == promise.media_id),
        execution_options=FRESH,
    ).one()
    if (found.sha256, found.length) != (promise.sha256, promise.length):
        raise IdempotencyMismatch("这个编号已经用于另一个文件，请换一个编号。", field="media_id")
    if is_new:
        trail.record(actor, "upload:begin", "upload", found.id, sha256=promise.sha256, length=promise.length)
    return found


FRESH = {"populate_existing": True}


def _is_there(actor: User, promise: Promise) -> bool:
    mine = select(Media.size).join(MediaUpload, MediaUpload.sha256 == Media.sha256)
    found = mine.where(MediaUpload.user_id == actor.id, Media.sha256 == promise.sha256)
    return db.session.scalar(found) == promise.length


def get(actor: User, upload_id: UUID) -> Upload:
    """One's own upload, as the database has it now. Raises NotFound, Expired."""
    mine = select(Upload).where(Upload.id == upload_id, Upload.user_id == actor.id)
    found = db.session.scalar(mine, execution_options=FRESH)
    if found is None:
        raise NotFound("没有这个上传，请重新开始上传。")
    if found.expires_at <= clock.now():
        raise Expired("这个上传已过期，请重新开始上传。")
    return found


def drop(actor: User | None, upload_id: UUID, reason: str) -> None:
    """Let go of an upload, whose draft goes after it."""
    db.session.execute(delete(Upload).where(Upload.id == upload_id))
    trail.record(actor, "upload:drop", "upload", upload_id, reason=reason)


def expired() -> list[UUID]:
    """Uploads that are past their time, finished or not."""
    return list(db.session.scalars(select(Upload.id).where(Upload.expires_at <= clock.now())))


def known(upload_ids: Collection[UUID]) -> set[UUID]:
    """Those of ``upload_ids`` that still are."""
    return set(db.session.scalars(select(Upload.id).where(Upload.id.in_(upload_ids)))) if upload_ids else set()
