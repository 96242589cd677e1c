"""Plot (地块): an outline of a file with its place in the net: its code, what hangs there now, what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

import shapely

from grid.areas import numbering
from grid.areas.area import Level
from grid.areas.drawing import Outline
from grid.areas.net import Net, Node
from grid.errors import DomainError
from grid.geo import mend, shapes
from grid.geo.shapes import Shape

SAME_M2 = 1.0  # outlines that differ by less are the same, rounded differently
HOMES = (Level.COMMUNITY, Level.VILLAGE)  # what grids hang under


@dataclass(slots=True)
class Plot:
    """A feature on its way into the net. before: the area it redraws; parent: the community of a grid."""

    outline: Outline
    code: str
    name: str
    before: Node | None = None
    parent: Node | None = None
    shape: Shape | None = None
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.outline.number

    @property
    def level(self) -> Level:
        return self.outline.level

    @property
    def is_sound(self) -> bool:
        return self.shape is not None and not self.faults


def of(outlines: Iterable[Outline], net: Net, used: Collection[str]) -> list[Plot]:
    """The plots of a file, each placed or at fault. used: every grid code there ever was."""
    plots = [_placed(outline, net, used) for outline in outlines]
    _recognise(plots, net)
    _refuse_doubles(plots)
    _number(plots, used)
    return plots


def _placed(outline: Outline, net: Net, used: Collection[str]) -> Plot:
    plot = Plot(outline, outline.code, outline.name, shape=outline.shape, faults=list(outline.faults))
    try:
        _place_grid(plot, net, used) if outline.level is Level.GRID else _place_region(plot, net)
    except DomainError as error:
        plot.faults.append(error.detail)
    return plot


def _place_region(plot: Plot, net: Net) -> None:
    plot.before = net.by_code.get(plot.code)
    if plot.before is None or plot.before.level is not plot.level:
        plot.before = None
        plot.faults.append(f"没有代码为 {plot.code or '（空）'} 的{plot.level.label}，请先导入区域。")
    else:
        plot.name = plot.before.name


def _place_grid(plot: Plot, net: Net, used: Collection[str]) -> None:
    home = plot.outline.parent or (numbering.check(plot.code)[:12] if plot.code else "")
    plot.parent = net.by_code.get(home)
    if plot.parent is None or plot.parent.level not in HOMES:
        plot.parent = None
        plot.faults.append(f"没有代码为 {home} 的社区或村，请先导入区域。" if home else "没有写明社区代码。")
    if not plot.code:
        return
    if not numbering.check(plot.code).startswith(home):
        plot.faults.append(f"网格代码 {plot.code} 不以社区代码 {home} 开头。")
    plot.before = net.by_code.get(plot.code)
    if plot.before is None and plot.code in used:
        plot.faults.append(f"网格代码 {plot.code} 用过并已停用，不能再用。")
    plot.name = plot.name or (plot.before.name if plot.before else "")


def _recognise(plots: Iterable[Plot], net: Net) -> None:
    """A grid without a code that lies where one lies already is that one."""
    standing: dict[int, list[Node]] = {}
    for node in net.by_id.values():
        if node.level is Level.GRID and node.parent_id is not None and node.boundary is not None:
            standing.setdefault(node.parent_id, []).append(node)
    for plot in plots:
        if plot.level is Level.GRID and not plot.code and plot.parent is not None and plot.shape is not None:
            shape = plot.shape
            same = next((node for node in standing.get(plot.parent.id, ()) if is_same(node, shape)), None)
            if same is not None:
                plot.before, plot.code, plot.name = same, same.code, plot.name or same.name


def is_same(before: Node, shape: Shape) -> bool:
    """Does the area have this outline already, but for rounding?"""
    if before.boundary is None or not before.boundary.intersects(shape):
        return False
    return shapes.area_m2(mend.solid(shapely.symmetric_difference(before.boundary, shape))) < SAME_M2


def _refuse_doubles(plots: Iterable[Plot]) -> None:
    first: dict[str, Plot] = {}
    for plot in plots:
        if plot.code and plot.code in first:
            plot.faults.append(f"代码 {plot.code} 与第 {first[plot.code].number} 个重复。")
        elif plot.code:
            first[plot.code] = plot


def _number(plots: Iterable[Plot], used: Collection[str]) -> None:
    """Codes for new grids that have none, west to east and north to south, after those ever used."""
    groups: dict[str, list[Plot]] = {}
    taken = set(used)
    for plot in plots:
        if plot.level is Level.GRID and plot.parent is not None:
            groups.setdefault(plot.parent.code, []).append(plot)
            taken |= {plot.code} if plot.code else set()
    for community, group in groups.items():
        mine = {code for code in taken if code.startswith(community)}
        _number_group(community, [plot for plot in group if not plot.code and plot.is_sound], mine)
        _name(group)


def _number_group(community: str, plots: list[Plot], taken: set[str]) -> None:
    try:
        for plot in _in_order(community, plots):
            plot.code = numbering.next_code(community, taken)
            taken.add(plot.code)
    except DomainError as error:
        for plot in plots:
            plot.faults += [error.detail] if not plot.code else []


def _in_order(community: str, plots: list[Plot]) -> Iterator[Plot]:
    by_number = {plot.number: plot for plot in plots}
    boxes = {plot.number: shapes.bbox(plot.shape) for plot in plots if plot.shape is not None}
    codes = numbering.number(community, boxes)
    return (by_number[number] for number in sorted(codes, key=lambda number: codes[number]))


def _name(plots: Iterable[Plot]) -> None:
    for plot in plots:
        if not plot.name and len(plot.code) == 15 and plot.parent is not None:
            plot.name = f"{plot.parent.name}第{int(plot.code[12:])}网格"
