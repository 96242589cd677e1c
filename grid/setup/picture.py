"""Picture (图): a layout drawn as SVG, what is wrong with it in red with its square metres."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

import shapely
from shapely.geometry.base import BaseGeometry

from grid.areas.area import Level
from grid.geo import crs, mend
from grid.geo.cover import Finding
from grid.geo.shapes import Shape
from grid.setup.layout import Layout

WIDTH, MARGIN = 1200.0, 40.0
STYLE = """
.grid{fill:#f6f8fa;stroke:#57606a;stroke-width:1}
.region{fill:none;stroke:#0b5cad;stroke-width:2}
.flaw{fill:#c62828;fill-opacity:.45;stroke:#c62828;stroke-width:2}
text{font:12px "PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif;fill:#1f2328;text-anchor:middle}
.flaw-size{fill:#c62828;font-weight:600}
"""


class _Sheet:
    """The paper: metres of the place to pixels, north up."""

    def __init__(self, shapes: list[Shape]) -> None:
        west, south, east, north = shapely.total_bounds([_metric(shape) for shape in shapes]).tolist()
        self._west, self._north = west, north
        self._scale = (WIDTH - 2 * MARGIN) / max(east - west, north - south, 1.0)
        self.height = (north - south) * self._scale + 2 * MARGIN

    def point(self, x: float, y: float) -> tuple[float, float]:
        return MARGIN + (x - self._west) * self._scale, MARGIN + (self._north - y) * self._scale

    def path(self, shape: BaseGeometry, kind: str) -> str:
        lines = [
            "M" + " ".join("{:.1f},{:.1f}".format(*self.point(x, y)) for x, y in ring.coords) + "Z"
            for part in mend.polygons(_metric(shape))
            for ring in (part.exterior, *part.interiors)
        ]
        return f'<path class="{kind}" fill-rule="evenodd" d="{"".join(lines)}"/>'

    def words(self, shape: BaseGeometry, text: str, kind: str = "") -> str:
        middle = _metric(shape).representative_point()
        x, y = self.point(middle.x, middle.y)
        return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def svg(layout: Layout) -> str:
    """The drawing. Empty paper when nothing could be read."""
    drawn = [plot.shape for plot in layout.plots if plot.shape is not None]
    sheet = _Sheet(drawn or [shapely.box(0, 0, 1, 1)])
    parts = [*_outlines(layout, sheet), *(part for _, found in layout.flaws for part in _flaw(found, sheet))]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {sheet.height:.0f}">'
        f"<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _outlines(layout: Layout, sheet: _Sheet) -> Iterator[str]:
    for plot in sorted(layout.plots, key=lambda plot: plot.level is not Level.GRID):
        if plot.shape is not None:
            yield sheet.path(plot.shape, "grid" if plot.level is Level.GRID else "region")
    for plot in layout.plots:
        if plot.shape is not None and plot.level is Level.GRID:
            yield sheet.words(plot.shape, plot.name or f"第 {plot.number} 个")


def _flaw(found: Finding[str], sheet: _Sheet) -> Iterator[str]:
    yield sheet.path(found.shape, "flaw")
    yield sheet.words(found.shape, f"{found.flaw.label} {found.area_m2:.0f} 平方米", "flaw-size")


def _metric(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, crs.project_all)
