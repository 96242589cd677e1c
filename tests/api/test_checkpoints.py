"""Checkpoints: set up at the desk, sent to the phones of their grid, ticked by who stands there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from grid import clock
from grid.accounts.user import User
from grid.db import db
from grid.handset.collection import CHECKPOINT
from grid.records import checkpoint as checkpoints
from grid.records.visit import CheckpointVisit
from tests.conftest import Clock
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem

LON, LAT = 114.7211, 22.9538  # in the grid of wg01
HERE = {"lon": LON, "lat": LAT, "datum": "wgs84", "accuracy_m": 8.0}
FAR = {**HERE, "lat": LAT + 0.002}


@pytest.fixture
def admin(app: Flask) -> Person:
    return Person(app, "xt01")


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app)


def set_up(admin: Person, **told: Any) -> dict[str, Any]:
    answer = admin.post("/api/checkpoints", json={"name": "变压器", "lon": LON, "lat": LAT} | told)
    assert answer.status_code == 201, answer.text
    point: dict[str, Any] = answer.json
    return point


def change(admin: Person, point: dict[str, Any], **told: Any) -> Any:
    path = f"/api/checkpoints/{point['id']}"
    return admin.open("PATCH", path, json=told, headers={"If-Match": admin.get(path).headers["ETag"]})


def visit(phone: Phone, point: dict[str, Any], position: Any = HERE, **told: Any) -> dict[str, Any]:
    [result] = phone.push(phone.op("checkpoint.visit", {"checkpoint": point["id"], "position": position}, **told))
    return result


def test_a_point_comes_to_the_phones_of_its_grid_and_goes_when_it_is_taken_off(
    app: Flask, admin: Person, phone: Phone
) -> None:
    other = Phone(app, "wg02")
    for one in (phone, other):
        one.pull()
    point = set_up(admin, every_days=1)

    for one in (phone, other):
        one.pull()
    assert phone.has("checkpoint")[point["id"]]["name"] == "变压器"
    assert other.has("checkpoint") == {}

    changed = change(admin, point, name="变压器（东）", radius_m=50)
    assert (changed.json["name"], changed.json["radius_m"], changed.json["every_days"]) == ("变压器（东）", 50, 1)
    phone.pull()
    assert phone.has("checkpoint")[point["id"]]["radius_m"] == 50
    asked = {"checkpoint": phone.fingerprint("checkpoint")}
    told = phone.post("/mobile/v1/sync/check", json={"collections": asked}).json["collections"]
    assert told == {"checkpoint": "same"}
    assert change(admin, point, active=False).status_code == 200
    phone.pull()
    assert phone.has("checkpoint") == {}
    assert admin.get("/api/checkpoints").json["items"] == []


def test_who_stands_there_ticks_it_once_and_it_is_due_again_later(
    admin: Person, phone: Phone, time: Clock
) -> None:
    point = set_up(admin, every_days=2)
    visit_id = str(uuid4())
    told = {"entity_id": visit_id, "occurred_at": "2026-11-23T08:50:00+08:00"}

    first, again = visit(phone, point, **told), visit(phone, point, **told)

    assert (first["status"], again["status"]) == ("applied", "applied")
    phone.pull()
    held = phone.has("checkpoint")[point["id"]]
    assert (held["visited_at"], held["due"]) == ("2026-11-23T08:50:00.000+08:00", False)
    [walked] = phone.get("/mobile/v1/tracks").json["checkpoints"]
    assert (walked["id"], walked["visited_at"]) == (point["id"], held["visited_at"])
    [shown] = admin.get("/api/checkpoints").json["items"]
    assert shown["due_at"] == "2026-11-25T00:00:00.000+08:00"
    assert shown["version"] == point["version"]  # what guards its settings
    time.move(days=2)
    assert admin.get(f"/api/checkpoints/{point['id']}").json["due"]


def test_the_second_visit_of_a_day_adds_nothing(app: Flask, admin: Person, phone: Phone) -> None:
    point = set_up(admin)
    times = ("2026-11-23T08:50:00+08:00", "2026-11-23T08:55:00+08:00", "2026-11-24T08:50:00+08:00")
    told = [{"occurred_at": at} for at in times[:2]]

    statuses = [visit(phone, point, **one)["status"] for one in told]

    assert statuses == ["applied", "merged"]
    found = db.session.scalars(select(CheckpointVisit.occurred_at)).all()
    assert [clock.local(at).isoformat() for at in found] == [times[0]]


@pytest.mark.parametrize("told", [{"active": False}, {"lat": LAT + 0.002}], ids=["taken off", "moved"])
def test_a_visit_to_where_the_point_was_then_is_not_refused(
    admin: Person, phone: Phone, time: Clock, told: dict[str, Any]
) -> None:
    point = set_up(admin)
    time.move(hours=1)
    there = clock.now()
    time.move(hours=1)
    assert change(admin, point, **told).status_code == 200

    late = visit(phone, point, occurred_at=there.isoformat())
    now = visit(phone, point, occurred_at=clock.now().isoformat())

    assert (late["status"], now["status"]) == ("merged", "rejected")
    assert admin.get(f"/api/checkpoints/{point['id']}").json["visited_at"] is None
    change(admin, point, lat=LAT, active=True)
    assert visit(phone, point, occurred_at=clock.now().isoformat())["status"] == "applied"


def test_a_point_never_visited_is_due_as_one_visited_the_day_it_was_set_up(admin: Person, phone: Phone) -> None:
    fresh, visited = set_up(admin, every_days=2), set_up(admin, name="水表", every_days=2)
    assert visit(phone, visited, occurred_at=clock.now().isoformat())["status"] == "applied"

    due = [one["due_at"] for one in admin.get("/api/checkpoints").json["items"]]

    assert due == [fresh["due_at"]] * 2


def test_of_two_at_once_with_one_name_the_second_is_told(admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(admin)
    other = set_up(admin, name="水表")
    monkeypatch.setattr(checkpoints, "_check_name", lambda point: None)  # both looked before either wrote

    again = admin.post("/api/checkpoints", json={"name": "变压器", "lon": LON, "lat": LAT})

    assert_problem(again, 409, "conflict", "name")
    assert_problem(change(admin, other, name="变压器"), 409, "conflict", "name")


def test_who_is_too_far_off_or_elsewhere_does_not_tick_it(app: Flask, admin: Person, phone: Phone) -> None:
    point = set_up(admin)

    far, nowhere = visit(phone, point, FAR), visit(phone, point, None)
    coarse = visit(phone, point, {**FAR, "accuracy_m": 3000})
    foreign = visit(Phone(app, "wg02"), point)
    unknown = visit(phone, {"id": str(uuid4())})

    assert [one["status"] for one in (far, nowhere, coarse, foreign, unknown)] == ["rejected"] * 5
    assert far["error"]["field"] == "position" and "走近了再打卡" in far["error"]["message"]
    assert nowhere["error"]["field"].startswith("position")
    assert foreign["error"]["field"] == unknown["error"]["field"] == "checkpoint"
    assert admin.get(f"/api/checkpoints/{point['id']}").json["visited_at"] is None


def test_who_walks_no_grid_has_no_point_on_the_phone(app: Flask, admin: Person) -> None:
    point = set_up(admin)

    revs = {
        name: CHECKPOINT.revs(db.session.scalars(select(User).where(User.username == name)).one())
        for name in ("dd01", "xt01", "wg01")
    }

    assert (revs["dd01"], revs["xt01"], [str(key) for key in revs["wg01"]]) == ({}, {}, [point["id"]])


def test_a_point_lies_in_a_grid_and_has_a_name_of_its_own_there(app: Flask, admin: Person) -> None:
    set_up(admin)
    path, told = "/api/checkpoints", {"name": "变压器", "lon": LON, "lat": LAT}

    assert_problem(admin.post(path, json=told), 409, "conflict", "name")
    assert_problem(admin.post(path, json=told | {"name": "山上", "lat": 23.2}), 422, "invalid")
    assert_problem(admin.post(path, json=told | {"name": "井", "radius_m": 4}), 422, "invalid", "radius_m")
    assert_problem(Person(app, "dd01").post(path, json=told), 403, "forbidden")


def test_an_edit_needs_the_present_version(admin: Person) -> None:
    point = set_up(admin)
    path = f"/api/checkpoints/{point['id']}"

    assert_problem(admin.open("PATCH", path, json={"radius_m": 9}), 428, "precondition-required")
    assert_problem(admin.open("PATCH", path, json={"radius_m": 9}, headers={"If-Match": '"0"'}), 412, "stale")


def test_one_that_was_taken_off_is_listed_apart_and_comes_back(admin: Person) -> None:
    point = set_up(admin)
    change(admin, point, active=False)

    def names(active: str) -> list[str]:
        return [one["name"] for one in admin.get(f"/api/checkpoints?active={active}").json["items"]]

    assert (names("true"), names("false")) == ([], ["变压器"])
    assert change(admin, point, active=True).status_code == 200
    assert (names("true"), names("false")) == (["变压器"], [])
