"""Event photo (事件照片): a place in a case for a photo, promised by its hash, filled when its bytes arrive."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from grid.accounts.user import User
from grid.db import Base, Coded, UTCDateTime, new_id
from grid.media.decoded import Claim
from grid.media.media import Media, MediaUpload


class PhotoRole(StrEnum):
    """What a photo shows (照片种类)."""

    NEAR = "near"
    FAR = "far"
    OTHER = "other"
    AFTER = "after"
    VERIFY = "verify"
    CHECK = "check"
    VOICE = "voice"

    @property
    def label(self) -> str:
        return {
            "near": "近景",
            "far": "远景",
            "other": "其他",
            "after": "处置后",
            "verify": "核实",
            "check": "核查",
            "voice": "语音",
        }[self]


class EventPhoto(Base):
    """Event photo (事件照片). It has arrived when its uploader has sent bytes of this hash; no flag to keep."""

    __tablename__ = "event_photo"
    __table_args__ = (
        Index("ix_event_photo_event_id", "event_id"),
        Index("ix_event_photo_sha256", "sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    ordinal: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    role: Mapped[PhotoRole] = mapped_column(Coded(PhotoRole))
    uploader_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    shot_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    upload: Mapped[MediaUpload | None] = relationship(
        primaryjoin=lambda: and_(
            foreign(EventPhoto.sha256) == MediaUpload.sha256,
            foreign(EventPhoto.uploader_id) == MediaUpload.user_id,
        ),
        viewonly=True,
        lazy="joined",
    )
    media: Mapped[Media | None] = relationship(
        primaryjoin=lambda: foreign(EventPhoto.sha256) == Media.sha256, viewonly=True, lazy="joined"
    )

    uploader: Mapped[User] = relationship(viewonly=True)

    @property
    def has_arrived(self) -> bool:
        return self.upload is not None

    @property
    def claimed(self) -> Claim | None:
        """What the file says of when and where it was taken, once it is there: a hint, anybody can write it."""
        return self.media.claimed if self.has_arrived and self.media else None
