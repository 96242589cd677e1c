"""Who may do what, where: every operation of the OpenAPI document × post × relation, as authz.yaml alone tells it.

403: the post does not hold the permission. 404: it does, but not there; just as if the thing did not exist.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fixtures.daling import PASSWORD
from tests.api.matrix import EXAMPLES
from tests.api.matrix.example import Example
from tests.api.matrix.people import AUTHZ, GRID, PEOPLE, Who, granted, make_streets
from tests.api.matrix.thing import BOUND, HIDDEN, Thing
from tests.api.matrix.things import make_things
from tests.factories.account import disable, make_user
from tests.factories.person import Caller, Person
from tests.harness.databases import MOSTLY_SQLITE


@pytest.fixture
def things(app: Flask) -> dict[str, list[Thing]]:
    make_streets()
    return make_things(app)


def _operations(app: Flask) -> dict[str, str]:
    """Every operation of the document with the permission it says it needs."""
    document = Caller(app).get("/api/openapi.json").json
    return {
        f"{method.upper()} {path}": operation["x-permission"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "put", "patch", "delete")
    }


def _expected(example: Example, permission: str, who: Who, thing: Thing) -> int:
    if permission == "public":
        return example.status
    held = granted(who.post, permission)
    if held is None:
        return 403
    bound = example.about in BOUND
    return example.status if not bound or held & ({"any"} | thing.relations(who)) else 404


def _send(caller: Caller, operation: str, example: Example, thing: Thing) -> TestResponse:
    method, path = operation.split(" ")
    request = example.request()
    if example.about == "area":
        request["query_string"] = thing.path
    if example.about == "worker":
        request["query_string"] = thing.path | {"day": "2026-11-23", "purpose": "核对巡查"}
    names = dict(thing.path)
    if example.about == "photo bytes":
        names["sha256"] = sha256(request["data"]).hexdigest()
    return caller.open(method, path.format(**names), **request)


def test_every_operation_has_an_example_request(app: Flask) -> None:
    assert set(EXAMPLES) == set(_operations(app))


def test_every_post_that_people_hold_is_in_the_matrix() -> None:
    held = {code for code, post in AUTHZ["posts"].items() if not post.get("internal")}

    assert {who.post for who in PEOPLE} == held


@MOSTLY_SQLITE
def test_every_operation_answers_every_post_as_authz_says(app: Flask, things: dict[str, list[Thing]]) -> None:
    operations, differences, cells = _operations(app), [], 0
    for who in PEOPLE:
        person = Person(app, who.username)
        for operation, example in EXAMPLES.items():
            for thing in things[example.about]:
                answer = _send(person, operation, example, thing)
                if answer.status_code == 204 and operation.startswith("DELETE"):
                    person.sign_in()
                wanted = _expected(example, operations[operation], who, thing)
                cells += 1
                if answer.status_code != wanted:
                    differences.append((who.post, operation, thing.name, answer.status_code, wanted))

    assert differences == []
    assert cells > 500


@MOSTLY_SQLITE
def test_what_is_out_of_reach_answers_as_what_does_not_exist(app: Flask, things: dict[str, list[Thing]]) -> None:
    operations, differences, compared = _operations(app), [], 0
    for who in PEOPLE:
        person = Person(app, who.username)
        for operation, example in EXAMPLES.items():
            if example.about not in HIDDEN:
                continue
            needs = operations[operation]
            hidden = [thing for thing in things[example.about] if _expected(example, needs, who, thing) == 404]
            bodies = [_said(_send(person, operation, example, thing)) for thing in hidden]
            differences += [(who.post, operation, body) for body in bodies if body != bodies[-1]]
            compared += len(bodies)

    assert differences == []
    assert compared > 500


def _said(answer: TestResponse) -> dict[str, Any]:
    """The body and the names of the headers, without the address asked for."""
    body: dict[str, Any] = answer.get_json(force=True)
    return body | {"instance": "", "headers": sorted(name for name, _ in answer.headers)}


@MOSTLY_SQLITE
def test_nobody_and_the_disabled_get_401_from_everything_that_is_not_public(
    app: Flask, things: dict[str, list[Thing]]
) -> None:
    make_user("tw01", "grid_worker", area=GRID)
    disabled = Person(app, "tw01")
    disable("tw01")
    bodies, differences = set(), []
    for caller in (Caller(app), disabled):
        for operation, permission in _operations(app).items():
            example = EXAMPLES[operation]
            answer = _send(caller, operation, example, things[example.about][0])
            if permission != "public" and answer.status_code != 401:
                differences.append((operation, answer.status_code))
            if permission != "public":
                bodies.add((caller is disabled, tuple(sorted(answer.get_json(force=True)))))

    assert differences == []
    assert len(bodies) == 2  # the same members for every operation


def test_the_automatic_rules_account_cannot_sign_in(app: Flask) -> None:
    for password in ("!", "", PASSWORD):
        answer = Caller(app).post("/api/sessions", json={"username": "automaton", "password": password})

        assert answer.status_code == 401
