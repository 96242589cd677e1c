"""Bad input: each answers with a problem that names the field, and leaves no row behind."""

from __future__ import annotations

import hashlib
import io
import json
from contextvars import Context
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from grid.db import db
from grid.events.event import Event
from tests.factories.census import census
from tests.factories.event import fresh, make_event
from tests.factories.person import Person, make_report
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem

REPORTS = "/mobile/v1/reports"
POSITION = {"lon": 114.7326, "lat": 22.9489, "datum": "wgs84"}


def _without(report: dict[str, Any], *path: str) -> dict[str, Any]:
    inner = report
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return report


WRONG_REPORTS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown category": (make_report(category="E9999"), "category"),
    "empty category": (make_report(category=""), "category"),
    "unknown field": (make_report(colour="red"), "colour"),
    "unknown field inside": (make_report(position={"height": 3}), "height"),
    "no client id": (_without(make_report(), "client_id"), "client_id"),
    "client id that is no UUID": (make_report(client_id="42"), "client_id"),
    "longitude out of range": (make_report(position={"lon": 181}), "lon"),
    "latitude out of range": (make_report(position={"lat": -90.5}), "lat"),
    "longitude as text": (make_report(position={"lon": "east"}), "lon"),
    "longitude as a list": (make_report(position={"lon": [114.7]}), "lon"),
    "longitude as true": (make_report(position={"lon": True}), "lon"),
    "no longitude": (_without(make_report(), "position", "lon"), "lon"),
    "datum missing": (_without(make_report(), "position", "datum"), "datum"),
    "datum unknown": (make_report(position={"datum": "tokyo"}), "datum"),
    "datum not a phone's": (make_report(position={"datum": "cgcs2000_gk114"}), "datum"),
    "negative accuracy": (make_report(position={"accuracy_m": -1}), "accuracy_m"),
    "null island": (make_report(position={"lon": 0, "lat": 0}), "position"),
    "swapped": (make_report(position={"lon": 22.9489, "lat": 114.7326}), "lat"),
    "another province": (make_report(position={"lon": 116.39, "lat": 39.9}), "position"),
    "naive time": (make_report(occurred_at="2026-11-23T08:58:00"), "occurred_at"),
    "no time": (make_report(occurred_at="yesterday"), "occurred_at"),
    "time as a number": (make_report(occurred_at=1700000000), "occurred_at"),
    "control characters": (make_report(description="路口\u0000停车"), "description"),
    "escape characters": (make_report(address="大岭\u001b[31m路"), "address"),
    "a lone surrogate": (make_report(description="路口\ud800"), "description"),
    "501 characters": (make_report(description="路" * 501), "description"),
    "100 KB of text": (make_report(description="路" * 100_000), "description"),
    "text as a number": (make_report(description=5), "description"),
    "seven photos": (make_report(photos=[{"sha256": f"{n:064x}", "role": "near"} for n in range(7)]), "photos"),
    "photo with a short hash": (make_report(photos=[{"sha256": "ab12", "role": "near"}]), "sha256"),
    "photo with an unknown role": (make_report(photos=[{"sha256": "a" * 64, "role": "selfie"}]), "role"),
    "photo with a department's role": (make_report(photos=[{"sha256": "a" * 64, "role": "after"}]), "photos"),
    "photos as text": (make_report(photos="all"), "photos"),
    "position as null": (make_report() | {"position": None}, "position"),
    "position as a list": (make_report() | {"position": [114.7, 22.9]}, "position"),
}


@pytest.mark.parametrize("told, name", WRONG_REPORTS.values(), ids=WRONG_REPORTS.keys())
def test_a_wrong_report_names_its_field_and_stores_nothing(app: Flask, told: dict[str, Any], name: str) -> None:
    worker = Person(app, "wg01")
    before = census()

    answer = _post(worker, REPORTS, told)

    assert_problem(answer, 422, "invalid", name)
    assert census() == before


def _post(person: Person, path: str, told: dict[str, Any]) -> TestResponse:
    """As ASCII, so that a lone surrogate can be written down at all."""
    return person.post(path, data=json.dumps(told), content_type="application/json")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("name", ["lon", "lat", "accuracy_m"])
def test_numbers_that_are_none_are_refused(app: Flask, number: str, name: str) -> None:
    worker = Person(app, "wg01")
    before = census()
    body = json.dumps(make_report(position={name: 424242.5})).replace("424242.5", number)

    answer = worker.post(REPORTS, data=body, content_type="application/json")

    assert_problem(answer, 422, "invalid", name)
    assert census() == before


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '"report"', '{"client_id": ', "\ufeff{}", "{'a': 1}"], ids=repr
)
def test_a_body_that_is_no_object_is_refused(app: Flask, body: str) -> None:
    worker = Person(app, "wg01")
    before = census()

    answer = worker.post(REPORTS, data=body.encode(), content_type="application/json")

    assert answer.status_code in (400, 422), answer.text
    assert answer.mimetype == "application/problem+json"
    assert census() == before


