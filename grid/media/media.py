"""Media (媒体): photos by the hash of their bytes, and who has shown that they hold those bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from grid.db import Base, UTCDateTime


class Media(Base):
    """Media (媒体文件): stored once, whoever sends it."""

    __tablename__ = "media"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    mime: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    shot_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # what the file claims
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MediaUpload(Base):
    """Media upload (上传记录): this person sent these bytes; knowing a hash alone opens nothing."""

    __tablename__ = "media_upload"

    sha256: Mapped[str] = mapped_column(ForeignKey("media.sha256"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
