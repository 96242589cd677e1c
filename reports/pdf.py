"""A report on paper: A4, 20 mm margins, the finding over each chart, page x/y, who took it out, definitions last.

Four sizes: headings, body, tables, charts.
"""

from __future__ import annotations

import io
from typing import Any

from reportlab.graphics.shapes import Drawing
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from reports import charts
from reports.color import BAD, HEAD, INK, LINE, MUTED
from reports.dataset import Column, Dataset, Figure, Report, text
from reports.fonts import REGULAR, Typesetter

MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
GAP = 7 * mm
LEFT = 66 * mm
RIGHT = WIDTH - LEFT - GAP
HEADING, BODY, SMALL = 13.0, 10.5, 9.0
TOP_GRIDS = 6
LATE_ON_PAPER = 60


def _style(size: float, **more: Any) -> ParagraphStyle:
    told = {"textColor": INK, "leading": size * 1.5, "wordWrap": "CJK", **more}
    return ParagraphStyle("", fontName=REGULAR, fontSize=size, **told)


STYLES = {
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


def render(report: Report) -> bytes:
    """The document's bytes."""
    script = Typesetter()
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=f"{report.title} {report.period.first}",
        author=report.reader,
        lang="zh-CN",
    )
    frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    document.build(_story(report, script), canvasmaker=_canvas(report, script))
    return out.getvalue()


def _story(report: Report, script: Typesetter) -> list[Flowable]:
    parts = {dataset.code: dataset for dataset in report.datasets}
    story = [
        *_head(report, script),
        _headline(report.headline, script),
        Spacer(0, GAP),
        _titled(parts["hours"], script, _chart(parts["hours"], script, WIDTH)),
        Spacer(0, GAP),
        _pair(
            [*_categories(parts["categories"], script), Spacer(0, GAP), *_closing(parts["closing"], script)],
            _map(parts["grids"], script),
        ),
        Spacer(0, GAP),
        _titled(parts["departments"], script, *_departments(parts["departments"], script)),
        Spacer(0, GAP),
        *_late(parts["late"], script),
        Spacer(0, GAP),
        _definitions(report, script),
    ]
    # Last, because only then is known what had no glyph.
    return [*story, _Footnote(script)]


def _head(report: Report, script: Typesetter) -> list[Flowable]:
    title = report.title + ("（演示数据）" if report.is_demo else "")
    where = f"{report.parent_name} · " if report.parent_name else ""
    told = f"{where}{report.period.label} · 数据截至 {report.as_of}"
    return [_words(title, "heading", script, bold=True), _words(told, "muted", script), Spacer(0, 4 * mm)]


def _words(words: str, style: str, script: Typesetter, bold: bool = False) -> Paragraph:
    return Paragraph(script.markup(words, bold), STYLES[style])


def _headline(figures: tuple[Figure, ...], script: Typesetter) -> Table:
    cells = [
        [_words(f.text, "bad" if f.is_bad else "figure", script, bold=True) for f in figures],
        [_words(f.label, "muted", script) for f in figures],
    ]
    table = Table(cells, [WIDTH / len(figures)] * len(figures))
    table.setStyle(
        TableStyle(
            [
                ("LINEABOVE", (0, 0), (-1, 0), 0.5, LINE),
                ("LINEBELOW", (0, 1), (-1, 1), 0.5, LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 1), (-1, 1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
            ]
        )
    )
    return table


def _chart(dataset: Dataset, script: Typesetter, width: float) -> Drawing:
    return charts.drawing(dataset, width, script)


def _titled(dataset: Dataset, script: Typesetter, *parts: Flowable) -> KeepTogether:
    """The finding over what shows it, never parted from it by the end of a page."""
    note = [_words(dataset.note, "muted", script)] if dataset.note else []
    return KeepTogether([_words(dataset.finding, "heading", script, bold=True), *parts, *note])


def _pair(left: list[Flowable], right: list[Flowable]) -> Table:
    table = Table([[left, "", right]], [LEFT, GAP, RIGHT])
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    plain = [(side, (0, 0), (-1, -1), 0) for side in sides]
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *plain]))
    return table


