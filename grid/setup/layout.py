"""Layout (布局): the plots of a file and the net around them, mended and checked as a partition.

Unit grids leave no gap, overlap nothing and stay in their community (GB/T 30428.1). A community's outline is the
one the file gives, else the one it has, else the union of its grids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from grid.areas.area import Level
from grid.areas.net import Net, Node
from grid.geo import cover, mend
from grid.geo.cover import Finding, Flaw
from grid.geo.mend import Repair, solid
from grid.geo.shapes import Shape
from grid.setup.plot import HOMES, Plot

TOLERANCE_M2 = 1.0
TELLING_M2 = 0.1  # what is less comes from rounding
WORDS = {
    Flaw.OVERLAP: "与{other}重叠",
    Flaw.GAP: "旁边有空隙，没有划进任何网格，共",
    Flaw.OUTSIDE: "超出{other}的边界",
}


@dataclass(slots=True)
class Layout:
    """flaws: what is no partition, (community code or "", finding). derived: outlines of communities and streets
    that follow from what lies in them.
    """

    plots: list[Plot]
    net: Net
    parts: dict[str, Shape] = field(default_factory=dict)
    outlines: dict[str, Shape] = field(default_factory=dict)
    derived: dict[str, Shape] = field(default_factory=dict)
    flaws: list[tuple[str, Finding[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return all(plot.is_sound for plot in self.plots) and not self.flaws


def lay(plots: list[Plot], net: Net) -> Layout:
    """Mend what is thin, find what is wrong, derive what is missing."""
    layout = Layout(plots, net)
    drawn = {plot.code: plot for plot in plots if plot.is_sound}
    if not drawn:
        return layout
    _Work(layout, drawn).run()
    return layout


class _Work:
    """One layout being made. Keys of all shapes are codes."""

    def __init__(self, layout: Layout, drawn: dict[str, Plot]) -> None:
        self.layout, self.net, self.drawn = layout, layout.net, drawn
        shapes_drawn = {code: plot.shape for code, plot in drawn.items() if plot.shape is not None}
        self.regions = {c: s for c, s in shapes_drawn.items() if drawn[c].level is not Level.GRID}
        self.grids = {c: s for c, s in shapes_drawn.items() if drawn[c].level is Level.GRID}
        homes = {plot.parent.code: plot.parent for plot in drawn.values() if plot.parent is not None}
        told = {c: p.before for c, p in drawn.items() if p.level in HOMES and p.before is not None}
        self.homes: dict[str, Node] = homes | told
        self.broken = {p.parent.code for p in layout.plots if p.parent is not None and not p.is_sound}
        self.children: dict[int, list[Node]] = {}
        for node in self.net.by_id.values():
            if node.boundary is not None:
                self.children.setdefault(node.parent_id or 0, []).append(node)
        reach = box(*shapely.total_bounds(list(shapes_drawn.values())))
        self.standing = {
            n.code: n for n in self._leaves() if n.boundary is not None and reach.intersects(n.boundary)
        }

    def run(self) -> None:
        """All steps, the least first."""
        parts = self.layout.parts
        parts |= {code: _shape(node) for code, node in self.standing.items() if code not in self.grids}
        parts |= {code: shape for code, shape in self.regions.items() if self._is_leaf(code)} | self.grids
        self._tell(mend.overlaps(parts, self._fixed()))
        for home in self.homes.values():
            self._settle_home(home)
        self.layout.flaws += [("", found) for found in cover.overlaps(parts, TOLERANCE_M2) if self._is_ours(found)]
        for street in self._streets():
            self._settle_street(street)
        self._write_back()
        for place, found in self.layout.flaws:
            self._blame(place, found)

    def _leaves(self) -> Iterator[Node]:
        """Of what stands, the areas nothing drawn hangs below, now or after."""
        for node in self.net.by_id.values():
            is_free = node.code not in self.homes and node.code not in self.regions
            if node.level in (*HOMES, Level.GRID) and is_free and not self.children.get(node.id):
                yield node
        for home in self.homes.values():
            yield from self.children.get(home.id, ())

    def _is_leaf(self, code: str) -> bool:
        home = self.homes.get(code)
        return home is not None and not self._grids_of(home)

    def _grids_of(self, home: Node) -> list[str]:
        told = [code for code in self.grids if (parent := self.drawn[code].parent) and parent.id == home.id]
        return told + [node.code for node in self.children.get(home.id, ()) if node.code not in self.grids]

    def _fixed(self) -> set[str]:
        return set(self.layout.parts) - self.drawn.keys()

    def _is_ours(self, found: Finding[str]) -> bool:
        return any(key in self.drawn for key in found.keys)

    def _settle_home(self, home: Node) -> None:
        """One community: its outline, and what its grids leave or exceed."""
        keys = self._grids_of(home)
        told = self.regions.get(home.code)
        if not keys:
            return
        group = {key: self.layout.parts.get(key) or _shape(self.net.by_code[key]) for key in keys}
        outline = told if told is not None else home.boundary
        if outline is None:
            outline = self.layout.derived[home.code] = self._around(home, group)
        self._tell(mend.edges(outline, group, [key for key in keys if key not in self.drawn]))
        self.layout.parts |= group
        self.layout.outlines[home.code] = outline
        # Where a grid could not be read there is a gap, of course; overlaps are looked for everywhere at once.
        silent = {Flaw.OVERLAP} | ({Flaw.GAP} if home.code in self.broken else set())
        found = cover.findings(outline, group, TOLERANCE_M2)
        self.layout.flaws += [(home.code, each) for each in found if each.flaw not in silent]
        self._tell_rest(home, group)

    def _around(self, home: Node, group: dict[str, Shape]) -> Shape:
        """The union of grids; what it encloses belongs to it, unless it is somebody else's."""
        union = solid(shapely.union_all(list(group.values()), grid_size=mend.GRAIN_DEG))
        filled = shapely.union_all([Polygon(part.exterior) for part in mend.polygons(union)])
        others = [s for key, s in self.layout.parts.items() if key not in group and filled.intersects(s)]
        has_holes = any(part.interiors for part in mend.polygons(union))
        whole = solid(shapely.difference(filled, shapely.union_all(others)) if has_holes and others else union)
        if has_holes and not others:
            whole = solid(filled)
        if len(mend.polygons(whole)) > 1:
            self.layout.notes.append(f"{home.name}的网格不连在一起，请核对中间有没有漏画。")
        self.layout.notes.append(f"{home.name}没有画边界，用它的网格合并得出。")
        return shapely.orient_polygons(whole)

    def _tell_rest(self, home: Node, group: dict[str, Shape]) -> None:
        left = [key for key in group if key not in self.drawn]
        if left and len(left) < len(group):
            self.layout.notes.append(
                f"{home.name}现有 {len(left)} 个网格不在文件里，保持不变。撤销、合并网格还不能在这里做。"
            )

    def _streets(self) -> list[Node]:
        found = {p.before.code: p.before for p in self.drawn.values() if p.level is Level.STREET and p.before}
        for home in self.homes.values():
            parent = self.net.parent(home)
            if parent is not None:
                found[parent.code] = parent
        return list(found.values())

    def _settle_street(self, street: Node) -> None:
        told = self.regions.get(street.code)
        outline = told if told is not None else street.boundary
        inner = {node.code: node for node in self.net.by_id.values() if node.parent_id == street.id}
        shapes = {code: self._region(node) for code, node in inner.items()}
        group = {code: shape for code, shape in shapes.items() if shape is not None}
        if outline is None:
            if len(group) == len(inner):
                whole = solid(shapely.union_all(list(group.values()), grid_size=mend.GRAIN_DEG))
                self.layout.derived[street.code] = shapely.orient_polygons(whole)
            return
        for found in cover.findings(outline, group, TOLERANCE_M2):
            if found.flaw is Flaw.OUTSIDE:
                self.layout.flaws.append((street.code, found))
            elif found.flaw is Flaw.GAP:
                self.layout.notes.append(f"{street.name}还有约 {found.area_m2:.0f} 平方米不在任何社区或村里。")

    def _region(self, node: Node) -> Shape | None:
        settled = self.layout.outlines.get(node.code)
        told = self.regions.get(node.code)
        return settled if settled is not None else told if told is not None else node.boundary

    def _tell(self, repairs: Iterable[Repair[str]]) -> None:
        for repair in repairs:
            if repair.area_m2 < TELLING_M2:
                continue
            other = self._words(repair.other) if repair.other else "社区边界"
            what = {Flaw.OVERLAP: f"与{other}重叠", Flaw.OUTSIDE: "超出社区边界", Flaw.GAP: "与相邻网格有空隙"}
            words = f"{what[repair.flaw]} {repair.area_m2:.1f} 平方米的细缝，已自动对齐。"
            self.drawn[repair.key].notes.append(words)

    def _write_back(self) -> None:
        for code, plot in self.drawn.items():
            plot.shape = shapely.orient_polygons(self.layout.parts.get(code, plot.shape))

    def _blame(self, home: str, found: Finding[str]) -> None:
        """Say it at every plot concerned; of a gap nobody borders, at every grid of the community."""
        named = [key for key in found.keys if key in self.drawn]
        named = named or [code for code in self.drawn if code.startswith(found.keys or home)]
        for key in named:
            others = [self._words(each) for each in found.keys if each != key]
            other = "、".join(others) or (self.net.by_code[home].name if home in self.net.by_code else "")
            words = WORDS[found.flaw].format(other=other)
            self.drawn[key].faults.append(f"{words} {found.area_m2:.0f} 平方米。")

    def _words(self, code: str) -> str:
        if code in self.drawn:
            return f"{self.drawn[code].outline.words} "
        return f"现有的{self.net.by_code[code].name}"


def _shape(node: Node) -> Shape:
    assert isinstance(node.boundary, Polygon | MultiPolygon)  # noqa: S101  asked of drawn nodes only
    return node.boundary