def test_a_body_in_bytes_that_are_no_utf8_is_refused(app: Flask) -> None:
    worker = Person(app, "wg01")
    before = census()
    body = json.dumps(make_report(description="X"), ensure_ascii=False).replace("X", "路口").encode("gb18030")

    answer = worker.post(REPORTS, data=body, content_type="application/json")

    assert_problem(answer, 400, "bad-request")
    assert census() == before


def test_a_body_shorter_than_declared_is_refused(app: Flask) -> None:
    worker = Person(app, "wg01")
    before = census()
    whole = json.dumps(make_report()).encode()

    answer = _cut(worker, "POST", REPORTS, whole, len(whole) + 100, "application/json")

    assert_problem(answer, 400, "bad-request")
    assert census() == before


def test_a_photo_cut_in_the_middle_of_the_body_is_refused(app: Flask) -> None:
    worker = Person(app, "wg01")
    before = census()
    photo = jpeg()
    path = f"/mobile/v1/photos/{hashlib.sha256(photo).hexdigest()}"

    answer = _cut(worker, "PUT", path, photo[:-50], len(photo), "image/jpeg")

    assert_problem(answer, 400, "bad-request")
    assert census() == before


def _cut(person: Person, method: str, path: str, body: bytes, declared: int, kind: str) -> TestResponse:
    """Send fewer bytes than Content-Length says, as a connection that breaks does."""
    builder = EnvironBuilder(path, method=method, data=body, content_type=kind, headers=person.headers)
    # gunicorn says that its stream ends by itself, so nobody below us counts.
    environ = builder.get_environ() | {"CONTENT_LENGTH": str(declared), "wsgi.input_terminated": True}
    # Not through the client, which would count the bytes anew.
    chunks, status, headers = Context().run(run_wsgi_app, person.client.application, environ)
    return TestResponse(chunks, status, headers, request=builder.get_request())


def _truncated() -> bytes:
    return jpeg(3, (640, 480))[:-400]


def _animated() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


BAD_PHOTOS = {
    "text": b"this is no photo",
    "html": b"<html><script>alert(1)</script></html>",
    "empty": b"",
    "a header and nothing behind it": jpeg()[:20],
    "truncated": _truncated(),
    "animated": _animated(),
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x00",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
}


@pytest.mark.parametrize("photo", BAD_PHOTOS.values(), ids=BAD_PHOTOS.keys())
def test_what_is_no_photo_is_refused(app: Flask, photo: bytes) -> None:
    worker = Person(app, "wg01")
    before = census()

    answer = worker.upload(photo)

    assert_problem(answer, 422, "invalid", "photo")
    assert census() == before


def test_a_photo_of_another_hash_is_refused(app: Flask) -> None:
    worker = Person(app, "wg01")
    before = census()

    answer = worker.put(f"/mobile/v1/photos/{'0' * 64}", data=jpeg(), content_type="image/jpeg")

    assert_problem(answer, 422, "invalid", "photo")
    assert census() == before


@pytest.mark.parametrize("name", ["A" * 64, "g" * 64, "0" * 63 + "-"])
def test_a_photo_address_that_is_no_hash_is_refused(app: Flask, name: str) -> None:
    answer = Person(app, "wg01").put(f"/mobile/v1/photos/{name}", data=jpeg(), content_type="image/jpeg")

    assert_problem(answer, 422, "invalid", "sha256")


@pytest.mark.parametrize("name", ["abc", "0" * 63, "0" * 65])
def test_a_photo_address_of_another_length_is_none(app: Flask, name: str) -> None:
    answer = Person(app, "wg01").put(f"/mobile/v1/photos/{name}", data=jpeg(), content_type="image/jpeg")

    assert_problem(answer, 404, "not-found")


def test_a_photo_of_another_type_is_refused(app: Flask) -> None:
    photo = jpeg()
    path = f"/mobile/v1/photos/{hashlib.sha256(photo).hexdigest()}"

    answer = Person(app, "wg01").put(path, data=photo, content_type="application/octet-stream")

    assert_problem(answer, 422, "invalid", "photo")


def test_a_photo_over_8_mb_is_refused(app: Flask) -> None:
    photo = jpeg() + b"\0" * (8 * 1024 * 1024 + 2048)
    before = census()

    answer = Person(app, "wg01").upload(photo)

    assert answer.status_code == 413
    assert_problem(answer, 413, answer.get_json(force=True)["type"].rsplit("/", 1)[1])
    assert census("login_session", "trail_entry") == {
        name: before[name] for name in census("login_session", "trail_entry")
    }