def _categories(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    parts: list[Flowable] = [_words(dataset.finding, "heading", script, bold=True)]
    if not dataset.rows:
        return [*parts, _words("有上报后，这里按类别排列。", "muted", script)]
    parts.append(_chart(dataset, script, LEFT))
    if len(dataset.rows) > charts.RANKED:
        rest = dataset.column("count")[charts.RANKED :]
        parts.append(_words(f"另有{len(rest)}类共{sum(rest)}件", "muted", script))
    return parts


def _closing(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    title = _words(dataset.finding, "heading", script, bold=True)
    shown: list[Flowable] = [title, Spacer(0, 4), _chart(dataset, script, LEFT), Spacer(0, 4)]
    if dataset.note:
        shown.append(_words(dataset.note, "muted", script))
    return shown


def _map(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    title = _words(dataset.finding, "heading", script, bold=True)
    shown: list[Flowable] = [title, _chart(dataset, script, RIGHT)]
    busy = [row for row in dataset.rows if row[-1]][:TOP_GRIDS]
    if busy:
        told = "、".join(f"{row[1]}{row[-1]}件" for row in busy)
        shown.append(_words(f"{'最多的：' if len(busy) == TOP_GRIDS else ''}{told}", "muted", script))
    if dataset.note:
        shown.append(_words(dataset.note, "muted", script))
    return shown


def _departments(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    if not dataset.rows:
        return [_words("派遣后，这里列出各部门手上的案卷。", "muted", script)]
    return [_table(dataset, dataset.rows, script, WIDTH)]


def _late(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    title = _words(dataset.finding, "heading", script, bold=True)
    if not dataset.rows:
        return [title]
    rest = len(dataset.rows) - LATE_ON_PAPER
    notes = [f"纸上只列最久的{LATE_ON_PAPER}件，其余{rest}件见 Excel。"] if rest > 0 else []
    notes += [dataset.note] if dataset.note else []
    table = _table(dataset, dataset.rows[:LATE_ON_PAPER], script, WIDTH)
    return [KeepTogether([title, table]), *(_words(note, "muted", script) for note in notes)]


def _definitions(report: Report, script: Typesetter) -> KeepTogether:
    title = _words("口径", "heading", script, bold=True)
    lines = [_words(f"{term}：{words}", "muted", script) for term, words in report.definitions]
    return KeepTogether([title, *lines])


def _table(dataset: Dataset, rows: Any, script: Typesetter, width: float) -> Table:
    return _columns(list(dataset.columns), rows, script, width)


def _columns(columns: list[Column], rows: Any, script: Typesetter, width: float) -> Table:
    """Hairlines and a grey head; numbers right, texts left."""
    numeric = [column.is_numeric for column in columns]
    head = [
        _words(column.label, "head number" if number else "head", script)
        for column, number in zip(columns, numeric, strict=True)
    ]
    body = [
        [
            _words(text(column.kind, value), "number" if number else "cell", script)
            for column, number, value in zip(columns, numeric, row, strict=True)
        ]
        for row in rows
    ]
    share = width / sum(column.width for column in columns)
    table = Table([head, *body], [column.width * share for column in columns], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), HEAD),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


class _Footnote(Flowable):
    """What the numbered 〓 stand for, known once everything above is set."""

    def __init__(self, script: Typesetter) -> None:
        super().__init__()
        self.script = script
        self.paragraph: Paragraph | None = None

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        words = self.script.footnote()
        if not words:
            return 0, 0
        self.paragraph = _words(words, "muted", self.script)
        return self.paragraph.wrap(aW, aH)

    def draw(self) -> None:
        if self.paragraph is not None:
            self.paragraph.drawOn(self.canv, 0, 0)


def _canvas(report: Report, script: Typesetter) -> type[Canvas]:
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
                _margins(self, report, script, f"{number}/{len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


def _margins(canvas: Canvas, report: Report, script: Typesetter, page: str) -> None:
    foot, size = MARGIN - 8 * mm, 8.0
    _put(canvas, script, MARGIN, foot, report.watermark, size)
    _put(canvas, script, A4[0] - MARGIN - script.width(page, size), foot, page, size)
    head = A4[1] - MARGIN + 5 * mm
    running = f"{report.title} {report.period.first}"
    _put(canvas, script, MARGIN, head, running, size)
    if report.is_demo:
        mark = "演示 · 数据和人员都是虚构的"
        _put(canvas, script, A4[0] - MARGIN - script.width(mark, size), head, mark, size)


def _put(canvas: Canvas, script: Typesetter, x: float, y: float, words: str, size: float) -> None:
    canvas.setFillColor(MUTED)
    for font, run in script.runs(words):
        canvas.setFont(font, size)
        canvas.drawString(x, y, run)
        x += script.width(run, size)
