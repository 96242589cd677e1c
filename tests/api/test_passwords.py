"""A password of one's own: until the given one is changed, nothing else works."""

from __future__ import annotations

import pytest
from flask import Flask

from fixtures.daling import PASSWORD
from grid.db import transaction
from tests.factories.account import find_user, make_user
from tests.factories.person import Caller, Person
from tests.factories.problem import assert_problem

NEW = "Qingshan-2026"
BASES = ("/api", "/mobile/v1")


@pytest.fixture
def newcomer(app: Flask) -> Person:
    """Signed in with a password that was given out."""
    make_user("wg81", "grid_worker", area="441323002001001")
    user = find_user("wg81")
    with transaction():
        user.must_change_password = True
    return Person(app, "wg81")


@pytest.mark.parametrize("base", BASES)
def test_the_given_password_opens_nothing_but_its_own_change(newcomer: Person, base: str) -> None:
    for path in ("/mobile/v1/tasks", "/mobile/v1/bootstrap", "/api/events", "/api/notices"):
        assert_problem(newcomer.get(path), 403, "password-change-required")
    assert newcomer.get("/api/me").json["must_change_password"] is True

    changed = newcomer.put(f"{base}/me/password", json={"old": PASSWORD, "new": NEW})

    assert changed.status_code == 204
    assert newcomer.get("/mobile/v1/tasks").status_code == 200
    assert newcomer.get("/api/me").json["must_change_password"] is False


def test_every_route_but_three_waits_for_the_change(app: Flask, newcomer: Person) -> None:
    document = newcomer.get("/api/openapi.json").json
    open_ = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method == "parameters" or operation["x-permission"] == "public" or method == "delete":
                continue
            answer = newcomer.open(method.upper(), path.replace("{", "").replace("}", ""))
            if answer.status_code != 403 or "password-change-required" not in answer.text:
                open_.append(f"{method.upper()} {path}")

    waiting_ids = [name for name in open_ if "{" in name]  # addresses whose ids are not ids are not there at all
    assert set(open_) - set(waiting_ids) == {
        "GET /api/me",
        "PUT /api/me/password",
        "PUT /mobile/v1/me/password",
    }


def test_signing_out_is_always_possible(newcomer: Person) -> None:
    assert newcomer.delete("/mobile/v1/session").status_code == 204


def test_other_sessions_end_and_this_one_goes_on(app: Flask) -> None:
    mine, other = Person(app, "wg01"), Person(app, "wg01")

    assert mine.put("/api/me/password", json={"old": PASSWORD, "new": NEW}).status_code == 204

    assert mine.get("/api/me").status_code == 200
    assert_problem(other.get("/api/me"), 401, "unauthenticated")
    refused = Caller(app).post("/api/sessions", json={"username": "wg01", "password": PASSWORD})
    assert refused.status_code == 401


@pytest.mark.parametrize("new", ["short-A1", "alllowercase", "wg01-Wg01-2026", PASSWORD])
def test_a_weak_password_or_the_same_again_is_refused(app: Flask, new: str) -> None:
    worker = Person(app, "wg01")

    assert_problem(worker.put("/api/me/password", json={"old": PASSWORD, "new": new}), 422, "invalid")
    Person(app, "wg01")


def test_guessing_the_old_password_locks(app: Flask) -> None:
    worker = Person(app, "wg01")
    told = {"old": "wrong", "new": NEW}

    for _ in range(5):
        assert_problem(worker.put("/api/me/password", json=told), 422, "invalid", "old")
    locked = worker.put("/api/me/password", json={"old": PASSWORD, "new": NEW})

    assert "锁定" in assert_problem(locked, 422, "invalid", "old")["detail"]
    assert worker.get("/api/me").status_code == 200
