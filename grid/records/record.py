"""Record (记录): the answers to one form, edited on several phones; every version is kept, so that edits merge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, and_, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.scope import holds
from grid.accounts.user import User
from grid.db import Base, PathText, UTCDateTime, Versioned, db, new_id
from grid.errors import Forbidden, Invalid, NotFound
from grid.forms.form import Form
from grid.media.media import Media, MediaUpload
from grid.records import photo
from grid.records.photo import RecordPhoto
from grid.trail import entry as trail


class Record(Versioned, Base):
    """Record (记录). id: made on the phone; content: values by field name; owner: who began it."""

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_owner_id_kind_id", "owner_id", "kind", "id"),
        Index("ix_record_area_path", "area_path"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    form_version: Mapped[int]
    title: Mapped[str] = mapped_column(String(100))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(PathText)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RecordVersion(Base):
    """Record version (记录版本): the whole content as it was, and by whom. occurred_at: by the phone's clock."""

    __tablename__ = "record_version"

    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    form_version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    occurred_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RecordConflict(Base):
    """Record conflict (记录冲突): two changed the same fields of one version; the later waits on its phone."""

    __tablename__ = "record_conflict"
    __table_args__ = (Index("ix_record_conflict_record_id", "record_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    base_version: Mapped[int]
    current_version: Mapped[int]
    fields: Mapped[list[str]] = mapped_column(JSON)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # what was not taken


REACHES: scope.Reaches = {
    Relation.OWN: scope.of_owner(Record.owner_id),
    Relation.AREA: scope.of_area(Record.area_path),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a worker wants a record to be. values: all fields, or those that changed (None: emptied)."""

    record_id: UUID
    form: Form
    values: dict[str, Any]
    base_version: int | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a draft. clash: fields somebody else changed too; then nothing was written."""

    record: Record
    is_merged: bool = False
    clash: tuple[str, ...] = ()


def put(actor: User, draft: Draft) -> Kept:
    """Begin a record or change it: other fields than others changed meanwhile merge, the same ones clash.

    Raises Invalid (values, unknown base version, id in use), Forbidden.
    """
    found = db.session.get(Record, draft.record_id, with_for_update=True, populate_existing=True)
    if found is None:
        return Kept(_begin(actor, draft))
    if not holds(actor, Permission.RECORD_WRITE, REACHES, found) or found.kind != draft.form.id:
        raise Invalid("这个编号已被使用，请重新填一条。", field="entity_id")
    if draft.base_version is None:
        return _again(found, draft)
    return _change(actor, found, draft)


def _begin(actor: User, draft: Draft) -> Record:
    if draft.base_version is not None:
        raise Invalid("没有这条记录，不能在它上面改。", field="entity_id")
    homes = [g.path for g in actor.grants(Permission.RECORD_WRITE) if Relation.AREA in g.relations]
    if not homes:
        raise Forbidden("你的岗位不能填写记录。")
    now = clock.now()
    content = draft.form.check(draft.values)
    record = Record(
        id=draft.record_id,
        kind=draft.form.id,
        form_version=draft.form.version,
        title=draft.form.title_of(content),
        owner_id=actor.id,
        area_id=int(homes[0].rstrip("/").rpartition("/")[2]),
        area_path=homes[0],
        content=content,
        made_at=now,
        updated_at=now,
    )
    db.session.add(record)
    db.session.flush()  # its versions refer to it
    _keep(actor, record, draft, sorted(content))
    return record


def _again(found: Record, draft: Draft) -> Kept:
    """Somebody begins what is there: no harm when it says the same."""
    content = draft.form.check(draft.values)
    return Kept(found, clash=tuple(_differing(content, found.content)))


def _change(actor: User, found: Record, draft: Draft) -> Kept:
    base = found.content
    if draft.base_version != found.version:
        kept = db.session.get(RecordVersion, (found.id, draft.base_version))
        if kept is None:
            raise Invalid("记录没有这一版，请先同步再改。", field="base_rev")
        base = kept.content
    known = {field.name for field in draft.form.fields}
    mine = draft.form.check({name: value for name, value in base.items() if name in known} | draft.values)
    changed = [name for name in _differing(mine, base) if name in known]
    theirs = set(_differing(found.content, base))
    clash = tuple(name for name in changed if name in theirs and mine.get(name) != found.content.get(name))
    if clash:
        _clash(actor, found, draft, clash)
        return Kept(found, clash=clash)
    content = found.content | {name: mine[name] for name in changed if name in mine}
    for name in changed:
        if name not in mine:
            content.pop(name, None)
    if content != found.content:
        found.content, found.form_version = content, max(draft.form.version, found.form_version)
        found.title, found.updated_at = draft.form.title_of(content), clock.now()
        db.session.flush()  # the version kept is the one the row has now
        _keep(actor, found, draft, changed)
    return Kept(found, is_merged=bool(theirs))


def _differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _keep(actor: User, record: Record, draft: Draft, changed: list[str]) -> None:
    db.session.add(
        RecordVersion(
            record_id=record.id,
            version=record.version,
            form_version=draft.form.version,
            content=record.content,
            actor_id=actor.id,
            at=record.updated_at,
            occurred_at=draft.occurred_at,
        )
    )
    photo.claim(record.id, actor.id, draft.form.photos_of(record.content))
    trail.record(
        actor, "record:put", "record", record.id, record.area_path, version=record.version, fields=changed
    )


def _clash(actor: User, found: Record, draft: Draft, clash: tuple[str, ...]) -> None:
    db.session.add(
        RecordConflict(
            record_id=found.id,
            actor_id=actor.id,
            at=clock.now(),
            base_version=draft.base_version or 0,
            current_version=found.version,
            fields=list(clash),
            content=draft.values,
        )
    )
    trail.record(actor, "record:clash", "record", found.id, found.area_path, fields=list(clash))


def readable(actor: User) -> Any:
    """The predicate of every query over records."""
    return scope.rows(actor, Permission.RECORD_READ, REACHES)


def get(actor: User, record_id: UUID) -> Record | None:
    """A record the caller may read."""
    return db.session.scalar(select(Record).where(Record.id == record_id, readable(actor)))


def photo_of(actor: User, record_id: UUID, sha256: str) -> str:
    """The name of a photo some version of a record shows, once whoever put it there has sent its bytes.

    Raises NotFound.
    """
    has_sent = and_(MediaUpload.sha256 == RecordPhoto.sha256, MediaUpload.user_id == RecordPhoto.uploader_id)
    name = db.session.scalar(
        select(RecordPhoto.sha256)
        .join(Record, Record.id == RecordPhoto.record_id)
        .join(MediaUpload, has_sent)
        .join(Media, Media.sha256 == RecordPhoto.sha256)
        .where(RecordPhoto.record_id == record_id, RecordPhoto.sha256 == sha256, Media.mime.startswith("image/"))
        .where(readable(actor))
    )
    if name is None:
        raise NotFound("没有这张照片，或还没有传到。")
    return name
