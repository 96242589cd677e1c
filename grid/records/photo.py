"""Record photo (记录照片): a photo some version of a record shows; it keeps the bytes from being swept away."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from grid.db import Base, db, insert


class RecordPhoto(Base):
    """Record photo (记录照片): named by its hash; kept with the versions that show it, for good."""

    __tablename__ = "record_photo"
    __table_args__ = (Index("ix_record_photo_sha256", "sha256"),)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


def claim(record_id: UUID, uploader_id: int, names: list[str]) -> None:
    """Say that a record shows these photos, whether their bytes are here or yet to come."""
    rows = [{"record_id": record_id, "sha256": name, "uploader_id": uploader_id} for name in names]
    if rows:
        db.session.execute(insert(RecordPhoto).on_conflict_do_nothing(), rows)
