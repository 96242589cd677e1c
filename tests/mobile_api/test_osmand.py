"""The OsmAnd / Traccar format, by the cases its authors publish.

Re-typed from Traccar's OsmAndProtocolDecoderTest and Traccar Client's ProtocolFormatterTest (Apache-2.0); ``{id}``
is the secret. Their places are all over the world: kept, and flagged as outside.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select

from grid.db import db, transaction
from grid.fieldwork.point import PointFlag, TrackPoint
from grid.fieldwork.tracker import Tracker
from tests.factories.account import disable
from tests.factories.person import Caller, Person
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again

KNOTS_40_MPS = 40 * 1852 / 3600

# query: what is kept of it (t_ms, lon, lat, and what else is told); None: answered, and nothing to keep.
QUERIES: list[tuple[str, dict[str, Any] | None]] = [
    ("?id={id}&timestamp=1377177267&cell=257,02,16,2224&cell=257,02,16,2223,-90&wifi=00-14-22-01-23-45,-80", None),
    (
        "?id={id}&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0&altitude=224.0&speed=0.0",
        {"t_ms": 1453920947000, "lon": -88.23412, "lat": 42.06288, "altitude_m": 224.0, "speed_mps": 0.0},
    ),
    (
        "?id={id}&lat=42.06288&lon=-88.23412&timestamp=1442068686579&hdop=6.0&altitude=224.0&speed=0.0",
        {"t_ms": 1442068686579, "lon": -88.23412, "lat": 42.06288},
    ),
    (
        "?lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&altitude=384.7&speed=0.0&id={id}",
        {"t_ms": 1401873011000, "lon": 6.15788, "lat": 49.60688, "altitude_m": 384.7},
    ),
    (
        "?id={id}&timestamp=1377177267&lat=60.0&lon=30.0&speed=0.0&bearing=0.0&altitude=0&hdop=0.0",
        {"t_ms": 1377177267000, "lon": 30.0, "lat": 60.0, "bearing_deg": 0.0},
    ),
    ("?id={id}&timestamp=1377177267&lat=60.0&lon=30.0", {"t_ms": 1377177267000, "lon": 30.0, "lat": 60.0}),
    (
        "?lat=60.0&lon=30.0&speed=0.0&heading=0.0&vacc=0&hacc=0&altitude=0&deviceid={id}",
        {"lon": 30.0, "lat": 60.0},
    ),
    (
        "?id={id}&lat=41.666667&lon=-0.883333&altitude=350.059479&speed=0.000000&batt=87",
        {"lon": -0.883333, "lat": 41.666667, "battery": 87.0},
    ),
    ("?id={id}&timestamp=1377177267&location=60.0,30.0", {"t_ms": 1377177267000, "lon": 30.0, "lat": 60.0}),
    (
        "?id={id}&timestamp=1504763810&lat=40.7232948571&lon=-74.0061408571&bearing=7.19889788244&speed=40"
        "&ignition=true&rpm=933&fuel=24",
        {"t_ms": 1504763810000, "speed_mps": KNOTS_40_MPS, "bearing_deg": 7.19889788244},
    ),
    # Traccar Client's own: a position without a fix is answered 200, or it would be sent for ever.
    ("?id={id}&timestamp=0&lat=0.0&lon=0.0&speed=0.0&bearing=0.0&altitude=0.0&accuracy=0.0&batt=0.0", None),
    (
        "?id={id}&timestamp=0&lat=0.0&lon=0.0&speed=0.0&bearing=0.0&altitude=0.0&accuracy=0.0&batt=0.0"
        "&alarm=alert%20message",
        None,
    ),
]


def _json(**told: Any) -> dict[str, Any]:
    coords = {
        "latitude": 37.4219983,
        "longitude": -122.084,
        "accuracy": 5,
        "speed": 0,
        "heading": -1,
        "altitude": 5,
    }
    location = {
        "timestamp": "2025-06-15T13:45:12.862Z",
        "coords": coords | told.pop("coords", {}),
        "is_moving": False,
        "odometer": 0,
        "event": "motionchange",
        "battery": {"level": 1, "is_charging": False},
        "activity": {"type": "still"},
        "extras": {},
    }
    return {"location": location | told}


BODIES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        _json(_="&id=48241179&lat=37.4219983&lon=-122.084&timestamp=2025-06-15T13:45:12.862Z&"),
        {"t_ms": 1749995112862, "lat": 37.4219983, "accuracy_m": 5.0, "battery": 100.0, "bearing_deg": None},
    ),
    (
        _json(
            extras={"device_string_test": "long_device_id", "device_bool_test": True, "device_double_test": 1.345}
        ),
        {"t_ms": 1749995112862, "lon": -122.084},
    ),
    (
        _json(
            mock=True,
            timestamp="2025-05-09T04:11:30.579Z",
            age=188,
            battery={"level": -1, "is_charging": False},
            coords={"speed": -1, "longitude": -122.406417, "latitude": 37.785834, "altitude": 0, "floor": None},
        ),
        {"t_ms": 1746763890579, "battery": None, "speed_mps": None},
    ),
    (
        _json(
            timestamp="2021-07-21T08:06:34.444Z",
            battery={"is_charging": False, "level": 0.79},
            coords={
                "latitude": -6.1148096,
                "longitude": 106.6837015,
                "accuracy": 3.8,
                "speed": 18.67,
                "speed_accuracy": 0.26,
                "heading": 63,
                "altitude": 35.7,
            },
        ),
        {"t_ms": 1626854794444, "speed_mps": 18.67, "bearing_deg": 63.0, "battery": 79.0, "altitude_m": 35.7},
    ),
]


@pytest.fixture
def token(phone: Phone) -> str:
    answer = phone.post(f"/mobile/v1/device/{phone.device_id}/osmand-token")
    assert answer.status_code == 201, answer.text
    told: str = answer.json["token"]
    return told


def kept() -> list[TrackPoint]:
    look_again()
    return list(db.session.scalars(select(TrackPoint)))


def assert_kept(told: dict[str, Any]) -> None:
    [point] = kept()
    found = {name: getattr(point, name) for name in told}
    assert found == {name: value if value is None else pytest.approx(value) for name, value in told.items()}


def forget() -> None:
    """Remove the points of the case before."""
    with transaction():
        db.session.execute(delete(TrackPoint))


def test_the_published_queries_are_understood(app: Flask, token: str) -> None:
    for method in ("GET", "POST"):
        for query, wanted in QUERIES:
            forget()
            answer = Caller(app).open(method, "/mobile/v1/osmand" + query.format(id=token))

            assert answer.status_code == 200, (query, answer.text)
            assert answer.headers["X-WG-Api"] == "1"
            if wanted is None:
                assert kept() == [], query
            else:
                assert_kept(wanted)


@pytest.mark.parametrize(("query", "wanted"), QUERIES[1:3])
def test_the_same_in_a_form(app: Flask, token: str, query: str, wanted: dict[str, Any]) -> None:
    form = {name: values[0] for name, values in parse_qs(urlsplit(query.format(id=token)).query).items()}

    assert Caller(app).post("/mobile/v1/osmand", data=form).status_code == 200
    assert_kept(wanted)


def test_the_published_json_bodies_are_understood(app: Flask, token: str) -> None:
    for body, wanted in BODIES:
        forget()
        answer = Caller(app).post("/mobile/v1/osmand", json=body | {"device_id": token})

        assert answer.status_code == 200, answer.text
        assert_kept(wanted)
        assert bool(kept()[0].flags & PointFlag.MOCK) == bool(body["location"].get("mock"))


def test_the_same_fix_again_is_kept_once(app: Flask, token: str) -> None:
    for _ in range(3):
        query = f"?id={token}&lat=22.95&lon=114.72&timestamp=1795395600"
        assert Caller(app).get("/mobile/v1/osmand" + query).status_code == 200

    assert len(kept()) == 1


BAD = (
    "",
    "?timestamp=1377177267&lat=60.0&lon=30.0",  # Traccar's own case: nobody's
    "?id=123456&timestamp=1377177267&lat=60.0&lon=30.0",
    "?id={id}&lat=north&lon=30.0",
    "?id={id}&lat=60.0&lon=30.0&timestamp=yesterday",
    "?id={id}&lat=60.0&lon=30.0&speed=fast",
    "?id={id}&location=60.0",
    "?id={id}&location=1,2,3",
)


def test_what_is_not_the_format_is_400(app: Flask, token: str) -> None:
    for query in BAD:
        assert_problem(Caller(app).get("/mobile/v1/osmand" + query.format(id=token)), 400, "bad-request")
    assert kept() == []


@pytest.mark.parametrize("body", ["", "[]", '{"location": 7}', "{", '{"location": {"coords": {"latitude": "x"}}}'])
def test_json_that_is_not_the_format_is_refused(app: Flask, token: str, body: str) -> None:
    answer = Caller(app).post("/mobile/v1/osmand", data=body, content_type="application/json")

    assert answer.status_code in (400, 404)


def test_json_of_nobody_is_404(app: Flask) -> None:
    assert_problem(
        Caller(app).post("/mobile/v1/osmand", json=_json() | {"device_id": "48241179"}), 404, "not-found"
    )


@pytest.mark.parametrize("told", ["lat=NaN", "lat=1e999", "lat=91"])
def test_a_place_that_is_none_is_answered_and_not_kept(app: Flask, token: str, told: str) -> None:
    assert Caller(app).get(f"/mobile/v1/osmand?id={token}&lon=30&{told}").status_code == 200
    assert kept() == []


def test_an_old_fix_said_to_be_invalid_is_not_kept(app: Flask, token: str) -> None:
    assert Caller(app).get(f"/mobile/v1/osmand?id={token}&lat=22.95&lon=114.72&valid=false").status_code == 200
    assert kept() == []


def test_the_secret_is_not_stored_and_a_new_one_ends_the_old(app: Flask, phone: Phone, token: str) -> None:
    again = phone.post(f"/mobile/v1/device/{phone.device_id}/osmand-token").json["token"]

    assert again != token
    assert token not in repr(db.session.execute(select(Tracker.token_sha256)).all())
    query = "&lat=22.95&lon=114.72"
    assert Caller(app).get(f"/mobile/v1/osmand?id={token}{query}").status_code == 400
    assert Caller(app).get(f"/mobile/v1/osmand?id={again}{query}").status_code == 200


def test_a_secret_is_made_for_ones_own_phone_only(app: Flask, phone: Phone) -> None:
    for device_id in (phone.device_id, uuid4()):
        answer = Phone(app, "wg02").post(f"/mobile/v1/device/{device_id}/osmand-token")
        assert_problem(answer, 404, "not-found")


def test_a_seat_taken_back_or_an_account_closed_reports_no_more(app: Flask, phone: Phone, token: str) -> None:
    seat = db.session.scalars(select(Tracker)).one().device_id
    assert Person(app, "xt01").get(f"/api/devices/{seat}").status_code == 200
    disable("wg01")

    assert Caller(app).get(f"/mobile/v1/osmand?id={token}&lat=22.95&lon=114.72").status_code == 400
    assert kept() == []


def test_the_log_does_not_hold_the_secret(app: Flask, token: str, caplog: pytest.LogCaptureFixture) -> None:
    Caller(app).get(f"/mobile/v1/osmand?id={token}&lat=22.95&lon=114.72")

    assert token not in caplog.text + repr([record.__dict__ for record in caplog.records])
