"""The net (网): the whole tree of areas in memory, and which leaf a point lies in.

Each process keeps one copy and rebuilds it when the net's revision moves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from shapely import MultiPolygon, Polygon
from sqlalchemy import select
from sqlalchemy.orm import undefer

from grid import revision
from grid.areas.area import Area, AreaCode, Level
from grid.db import db
from grid.errors import Invalid, NotFound
from grid.geo.crs import Datum, to_storage
from grid.geo.index import CellIndex, refuse_absurd

FAR_M = 10_000.0  # a report further from the net than this is a mistake, not a neighbour's case


@dataclass(frozen=True, slots=True)
class Node:
    """An area as the rest of the house needs it: no row, no session."""

    id: int
    parent_id: int | None
    path: str
    level: Level
    name: str
    code: str
    boundary: Polygon | MultiPolygon | None = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point lies. lon, lat: CGCS2000 degrees. distance_m: 0 inside, else to the nearest leaf."""

    lon: float
    lat: float
    area: Node
    distance_m: float

    @property
    def is_inside(self) -> bool:
        return self.distance_m == 0


class Net:
    """A snapshot of the tree at one revision."""

    def __init__(self, number: int, nodes: list[Node], ended: Iterable[Node] = ()) -> None:
        self.number = number
        self.by_id = {node.id: node for node in nodes}
        self._ended = {node.id: node for node in ended}
        self.by_code = {node.code: node for node in nodes}
        parents = {node.parent_id for node in nodes if node.boundary is not None}
        leaves = [(n.id, n.boundary) for n in nodes if n.boundary is not None and n.id not in parents]
        self.index = CellIndex(leaves)

    def node(self, area_id: int) -> Node:
        """An area, in force or ended: what happened in an area that is gone still happened there."""
        return self.by_id.get(area_id) or self._ended[area_id]

    def parent(self, node: Node) -> Node | None:
        return self.node(node.parent_id) if node.parent_id else None

    def home(self, path: str) -> str:
        """The path of the street around an area, its own above street level: who works in the area serves that."""
        for part in path.strip("/").split("/"):
            node = self.by_id.get(int(part)) or self._ended.get(int(part))
            if node is not None and node.level is Level.STREET:
                return node.path
        return path

    def find(self, code: str) -> Node:
        """The area with this code. Raises NotFound."""
        try:
            return self.by_code[code]
        except KeyError:
            raise NotFound(f"没有代码为 {code} 的区域。", field="area") from None

    def point_in(self, node: Node) -> tuple[float, float]:
        """Some point (lon, lat) of an area: of its own outline, else of one below it. Raises Invalid."""
        outline = self._outline_in(node)
        if outline is None:
            raise Invalid(f"{node.name}还没有边界，请在图上点位置。", field="area")
        point = outline.representative_point()
        return point.x, point.y

    def is_drawn(self, node: Node) -> bool:
        """Has an area, or one below it, an outline?"""
        return self._outline_in(node) is not None

    def _outline_in(self, node: Node) -> Polygon | MultiPolygon | None:
        below = (one.boundary for one in self.by_id.values() if one.path.startswith(node.path))
        return node.boundary or next((outline for outline in below if outline is not None), None)

    def locate(self, lon: float, lat: float, datum: Datum) -> Located:
        """The leaf (unit grid, or village without grids) a point lies in, else the nearest with its distance.

        lon, lat: degrees in ``datum``. Raises Invalid for absurd places: out of range, (0, 0), swapped, or further
        than FAR_M from the net.
        """
        lon, lat = to_storage(lon, lat, datum)
        refuse_absurd(lon, lat, self.index, FAR_M)
        key = self.index.locate(lon, lat)
        if key is not None:
            return Located(lon, lat, self.by_id[key], 0.0)
        key, distance_m = self.index.nearest(lon, lat)
        return Located(lon, lat, self.by_id[key], distance_m)


_snapshot = revision.Snapshot[Net](revision.NET)
forget = _snapshot.forget


def current() -> Net:
    """The net as it is now. Raises Invalid when no area has been loaded."""
    number = revision.current(revision.NET)
    if number == 0:
        raise Invalid("还没有导入区域。请管理员先导入街道和网格。")
    return _snapshot.get(number, lambda: Net(number, _load(), _load_ended()))


def _load() -> list[Node]:
    rows = db.session.execute(
        select(Area, AreaCode.code)
        .join(AreaCode, AreaCode.area_id == Area.id)
        .where(Area.valid_to.is_(None), AreaCode.valid_to.is_(None), AreaCode.kind == "official")
        .order_by(Area.id)
        .options(undefer(Area.boundary))
    )
    return [Node(a.id, a.parent_id, a.path, a.level, a.name, code, a.boundary) for a, code in rows]


def _load_ended() -> list[Node]:
    """Areas that are no more, without outlines, under the last code each had."""
    rows = db.session.execute(
        select(Area, AreaCode.code)
        .join(AreaCode, AreaCode.area_id == Area.id)
        .where(Area.valid_to.is_not(None), AreaCode.kind == "official")
        .order_by(Area.id, AreaCode.valid_from.desc())
    )
    lasting = (next(group) for _, group in groupby(rows, key=lambda row: row[0].id))
    return [Node(a.id, a.parent_id, a.path, a.level, a.name, code, None) for a, code in lasting]
