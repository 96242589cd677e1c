"""Errors have one shape, whoever raises them, and every answer carries the headers that protect it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.factories.event import make_event
from tests.factories.person import Caller, Person
from tests.factories.problem import assert_problem
from tests.harness.databases import MOSTLY_SQLITE


def _shape(answer: TestResponse) -> None:
    told = answer.get_json(force=True)
    assert {"type", "title", "status", "detail", "instance"} <= set(told)
    assert told["status"] == answer.status_code
    assert any("\u4e00" <= sign <= "\u9fff" for sign in told["title"]), told
    assert any("\u4e00" <= sign <= "\u9fff" for sign in told["detail"]), told


WRONG_CALLS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/api/nothing", {}, 404, "not-found"),
    ("GET", "/mobile/v1/nothing", {}, 404, "not-found"),
    ("GET", "/api/events/not-a-uuid", {}, 404, "not-found"),
    ("GET", "/nothing", {}, 404, "not-found"),
    ("PUT", "/api/events", {}, 405, "method-not-allowed"),
    ("DELETE", "/api/me", {}, 405, "method-not-allowed"),
    ("POST", "/api/sessions", {"data": "{", "content_type": "application/json"}, 400, "bad-request"),
    ("POST", "/api/sessions", {"data": "a=b", "content_type": "text/plain"}, 415, "unsupported-media-type"),
    ("POST", "/api/sessions", {"json": {}}, 422, "invalid"),
    ("GET", "/api/me", {"headers": {"Authorization": ""}}, 401, "unauthenticated"),
    ("GET", "/mobile/v1/bootstrap", {}, 403, "forbidden"),
]


@pytest.mark.parametrize("method, path, told, status, slug", WRONG_CALLS)
def test_a_wrong_call_is_answered_with_a_problem(
    app: Flask, method: str, path: str, told: dict[str, Any], status: int, slug: str
) -> None:
    answer = Person(app, "dd01").open(method, path, **told)

    assert_problem(answer, status, slug)
    _shape(answer)


def test_a_wrong_method_says_which_are_right(app: Flask) -> None:
    answer = Person(app, "dd01").put("/api/me")

    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


def test_too_much_is_refused_before_it_is_read(app: Flask) -> None:
    answer = Person(app, "dd01").post(
        "/api/sessions", data=b"x" * (9 * 1024 * 1024), content_type="application/json"
    )

    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"
    _shape(answer)


def test_a_bug_is_a_problem_that_tells_nothing_of_the_inside(app: Flask) -> None:
    def broken() -> None:
        raise ZeroDivisionError("secret_table has no column password")

    broken.permission = None  # type: ignore[attr-defined]
    # The application has served already, so it takes no further routes by the front door.
    app.view_functions["health.healthz"] = broken

    answer = Caller(app).get("/healthz")

    assert_problem(answer, 500, "internal-server-error")
    _shape(answer)
    assert "secret" not in answer.text and "ZeroDivision" not in answer.text


def test_an_unmarked_route_is_refused(app: Flask) -> None:
    app.view_functions["health.healthz"] = lambda: "open"

    answer = Caller(app).get("/healthz")

    assert answer.status_code == 500
    assert "open" not in answer.text


@MOSTLY_SQLITE
@pytest.mark.parametrize(
    "path",
    ["/", "/m/", "/console/", "/healthz", "/api/me", "/api/openapi.json", "/api/nothing", "/mobile/v1/reports"],
)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_every_answer_carries_the_security_headers(app: Flask, path: str, is_signed_in: bool) -> None:
    headers = (Person(app, "wg01") if is_signed_in else Caller(app)).get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe-eval" not in policy
    assert "script-src 'self';" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in headers


def test_every_answer_has_a_request_id_of_its_own(app: Flask) -> None:
    ids = {Caller(app).get("/healthz").headers["X-Request-Id"] for _ in range(3)}

    assert len(ids) == 3


def test_answers_with_data_are_kept_by_nobody(app: Flask) -> None:
    person, event = Person(app, "dd01"), make_event()

    for path in ("/api/me", "/api/events", f"/api/events/{event.id}", "/api/queues", "/api/notices"):
        assert person.get(path).headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize("path", ["/mobile/v1/bootstrap", "/mobile/v1/nothing", "/mobile/v1/reports"])
def test_every_answer_of_the_handset_api_says_that_it_is_ours(app: Flask, path: str) -> None:
    assert Caller(app).get(path).headers["X-WG-Api"] == "1"
    assert Person(app, "wg01").get(path).headers["X-WG-Api"] == "1"
    assert "X-WG-Api" not in Caller(app).get("/api/me").headers


def test_the_document_describes_every_problem_an_operation_can_answer(app: Flask) -> None:
    document = Caller(app).get("/api/openapi.json").json
    missing = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            answers = operation["responses"]
            wanted = {"500"} | ({"401", "403"} if operation["x-permission"] != "public" else set())
            wanted |= {"404"} if "{" in path else set()
            missing += [(method, path, code) for code in wanted - set(answers)]
            missing += [
                (method, path, code)
                for code, answer in answers.items()
                if int(code) >= 400 and "application/problem+json" not in answer["content"]
            ]

    assert missing == []
