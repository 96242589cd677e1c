"""Places (地点) by words: areas, checkpoints and the addresses of earlier cases, the likest first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import false, or_, select

from grid.accounts.permission import Permission
from grid.accounts.scope import is_within, within
from grid.accounts.user import User
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Node
from grid.db import db
from grid.events.event import Event, Flag
from grid.events.scope import visible
from grid.imports.wording import likeness, loose, pairs
from grid.records.checkpoint import Checkpoint

MOST = 8
SMALL = (Level.COMMUNITY, Level.VILLAGE, Level.GRID)  # an area that says where something is
LOOKED_AT = 200  # addresses of earlier cases, the newest first
_PARTS = re.compile(r"\d+|[a-z]+|[^\W\d_a-z]+")


class PlaceKind(StrEnum):
    """Kinds of place (地点种类), the most exact first among equals."""

    ADDRESS = "address"
    CHECKPOINT = "checkpoint"
    AREA = "area"

    @property
    def label(self) -> str:
        return {"address": "办过的地址", "checkpoint": "巡查点", "area": "区域"}[self]


@dataclass(frozen=True, slots=True)
class Place:
    """A place. lon, lat: CGCS2000 degrees, a point of it. area: the leaf it lies in, or the area it is."""

    kind: PlaceKind
    name: str
    area: Node
    lon: float
    lat: float


def search(actor: User, words: str, most: int = MOST) -> list[Place]:
    """Places in the caller's area whose name has all parts of the words (富祥路 12 号), the likest first.

    Areas also when the words name them (富祥社区西门口).
    """
    parts = _PARTS.findall(loose(words))
    if not parts:
        return []
    homes = sorted({grant.path for grant in actor.grants(Permission.EVENT_INTAKE)})
    found = [
        place
        for place in (*_areas(homes), *_checkpoints(homes), *_addresses(actor, parts))
        if _fits(place, words, parts)
    ]
    return _ranked(found, words)[:most]


def _fits(place: Place, words: str, parts: list[str]) -> bool:
    """All parts of the words stand in the name; or it is an area whose name stands in the words."""
    name = loose(place.name)
    return all(part in name for part in parts) or (place.kind is PlaceKind.AREA and name in loose(words))


def exactly(places: Iterable[Place], words: str) -> Place | None:
    """The one that is called so, however it is written; none where two are, in different places."""
    named = [place for place in places if loose(place.name) == loose(words)]
    return named[0] if len({(place.area.id, place.kind) for place in named}) == 1 else None


def _ranked(found: list[Place], words: str) -> list[Place]:
    whole, signs = loose(words), pairs(words)
    kinds = list(PlaceKind)

    def rank(place: Place) -> tuple[bool, bool, float, int]:
        name = loose(place.name)
        return whole != name, whole not in name, -likeness(signs, pairs(name)), kinds.index(place.kind)

    return sorted(found, key=rank)


def _areas(homes: list[str]) -> Iterable[Place]:
    snapshot = net.current()
    for node in snapshot.by_id.values():
        if node.level in SMALL and any(is_within(node.path, home) for home in homes):
            yield Place(PlaceKind.AREA, node.name, node, *snapshot.point_in(node))


def _checkpoints(homes: list[str]) -> Iterable[Place]:
    mine = or_(false(), *(within(Checkpoint.area_path, home) for home in homes))
    for point in db.session.scalars(select(Checkpoint).where(Checkpoint.is_active, mine)):
        yield Place(PlaceKind.CHECKPOINT, point.name, point.area, point.lon, point.lat)


def _addresses(actor: User, parts: list[str]) -> Iterable[Place]:
    """Each address once, where it was said last; not those of which only the community was known."""
    fits = [Event.address.icontains(part, autoescape=True) for part in parts]
    rows = db.session.execute(
        select(Event.address, Event.area_id, Event.lon, Event.lat, Event.flags)
        .where(visible(actor), Event.is_practice.is_(False), *fits)
        .order_by(Event.id.desc())
        .limit(LOOKED_AT)
    )
    seen: set[str] = set()
    for address, area_id, lon, lat, flags in rows:
        if Flag.VAGUE_PLACE not in flags and loose(address) not in seen:
            seen.add(loose(address))
            yield Place(PlaceKind.ADDRESS, address, net.current().node(area_id), lon, lat)
