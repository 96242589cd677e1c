"""Media (媒体): photos by the hash of their bytes, and who has shown that they hold those bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from grid.db import Base, UTCDateTime
from grid.media.decoded import Claim


class Media(Base):
    """Media (媒体文件): stored once, whoever sends it."""

    __tablename__ = "media"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    mime: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    # What the file claims (EXIF): a hint. The place is in degrees of WGS-84, as the standard has it.
    shot_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    shot_lon: Mapped[float | None]
    shot_lat: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def claimed(self) -> Claim | None:
        """When and where the file says it was taken; None when it says nothing."""
        claim = Claim(self.shot_at, self.shot_lon, self.shot_lat)
        return None if claim == Claim() else claim


class MediaUpload(Base):
    """Media upload (上传记录): this person sent these bytes; knowing a hash alone opens nothing."""

    __tablename__ = "media_upload"

    sha256: Mapped[str] = mapped_column(ForeignKey("media.sha256"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
