"""The photos of cases (照片): check, keep, register, and find in one's scope."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, text

from grid import clock
from grid.accounts.user import User
from grid.db import db, insert
from grid.errors import Invalid, NotFound
from grid.events.event import Event
from grid.events.photo import EventPhoto
from grid.events.scope import visible
from grid.media.decoded import Decoded
from grid.media.image import decode
from grid.media.media import Media, MediaUpload
from grid.media.store import MediaKind, MediaStore
from grid.records.photo import RecordPhoto
from grid.sync import change
from grid.tasks.task import Task, TaskState
from grid.trail import entry as trail

BATCH = 500


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
            shot_lon=decoded.claimed.lon,
            shot_lat=decoded.claimed.lat,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Media.sha256)
    )
    sent = insert(MediaUpload).values(sha256=sha256, user_id=actor.id, at=now)
    if db.session.scalar(sent.on_conflict_do_nothing().returning(MediaUpload.sha256)) is not None:
        trail.record(actor, "photo:upload", "media", sha256)
        _tell_phones(actor, sha256)
    return db.session.get_one(Media, sha256), made is not None


def _tell_phones(actor: User, sha256: str) -> None:
    """What shows the photo reads otherwise now: it has arrived."""
    mine = select(EventPhoto.event_id).where(EventPhoto.sha256 == sha256, EventPhoto.uploader_id == actor.id)
    change.touched(Event, Event.id.in_(mine))
    change.touched(Task, Task.subject_id.in_(mine), Task.state == TaskState.OPEN)


def referenced(names: set[str]) -> set[str]:
    """Those of ``names`` that a row speaks of, as the database stands now."""
    db.session.rollback()  # ends the snapshot of the last question
    found: set[str] = set()
    for batch in (sorted(names)[start : start + BATCH] for start in range(0, len(names), BATCH)):
        known = select(Media.sha256).where(Media.sha256.in_(batch))
        promised = select(EventPhoto.sha256).where(EventPhoto.sha256.in_(batch))
        found |= set(db.session.scalars(known.union(promised)))
    return found


def acknowledged() -> Iterator[tuple[str, tuple[MediaKind, ...]]]:
    """The name of all whose arrival was acknowledged, and what is kept of it: of sound, only the original."""
    names = _names_after("")
    while names:
        for name, mime in names:
            yield name, tuple(MediaKind) if mime.startswith("image/") else (MediaKind.ORIGINAL,)
        names = _names_after(names[-1][0])


def _names_after(last: str) -> list[tuple[str, str]]:
    found = select(Media.sha256, Media.mime).where(Media.sha256 > last).order_by(Media.sha256).limit(BATCH)
    names = [(row.sha256, row.mime) for row in db.session.execute(found)]
    db.session.rollback()  # looking at their files takes longer than a snapshot should live
    return names


def forget_unclaimed(before: datetime) -> int:
    """Forget up to a batch of photos sent before ``before`` that neither case nor record ever asked for; how many.

    Their files go with a later sweep. A report that promises one of them at this very moment waits, and then finds
    that it has yet to come.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE event_photo, record_photo IN SHARE MODE"))
    is_claimed = or_(*(exists().where(photo.sha256 == Media.sha256) for photo in (EventPhoto, RecordPhoto)))
    is_recent = exists().where(MediaUpload.sha256 == Media.sha256, MediaUpload.at >= before)
    found = select(Media.sha256).where(Media.created_at < before, ~is_claimed, ~is_recent).limit(BATCH)
    names = db.session.scalars(found).all()
    for model in (MediaUpload, Media):
        db.session.execute(delete(model).where(model.sha256.in_(names)))
    if names:
        trail.record(None, "photo:forget", "media", "unclaimed", count=len(names))
    return len(names)


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
