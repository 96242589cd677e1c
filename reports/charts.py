"""Charts (图表): a dataset as a reportlab drawing for paper and as an ECharts option for the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reportlab.graphics.shapes import Drawing, Line

from reports import choropleth
from reports.color import BLUE, INK, LINE, MUTED, RED, SKY, WHITE, box
from reports.dataset import Dataset, Kind, text
from reports.fonts import Typesetter

SIZE = 8.0  # of all words in a chart, points
RANKED = 10  # more bars than this are summed up in words
ROW = 15.0  # height of a bar's row
SERIES = {"count": BLUE, "open": SKY, "overdue": RED, "received": SKY, "done": BLUE}
SPLIT = (BLUE, RED)


def drawing(dataset: Dataset, width: float, script: Typesetter) -> Drawing:
    """The dataset's chart, ``width`` points wide."""
    assert dataset.chart is not None  # noqa: S101  callers ask for charts only
    return _DRAWINGS[dataset.chart.kind](dataset, width, script)


def option(dataset: Dataset) -> dict[str, Any] | None:
    """The same as an ECharts option; None for a dataset that is only a table."""
    return _OPTIONS[dataset.chart.kind](dataset) if dataset.chart else None


def _hours(dataset: Dataset, width: float, script: Typesetter) -> Drawing:
    counts: list[int] = dataset.column("count")
    base, top = 14.0, 70.0
    picture = Drawing(width, base + top + 14)
    step, most = width / len(counts), max(counts, default=0) or 1
    for hour, count in enumerate(counts):
        middle = step * (hour + 0.5)
        if count:
            height = top * count / most
            picture.add(box(middle - step * 0.34, base, step * 0.68, height, BLUE))
            words = text(Kind.COUNT, count)
            picture.add(script.label(middle, base + height + 3, words, SIZE, INK, "middle"))
        picture.add(script.label(middle, 3, f"{hour}时" if hour % 6 == 0 else f"{hour}", SIZE, MUTED, "middle"))
    picture.add(Line(0, base, width, base, strokeColor=LINE, strokeWidth=0.5))
    return picture


def _hours_option(dataset: Dataset) -> dict[str, Any]:
    return _frame(dataset) | {
        "xAxis": {"type": "category", "data": [f"{hour}时" for hour in dataset.column("hour")]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [_series(dataset, "count", "top")],
    }


def _ranking(dataset: Dataset, width: float, script: Typesetter) -> Drawing:
    assert dataset.chart is not None  # noqa: S101
    names = dataset.column(dataset.chart.by)[:RANKED]
    counts: list[int] = dataset.column(dataset.chart.of[0])[:RANKED]
    picture = Drawing(width, ROW * max(len(names), 1))
    left = min(width * 0.4, max((script.width(name, SIZE) for name in names), default=0) + 8)
    scale = (width - left - 30) / (max(counts, default=0) or 1)
    for row, (name, count) in enumerate(zip(names, counts, strict=True)):
        y = picture.height - ROW * (row + 1)
        short = script.fit(name, SIZE, left - 6)
        picture.add(script.label(left - 6, y + 4.5, short, SIZE, INK, "end"))
        picture.add(box(left, y + 3, count * scale, ROW - 6, BLUE))
        picture.add(script.label(left + count * scale + 4, y + 4.5, text(Kind.COUNT, count), SIZE, INK))
    picture.add(Line(left, 0, left, picture.height, strokeColor=LINE, strokeWidth=0.5))
    return picture


def _ranking_option(dataset: Dataset) -> dict[str, Any]:
    assert dataset.chart is not None  # noqa: S101
    return _frame(dataset) | {
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": dataset.column(dataset.chart.by)},
        "series": [_series(dataset, code, "right") for code in dataset.chart.of],
    }


def _months_option(dataset: Dataset) -> dict[str, Any]:
    """Bars side by side, a group a month."""
    assert dataset.chart is not None  # noqa: S101
    return _frame(dataset) | {
        "xAxis": {"type": "category", "data": dataset.column(dataset.chart.by)},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [_series(dataset, code, "top") | {"barGap": "10%"} for code in dataset.chart.of],
    }


def _split(dataset: Dataset, width: float, script: Typesetter) -> Drawing:
    assert dataset.chart is not None  # noqa: S101
    counts: list[int] = dataset.column("count")
    picture, total, x = Drawing(width, 34), sum(counts), 0.0
    if not total:
        picture.add(box(0, 0, width, 16, WHITE, LINE))
    for name, count, color in zip(dataset.column(dataset.chart.by), counts, SPLIT, strict=True):
        if count:
            length = width * count / total
            picture.add(box(x, 0, length, 16, color, WHITE))
            words = f"{name} {text(Kind.COUNT, count)}"
            end = x + length >= width - 1 and x > 0
            anchor = "end" if end else "start"
            picture.add(script.label(width if end else x, 21, words, SIZE, INK, anchor))
            x += length
    return picture


def _split_option(dataset: Dataset) -> dict[str, Any]:
    assert dataset.chart is not None  # noqa: S101
    names, counts = dataset.column(dataset.chart.by), dataset.column("count")
    return _frame(dataset) | {
        "xAxis": {"type": "value", "minInterval": 1, "max": "dataMax"},
        "yAxis": {"type": "category", "data": [dataset.name]},
        "series": [
            {
                "type": "bar",
                "name": name,
                "stack": "all",
                "data": [count],
                "itemStyle": {"color": color},
                "label": {"show": count > 0},
            }
            for name, count, color in zip(names, counts, SPLIT, strict=True)
        ],
    }


def _frame(dataset: Dataset) -> dict[str, Any]:
    return {
        "title": {"text": dataset.finding},
        "grid": {"containLabel": True, "left": 8, "right": 32, "bottom": 8},
        "tooltip": {"trigger": "item"},
        "aria": {"enabled": True},
    }


def _series(dataset: Dataset, code: str, side: str) -> dict[str, Any]:
    """One row of bars; a second lies over the first, of which it is a part."""
    label = next(column.label for column in dataset.columns if column.code == code)
    return {
        "type": "bar",
        "name": label,
        "data": dataset.column(code),
        "itemStyle": {"color": SERIES[code]},
        "barGap": "-100%",
        "label": {"show": True, "position": side},
    }


Maker = Callable[[Dataset, float, Typesetter], Drawing]
_DRAWINGS: dict[str, Maker] = {
    "hours": _hours,
    "ranking": _ranking,
    "split": _split,
    "map": choropleth.drawing,
}
_OPTIONS: dict[str, Callable[[Dataset], dict[str, Any]]] = {
    "hours": _hours_option,
    "ranking": _ranking_option,
    "split": _split_option,
    "map": choropleth.option,
    "months": _months_option,
}
