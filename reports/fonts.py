"""Fonts (字体): Noto Sans SC embedded; what one weight lacks the other lends, what both lack is named.

A character without a glyph prints as 〓 with a number, and the end of the report says its code point.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Group, String
from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

HERE = Path(__file__).parent / "fonts"
REGULAR, BOLD = "Wangge", "Wangge-Bold"
GETA = "〓"
INVISIBLE = {"Cf", "Mn", "Me"}  # joiners, selectors, marks: nothing of their own to draw


@cache
def _glyphs(name: str) -> frozenset[int]:
    """Code points a font can draw. Registers it."""
    font = TTFont(name, str(HERE / ("bold.ttf" if name == BOLD else "regular.ttf")))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def register() -> None:
    """Make both weights known to reportlab."""
    for name in (REGULAR, BOLD):
        _glyphs(name)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


class Typesetter:
    """Sets the texts of one report, and remembers the characters no font has."""

    def __init__(self) -> None:
        register()
        self.missing: dict[str, int] = {}

    def runs(self, words: str, bold: bool = False) -> list[tuple[str, str]]:
        """The words as (font, text) pieces, each drawable."""
        pieces = [piece for sign in words for piece in self._sign(sign, bold)]
        return [(font, "".join(text for _, text in run)) for font, run in groupby(pieces, key=lambda p: p[0])]

    def _sign(self, sign: str, bold: bool) -> list[tuple[str, str]]:
        order = (BOLD, REGULAR) if bold else (REGULAR, BOLD)
        for font in order:
            if ord(sign) in _glyphs(font):
                return [(font, sign)]
        kind = unicodedata.category(sign)
        if kind in INVISIBLE:
            return []
        if kind[0] in "CZ" and kind not in ("Co", "Cn"):
            return [(order[0], " ")]
        number = self.missing.setdefault(sign, len(self.missing) + 1)
        return [(order[0], f"{GETA}{number}")]

    def markup(self, words: str, bold: bool = False) -> str:
        """The words for a reportlab paragraph; nothing in them is taken for markup."""
        return "".join(f'<font name="{font}">{escape(text)}</font>' for font, text in self.runs(words, bold))

    def width(self, words: str, size: float, bold: bool = False) -> float:
        """Points the words take."""
        return sum(pdfmetrics.stringWidth(text, font, size) for font, text in self.runs(words, bold))

    def label(
        self, x: float, y: float, words: str, size: float, color: Color, anchor: str = "start", bold: bool = False
    ) -> Group:
        """The words for a drawing; anchor: start, middle or end."""
        x -= self.width(words, size, bold) * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        group = Group()
        for font, text in self.runs(words, bold):
            group.add(String(x, y, text, fontName=font, fontSize=size, fillColor=color))
            x += pdfmetrics.stringWidth(text, font, size)
        return group

    def fit(self, words: str, size: float, width: float, bold: bool = False) -> str:
        """The words, cut with … where they would be wider."""
        if self.width(words, size, bold) <= width:
            return words
        while words and self.width(words + "…", size, bold) > width:
            words = words[:-1]
        return words + "…"

    def footnote(self) -> str:
        """What the numbered 〓 stand for; nothing when every character had its glyph."""
        told = "；".join(f"{GETA}{number} 是 U+{ord(sign):04X}" for sign, number in self.missing.items())
        return f"字库里没有的字用〓代替：{told}。" if told else ""