WRONG_STEPS: dict[str, tuple[str, dict[str, Any], int, str, str | None]] = {
    "not allowed now": ("pending_filing", {"action": "accept"}, 409, "illegal-transition", None),
    "not allowed now, backwards": ("handling", {"action": "file"}, 409, "illegal-transition", None),
    "an action that does not exist": ("reported", {"action": "vanish"}, 422, "invalid", "action"),
    "a worker's answer, straight": ("checking", {"action": "pass"}, 422, "invalid", "action"),
    "no action": ("reported", {}, 422, "invalid", "action"),
    "something needed is missing": ("pending_filing", {"action": "file"}, 422, "invalid", "condition"),
    "rejection without a reason": ("reported", {"action": "reject"}, 422, "invalid", "note"),
    "rejection with an empty reason": ("reported", {"action": "reject", "note": "  "}, 422, "invalid", "note"),
    "something the step does not know": (
        "reported",
        {"action": "accept", "department": "cg"},
        422,
        "invalid",
        "department",
    ),
    "a field nobody knows": ("reported", {"action": "accept", "state": "closed"}, 422, "invalid", "state"),
    "an unknown department": (
        "pending_dispatch",
        {"action": "dispatch", "department": "xx"},
        422,
        "invalid",
        "department",
    ),
    "another class's condition": (
        "pending_filing",
        {"action": "file", "condition": str(uuid4())},
        422,
        "invalid",
        "condition",
    ),
    "a condition that is no UUID": (
        "pending_filing",
        {"action": "file", "condition": "1"},
        422,
        "invalid",
        "condition",
    ),
    "an unknown category": ("reported", {"action": "accept", "category": "E9999"}, 422, "invalid", "category"),
    "a checker who is no worker": (
        "pending_check",
        {"action": "send_check", "assignee": "cg01"},
        422,
        "invalid",
        "assignee",
    ),
    "a checker who does not exist": (
        "pending_check",
        {"action": "send_check", "assignee": "nobody"},
        422,
        "invalid",
        "assignee",
    ),
    "a note of 501 characters": ("reported", {"action": "accept", "note": "好" * 501}, 422, "invalid", "note"),
}


@pytest.mark.parametrize("state, told, status, slug, name", WRONG_STEPS.values(), ids=WRONG_STEPS.keys())
def test_a_wrong_step_changes_nothing(
    app: Flask, state: str, told: dict[str, Any], status: int, slug: str, name: str | None
) -> None:
    desk = Person(app, "dd01")
    event = make_event(state=state)
    etag = desk.event(event.id)["etag"]
    before, version = census(), event.version

    answer = desk.post(f"/api/events/{event.id}/steps", json=told, headers={"If-Match": etag})

    assert_problem(answer, status, slug, name)
    assert census() == before
    assert (fresh(event).state, fresh(event).version) == (state, version)


def test_a_step_not_allowed_now_says_what_is(app: Flask) -> None:
    desk = Person(app, "dd01")
    event = desk.event(make_event(state="pending_filing").id)

    told = assert_problem(desk.step(event, "accept"), 409, "illegal-transition")

    assert set(told["allowed"]) == {"file", "send_back", "hand_up", "hand_down", "locate", "merge", "force_close"}


def test_somebody_elses_event_does_not_exist(app: Flask) -> None:
    clerk = Person(app, "ga01")
    event = make_event(state="pending_sign", department="cg")
    before = census()
    path = f"/api/events/{event.id}/assignments/{event.assignments[0].id}/steps"

    answer = clerk.post(
        path, json={"action": "sign"}, headers={"If-Match": Person(app, "dd01").event(event.id)["etag"]}
    )

    assert_problem(answer, 404, "not-found")
    assert fresh(event).state == "pending_sign"
    assert census("login_session", "trail_entry") == {n: before[n] for n in census("login_session", "trail_entry")}


def test_the_same_client_id_with_another_body_is_refused(app: Flask) -> None:
    worker = Person(app, "wg01")
    first = make_report()
    worker.post(REPORTS, json=first)
    before = census()

    answer = worker.post(REPORTS, json=first | {"description": "路口停了一排电动车。"})

    assert_problem(answer, 422, "idempotency-mismatch", "client_id")
    assert census() == before
    assert db.session.query(Event).one().description == first["description"]


@pytest.mark.parametrize(
    "query, name",
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"after": "1"}, "after"),
        ({"state": "lost"}, "state"),
        ({"queue": "lost"}, "queue"),
        ({"category": "E9999"}, "category"),
        ({"area": "110101"}, "area"),
        ({"reported_from": "2026-11-23T08:58:00"}, "reported_from"),
        ({"q": "x" * 51}, "q"),
        ({"q": "\u0000"}, "q"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_filter_names_its_field(app: Flask, query: dict[str, str], name: str) -> None:
    answer = Person(app, "dd01").get("/api/events", query_string=query)

    assert answer.status_code in (404, 422), answer.text
    assert_problem(answer, answer.status_code, "not-found" if answer.status_code == 404 else "invalid", name)


@pytest.mark.parametrize("username", [None, 5, "", "x" * 41, "a\u0000b", ["wg01"]])
def test_a_wrong_user_name_is_refused(app: Flask, username: object) -> None:
    person = Person(app, "wg01")
    before = census()

    answer = person.post("/api/sessions", json={"username": username, "password": "x"})

    assert_problem(answer, 422, "invalid", "username")
    assert census() == before


@pytest.mark.parametrize("password", ["\u0000", "x" * 100_000, "\ud800"])
def test_an_odd_password_is_a_wrong_password(app: Flask, password: str) -> None:
    answer = _post(Person(app, "wg01"), "/api/sessions", {"username": "wg02", "password": password})

    assert answer.status_code in (401, 422), answer.text
    assert answer.mimetype == "application/problem+json"
