"""Places (地点) by words: areas, checkpoints and the addresses of earlier cases, the likest first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, false, func, or_, select

from grid.accounts.permission import Permission
from grid.accounts.scope import is_within, within
from grid.accounts.user import User
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Node
from grid.db import db
from grid.events.event import Event, Flag
from grid.events.scope import visible
from grid.imports.wording import clean, likeness, loose, pairs
from grid.records.checkpoint import Checkpoint

MOST = 8
SMALL = (Level.COMMUNITY, Level.VILLAGE, Level.GRID)  # an area that says where something is
LOOKED_AT = 200  # addresses of earlier cases, the newest first
LOOKED_AT_EACH = 10  # cases of one address
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
    fits = (Event.address.icontains(part, autoescape=True) for part in parts)
    newest = _handled(actor).where(*fits).order_by(Event.id.desc()).limit(LOOKED_AT)
    spots = (*_checkpoints(actor), *_addresses(newest))
    found = [place for place in spots if all(part in loose(place.name) for part in parts)]
    return _ranked([*found, *_areas(actor, loose(words), parts)], words)[:most]


def named(actor: User, addresses: Iterable[str]) -> dict[str, Place]:
    """Of some addresses those that are places, by ``loose``; not what two places are called, nor an area."""
    wanted = {written for address in addresses for written in (address, clean(address)) if loose(written)}
    nth = func.row_number().over(partition_by=Event.address, order_by=Event.id.desc())
    numbered = _handled(actor).where(Event.address.in_(wanted)).add_columns(Event.id, nth.label("nth")).subquery()
    newest = select(*numbered.c).where(numbered.c.nth <= LOOKED_AT_EACH).order_by(numbered.c.id.desc())
    found: dict[str, list[Place]] = defaultdict(list)
    for place in (*_checkpoints(actor), *_addresses(newest)):
        found[loose(place.name)].append(place)
    known = {loose(one) for one in wanted} - {loose(node.name) for node in areas_of(actor)}
    return {name: found[name][0] for name in known if len({(one.area.id, one.kind) for one in found[name]}) == 1}


def areas_of(actor: User) -> list[Node]:
    """The small areas in which somebody takes things in."""
    homes, nodes = _homes(actor), net.current().by_id.values()
    return [node for node in nodes if node.level in SMALL and any(is_within(node.path, home) for home in homes)]


def _ranked(found: list[Place], words: str) -> list[Place]:
    whole, signs = loose(words), pairs(words)
    kinds = list(PlaceKind)

    def rank(place: Place) -> tuple[bool, bool, float, int]:
        name = loose(place.name)
        return whole != name, whole not in name, -likeness(signs, pairs(name)), kinds.index(place.kind)

    return sorted(found, key=rank)


def _homes(actor: User) -> list[str]:
    return sorted({grant.path for grant in actor.grants(Permission.EVENT_INTAKE)})


def _areas(actor: User, whole: str, parts: list[str]) -> Iterable[Place]:
    """Those that have all parts, or that the words name; not those nobody has drawn: there is no point of them."""
    snapshot = net.current()
    for node in areas_of(actor):
        name = loose(node.name)
        if (name in whole or all(part in name for part in parts)) and snapshot.is_drawn(node):
            yield Place(PlaceKind.AREA, node.name, node, *snapshot.point_in(node))


def _checkpoints(actor: User) -> Iterable[Place]:
    mine = or_(false(), *(within(Checkpoint.area_path, home) for home in _homes(actor)))
    columns = (Checkpoint.name, Checkpoint.area_id, Checkpoint.lon, Checkpoint.lat)
    for name, area_id, lon, lat in db.session.execute(select(*columns).where(Checkpoint.is_active, mine)):
        yield Place(PlaceKind.CHECKPOINT, name, net.current().node(area_id), lon, lat)


def _handled(actor: User) -> Select[Any]:
    """Addresses of real cases that somebody sees."""
    columns = (Event.address, Event.area_id, Event.lon, Event.lat, Event.flags)
    return select(*columns).where(visible(actor), Event.is_practice.is_(False))


def _addresses(newest: Select[Any]) -> Iterable[Place]:
    """Each address once, where it was said last; not those of which only the community was known."""
    seen: set[str] = set()
    for row in db.session.execute(newest):
        if Flag.VAGUE_PLACE not in row.flags and loose(row.address) not in seen:
            seen.add(loose(row.address))
            area = net.current().node(row.area_id)
            yield Place(PlaceKind.ADDRESS, row.address, area, row.lon, row.lat)
