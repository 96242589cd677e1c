"""Mass assignment: a write takes the fields of its schema and no other, at any depth (from the document)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.factories.person import Caller, Person
from tests.factories.problem import assert_problem
from tests.gates.contract import METHODS, whole
from tests.gates.stage import AUTHZ, CAST, Known, Stage, enroll

# What only the system says about a row, and what people would like to say.
OURS = (
    "id version state stage light reporter reporter_id case_no hash area_path area_id grid_id department_id"
    " created_at created_by reported_at due_at rework_no is_practice flags source role session_version"
    " password_hash is_active must_change_password permissions"
).split()
STALE = {"If-Match": '"0"'}
# A newer phone may say more of an op or a fix than we know; what counts is picked out by name.
LENIENT = {
    ("POST", "/mobile/v1/sync/push", ("ops", 0)),
    ("POST", "/mobile/v1/sync/push", ("ops", 0, "form")),
    ("POST", "/mobile/v1/tracks", ("points", 0)),
}


def _bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address, schema of each JSON body."""
    for path, operations in document["paths"].items():
        for method in METHODS:
            content = operations.get(method, {}).get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield method.upper(), path, whole(content["application/json"]["schema"], document)


def _objects(schema: dict[str, Any], *at: str | int) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every object a body is made of, with the way to it."""
    for shape in (schema, *schema.get("anyOf", ())):
        if shape.get("type") == "array" or "items" in shape:
            yield from _objects(shape["items"], *at, 0)
        if "properties" in shape:
            yield at, shape
            for name, member in shape["properties"].items():
                yield from _objects(member, *at, name)


def _wrapped(at: tuple[str | int, ...], inner: Any) -> Any:
    """A body that holds ``inner`` there, and nothing else."""
    for step in reversed(at):
        inner = [inner] if isinstance(step, int) else {step: inner}
    return inner


def _someone(app: Flask, people: dict[str, Person], permission: str) -> Caller:
    if permission == "public":
        return Caller(app)
    holds = (post for post in CAST if permission in AUTHZ["everyone"] | AUTHZ["posts"][post]["grants"])
    username = CAST[next(holds)]
    if username not in people:
        people[username] = Person(app, username)
        people[username].headers |= enroll(app, username, people[username].headers)
    return people[username]


@pytest.fixture
def app(stage: Stage) -> Iterator[Flask]:
    app = stage.app()
    with app.app_context():
        yield app


def test_every_object_in_every_body_refuses_what_it_does_not_know(app: Flask, stage: Stage) -> None:
    document = Caller(app).get("/api/openapi.json").json
    people: dict[str, Person] = {}
    asked = 0
    for method, path, schema in _bodies(document):
        permission = document["paths"][path][method.lower()]["x-permission"]
        person = _someone(app, people, permission)
        where = path.format_map(Known(document, stage))
        for at, shape in _objects(schema):
            if shape.get("additionalProperties") is not False:
                continue  # a dictionary of codes; its keys are checked by its own schema
            extra = "x_gate", *(name for name in OURS if name not in shape["properties"])
            for names in (extra[:1], extra[1:]):
                body = _wrapped(at, dict.fromkeys(names, 1))
                answer = person.open(method, where, json=body, headers=STALE)
                problem = assert_problem(answer, 422, "invalid")
                assert set(names) <= _named(problem["errors"]), (method, path, at, problem)
                asked += 1

    assert asked > 30


def test_every_object_in_every_body_is_closed(app: Flask) -> None:
    """So that the test above leaves none out."""
    document = Caller(app).get("/api/openapi.json").json
    open_ = {
        (method, path, at)
        for method, path, schema in _bodies(document)
        for at, shape in _objects(schema)
        if shape.get("additionalProperties") is not False
    }

    assert open_ == LENIENT


def test_every_write_with_a_query_refuses_parameters_it_does_not_know(app: Flask, stage: Stage) -> None:
    document = Caller(app).get("/api/openapi.json").json
    people: dict[str, Person] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            asked = operations.get(method, {}).get("parameters", ())
            if not any(parameter.get("in") == "query" for parameter in asked):
                continue
            person = _someone(app, people, operations[method]["x-permission"])
            told = {"query_string": {"x_gate": "1"}, "headers": STALE}
            if method != "get":
                told |= {"data": b"x", "content_type": "application/octet-stream"}
            if "application/json" in operations[method].get("requestBody", {}).get("content", {}):
                told |= {"data": b"{}", "content_type": "application/json"}

            answer = person.open(method.upper(), path.format_map(Known(document, stage)), **told)

            assert "x_gate" in _named(assert_problem(answer, 422, "invalid")["errors"]), (method, path)


def _named(errors: Any) -> set[str]:
    if not isinstance(errors, dict):
        return set()
    return set(errors).union(*(_named(inner) for inner in errors.values()))
