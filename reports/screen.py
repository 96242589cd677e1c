"""A report for the screen: plain values with their texts, chart options and outlines; ready for JSON."""

from __future__ import annotations

from typing import Any

from grid import clock
from reports import choropleth
from reports.charts import option
from reports.dataset import Dataset, Figure, Report, plain, text


def document(report: Report) -> dict[str, Any]:
    """The whole report."""
    return {
        "code": report.code,
        "title": report.title,
        "day": report.period.first.isoformat(),
        "period": report.period.label,
        "area": {
            "code": report.place.code,
            "name": report.place.name,
            "level": {"code": report.place.level.value, "label": report.place.level.label},
            "parent_name": report.parent_name,
        },
        "as_of": clock.local(report.period.as_of).isoformat(timespec="seconds"),
        "as_of_text": report.as_of,
        "demo": report.is_demo,
        "headline": [figure(one) for one in report.headline],
        "sections": [section(dataset) for dataset in report.datasets],
        "definitions": [{"term": term, "text": words} for term, words in report.definitions],
    }


def figure(told: Figure) -> dict[str, Any]:
    """A headline number."""
    return {
        "code": told.code,
        "label": told.label,
        "kind": told.kind.value,
        "value": plain(told.kind, told.value),
        "text": told.text,
        "bad": told.is_bad,
    }


def section(dataset: Dataset) -> dict[str, Any]:
    """A dataset with its chart."""
    kinds = [column.kind for column in dataset.columns]
    return {
        "code": dataset.code,
        "name": dataset.name,
        "finding": dataset.finding,
        "note": dataset.note,
        "columns": [{"code": c.code, "label": c.label, "kind": c.kind.value} for c in dataset.columns],
        "rows": [
            [{"value": plain(k, v), "text": text(k, v)} for k, v in zip(kinds, row, strict=True)]
            for row in dataset.rows
        ],
        "option": option(dataset),
        "geojson": choropleth.features(dataset) if dataset.shapes else None,
    }
