"""Photos: kept once, shown only inside a case one may see, and only when their bytes have been sent."""

from __future__ import annotations

import hashlib
import io
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image

from grid.db import db
from grid.events.event import Event
from grid.media.media import Media, MediaUpload
from tests.factories.census import census
from tests.factories.event import make_event
from tests.factories.person import Caller, Person, report
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem


def _promise(data: bytes, role: str = "near") -> dict[str, str]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "role": role}


def _items(person: Person, event_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = person.event(event_id)["photo_items"]
    return items


def test_bytes_may_come_before_the_report(app: Flask) -> None:
    worker = Person(app, "wg01")
    assert worker.upload(jpeg(1)).status_code == 201

    receipt = report(worker, photos=[_promise(jpeg(1))])

    assert receipt["photos"] == {"expected": 1, "arrived": 1}
    [item] = _items(worker, receipt["id"])
    assert worker.get(f"/mobile/v1/photos/{item['id']}").status_code == 200


def test_bytes_may_come_after_the_report(app: Flask) -> None:
    worker = Person(app, "wg01")
    receipt = report(worker, photos=[_promise(jpeg(1)), _promise(jpeg(2), "far")])
    [near, far] = _items(worker, receipt["id"])
    assert receipt["photos"] == {"expected": 2, "arrived": 0}
    assert_problem(worker.get(f"/mobile/v1/photos/{near['id']}"), 404, "not-found")

    worker.upload(jpeg(1))

    assert [item["arrived"] for item in _items(worker, receipt["id"])] == [True, False]
    assert worker.get(f"/mobile/v1/photos/{near['id']}").status_code == 200
    assert_problem(worker.get(f"/mobile/v1/photos/{far['id']}"), 404, "not-found")


def test_two_equal_photos_in_one_report_are_two_places_for_one_file(app: Flask) -> None:
    worker = Person(app, "wg01")
    worker.upload(jpeg(1))

    receipt = report(worker, photos=[_promise(jpeg(1)), _promise(jpeg(1), "far")])

    near, far = _items(worker, receipt["id"])
    assert near["id"] != far["id"]
    pictures = [worker.get(f"/mobile/v1/photos/{item['id']}").data for item in (near, far)]
    assert pictures[0] == pictures[1]
    assert db.session.query(Media).count() == 1


def test_one_photo_of_two_workers_is_kept_once_and_shown_to_each_in_their_own_case(app: Flask) -> None:
    one, other = Person(app, "wg01"), Person(app, "wg07")
    first = make_event(reporter="wg01", photos=[_promise(jpeg(1))])
    second = make_event(reporter="wg07", photos=[_promise(jpeg(1))])

    answers = [one.upload(jpeg(1)), other.upload(jpeg(1)), one.upload(jpeg(1))]

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert (db.session.query(Media).count(), db.session.query(MediaUpload).count()) == (1, 2)
    mine, theirs = first.photos[0].id, second.photos[0].id
    assert [one.get(f"/api/photos/{photo}").status_code for photo in (mine, theirs)] == [200, 404]
    assert [other.get(f"/api/photos/{photo}").status_code for photo in (mine, theirs)] == [404, 200]


def test_knowing_a_hash_opens_nothing(app: Flask) -> None:
    owner, thief = Person(app, "wg01"), Person(app, "wg07")
    owner.upload(jpeg(1))

    receipt = report(thief, photos=[_promise(jpeg(1))])

    assert receipt["photos"] == {"expected": 1, "arrived": 0}
    [item] = _items(thief, receipt["id"])
    assert item["arrived"] is False
    assert_problem(thief.get(f"/mobile/v1/photos/{item['id']}"), 404, "not-found")
    assert_problem(
        thief.get(f"/mobile/v1/photos/{hashlib.sha256(jpeg(1)).hexdigest()}"), 405, "method-not-allowed"
    )


def test_a_photo_of_a_case_out_of_reach_does_not_exist(app: Flask) -> None:
    owner = Person(app, "wg01")
    owner.upload(jpeg(1))
    event = make_event(reporter="wg01", state="handling", department="cg", photos=[_promise(jpeg(1))])
    path = f"/api/photos/{event.photos[0].id}"

    seen = {name: Person(app, name).get(path).status_code for name in ("wg01", "dd01", "cg01", "wg02", "ga01")}

    assert seen == {"wg01": 200, "dd01": 200, "cg01": 200, "wg02": 404, "ga01": 404}
    assert Person(app, "xt01").get(path).status_code == 403
    assert_problem(Caller(app).get(path), 401, "unauthenticated")
    nowhere = Person(app, "wg02").get(f"/api/photos/{uuid4()}").get_json(force=True)
    assert Person(app, "wg02").get(path).get_json(force=True) | {"instance": ""} == nowhere | {"instance": ""}


@pytest.mark.parametrize("size, edge_px", [("full", 1600), ("thumb", 320)])
def test_what_is_shown_is_redrawn_and_says_nothing_about_the_camera(app: Flask, size: str, edge_px: int) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "ACME phones"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (2400, 1200), "green").save(out, "JPEG", exif=exif, comment=b"<script>alert(1)</script>")
    worker = Person(app, "wg01")
    worker.upload(out.getvalue())
    [item] = _items(worker, report(worker, photos=[_promise(out.getvalue())])["id"])

    answer = worker.get(f"/api/photos/{item['id']}", query_string={"size": size})

    assert b"ACME" in out.getvalue() and b"ACME" not in answer.data and b"script" not in answer.data
    with Image.open(io.BytesIO(answer.data)) as shown:
        assert (shown.format, shown.size, dict(shown.getexif())) == ("JPEG", (edge_px, edge_px // 2), {})


def test_a_picture_is_served_so_that_no_browser_takes_it_for_a_page(app: Flask) -> None:
    worker = Person(app, "wg01")
    worker.upload(jpeg(1))
    [item] = _items(worker, report(worker, photos=[_promise(jpeg(1))])["id"])

    headers = worker.get(f"/api/photos/{item['id']}").headers

    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in headers["Cache-Control"] and "public" not in headers["Cache-Control"]


def test_an_upload_again_writes_nothing(app: Flask) -> None:
    worker = Person(app, "wg01")
    first = worker.upload(jpeg(1))
    before = census()

    again = worker.upload(jpeg(1), base="/api")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert again.json["sha256"] == hashlib.sha256(jpeg(1)).hexdigest()
    assert (again.json["width"], again.json["height"], again.json["size"]) == (64, 48, len(jpeg(1)))
    assert census() == before


def test_a_departments_photo_is_of_the_work_done(app: Flask) -> None:
    clerk, event = Person(app, "cg01"), make_event(state="handling", department="cg")
    shown = clerk.event(event.id)

    refused = clerk.step(shown, "submit", note="已清理", photos=[_promise(jpeg(1), "near")])
    taken = clerk.step(shown, "submit", note="已清理", photos=[_promise(jpeg(1), "after")])

    assert_problem(refused, 422, "invalid", "photos")
    assert taken.status_code == 200
    assert [item["role"]["code"] for item in taken.json["photo_items"]] == ["after"]
    assert db.session.query(Event).one().id == event.id
