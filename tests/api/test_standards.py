"""Standards over HTTP: upload, look, confirm; export; mapping; trying the rules."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fixtures.standards import city
from grid.events import rulebook
from tests.factories.census import census
from tests.factories.person import Person
from tests.factories.problem import assert_problem
from tests.factories.workbook import BURNING, KITES, make_line, make_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GRID = "441323002001001"


@pytest.fixture
def admin(app: Flask) -> Person:
    return Person(app, "xt01")


def upload(person: Person, data: bytes, kind: str = XLSX, **told: Any) -> TestResponse:
    return person.post("/api/standards/imports", data=data, content_type=kind, query_string=told)


def confirm(person: Person, opened: TestResponse, etag: str | None = None, **told: Any) -> TestResponse:
    path = f"/api/standards/imports/{opened.json['id']}"
    etag = etag or person.get(path).headers["ETag"]
    return person.post(f"{path}/confirm", json=told, headers={"If-Match": etag})


def counts(answer: TestResponse) -> dict[str, int]:
    return {told["code"]: told["count"] for told in answer.json["counts"] if told["count"]}


def test_a_workbook_is_previewed_read_row_by_row_and_confirmed(admin: Person) -> None:
    opened = upload(admin, city.build(), name="标准.xlsx", valid_from="2026-11-23")
    assert opened.status_code == 201, opened.text
    assert counts(opened) == {"new": 3, "changed": 3, "unchanged": 7, "ended": 1, "skipped": 2, "refused": 3}
    assert opened.json["state"] == {"code": "previewed", "label": "待确认"}

    refused = admin.get(f"/api/standards/imports/{opened.json['id']}/lines?fate=refused").json["items"]
    assert [line["reasons"][0]["cell"] for line in refused] == ["部件!I9", "事件!I9", "事件!E10"]

    done = confirm(admin, opened)
    assert done.status_code == 200, done.text
    assert (done.json["state"]["code"], done.json["taken"]) == ("confirmed", 7)
    codes = [category["code"] for category in admin.get("/api/categories").json["items"]]
    assert "E0495" in codes


def test_lines_come_in_pages(admin: Person) -> None:
    opened = upload(admin, city.build())
    path, after, numbers = f"/api/standards/imports/{opened.json['id']}/lines", 0, []
    while after is not None:
        page = admin.get(path, query_string={"after": after, "limit": 8}).json
        numbers += [line["number"] for line in page["items"]]
        after = page["next"]

    assert numbers == list(range(1, 20))


def test_only_the_chosen_rows_are_taken_in(admin: Person) -> None:
    opened = upload(admin, make_workbook(KITES, make_line(small_code=76, small_name="气球缠线")))

    assert confirm(admin, opened, lines=[2]).json["taken"] == 1
    assert "E0177" not in rulebook.current().by_code


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"scheme": "none"}, "scheme"),
        ({"scheme": "No Such"}, "scheme"),
        ({"valid_from": "2026-11-22"}, "valid_from"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"complete": "maybe"}, "complete"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_wish_is_refused_and_nothing_is_kept(admin: Person, told: dict[str, str], field: str) -> None:
    before = census()

    answer = upload(admin, make_workbook(KITES), **told)

    assert_problem(answer, 422, "invalid", field)
    assert census() == before


def test_a_broken_file_is_refused_and_nothing_is_kept(admin: Person) -> None:
    before = census()

    told = assert_problem(upload(admin, b"PK no workbook"), 422, "invalid", "file")
    assert_problem(upload(admin, make_workbook(KITES), kind="text/plain"), 422, "invalid", "file")
    assert_problem(upload(admin, b"\0" * (9 * 1024 * 1024)), 413, "request-entity-too-large")

    assert "不完整" in told["detail"]
    assert census() == before


def test_a_confirmation_needs_the_version_it_is_about(admin: Person) -> None:
    opened = upload(admin, make_workbook(KITES))
    path, before = f"/api/standards/imports/{opened.json['id']}", census()
    etag = admin.get(path).headers["ETag"]

    assert_problem(admin.post(f"{path}/confirm", json={}), 428, "precondition-required")
    assert_problem(confirm(admin, opened, '"0"'), 412, "stale")
    assert census() == before

    assert confirm(admin, opened, etag).status_code == 200
    assert_problem(confirm(admin, opened, etag), 412, "stale")
    assert_problem(confirm(admin, opened), 409, "conflict")


def test_a_confirmation_sent_twice_with_its_key_is_taken_in_once(admin: Person) -> None:
    opened = upload(admin, make_workbook(KITES))
    path = f"/api/standards/imports/{opened.json['id']}"
    headers = {"If-Match": admin.get(path).headers["ETag"], "Idempotency-Key": str(uuid4())}

    first, again = (admin.post(f"{path}/confirm", json={}, headers=headers) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json


def test_rows_that_cannot_be_taken_in_are_refused_by_number(admin: Person) -> None:
    opened = upload(admin, make_workbook(BURNING))
    before = census()

    told = assert_problem(confirm(admin, opened, lines=[1, 7]), 422, "invalid", "lines")

    assert "第 1、7 条" in told["detail"]
    assert census() == before


def test_standards_changed_since_the_preview_are_a_conflict(admin: Person) -> None:
    mine, theirs = (
        upload(admin, make_workbook(KITES)),
        upload(admin, make_workbook(make_line(BURNING, limit="9小时"))),
    )
    assert confirm(admin, theirs).status_code == 200

    assert_problem(confirm(admin, mine), 409, "conflict")


def test_an_export_comes_back_unchanged(admin: Person) -> None:
    out = admin.get("/api/standards/export.xlsx?scheme=social")

    assert out.mimetype == XLSX
    assert out.headers["Content-Disposition"].startswith("attachment")
    assert out.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert counts(upload(admin, out.data, scheme="social")) == {"unchanged": 39}
    assert_problem(admin.get("/api/standards/export.xlsx?scheme=none"), 404, "not-found")


def test_the_newest_imports_are_listed(admin: Person) -> None:
    ids = [upload(admin, make_workbook(KITES)).json["id"] for _ in range(2)]

    assert [found["id"] for found in admin.get("/api/standards/imports").json["items"]] == ids[::-1]


def test_a_class_says_which_scheme_it_belongs_to(app: Flask) -> None:
    worker = Person(app, "wg01")

    listed = {category["code"]: category["scheme"] for category in worker.get("/api/categories").json["items"]}

    assert listed["E0406"]["code"] == "urban"
    assert listed["M01"] == listed["H14"] == {"code": "social", "name": "社会治理（矛盾纠纷与问题隐患，演示）"}
    started = worker.get("/mobile/v1/bootstrap").json["categories"]
    assert {category["scheme"]["code"] for category in started} == {"urban", "social"}


def test_mappings_name_both_classes(app: Flask) -> None:
    items = Person(app, "wg01").get("/api/categories/mappings").json["items"]

    [found] = [item for item in items if (item["left"]["code"], item["right"]["code"]) == ("H06", "E0496")]
    assert (found["left"]["scheme"]["code"], found["left"]["name"]) == ("social", "消防隐患")
    assert (found["right"]["scheme"]["code"], found["right"]["name"]) == ("urban", "占用消防通道")
    assert found["relation"] == {"code": "part", "label": "包含"}


def test_a_dispatcher_tries_the_rules(app: Flask) -> None:
    asked = {"text": "有人摆摊", "category": "E0406", "area": GRID, "at": "2026-11-27T17:00:00+08:00"}

    told = Person(app, "pqy01").post("/api/rules/try", json=asked).json

    assert told["dispatch"]["department"] == {"code": "cg", "name": "大岭城管中队"}
    assert told["dispatch"]["number"] == 15
    assert told["condition"]["limit"] == "2紧急工作时"
    assert told["due_at"] == "2026-11-27T19:00:00.000+08:00"
    assert told["automatic"] is True


@pytest.mark.parametrize(
    ("told", "status", "field"),
    [
        ({}, 422, "position"),
        ({"area": GRID}, 422, "category"),
        ({"area": GRID, "category": "X0000"}, 422, "category"),
        ({"area": "999", "category": "E0406"}, 404, None),
        ({"category": "E0406", "position": {"lon": 500, "lat": 22.9}}, 422, "lon"),
        ({"category": "E0406", "position": {"lon": 22.95, "lat": 114.72}}, 422, "lat"),
        ({"category": "E0406", "area": GRID, "at": "2026-11-27T17:00:00"}, 422, "at"),
        ({"category": "E0406", "area": GRID, "condition": str(uuid4())}, 422, "condition"),
        ({"category": "E0406", "area": GRID, "who": "me"}, 422, "who"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    app: Flask, told: dict[str, Any], status: int, field: str | None
) -> None:
    answer = Person(app, "ld01").post("/api/rules/try", json=told)

    assert_problem(answer, status, "invalid" if status == 422 else "not-found", field)
