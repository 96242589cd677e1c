"""Coverage (覆盖): how much of a grid lies within sight of a walk; in metres, never in degrees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from grid.accounts.permission import Permission
from grid.accounts.scope import is_within
from grid.accounts.user import User
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Node
from grid.fieldwork.track import Track
from grid.geo import shapes

SIGHT_M = 30.0
BEND_M = 1.0  # a walk's corners may be cut by this much before it is measured


@dataclass(frozen=True, slots=True)
class Coverage:
    """A unit grid and the share of it, 0 to 1, that was in sight."""

    area: Node
    share: float


def homes(user: User) -> list[Node]:
    """The unit grids a person walks."""
    paths = {grant.path for grant in user.grants(Permission.TRACK_REPORT)}
    nodes = net.current().by_id.values()
    mine = [n for n in nodes if n.level is Level.GRID and n.boundary and any(is_within(n.path, p) for p in paths)]
    return sorted(mine, key=lambda node: node.code)


def coverage(track: Track, grids: Iterable[Node]) -> list[Coverage]:
    """Of each grid, how much the walk had in sight."""
    seen = in_sight(track)
    return [Coverage(node, share(node, seen)) for node in grids]


def in_sight(track: Track) -> BaseGeometry:
    """Everything within SIGHT_M of the walk, in metres of EPSG:4547."""
    lines = [
        shapely.simplify(shapely.LineString([(spot.x, spot.y) for spot in segment]), BEND_M)
        if len(segment) > 1
        else shapely.Point(segment[0].x, segment[0].y)
        for segment in track.segments
    ]
    return shapely.union_all(shapely.buffer(lines, SIGHT_M)) if lines else shapely.Polygon()


def share(node: Node, seen: BaseGeometry) -> float:
    """The share of a grid that ``seen`` covers."""
    if node.boundary is None or seen.is_empty:
        return 0.0
    cell = shapes.metric(node.boundary)
    return float(cell.intersection(seen).area / cell.area)
