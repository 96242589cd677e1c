"""One set of numbers: screen, paper and workbook say the same; nothing in them comes alive."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask

from fixtures.daling import STREET
from grid.db import db, transaction
from grid.events.event import Event
from grid.events.state import State
from reports import brief, charts, export, pdf, screen, xlsx
from reports.dataset import Column, Dataset, Kind, Ratio, Report, plain, span, text
from reports.fonts import Typesetter
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.event import make_event
from tests.reports.paper import book, pages, shown, squeezed, words

RISKY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    '=HYPERLINK("http://a","b")',
]


@pytest.fixture
def report(app: Flask, time: Clock) -> Report:
    """A day with something in every part: two days on, so that cases are late."""
    for worker, category in (("wg01", "E0406"), ("wg05", "E0406"), ("wg06", "E0406"), ("wg03", "C0137")):
        make_event(reporter=worker, category=category, state=State.HANDLING)
    make_event(reporter="wg14", state=State.CLOSED)
    make_event(reporter="wg14", state=State.PENDING_DISPATCH, category="E0505")
    time.move(hours=30)
    make_event(reporter="wg01", category="E0406", state=State.CLOSED)
    make_event(reporter="wg02", state=State.FEEDBACK)
    return _report()


def _report(**changed: Any) -> Report:
    actor = find_user("ld01")
    return brief.make(actor, brief.place(actor, STREET), None, is_demo=True)


def test_headline_numbers_are_the_same_on_screen_on_paper_and_in_the_workbook(report: Report) -> None:
    figures = report.headline
    on_screen = screen.document(report)["headline"]
    paper = words(pdf.render(report))
    sheet = book(xlsx.render(report))["概况"]

    assert [each["text"] for each in on_screen] == [figure.text for figure in figures]
    assert squeezed(*(figure.text for figure in figures)) in paper
    cells = {sheet.cell(row, 1).value: shown(sheet.cell(row, 2)) for row in range(4, 4 + len(figures))}
    assert cells == {figure.label: figure.text for figure in figures}
    assert cells["上报"] == "2" and cells["待办"] == "6"  # something is there to be compared


def test_every_table_is_the_same_on_screen_and_in_the_workbook(report: Report) -> None:
    sheets = book(xlsx.render(report))

    for section in screen.document(report)["sections"]:
        sheet, width = sheets[section["name"]], len(section["columns"])
        cells = [
            [shown(sheet.cell(row, place)) for place in range(1, width + 1)]
            for row in range(5, 5 + len(section["rows"]))
        ]
        assert cells == [[cell["text"] for cell in row] for row in section["rows"]]
        assert [sheet.cell(4, place + 1).value for place in range(width)] == [
            c["label"] for c in section["columns"]
        ]
        assert sheet.cell(1, 1).value == section["finding"]


def test_findings_tables_and_charts_on_paper_say_the_same(report: Report) -> None:
    paper = words(pdf.render(report))

    for dataset in report.datasets:
        assert squeezed(dataset.finding) in paper
    for code in ("departments", "late"):
        dataset = report.dataset(code)
        assert dataset.rows
        for row in dataset.rows:
            told = [text(c.kind, value) for c, value in zip(dataset.columns, row, strict=True)]
            assert squeezed(*told) in paper
    for row in report.dataset("categories").rows:
        assert squeezed(row[2], str(row[3])) in paper
    [on_time, _] = report.dataset("closing").column("count")
    assert f"按期{on_time}" in paper


def test_chart_options_hold_the_rows_own_numbers(report: Report) -> None:
    options = {dataset.code: charts.option(dataset) for dataset in report.datasets}

    assert options["late"] is None
    hours, categories, grids = options["hours"], options["categories"], options["grids"]
    assert hours and categories and grids
    assert hours["series"][0]["data"] == report.dataset("hours").column("count")
    assert categories["series"][0]["data"] == report.dataset("categories").column("count")
    mapped = {each["name"]: each["value"] for each in grids["series"][0]["data"]}
    assert sum(mapped.values()) == sum(report.dataset("grids").column("count")) == 2
    assert json.loads(json.dumps(options)) == options


def test_the_map_for_the_screen_has_every_leaf_with_its_count(report: Report) -> None:
    [section] = [each for each in screen.document(report)["sections"] if each["code"] == "grids"]

    features = section["geojson"]["features"]

    assert len(features) == 14 + 12
    told = {f["properties"]["code"]: f["properties"]["count"] for f in features}
    assert told["441323002001001"] == 1 and told["441323002001002"] == 1
    assert {f["geometry"]["type"] for f in features} <= {"Polygon", "MultiPolygon"}


def test_every_page_says_who_took_it_when_and_which_page_it_is(report: Report) -> None:
    found = pages(pdf.render(report))

    for number, page in enumerate(found, start=1):
        assert squeezed(report.watermark) in page
        assert f"{number}/{len(found)}" in page
        assert "演示" in page
    assert "岳领岭（ld01）" in report.watermark
    assert squeezed("数据截至 2026-11-24 15:00") in found[0]
    assert all(term in "".join(found) for term, _ in report.definitions)


def test_outside_a_demo_nothing_says_demo(app: Flask) -> None:
    actor = find_user("ld01")
    report = brief.make(actor, brief.place(actor, STREET), None, is_demo=False)

    assert "演示" not in words(pdf.render(report))
    assert "演示" not in str(book(xlsx.render(report))["概况"].cell(1, 1).value)


def test_an_empty_day_makes_all_three(app: Flask) -> None:
    report = _report()

    paper = words(pdf.render(report))

    assert "当天没有上报" in paper and "没有超期未办的案卷" in paper and "—" in paper
    assert shown(book(xlsx.render(report))["概况"].cell(7, 2)) == "—"
    assert json.loads(export.FORMS["json"].render(report))["headline"][3] == {
        "code": "on_time_rate",
        "label": "按期结案率",
        "kind": "ratio",
        "value": None,
        "text": "—",
        "bad": False,
    }


def test_texts_that_look_like_formulas_stay_texts(app: Flask, time: Clock) -> None:
    events = [make_event(category="E0406", state=State.HANDLING) for _ in RISKY]
    with transaction():
        for event, words_ in zip(events, RISKY, strict=True):
            db.session.get_one(Event, event.id).address = words_
    time.move(days=1)

    data = xlsx.render(_risky(_report()))

    sheet = book(data)["超期未办"]
    cells = [sheet.cell(5 + number, 3) for number in range(len(RISKY))]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [str(cell.value).strip() for cell in cells] == [each.strip() for each in RISKY]
    assert all(cell.quotePrefix for cell in cells)
    for name in zipfile.ZipFile(io.BytesIO(data)).namelist():
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read(name)


def _risky(report: Report) -> Report:
    """The report with the addresses alone as places, so that nothing stands before the sign."""
    late = report.dataset("late")
    rows = [(*row[:2], row[2].partition(" ")[2] or row[2].partition("格")[2], *row[3:]) for row in late.rows]
    rows = [(*row[:2], risky, *row[3:]) for row, risky in zip(rows, RISKY, strict=True)]
    changed = Dataset(late.code, late.name, late.finding, late.columns, rows)
    others = [each for each in report.datasets if each.code != "late"]
    return Report(
        **{name: getattr(report, name) for name in report.__dataclass_fields__} | {"datasets": (*others, changed)}
    )


def test_control_characters_do_not_break_the_workbook_or_the_paper(app: Flask) -> None:
    dataset = Dataset("x", "字", "题", (Column("a", "甲"),), [("\x00a\x0b\ud7ff\ufffe_x0041_",)])
    report = _report()
    told = Report(**{n: getattr(report, n) for n in report.__dataclass_fields__} | {"datasets": (dataset,)})

    [cell] = [book(xlsx.render(told))["字"].cell(5, 1)]

    assert str(cell.value).startswith("a")
    assert Typesetter().markup("\x00a\x0b") == '<font name="Wangge"> a </font>'


def test_markup_in_texts_is_printed_not_obeyed(app: Flask, time: Clock) -> None:
    event = make_event(category="E0406", state=State.HANDLING)
    with transaction():
        db.session.get_one(Event, event.id).address = "<b>粗</b>&lt;<img src='x'/>"
    time.move(days=1)

    paper = words(pdf.render(_report()))

    assert squeezed("<b>粗</b>&lt;<img src='x'/>") in paper


def test_a_long_late_list_is_cut_on_paper_and_says_so(
    app: Flask, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        make_event(category="E0406", state=State.HANDLING)
    time.move(days=1)
    monkeypatch.setattr("reports.pdf.LATE_ON_PAPER", 3)
    monkeypatch.setattr("reports.lateness.LATE_ROWS", 4)

    report = _report()

    paper = words(pdf.render(report))
    assert "其余1件见Excel" in paper
    assert "只列最久的4件，还有1件没有列出" in paper
    assert "5件超期未办" in paper
    assert len(screen.document(report)["sections"][5]["rows"]) == 4


@pytest.mark.parametrize(
    ("kind", "value", "words_"),
    [
        (Kind.COUNT, 12345, "12,345"),
        (Kind.COUNT, 0, "0"),
        (Kind.RATIO, Ratio(1, 3), "33.3%"),
        (Kind.RATIO, Ratio(2, 3), "66.7%"),
        (Kind.RATIO, Ratio(1, 2000), "0.1%"),
        (Kind.RATIO, Ratio(0, 5), "0.0%"),
        (Kind.RATIO, Ratio(0, 0), "—"),
        (Kind.TEXT, "", "—"),
        (Kind.CASE, "4413230022026112200041", "441323002 20261122 00041"),
        (Kind.CASE, None, "—"),
        (Kind.SPAN, 59, "不到1分"),
    ],
)
def test_values_have_one_text(kind: Kind, value: Any, words_: str) -> None:
    assert text(kind, value) == words_


def test_lengths_of_time_show_their_two_largest_units() -> None:
    lengths = [
        timedelta(minutes=53),
        timedelta(hours=1),
        timedelta(hours=2, minutes=44),
        timedelta(days=2, hours=4),
    ]

    assert [span(int(each.total_seconds())) for each in lengths] == ["53分", "1小时", "2小时44分", "2天4小时"]


def test_plain_ratios_are_the_rounded_ones() -> None:
    assert plain(Kind.RATIO, Ratio(1, 3)) == 0.333
    assert plain(Kind.RATIO, Ratio(0, 0)) is None


def test_the_workbook_opens_again(report: Report) -> None:
    loaded = openpyxl.load_workbook(io.BytesIO(xlsx.render(report)))

    assert loaded.sheetnames == ["概况", "上报时段", "上报类别", "上报网格", "结案", "部门", "超期未办"]
    assert {sheet.oddFooter.left.text for sheet in loaded.worksheets} == {report.watermark}
