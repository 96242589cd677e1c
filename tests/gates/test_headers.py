"""What browsers and caches are told, on every address there is; and what nobody can make us say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fixtures.daling import PASSWORD
from tests.factories.person import Caller, Person
from tests.factories.problem import assert_problem
from tests.gates.stage import Known, Stage
from wsgi import create_app

# Pages and files that hold nothing of anybody, and may lie in a cache.
PUBLIC_FILES = re.compile(r"/(m/|console/|api/docs|assets/.*)?|/m/sw\.js|/m/.*\.(webmanifest|png|svg)")


@pytest.fixture
def app(stage: Stage) -> Iterator[Flask]:
    app = stage.app()
    with app.app_context():
        yield app


def _addresses(app: Flask, stage: Stage) -> Iterator[tuple[str, str]]:
    """Every rule of the URL map with every method it has, about things that are there."""
    known = Known(_described(app), stage)
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule).format_map(known)
        for method in sorted(rule.methods or ()):
            yield method, path


def test_every_answer_of_every_address_carries_the_headers(app: Flask, stage: Stage) -> None:
    callers = [Caller(app), Person(app, "wg01"), Person(app, "dd01"), Person(app, "xt01")]
    seen = 0
    addresses = list(_addresses(app, stage))
    for caller in callers:
        for method, path in addresses:
            if method == "DELETE" and "session" in path:
                continue
            _assert_protected(caller.open(method, path), f"{method} {path}")
            seen += 1

    assert seen > 300


@pytest.mark.parametrize(
    "path", ["/nothing", "/api/nothing", "/mobile/v1/nothing", "/assets/nothing.js", "/api/events/x"]
)
def test_answers_about_nothing_carry_them_too(app: Flask, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS", "PROPFIND"):
        _assert_protected(Caller(app).open(method, path), path)


def _assert_protected(answer: TestResponse, what: str) -> None:
    told = answer.headers
    policy = _policy(told["Content-Security-Policy"])
    assert "'unsafe-inline'" not in policy.get("script-src", policy["default-src"]), what
    assert "'unsafe-eval'" not in told["Content-Security-Policy"], what
    assert policy["default-src"] in ("'self'", "'none'"), what
    if policy["default-src"] == "'self'":
        assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'", what
    assert "*" not in told["Content-Security-Policy"] and "http" not in told["Content-Security-Policy"], what
    assert told["X-Content-Type-Options"] == "nosniff", what
    assert told["X-Frame-Options"] == "DENY", what
    assert told["Referrer-Policy"] == "no-referrer", what
    assert "payment=()" in told["Permissions-Policy"] and "camera=(self)" in told["Permissions-Policy"], what
    assert told["Cross-Origin-Opener-Policy"] == told["Cross-Origin-Resource-Policy"] == "same-origin", what
    assert not [name for name, _ in told if name.startswith("Access-Control-")], what
    assert "Server" not in told and "X-Powered-By" not in told, what
    assert _is_kept_by_nobody(answer), (what, told["Cache-Control"])


def _policy(told: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in told.split(";") if part.strip())
    return {name: values for name, _, values in parts}


def _is_kept_by_nobody(answer: TestResponse) -> bool:
    """Data of people lie in no cache; a photo may for minutes in that of the one browser that asked."""
    control = answer.headers["Cache-Control"]
    if PUBLIC_FILES.fullmatch(answer.request.path):
        return True
    if answer.mimetype == "image/jpeg":
        age = re.search(r"max-age=(\d+)", control)
        return "no-store" in control or (control.startswith("private") and age is not None and int(age[1]) <= 300)
    return control == "no-store"


ORIGIN = {
    "Origin": "https://evil.example",
    "Access-Control-Request-Method": "POST",
    "Sec-Fetch-Site": "cross-site",
}


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST"])
@pytest.mark.parametrize("path", ["/api/sessions", "/api/me", "/mobile/v1/reports", "/m/", "/healthz"])
def test_no_other_origin_is_let_in(app: Flask, method: str, path: str) -> None:
    answer = Person(app, "wg01").open(method, path, headers=ORIGIN)

    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


HOSTS = [
    "evil.example",
    "evil.example:80",
    "localhost@evil.example",
    "127.0.0.1.evil.example",
    "[::1]",
    "a b",
    "",
    "x" * 5000,
]


@pytest.mark.parametrize("host", HOSTS)
def test_what_the_host_header_says_is_never_said_again(app: Flask, host: str) -> None:
    person = Person(app, "wg01")
    for path in ("/api/me", "/api/openapi.json", "/api/nothing", "/m", "/console", "/m/", "/mobile/v1/bootstrap"):
        answer = person.get(path, headers={"Host": host, "X-Forwarded-Host": host})

        assert answer.status_code < 500 or answer.status_code == 503
        assert host == "" or len(host) < 4 or host not in answer.text
        assert "evil.example" not in str(answer.headers)


def test_only_the_hosts_that_are_named_are_served_when_some_are(stage: Stage) -> None:
    app = create_app(
        {"DATABASE": f"sqlite:///{stage.folder}/stage.db", "DATA": str(stage.folder), "HOSTS": "a.cn, .b.cn"}
    )
    served = {
        host: app.test_client().get("/healthz", headers={"Host": host}) for host in ("a.cn", "x.b.cn", "evil.cn")
    }

    assert {host: answer.status_code for host, answer in served.items()} == {
        "a.cn": 200,
        "x.b.cn": 200,
        "evil.cn": 400,
    }
    assert_problem(served["evil.cn"], 400, "bad-request")


@pytest.mark.parametrize(
    ("path", "scope"), [("/api/sessions", "/api/sessions"), ("/mobile/v1/session", "/mobile/v1/session")]
)
def test_the_cookie_is_for_one_path_of_ours_and_no_script(stage: Stage, path: str, scope: str) -> None:
    app = create_app({"DATABASE": f"sqlite:///{stage.folder}/stage.db", "DATA": str(stage.folder), "DEMO": True})
    with app.app_context():
        told = {"username": "wg01", "password": PASSWORD, "refresh_in": "cookie"}
        answer = Caller(app).post(path, json=told, base_url="https://localhost")

    [cookie] = answer.headers.getlist("Set-Cookie")
    parts = {part.strip().partition("=")[0].lower(): part.strip().partition("=")[2] for part in cookie.split(";")}
    assert {"httponly", "secure"} <= parts.keys()
    assert (parts["samesite"], parts["path"]) == ("Strict", scope)
    assert "domain" not in parts
    assert "refresh_token" not in answer.json
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_nothing_but_signing_in_and_out_sets_a_cookie(app: Flask, stage: Stage) -> None:
    person = Person(app, "wg01")
    setting = {
        f"{method} {path}"
        for method, path in _addresses(app, stage)
        if "session" not in path and "Set-Cookie" in person.open(method, path).headers
    }

    assert setting == set()


def _described(app: Flask) -> dict[str, Any]:
    told: dict[str, Any] = Caller(app).get("/api/openapi.json").json
    return told


def test_a_method_that_is_not_there_says_which_are(app: Flask, stage: Stage) -> None:
    person, document = Person(app, "wg01"), _described(app)
    known = Known(document, stage)
    for path, operations in document["paths"].items():
        offered = {name.upper() for name in operations if name != "parameters"}
        where = path.format_map(known)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - offered:
            answer = person.open(method, where)
            if answer.status_code != 405:
                continue  # another address of more words has this one in it
            assert_problem(answer, 405, "method-not-allowed")
            allowed = {name.strip() for name in answer.headers["Allow"].split(",")}
            assert offered <= allowed and method not in allowed, path
