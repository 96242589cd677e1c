"""The daily brief over HTTP and from the command line: who may have it, of where, and that taking it is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select

import reports.commands
from fixtures.daling import STREET
from grid.db import db
from grid.events.state import State
from grid.trail.entry import TrailEntry
from tests.factories import street
from tests.factories.account import make_user
from tests.factories.event import make_event
from tests.factories.person import Caller, Person
from tests.factories.problem import assert_problem
from tests.reports.paper import book, shown, words

BRIEF = "/api/reports/brief"
FILES = (BRIEF + ".pdf", BRIEF + ".xlsx")


def exports() -> list[TrailEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(TrailEntry).where(TrailEntry.action == "report:export")))


@pytest.mark.parametrize("username", ["ld01", "dd01", "slr01", "zbz01", "pqy01"])
def test_leader_and_desk_read_the_brief_of_their_street(app: Flask, username: str) -> None:
    make_event(state=State.HANDLING)

    answer = Person(app, username).get(BRIEF)

    assert answer.status_code == 200, answer.text
    told = answer.json
    assert told["title"] == "大岭街道日报" and told["day"] == "2026-11-23" and told["demo"] is True
    assert told["area"]["level"] == {"code": "street", "label": "街道"}
    assert told["as_of"] == "2026-11-23T09:00:00+08:00"
    assert told["headline"][0] == {
        "code": "reported",
        "label": "上报",
        "kind": "count",
        "value": 1,
        "text": "1",
        "bad": False,
    }
    assert [section["code"] for section in told["sections"]] == (
        ["hours", "categories", "grids", "closing", "departments", "late"]
    )


def test_paper_workbook_and_screen_agree_over_http(app: Flask) -> None:
    for worker in ("wg01", "wg05"):
        make_event(reporter=worker, state=State.HANDLING)
    leader = Person(app, "ld01")

    figures = {each["label"]: each["text"] for each in leader.get(BRIEF).json["headline"]}

    paper, sheet = (leader.get(path) for path in FILES)
    assert "".join(figures.values()) in words(paper.data)
    overview = book(sheet.data)["概况"]
    assert {overview.cell(r, 1).value: shown(overview.cell(r, 2)) for r in range(4, 11)} == figures


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_an_attachment_with_its_entry_in_the_trail(app: Flask, path: str) -> None:
    answer = Person(app, "ld01").get(path, query_string={"day": "2026-11-22", "area": STREET})

    assert answer.status_code == 200
    kind = path.rpartition(".")[2]
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith(f"attachment; filename=brief-{STREET}-2026-11-22.{kind};")
    assert disposition.isascii() and unquote(disposition).endswith(f"UTF-8''大岭街道日报2026-11-22.{kind}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    [entry] = exports()
    assert entry.data == {"day": "2026-11-22", "format": kind, "as_of": "2026-11-22 24:00"}
    assert entry.object_id == "brief" and entry.is_intact()


def test_looking_on_the_screen_is_no_export(app: Flask) -> None:
    Person(app, "ld01").get(BRIEF)

    assert exports() == []


@pytest.mark.parametrize("username", ["wg01", "cg01", "xt01", "aq01", "sj99"])
def test_others_get_no_brief(app: Flask, username: str) -> None:
    person = Person(app, username)

    for path in (BRIEF, *FILES):
        assert_problem(person.get(path), 403, "forbidden")
    assert exports() == []


def test_nobody_gets_one_without_signing_in(app: Flask) -> None:
    for path in (BRIEF, *FILES):
        assert_problem(Caller(app).get(path), 401, "unauthenticated")


def test_another_streets_area_is_as_one_that_does_not_exist(app: Flask) -> None:
    street.make_second_street()
    make_user("ld51", "leader", area=street.STREET)
    leader = Person(app, "ld51")

    for path in (BRIEF, *FILES):
        told = [
            assert_problem(leader.get(path, query_string={"area": area}), 404, "not-found")
            for area in (STREET, "441323", "nowhere")
        ]
        assert told[0] == told[1] == told[2]
    assert exports() == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"day": "2026-11-24"}, "day"),
        ({"day": "9999-12-31"}, "day"),
        ({"day": "0001-01-01"}, "day"),
        ({"day": "gestern"}, "day"),
        ({"day": ""}, "day"),
        ({"area": ""}, "area"),
        ({"area": "4" * 21}, "area"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_questions_are_refused(app: Flask, query: dict[str, Any], field: str) -> None:
    leader = Person(app, "ld01")

    for path in (BRIEF, *FILES):
        assert_problem(leader.get(path, query_string=query), 422, "invalid", field)


def test_the_document_tells_of_the_brief_and_its_files(app: Flask) -> None:
    paths = Caller(app).get("/api/openapi.json").json["paths"]

    for path in (BRIEF, *FILES):
        operation = paths[path]["get"]
        assert operation["x-permission"] == "report:read"
        assert {"200", "401", "403", "404", "422"} <= set(operation["responses"])
    assert "application/pdf" in paths[FILES[0]]["get"]["responses"]["200"]["content"]


def _run(app: Flask, *arguments: object) -> Any:
    app.cli.add_command(reports.commands.group)
    return app.test_cli_runner().invoke(args=["report", "brief", *map(str, arguments)])


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "json"])
def test_the_command_writes_a_file_and_its_entry(app: Flask, tmp_path: Path, kind: str) -> None:
    make_event()
    out = tmp_path / f"brief.{kind}"

    done = _run(app, "--day", "2026-11-23", "--area", STREET, "--out", out)

    assert done.exit_code == 0, done.output
    assert out.stat().st_size > 1000
    if kind == "json":
        assert json.loads(out.read_text("utf-8"))["headline"][0]["value"] == 1
    assert [entry.data["format"] for entry in exports()] == [kind]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--area", STREET, "--out", "brief.doc"),
        ("--area", "nowhere", "--out", "brief.pdf"),
        ("--area", STREET, "--out", "brief.pdf", "--day", "2026-11-24"),
        ("--area", STREET, "--out", "brief.pdf", "--as", "cg01"),
        ("--area", STREET, "--out", "brief.pdf", "--as", "nobody"),
        ("--area", STREET, "--out", "/nowhere/brief.pdf"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)

    done = _run(app, *arguments)

    assert done.exit_code != 0 and "Traceback" not in done.output and "Error" in done.output
    assert not list(tmp_path.glob("brief*"))
