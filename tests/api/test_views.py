"""Saved views: one's own, under names that differ, guarded by their versions."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from grid.db import db
from grid.events import saved_view
from grid.trail.entry import TrailEntry
from tests.factories.person import Person
from tests.factories.problem import assert_problem
from tests.harness.databases import MOSTLY_SQLITE

# Rules and rights, not the database: one is enough.
pytestmark = MOSTLY_SQLITE

VIEWS = "/api/views"
LATE = {"queue": "dispatch", "light": "red", "sort": "due"}


def _save(person: Person, name: str = "快超期的", **filters: Any) -> TestResponse:
    return person.post(VIEWS, json={"name": name, "filters": filters or LATE})


def _names(person: Person) -> list[str]:
    return [view["name"] for view in person.get(VIEWS).json["items"]]


def _etag(person: Person, view: dict[str, Any]) -> dict[str, str]:
    return {"If-Match": person.get(f"{VIEWS}/{view['id']}").headers["ETag"]}


def test_a_view_keeps_its_filters_and_stands_behind_the_others(app: Flask) -> None:
    desk = Person(app, "dd01")
    at = {"reported_from": "2026-11-01T00:00:00.000+08:00", "supervised": True, "sort": "newest"}

    _save(desk)
    made = _save(desk, "督办的", **at)

    assert made.status_code == 201, made.text
    assert [(view["name"], view["filters"]) for view in desk.get(VIEWS).json["items"]] == [
        ("快超期的", LATE),
        ("督办的", at),
    ]


def test_a_view_is_its_owners_alone(app: Flask) -> None:
    desk, other = Person(app, "dd01"), Person(app, "ld01")
    view = _save(desk).json
    etag = _etag(desk, view)
    told = {"name": "别人的", "filters": {}, "position": 0}

    assert _names(other) == []
    assert_problem(other.get(f"{VIEWS}/{view['id']}"), 404, "not-found")
    assert_problem(other.put(f"{VIEWS}/{view['id']}", json=told, headers=etag), 404, "not-found")
    assert_problem(other.delete(f"{VIEWS}/{view['id']}", headers=etag), 404, "not-found")
    assert _save(other).status_code == 201  # the same name, another person
    assert _names(desk) == ["快超期的"]


def test_a_name_stands_once(app: Flask) -> None:
    desk = Person(app, "dd01")
    _save(desk)
    second = _save(desk, "督办的").json

    assert_problem(_save(desk), 409, "conflict", "name")
    told = {"name": "快超期的", "filters": {}, "position": 1}
    assert_problem(
        desk.put(f"{VIEWS}/{second['id']}", json=told, headers=_etag(desk, second)), 409, "conflict", "name"
    )
    assert _names(desk) == ["快超期的", "督办的"]


def test_a_view_is_changed_and_dropped_under_the_version_that_was_seen(app: Flask) -> None:
    desk = Person(app, "dd01")
    view = _save(desk).json
    _save(desk, "督办的")
    seen = _etag(desk, view)
    told = {"name": "红灯", "filters": {"light": "red"}, "position": 9}

    assert desk.put(f"{VIEWS}/{view['id']}", json=told, headers=seen).status_code == 200
    assert _names(desk) == ["督办的", "红灯"]
    assert_problem(desk.put(f"{VIEWS}/{view['id']}", json=told, headers=seen), 412, "stale")
    assert_problem(desk.delete(f"{VIEWS}/{view['id']}", headers=seen), 412, "stale")
    assert_problem(desk.delete(f"{VIEWS}/{view['id']}"), 428, "precondition-required")
    assert desk.delete(f"{VIEWS}/{view['id']}", headers=_etag(desk, view)).status_code == 204
    assert _names(desk) == ["督办的"]
    assert_problem(desk.get(f"{VIEWS}/{view['id']}"), 404, "not-found")


def test_the_same_save_twice_makes_one_view(app: Flask) -> None:
    desk, key = Person(app, "dd01"), {"Idempotency-Key": str(uuid4())}
    told = {"name": "快超期的", "filters": LATE}

    answers = [desk.post(VIEWS, json=told, headers=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json["id"] == answers[1].json["id"]
    assert _names(desk) == ["快超期的"]


def test_what_no_list_could_take_is_not_kept(app: Flask) -> None:
    desk = Person(app, "dd01")

    assert_problem(_save(desk, light="pink"), 422, "invalid", "light")
    assert_problem(_save(desk, colour="red"), 422, "invalid", "colour")
    assert_problem(_save(desk, "　 "), 422, "invalid", "name")
    assert_problem(_save(desk, "长" * 21), 422, "invalid", "name")
    assert _names(desk) == []


def test_nobody_keeps_views_without_end(app: Flask) -> None:
    desk = Person(app, "dd01")
    for number in range(saved_view.MOST):
        assert _save(desk, f"第{number}个").status_code == 201

    assert_problem(_save(desk, "再一个"), 409, "conflict")
    assert len(_names(desk)) == saved_view.MOST


def test_each_write_is_in_the_trail(app: Flask) -> None:
    desk = Person(app, "dd01")
    view = _save(desk).json
    desk.delete(f"{VIEWS}/{view['id']}", headers=_etag(desk, view))

    found = select(TrailEntry.action).where(TrailEntry.object_id == view["id"]).order_by(TrailEntry.id)
    assert list(db.session.scalars(found)) == ["view:save", "view:drop"]
