"""Paper (纸面): what every printed page of ours has alike: A4, 20 mm margins, hairlines, page x/y, who took it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table, TableStyle

from reports.color import BAD, HEAD, INK, LINE, MUTED
from reports.dataset import Column, text
from reports.fonts import REGULAR, Typesetter

MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
GAP = 7 * mm
HEADING, BODY, SMALL = 13.0, 10.5, 9.0
DEMO_MARK = "演示 · 数据和人员都是虚构的"


def _style(size: float, **more: Any) -> ParagraphStyle:
    told = {"textColor": INK, "leading": size * 1.5, "wordWrap": "CJK", **more}
    return ParagraphStyle("", fontName=REGULAR, fontSize=size, **told)


STYLES = {
    "title": _style(16.0, leading=22),
    "heading": _style(HEADING, spaceAfter=4),
    "body": _style(BODY),
    "muted": _style(SMALL, textColor=MUTED),
    "cell": _style(SMALL, leading=12),
    "number": _style(SMALL, leading=12, alignment=TA_RIGHT),
    "head": _style(SMALL, leading=12, textColor=MUTED),
    "head number": _style(SMALL, leading=12, textColor=MUTED, alignment=TA_RIGHT),
    "figure": _style(HEADING, leading=18),
    "bad": _style(HEADING, leading=18, textColor=BAD),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in the margins. running: over every page; mark: beside it, why this is not the real thing.

    watermark: who took it out of the house, and when.
    """

    running: str
    author: str
    watermark: str
    mark: str = ""


def build(sheet: Sheet, story: list[Flowable], script: Typesetter) -> bytes:
    """The document's bytes; what had no glyph is told last."""
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=sheet.running,
        author=sheet.author,
        lang="zh-CN",
    )
    frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    document.build([*story, _Footnote(script)], canvasmaker=_canvas(sheet, script))
    return out.getvalue()


def words(told: str, style: str, script: Typesetter, bold: bool = False) -> Paragraph:
    """A paragraph; line ends in what people wrote stay line ends."""
    lines = told.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Paragraph("<br/>".join(script.markup(line, bold) for line in lines), STYLES[style])


def table(columns: Sequence[Column], rows: Any, script: Typesetter, width: float = WIDTH) -> Table:
    """Hairlines and a grey head; numbers right, texts left. rows: values by the columns' kinds."""
    numeric = [column.is_numeric for column in columns]
    head = [
        words(column.label, "head number" if number else "head", script)
        for column, number in zip(columns, numeric, strict=True)
    ]
    body = [
        [
            words(text(column.kind, value), "number" if number else "cell", script)
            for column, number, value in zip(columns, numeric, row, strict=True)
        ]
        for row in rows
    ]
    share = width / sum(column.width for column in columns)
    made = Table([head, *body], [column.width * share for column in columns], repeatRows=1)
    made.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, 0), HEAD), *hairlines()]))
    return made


def hairlines(color: Color = LINE) -> list[tuple[Any, ...]]:
    """Rows apart by a line, close together."""
    return [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, color),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]


def bare(*more: tuple[Any, ...]) -> TableStyle:
    """A table that only sets things side by side."""
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *((s, (0, 0), (-1, -1), 0) for s in sides), *more])


class _Footnote(Flowable):
    """What the numbered 〓 stand for, known once everything above is set."""

    def __init__(self, script: Typesetter) -> None:
        super().__init__()
        self.script = script
        self.paragraph: Paragraph | None = None

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        told = self.script.footnote()
        if not told:
            return 0, 0
        self.paragraph = words(told, "muted", self.script)
        return self.paragraph.wrap(aW, aH)

    def draw(self) -> None:
        if self.paragraph is not None:
            self.paragraph.drawOn(self.canv, 0, 0)


def _canvas(sheet: Sheet, script: Typesetter) -> type[Canvas]:
    """A canvas that writes page x/y and the watermark once it knows how many pages there are."""

    class Numbered(Canvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                _margins(self, sheet, script, f"{number}/{len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


def _margins(canvas: Canvas, sheet: Sheet, script: Typesetter, page: str) -> None:
    foot, size = MARGIN - 8 * mm, 8.0
    _put(canvas, script, MARGIN, foot, sheet.watermark, size)
    _put(canvas, script, A4[0] - MARGIN - script.width(page, size), foot, page, size)
    head = A4[1] - MARGIN + 5 * mm
    _put(canvas, script, MARGIN, head, sheet.running, size)
    if sheet.mark:
        _put(canvas, script, A4[0] - MARGIN - script.width(sheet.mark, size), head, sheet.mark, size)


def _put(canvas: Canvas, script: Typesetter, x: float, y: float, told: str, size: float) -> None:
    canvas.setFillColor(MUTED)
    for font, run in script.runs(told):
        canvas.setFont(font, size)
        canvas.drawString(x, y, run)
        x += script.width(run, size)
