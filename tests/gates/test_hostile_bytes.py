"""Bytes nobody means well with: every one is answered with a problem below 500, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextvars import Context
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from tests.factories.census import census
from tests.factories.event import make_event
from tests.factories.person import Caller, Person, make_report
from tests.gates.contract import METHODS, whole
from tests.gates.stage import Known

BIG = 10**30
STRINGS = ["\0", "a\0b", "\ud800", "\udfff\ud800", "\x1b[31m", "\u202e", "％s%n{}${}", "' OR 1=1 --", "x" * 70_000]
NUMBERS = [BIG, -BIG, 2**31, 2**63, 2**64, 1e308, 0.1 + 2**40]
ODD: list[Any] = [*STRINGS, *NUMBERS, None, True, [], {}, [[]], {"": ""}, [None], "", "null", "NaN"]


def _is_told(answer: TestResponse) -> bool:
    return answer.status_code < 400 or (
        answer.status_code < 500 and answer.mimetype == "application/problem+json" and bool(answer.json)
    )


def _send(person: Caller, method: str, path: str, body: Any) -> TestResponse:
    """As ASCII, so that half a character can be written down at all."""
    headers = {"If-Match": '"0"'}
    return person.open(method, path, data=json.dumps(body), content_type="application/json", headers=headers)


def _bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method in METHODS:
            content = operations.get(method, {}).get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield method.upper(), path, whole(content["application/json"]["schema"], document)


def test_no_odd_value_in_any_field_of_any_body_is_a_server_error(app: Flask) -> None:
    document = Caller(app).get("/api/openapi.json").json
    people = [Person(app, name, sign_in="/api/sessions") for name in ("wg01", "dd01", "cg01", "xt01")]
    wrong, sent, known = [], 0, Known(document)
    for method, path, schema in _bodies(document):
        person = _able(people, document["paths"][path][method.lower()]["x-permission"])
        for value in ODD:  # in every field at once: each is judged by itself
            body = dict.fromkeys(schema.get("properties", {}), value)
            answer = _send(person, method, path.format_map(known), body)
            sent += 1
            if not _is_told(answer):
                wrong.append((method, path, repr(value)[:40], answer.status_code))

    assert wrong == []
    assert sent > 300


def test_no_odd_value_in_a_right_report_is_a_server_error(app: Flask) -> None:
    worker = Person(app, "wg01")
    for value in ODD:
        for told in (
            *({name: value} for name in make_report()),
            *(
                {"position": {name: value}}
                for name in ("lon", "lat", "datum", "accuracy_m", "provider", "fixed_at")
            ),
            {"photos": [{"sha256": "a" * 64, "role": "near", "shot_at": value}]},
        ):
            plain = make_report()
            told = {n: plain[n] | v if n == "position" and isinstance(v, dict) else v for n, v in told.items()}
            answer = _send(worker, "POST", "/mobile/v1/reports", plain | told)
            assert _is_told(answer), (told, answer.status_code)


def test_no_odd_value_in_any_query_is_a_server_error(app: Flask) -> None:
    document = Caller(app).get("/api/openapi.json").json
    people = [Person(app, name, sign_in="/api/sessions") for name in ("wg01", "dd01", "cg01", "xt01")]
    words = [
        "%00",
        "a%00b",
        "%ed%a0%80",
        "%ff%fe",
        "%F0%9F%98%80",
        str(BIG),
        "-1",
        "NaN",
        "1e999",
        "",
        "%2e%2e%2f",
        "[]",
    ]
    known = Known(document)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in METHODS:
                continue
            person = _able(people, operation["x-permission"])
            for parameter in operation.get("parameters", ()):
                if parameter.get("in") != "query":
                    continue
                for word in words:
                    where = f"{path.format_map(known)}?{parameter['name']}={word}"
                    answer = person.open(method.upper(), where, headers={"If-Match": '"0"'})
                    assert _is_told(answer), (method, where, answer.status_code)


def _able(people: list[Person], permission: str) -> Person:
    granted = (person for person in people if permission in person.tokens["user"]["permissions"])
    return next(granted, people[0])


BODIES: dict[str, bytes] = {
    "a name twice": b'{"username": "wg01", "username": "wg02", "password": "x"}',
    "a name twice inside": b'{"username": "wg01", "password": "x", "device": {"id": "a", "id": "b"}}',
    "very deep lists": b"[" * 100_000,
    "very deep objects": b'{"device":' * 50_000 + b"1" + b"}" * 50_000,
    "a number of a million digits": b'{"username": ' + b"9" * 1_000_000 + b"}",
    "latin-1": '{"username": "café"}'.encode("latin-1"),
    "utf-16": '{"username": "wg01"}'.encode("utf-16"),
    "half a utf-8 character": b'{"username": "\xe5\xa4"}',
    "overlong utf-8": b'{"username": "\xc0\xaf"}',
    "a surrogate in utf-8": b'{"username": "\xed\xa0\x80", "password": "x"}',
    "nul outside": b"\0{}",
    "nothing": b"",
    "a comment": b'{"username": "wg01"} // him',
    "two documents": b"{}{}",
    "single quotes": b"{'username': 'wg01'}",
    "nan": b'{"username": NaN, "password": -Infinity}',
    "a very long name": b'{"' + b"x" * 500_000 + b'": 1}',
    "many names": b"{" + b",".join(b'"n%d": 1' % n for n in range(20_000)) + b"}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_hostile_body_is_refused(app: Flask, body: bytes) -> None:
    person = Person(app, "wg01")
    before = census()

    for path in ("/api/sessions", "/mobile/v1/reports"):
        answer = person.post(path, data=body, content_type="application/json")

        assert answer.status_code in (400, 413, 415, 422), answer.status_code
        assert answer.mimetype == "application/problem+json"
        assert len(answer.data) < 2_000_000
    assert census() == before


TYPES = [
    "",
    "text/plain",
    "text/json",
    "application/xml",
    "multipart/form-data",
    "a" * 300,
    "application/json; charset=utf-7",
    "/",
]


@pytest.mark.parametrize("kind", TYPES)
def test_a_body_of_another_type_is_refused(app: Flask, kind: str) -> None:
    person = Person(app, "wg01")

    answer = person.post("/mobile/v1/reports", data=b"{}", content_type=kind)

    assert answer.status_code in (415, 422), answer.status_code
    assert answer.mimetype == "application/problem+json"


HEADERS: dict[str, dict[str, str]] = {
    "a megabyte of token": {"Authorization": "Bearer " + "x" * 1_000_000},
    "a token of dots": {"Authorization": "Bearer " + "." * 1000},
    "a token that is no ascii": {"Authorization": "Bearer \xe5\xe5.\xe5.\xe5"},
    "another scheme": {"Authorization": "Basic d2cwMTp4"},
    "a key that is none": {"Idempotency-Key": "x" * 100_000},
    "tags without end": {"If-Match": '"' + "a" * 100_000},
    "a thousand tags": {"If-Match": ", ".join(f'"{n}"' for n in range(1000))},
    "any tag": {"If-Match": "*"},
    "languages": {"Accept-Language": "x" * 10_000, "Accept": "*/*;q=NaN", "Accept-Encoding": "br;q=-1"},
    "ranges": {"Range": "bytes=0-0," * 1000},
    "a cookie": {"Cookie": "wangge_refresh=" + "x" * 100_000},
    "somebody's address": {"X-Forwarded-For": "1.2.3.4\x01", "Forwarded": 'for="_x"', "X-Original-URL": "/api/me"},
    "another method": {"X-HTTP-Method-Override": "DELETE"},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS.keys())
def test_a_hostile_header_is_no_server_error(app: Flask, headers: dict[str, str]) -> None:
    desk = Person(app, "dd01")
    steps = f"/api/events/{make_event().id}/steps"
    for where in ("/api/me", "/api/events", "/m/", "/assets/x.js"):
        answer = desk.get(where, headers=headers)
        assert answer.status_code < 500 or where == "/m/", where  # a page that is not built is a 503
    for where, body in (("/api/sessions/refresh", {}), (steps, {"action": "accept"})):
        assert desk.post(where, json=body, headers=headers).status_code < 500, where


PATHS = [
    "/api/%00",
    "/api/events/%ff",
    "/api/../../etc/passwd",
    "/api/me/",
    "/assets/../api/me",
    "/" + "a" * 60_000,
    "/assets/%2e%2e/%2e%2e/wsgi.py",
    "/assets/..%5c..%5cwsgi.py",
    "/api/events/%0d%0aSet-Cookie:x=1",
    "/%",
    "/api;x=1/me",
]


def test_a_hostile_address_leads_nowhere(app: Flask) -> None:
    for path in PATHS:
        answer = _raw(app, "GET", path)

        assert answer.status_code in (301, 308, 400, 404), (path[:80], answer.status_code)
        assert "Set-Cookie" not in answer.headers
        assert b"create_app" not in answer.data and b"root:" not in answer.data


def test_an_odd_method_is_refused_or_harmless(app: Flask) -> None:
    for method in ("TRACE", "CONNECT", "PROPFIND", "get", "\xe5", "A" * 1000, "OPTIONS", "HEAD"):
        answer = _raw(app, method, "/api/sessions")

        assert answer.status_code in (200, 405), (method, answer.status_code)
        assert answer.status_code == 405 or not answer.data


def _raw(app: Flask, method: str, path: str) -> TestResponse:
    """Past the client, which would tidy the address up."""
    builder = EnvironBuilder("/", method="GET")
    target, _, query = path.partition("?")
    environ = builder.get_environ() | {"REQUEST_METHOD": method, "QUERY_STRING": query}
    environ["PATH_INFO"] = _decoded(target)
    chunks, status, headers = Context().run(run_wsgi_app, app, environ)
    return TestResponse(chunks, status, headers, request=builder.get_request())


def _decoded(path: str) -> str:
    """As WSGI servers hand a path on: bytes, each as a Latin-1 character."""
    return unquote_to_bytes(path).decode("latin-1")
