"""Endpoint (外发渠道): a robot, a webhook, an SMS gateway of a street; where and how, sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, undefer

from grid import clock, revision
from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.areas import dated
from grid.areas.net import Node
from grid.db import Base, Coded, PathText, UTCDateTime, Versioned, db, new_id
from grid.errors import Forbidden, Invalid
from grid.notices import drivers
from grid.notices.channel import Channel
from grid.notices.gate import Gate
from grid.row import get_row
from grid.seal import Sealer
from grid.trail import entry as trail


class NoticeEndpoint(Versioned, Base):
    """Endpoint (外发渠道). settings: sealed. host: the part of the address that is no secret.

    lease, lease_until: which worker is sending. rests_until: not before. fails: in a row, so far. These four move
    without a new version: nobody edits them.
    """

    __tablename__ = "notice_endpoint"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(PathText, index=True)
    name: Mapped[str] = mapped_column(String(40))
    channel: Mapped[Channel] = mapped_column(Coded(Channel))
    host: Mapped[str] = mapped_column(String(260))
    settings: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rests_until: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.real_now)
    fails: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be true of an endpoint. settings: None leaves them as they are."""

    name: str
    settings: dict[str, Any] | None = None
    is_active: bool = True


REACHES: scope.Reaches = {
    Relation.AREA: scope.of_area(NoticeEndpoint.area_path),
}


def create(
    actor: User | None, area: Node, channel: Channel, wish: Wish, sealer: Sealer, gate: Gate
) -> NoticeEndpoint:
    """Add one. Raises Forbidden outside the actor's area, Invalid for settings that cannot work."""
    made = NoticeEndpoint(id=new_id(), area_id=area.id, area_path=area.path, channel=channel, host="")
    if actor is not None and not scope.holds(actor, Permission.NOTICE_MANAGE, REACHES, made):
        raise Forbidden("这里不在你的管理范围。")
    if wish.settings is None:
        raise Invalid("要填渠道的地址等内容。", field="settings")
    _write(made, wish, sealer, gate)
    db.session.add(made)
    trail.record(actor, "endpoint:create", "notice_endpoint", made.id, area.path, channel=channel.value)
    return made


def edit(actor: User | None, row: NoticeEndpoint, wish: Wish, sealer: Sealer, gate: Gate) -> NoticeEndpoint:
    """Change one; settings that are not told stay."""
    _write(row, wish, sealer, gate)
    is_new = wish.settings is not None
    trail.record(
        actor, "endpoint:edit", "notice_endpoint", row.id, row.area_path, settings=is_new, active=wish.is_active
    )
    return row


def _write(row: NoticeEndpoint, wish: Wish, sealer: Sealer, gate: Gate) -> None:
    row.name, row.is_active = wish.name, wish.is_active
    if wish.settings is not None:
        told = drivers.of(row.channel).check(wish.settings)
        gate.check(told["url"])
        row.host = urlsplit(told["url"]).netloc.rpartition("@")[2]
        row.settings = sealer.seal(json.dumps(told).encode(), _about(row))
    revision.bump(revision.NOTICE_RULES)


def opened(row: NoticeEndpoint, sealer: Sealer) -> dict[str, Any]:
    """Its settings. Raises BrokenSeal."""
    told: dict[str, Any] = json.loads(sealer.open(row.settings, _about(row)))
    return told


def _about(row: NoticeEndpoint) -> bytes:
    return b"notice.endpoint:" + row.id.bytes


def listed(actor: User | None, area_path: str) -> list[NoticeEndpoint]:
    """Those of an area and of the areas above it that the actor may see, by name."""
    found = _seen(actor).where(NoticeEndpoint.area_id.in_(dated.nearest(area_path)))
    return list(db.session.scalars(found.order_by(NoticeEndpoint.name, NoticeEndpoint.id)))


def get(actor: User | None, endpoint_id: UUID) -> NoticeEndpoint:
    """One in the actor's scope; a command's actor is None. Raises NotFound."""
    found = _seen(actor).where(NoticeEndpoint.id == endpoint_id)
    return get_row(found.options(undefer(NoticeEndpoint.settings)), "没有这个渠道。")


def _seen(actor: User | None) -> Select[NoticeEndpoint]:
    found = select(NoticeEndpoint)
    return found if actor is None else found.where(scope.rows(actor, Permission.NOTICE_MANAGE, REACHES))
