"""A report on paper: the finding over each chart, then what shows it; definitions last."""

from __future__ import annotations

from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from reports import charts, paper
from reports.color import LINE
from reports.dataset import Dataset, Figure, Report
from reports.fonts import Typesetter
from reports.paper import GAP, WIDTH, Sheet, words

LEFT = 66 * mm
RIGHT = WIDTH - LEFT - GAP
TOP_GRIDS = 6
LATE_ON_PAPER = 60


def render(report: Report) -> bytes:
    """The document's bytes."""
    script = Typesetter()
    running = f"{report.title} {report.period.first}"
    mark = paper.DEMO_MARK if report.is_demo else ""
    return paper.build(Sheet(running, report.reader, report.watermark, mark), _story(report, script), script)


def _story(report: Report, script: Typesetter) -> list[Flowable]:
    parts = {dataset.code: dataset for dataset in report.datasets}
    return [
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


def _head(report: Report, script: Typesetter) -> list[Flowable]:
    title = report.title + ("（演示数据）" if report.is_demo else "")
    where = f"{report.parent_name} · " if report.parent_name else ""
    told = f"{where}{report.period.label} · 数据截至 {report.as_of}"
    return [words(title, "heading", script, bold=True), words(told, "muted", script), Spacer(0, 4 * mm)]


def _headline(figures: tuple[Figure, ...], script: Typesetter) -> Table:
    cells = [
        [words(f.text, "bad" if f.is_bad else "figure", script, bold=True) for f in figures],
        [words(f.label, "muted", script) for f in figures],
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
    note = [words(dataset.note, "muted", script)] if dataset.note else []
    return KeepTogether([words(dataset.finding, "heading", script, bold=True), *parts, *note])


def _pair(left: list[Flowable], right: list[Flowable]) -> Table:
    table = Table([[left, "", right]], [LEFT, GAP, RIGHT])
    table.setStyle(paper.bare())
    return table


def _categories(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    parts: list[Flowable] = [words(dataset.finding, "heading", script, bold=True)]
    if not dataset.rows:
        return [*parts, words("有上报后，这里按类别排列。", "muted", script)]
    parts.append(_chart(dataset, script, LEFT))
    if len(dataset.rows) > charts.RANKED:
        rest = dataset.column("count")[charts.RANKED :]
        parts.append(words(f"另有{len(rest)}类共{sum(rest)}件", "muted", script))
    return parts


def _closing(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    title = words(dataset.finding, "heading", script, bold=True)
    shown: list[Flowable] = [title, Spacer(0, 4), _chart(dataset, script, LEFT), Spacer(0, 4)]
    if dataset.note:
        shown.append(words(dataset.note, "muted", script))
    return shown


def _map(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    title = words(dataset.finding, "heading", script, bold=True)
    shown: list[Flowable] = [title, _chart(dataset, script, RIGHT)]
    busy = [row for row in dataset.rows if row[-1]][:TOP_GRIDS]
    if busy:
        told = "、".join(f"{row[1]}{row[-1]}件" for row in busy)
        shown.append(words(f"{'最多的：' if len(busy) == TOP_GRIDS else ''}{told}", "muted", script))
    if dataset.note:
        shown.append(words(dataset.note, "muted", script))
    return shown


def _departments(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    if not dataset.rows:
        return [words("派遣后，这里列出各部门手上的案卷。", "muted", script)]
    return [paper.table(dataset.columns, dataset.rows, script)]


def _late(dataset: Dataset, script: Typesetter) -> list[Flowable]:
    title = words(dataset.finding, "heading", script, bold=True)
    if not dataset.rows:
        return [title]
    rest = len(dataset.rows) - LATE_ON_PAPER
    notes = [f"纸上只列最久的{LATE_ON_PAPER}件，其余{rest}件见 Excel。"] if rest > 0 else []
    notes += [dataset.note] if dataset.note else []
    table = paper.table(dataset.columns, dataset.rows[:LATE_ON_PAPER], script)
    return [KeepTogether([title, table]), *(words(note, "muted", script) for note in notes)]


def _definitions(report: Report, script: Typesetter) -> KeepTogether:
    title = words("口径", "heading", script, bold=True)
    lines = [words(f"{term}：{told}", "muted", script) for term, told in report.definitions]
    return KeepTogether([title, *lines])
