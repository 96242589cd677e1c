"""Colours (颜色) of charts and paper: Okabe–Ito, blind-safe and apart in black and white; greys of the house."""

from __future__ import annotations

from reportlab.graphics.shapes import Rect
from reportlab.lib.colors import Color, HexColor

ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = "#E69F00 #56B4E9 #009E73 #F0E442 #0072B2 #D55E00 #CC79A7".split()
# One hue from light to dark, so that more is darker in print too; the first is for nothing.
RAMP = ("#FFFFFF", "#DCEBF7", "#A9CFEA", "#63A6D6", "#0072B2", "#003F66")
INK, MUTED, FAINT, LINE, HEAD = (HexColor(c) for c in "#1F2328 #57606A #8C959F #D0D7DE #F6F8FA".split())
# Lights; beside them stand their shape and their word.
CALM, SOON, LATE, NO_LIGHT = "#1A7F37 #9A6700 #C62828 #57606A".split()
BAD = HexColor(LATE)
WHITE = HexColor("#FFFFFF")


def box(x: float, y: float, width: float, height: float, fill: str | Color, edge: Color | None = None) -> Rect:
    """A filled rectangle, with a hairline round it when ``edge`` is told."""
    shape = Rect(x, y, width, height)
    shape.fillColor = HexColor(fill) if isinstance(fill, str) else fill
    shape.strokeColor, shape.strokeWidth = edge, 0.5 if edge else 0
    return shape
