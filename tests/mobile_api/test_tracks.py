"""Fixes of a phone: kept once each, refused one by one, shown to their owner whole and to others only on duty."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from grid import clock
from grid.db import db, transaction
from grid.fieldwork import intake, retention
from grid.fieldwork import shift as shifts
from grid.fieldwork.intake import Fix
from grid.fieldwork.point import PointFlag, TrackPoint
from grid.fieldwork.shift import Shift
from grid.geo.crs import Datum, to_storage
from grid.trail.entry import TrailEntry
from mobile_api.tracks import read
from tests.conftest import Clock
from tests.factories.account import find_user, make_user
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again
from tests.factories.street import DESK, make_second_street

LON, LAT = 114.7326, 22.9489


def point(after_s: float = 0, **told: Any) -> dict[str, Any]:
    """A right fix, some seconds after now."""
    t_ms = round(clock.now().timestamp() * 1000 + after_s * 1000)
    return {"t_ms": t_ms, "lon": LON, "lat": LAT, "datum": "wgs84", "accuracy_m": 8.0} | told


def walk(count: int = 10, begin_s: float = -600) -> list[dict[str, Any]]:
    """Slowly north, a fix every ten seconds."""
    return [point(begin_s + 10 * step, lat=LAT + 0.0001 * step) for step in range(count)]


def send(phone: Phone, points: list[Any]) -> dict[str, Any]:
    answer = phone.post("/mobile/v1/tracks", json={"points": points})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


def on_duty(username: str = "wg01", hours: float = 1, *, ended: bool = False) -> None:
    """A shift that began some hours ago."""
    user, now = find_user(username), clock.now()
    with transaction():
        shift = shifts.on(user, uuid4(), now - timedelta(hours=hours))
        if ended:
            shifts.off(user, shift.id, now)


def kept() -> list[TrackPoint]:
    look_again()
    return list(db.session.scalars(select(TrackPoint).order_by(TrackPoint.t_ms)))


def looks(action: str) -> list[TrailEntry]:
    look_again()
    return list(db.session.scalars(select(TrailEntry).where(TrailEntry.action == action)))


def test_a_batch_sent_twice_is_kept_once(phone: Phone) -> None:
    batch = walk()

    assert send(phone, batch) == {"accepted": 10, "known": 0, "refused": []}
    assert send(phone, [*batch, point(1)]) == {"accepted": 1, "known": 10, "refused": []}
    assert len(kept()) == 11


def test_the_same_moment_twice_in_one_batch_is_kept_once(phone: Phone) -> None:
    assert send(phone, [point(), point(lat=LAT + 1)]) == {"accepted": 1, "known": 1, "refused": []}
    assert kept()[0].lat == LAT


@pytest.mark.parametrize(
    "bad",
    [
        {"lon": 0.0, "lat": 0.0},
        {"lon": 181.0},
        {"lat": -91.0},
        {"lon": "NaN"},
        {"lat": None},
        {"datum": "mars"},
        {"t_ms": -1},
        {"t_ms": 2**60},
        {"t_ms": "yesterday"},
        {"t_ms": 1.5},
        {"t_ms": True},
    ],
)
def test_a_bad_fix_is_refused_alone_and_says_why(phone: Phone, bad: dict[str, Any]) -> None:
    told = send(phone, [point(0), point(1) | bad, point(2)])

    assert told["accepted"] == 2
    [refusal] = told["refused"]
    assert refusal["index"] == 1
    assert refusal["reason"]


@pytest.mark.parametrize("junk", [None, 7, "words", [], {}, {"t_ms": 1}])
def test_what_is_no_fix_at_all_does_not_spoil_its_neighbours(phone: Phone, junk: Any) -> None:
    told = send(phone, [junk, point()])

    assert (told["accepted"], [refusal["index"] for refusal in told["refused"]]) == (1, [0])


@pytest.mark.parametrize(
    ("odd", "flag"),
    [
        ({"after_s": 3600}, PointFlag.FUTURE),
        ({"after_s": -8 * 24 * 3600}, PointFlag.PAST),
        ({"mock": True}, PointFlag.MOCK),
        ({"accuracy_m": 101}, PointFlag.COARSE),
        ({"lon": 2.35, "lat": 48.86}, PointFlag.OUTSIDE),
    ],
)
def test_what_is_dubious_is_kept_and_flagged(phone: Phone, odd: dict[str, Any], flag: PointFlag) -> None:
    assert send(phone, [point(**odd)])["accepted"] == 1
    assert kept()[0].flags == flag


def test_the_raw_numbers_and_their_datum_are_kept_beside_the_place(phone: Phone) -> None:
    send(phone, [point(datum="gcj02")])

    [found] = kept()
    assert (found.raw_lon, found.raw_lat, found.datum) == (LON, LAT, Datum.GCJ02)
    assert (found.lon, found.lat) == pytest.approx(to_storage(LON, LAT, Datum.GCJ02))


def test_more_than_five_hundred_are_too_many(phone: Phone) -> None:
    answer = phone.post("/mobile/v1/tracks", json={"points": [point(step) for step in range(501)]})

    assert_problem(answer, 422, "invalid")
    assert kept() == []


def test_five_hundred_go_in_at_once(phone: Phone) -> None:
    assert send(phone, [point(step / 10 - 60) for step in range(500)])["accepted"] == 500


def test_two_phones_may_have_a_fix_of_the_same_moment(app: Flask, phone: Phone) -> None:
    same = point()
    other = Phone(app, "wg02", device_id=phone.device_id)

    assert send(phone, [same])["accepted"] == send(other, [same])["accepted"] == 1


def test_without_a_seat_nothing_is_taken(app: Flask) -> None:
    answer = Person(app, "wg01").post("/mobile/v1/tracks", json={"points": [point()]})

    assert_problem(answer, 422, "invalid")


def test_my_walk_of_today_with_its_gap_and_my_grid(phone: Phone) -> None:
    send(phone, walk(10, -3000) + walk(10, -1000))

    told = phone.get("/mobile/v1/tracks").json

    assert [len(segment) for segment in told["segments"]] == [10, 10]
    assert [gap["reason"]["code"] for gap in told["gaps"]] == ["silence"]
    assert told["length_m"] == pytest.approx(200, abs=30)
    assert told["counts"]["raw"] == 20
    assert len(told["coverage"]) == 1
    assert 0 <= told["coverage"][0]["share"] < 1


def test_another_day_is_another_walk(phone: Phone) -> None:
    send(phone, walk())

    assert phone.get("/mobile/v1/tracks", query_string={"day": "2026-11-22"}).json["segments"] == []
    assert len(phone.get("/mobile/v1/tracks", query_string={"day": "2026-11-23"}).json["segments"]) == 1
    assert_problem(phone.get("/mobile/v1/tracks", query_string={"day": "gestern"}), 422, "invalid")


def ask(person: Person, **told: Any) -> Any:
    query = {"user": "wg01", "day": "2026-11-23", "purpose": "核对巡查"} | told
    return person.get("/api/tracks", query_string=query)


def test_others_see_a_walk_on_duty_only_and_the_look_is_written_down(app: Flask, phone: Phone) -> None:
    on_duty(hours=0.5)
    send(phone, walk(10, -3 * 3600) + walk(10, -600))
    leader = Person(app, "ld01")

    told = ask(leader).json

    assert told["user"]["username"] == "wg01"
    assert [len(segment) for segment in told["segments"]] == [10]
    [look] = looks("track:look")
    assert look.actor_id == find_user("ld01").id
    assert look.data == {"day": "2026-11-23", "purpose": "核对巡查"}


@pytest.mark.parametrize("purpose", ["", " ", "x"])
def test_nobody_looks_without_a_purpose(app: Flask, purpose: str) -> None:
    assert_problem(ask(Person(app, "ld01"), purpose=purpose), 422, "invalid")
    assert looks("track:look") == []


def test_a_foreign_worker_is_not_there_and_no_look_is_written(app: Flask) -> None:
    make_second_street()
    make_user("tl01", "leader", area="441323001")

    assert_problem(ask(Person(app, "tl01")), 404, "not-found")
    assert_problem(ask(Person(app, "ld01"), user="nobody"), 404, "not-found")
    assert looks("track:look") == []


def test_a_worker_does_not_see_the_walk_of_a_colleague(app: Flask, phone: Phone) -> None:
    assert_problem(ask(phone, user="wg02"), 403, "forbidden")


def test_a_dispatcher_sees_who_is_on_duty_and_where(app: Flask, phone: Phone, time: Clock) -> None:
    make_second_street()
    on_duty("wg01")
    on_duty("wg02")
    on_duty("wg03", ended=True)
    on_duty("wg51")
    send(phone, [point(-7200), point(-60), point(-30, accuracy_m=500), point(3600)])

    items = Person(app, "dd01").get("/api/workers/positions").json["items"]

    assert [item["user"]["username"] for item in items] == ["wg01", "wg02"]
    assert items[0]["position"] | {"at": ""} == {"lon": LON, "lat": LAT, "accuracy_m": 8.0, "at": "", "age_s": 60}
    assert items[1]["position"] is None
    [look] = looks("position:look")
    assert look.data == {"people": [find_user("wg01").id]}
    assert [
        item["user"]["username"] for item in Person(app, DESK).get("/api/workers/positions").json["items"]
    ] == ["wg51"]


def test_a_place_from_before_the_shift_is_not_shown(app: Flask, phone: Phone) -> None:
    on_duty(hours=0.5)
    send(phone, [point(-3600)])

    [item] = Person(app, "dd01").get("/api/workers/positions").json["items"]

    assert item["position"] is None


def test_who_forgot_to_sign_off_is_off_duty_after_sixteen_hours(app: Flask, time: Clock) -> None:
    on_duty()
    time.move(hours=16)

    assert Person(app, "dd01").get("/api/workers/positions").json["items"] == []


def test_a_street_of_people_costs_no_more_queries_than_one(app: Flask, phone: Phone, count_queries: Any) -> None:
    on_duty("wg01")
    desk = Person(app, "dd01")
    with count_queries() as few:
        desk.get("/api/workers/positions")
    for number in range(2, 9):
        on_duty(f"wg0{number}")
    with count_queries() as many:
        assert len(desk.get("/api/workers/positions").json["items"]) == 8

    assert len(many) <= len(few) + 1


def test_signing_on_and_off_are_ops(phone: Phone) -> None:
    on = phone.op("shift.on", {"position": {"lon": LON, "lat": LAT, "datum": "wgs84"}})
    off = phone.op("shift.off", {}, entity_id=on["entity_id"], occurred_at="2026-11-23T08:59:00+08:00")

    assert phone.statuses(on, off) == ["applied", "applied"]
    assert phone.statuses(on, off) == ["duplicate", "duplicate"]
    [shift] = phone.get("/mobile/v1/shifts").json["items"]
    assert (shift["id"], shift["open"], shift["forgotten"]) == (on["entity_id"], False, False)
    assert shift["started_at"] == "2026-11-23T08:58:00.000+08:00"
    assert shift["ended_at"] == "2026-11-23T08:59:00.000+08:00"


def test_signing_off_what_was_never_signed_on_is_refused(phone: Phone) -> None:
    [result] = phone.push(phone.op("shift.off", {}))

    assert (result["status"], result["error"]["code"]) == ("rejected", "not-found")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_shift_that_was_not_signed_off_ends_where_the_next_begins(phone: Phone, order: tuple[int, int]) -> None:
    times = ("2026-11-23T08:00:00+08:00", "2026-11-23T08:30:00+08:00")
    ops = [phone.op("shift.on", {}, occurred_at=at) for at in times]

    phone.push(*(ops[place] for place in order))

    early, late = phone.get("/mobile/v1/shifts").json["items"]
    assert (early["forgotten"], early["ended_at"]) == (True, late["started_at"])
    assert (late["forgotten"], late["open"]) == (False, True)


def test_a_late_sign_off_mends_a_forgotten_shift(phone: Phone) -> None:
    first = phone.op("shift.on", {}, occurred_at="2026-11-23T08:00:00+08:00")
    second = phone.op("shift.on", {}, occurred_at="2026-11-23T08:30:00+08:00")
    off = phone.op("shift.off", {}, entity_id=first["entity_id"], occurred_at="2026-11-23T08:20:00+08:00")

    phone.push(first, second, off)

    early, _ = phone.get("/mobile/v1/shifts").json["items"]
    assert (early["forgotten"], early["ended_at"]) == (False, "2026-11-23T08:20:00.000+08:00")


def test_a_clock_that_is_ahead_does_not_begin_a_shift_in_the_future(phone: Phone) -> None:
    phone.push(phone.op("shift.on", {}, occurred_at="2026-11-26T08:00:00+08:00"))

    assert db.session.scalars(select(Shift)).one().started_at == clock.now()


def test_somebody_elses_shift_is_out_of_reach(app: Flask, phone: Phone) -> None:
    on = phone.op("shift.on", {})
    phone.push(on)
    other = Phone(app, "wg02")

    results = other.push(*(other.op(kind, {}, entity_id=on["entity_id"]) for kind in ("shift.on", "shift.off")))

    assert [result["status"] for result in results] == ["conflict", "rejected"]
    assert other.get("/mobile/v1/shifts").json["items"] == []


def test_old_tracks_go_and_those_off_duty_sooner(app: Flask, phone: Phone, time: Clock) -> None:
    send(phone, [point(-3000)])
    on_duty(hours=0.5, ended=True)
    send(phone, [point(-60), point(40 * 24 * 3600)])
    user = find_user("wg01").id
    ninety = timedelta(days=90)

    def prune() -> int:
        with transaction():
            return retention.prune(user, clock.now() - ninety)

    assert prune() == 0
    time.move(days=8)
    assert (prune(), len(kept())) == (1, 2)
    time.move(days=84)
    assert (prune(), len(kept())) == (2, 0)


def test_a_clock_far_ahead_does_not_keep_points_for_ever(app: Flask, phone: Phone, time: Clock) -> None:
    send(phone, [point(50 * 365 * 24 * 3600)])
    time.move(days=91)

    with transaction():
        assert retention.prune(find_user("wg01").id, clock.now() - timedelta(days=90)) == 1


def test_the_command_prunes(app: Flask, phone: Phone, time: Clock) -> None:
    send(phone, [point()])
    time.move(days=91)

    result = app.test_cli_runner().invoke(args=["tracks", "prune", "--days", "90"])

    assert result.exit_code == 0, result.output
    assert "1 个轨迹点" in result.output
    assert kept() == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
wild = st.fixed_dictionaries(
    {},
    optional={
        name: json_values for name in ("t_ms", "lon", "lat", "datum", "accuracy_m", "battery", "mock", "more")
    },
)


@given(st.lists(json_values | wild, max_size=10))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_whatever_is_sent_is_read_or_refused_one_by_one(points: list[Any]) -> None:
    fixes, unread = read(points)

    assert sorted([fix.index for fix in fixes] + [refusal.index for refusal in unread]) == list(range(len(points)))
    assert all(refusal.reason for refusal in unread)


@given(
    st.builds(
        Fix,
        st.just(0),
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=True, allow_infinity=True),
        st.floats(allow_nan=True, allow_infinity=True),
        st.sampled_from(list(Datum)),
    )
)
def test_what_passes_the_check_has_a_finite_place(fix: Fix) -> None:
    try:
        intake._check(fix)
    except intake.Invalid:
        return
    lon, lat = to_storage(fix.lon, fix.lat, fix.datum)

    assert abs(lon) <= 180.1 and abs(lat) <= 90.1
