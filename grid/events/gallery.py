"""The photos of cases (照片): check, keep, register, and find in one's scope."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import select

from grid import clock
from grid.accounts.user import User
from grid.db import db, insert
from grid.errors import Invalid, NotFound
from grid.events.event import Event
from grid.events.photo import EventPhoto
from grid.events.scope import visible
from grid.media.image import Decoded, decode
from grid.media.media import Media, MediaUpload
from grid.media.store import MediaKind, MediaStore
from grid.trail import entry as trail


def check(data: bytes, sha256: str) -> Decoded:
    """Is it the photo that was promised? Raises Invalid: another hash, no photo, too large, cut short."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Invalid("照片没有传完整（校验值不一致），没有保存。请重新上传这张照片。", field="photo")
    return decode(data)


def keep(store: MediaStore, data: bytes, decoded: Decoded) -> None:
    """Put the original and its re-encoded pictures on disk, durably, before any row speaks of them."""
    name = store.put(data)
    store.put_redrawn(name, MediaKind.FULL, decoded.full)
    store.put_redrawn(name, MediaKind.THUMB, decoded.thumb)


def register(actor: User, sha256: str, size: int, decoded: Decoded) -> tuple[Media, bool]:
    """Write down that the bytes are there and that ``actor`` sent them; twins do no harm."""
    now = clock.now()
    made = db.session.scalar(
        insert(Media)
        .values(
            sha256=sha256,
            size=size,
            mime=decoded.media_type,
            width=decoded.width,
            height=decoded.height,
            shot_at=decoded.claimed.shot_at,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Media.sha256)
    )
    sent = insert(MediaUpload).values(sha256=sha256, user_id=actor.id, at=now)
    if db.session.scalar(sent.on_conflict_do_nothing().returning(MediaUpload.sha256)) is not None:
        trail.record(actor, "photo:upload", "media", sha256)
    return db.session.get_one(Media, sha256), made is not None


def get(actor: User, photo_id: UUID) -> EventPhoto:
    """A photo of a case the caller may see, whose bytes have arrived. Raises NotFound."""
    photo = db.session.scalar(
        select(EventPhoto)
        .join(Event, Event.id == EventPhoto.event_id)
        .where(EventPhoto.id == photo_id, visible(actor))
    )
    if photo is None or not photo.has_arrived:
        raise NotFound("没有这张照片，或还没有传到。")
    return photo
