"""What stands beside a case: only what the caller may see of it, people masked, looks written down."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from grid import clock
from grid.db import db, transaction
from grid.events.event import Event
from grid.forms import form as forms
from grid.records import checkpoint as checkpoints
from grid.records import record as records
from grid.records.record import Draft
from grid.staff import mobile
from grid.trail.entry import TrailEntry
from tests.conftest import Clock
from tests.factories import street
from tests.factories.account import find_user
from tests.factories.event import fresh, make_event
from tests.factories.person import Person
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again

NUMBER, FOREIGN = "10012345678", "10012349999"
STEP_DEG = 0.0009  # about 100 m of latitude


def beside(person: Person, event: Event) -> dict[str, Any]:
    answer = person.get(f"/api/events/{event.id}/surroundings")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


def give_number(app: Flask, username: str, number: str = NUMBER) -> None:
    with transaction():
        mobile.write(find_user(username), number, app.extensions["sealer"])


def looks() -> list[TrailEntry]:
    look_again()
    return list(db.session.scalars(select(TrailEntry).where(TrailEntry.action == "account:reveal_mobile")))


def test_the_reporter_is_shown_with_the_month_and_a_masked_number(app: Flask, time: Clock) -> None:
    give_number(app, "wg01")
    make_event(reporter="wg01")
    time.move(days=30)  # into another month
    event = make_event(reporter="wg01")
    make_event(reporter="wg01")
    make_event(reporter="wg02")

    told = beside(Person(app, "dd01"), event)["reporter"]

    assert told | {"name": ""} == {"username": "wg01", "name": "", "reports": 2, "mobile": "100****5678"}
    assert looks() == []


def test_a_department_learns_neither_number_nor_how_much_somebody_reports(app: Flask) -> None:
    give_number(app, "wg01")
    event = make_event(reporter="wg01", state="handling", department="cg")

    told = beside(Person(app, "cg01"), event)["reporter"]

    assert (told["username"], told["reports"], told["mobile"]) == ("wg01", None, "")


def test_a_whole_number_needs_a_purpose_and_is_written_down(app: Flask) -> None:
    give_number(app, "wg01")
    desk = Person(app, "dd01")

    empty = desk.post("/api/workers/wg01/reveal", json={"purpose": " "})
    told = desk.post("/api/workers/wg01/reveal", json={"purpose": "核实现场"})

    assert_problem(empty, 422, "invalid")
    assert told.json == {"mobile": NUMBER}
    [look] = looks()
    assert (look.actor_id, look.object_id, look.data) == (find_user("dd01").id, "wg01", {"purpose": "核实现场"})


@pytest.mark.parametrize(
    ("caller", "whose", "status"),
    [("dd01", street.WORKER, 404), ("dd01", "wg02", 404), ("dd01", "nobody", 404), ("cg01", "wg01", 403)],
)
def test_no_number_is_had_of_others_people_or_of_who_has_none(
    app: Flask, caller: str, whose: str, status: int
) -> None:
    street.make_second_street()
    give_number(app, "wg01")
    give_number(app, street.WORKER, FOREIGN)

    answer = Person(app, caller).post(f"/api/workers/{whose}/reveal", json={"purpose": "核实现场"})

    assert_problem(answer, status, "forbidden" if status == 403 else "not-found")
    assert NUMBER not in answer.text and FOREIGN not in answer.text
    assert looks() == []


def shifted(event: Event, north: float) -> None:
    """Put a case elsewhere, as if it had been reported there."""
    with transaction():
        db.session.get_one(Event, event.id).lat += north


def test_cases_of_any_class_near_the_place_stand_beside_it_nearest_first(app: Flask, time: Clock) -> None:
    event = make_event()
    far, near, here = (make_event(category="E0406", description=words) for words in ("远", "近", "同一处"))
    old = make_event(state="closed")
    other_class = make_event(category="E0498", state="closed")
    shifted(far, 3 * STEP_DEG)
    shifted(near, STEP_DEG)
    with transaction():
        db.session.get_one(Event, old.id).reported_at = clock.now().replace(year=2026, month=9)

    found = beside(Person(app, "dd01"), event)["nearby"]

    assert [one["id"] for one in found[-1:]] == [str(near.id)]
    assert {one["id"] for one in found} == {str(near.id), str(here.id), str(other_class.id)}
    assert 90 < found[-1]["distance_m"] < 110
    assert {one["words"] for one in found} >= {"近", "同一处"}
    assert found[-1]["category"]["code"] == "E0406"
    assert found[-1]["light"]["code"] == "none"


def test_cases_beside_are_those_one_may_see(app: Flask) -> None:
    ours = make_event(state="handling", department="cg")
    theirs = make_event(state="handling", department="ga")
    practice = make_event()
    with transaction():
        db.session.execute(Event.__table__.insert().values(_copy(practice)))

    seen = {name: {one["id"] for one in beside(Person(app, name), ours)["nearby"]} for name in ("cg01", "dd01")}

    assert seen == {"cg01": set(), "dd01": {str(theirs.id), str(practice.id)}}


def _copy(event: Event) -> dict[str, Any]:
    """The row of a practice case in the same place."""
    row = {column.name: getattr(event, column.key) for column in Event.__table__.columns}
    return row | {"id": uuid4(), "client_id": uuid4(), "case_no": None, "is_practice": True}


def test_checkpoints_near_the_place_stand_beside_it_and_those_further_off_do_not(app: Flask) -> None:
    event = make_event()
    admin = find_user("xt01")
    with transaction():
        for name, north in (("东门变压器", 0.0002), ("远处的井", STEP_DEG)):
            wish = checkpoints.Wish(name=name, lon=event.lon, lat=event.lat + north, radius_m=30, every_days=7)
            checkpoints.add(admin, wish)

    found = beside(Person(app, "dd01"), event)["things"]

    assert [(one["kind"], one["title"]) for one in found] == [("巡查点", "东门变压器")]
    assert 15 < found[0]["distance_m"] < 30


def test_records_near_the_place_are_for_who_may_read_them_and_say_no_more_than_their_title(
    app: Flask,
) -> None:
    event = make_event(reporter="wg01")
    writer = find_user("wg01")
    for north in (0.0, STEP_DEG):
        place = {"lon": event.lon, "lat": event.lat + north, "datum": "wgs84"}
        values = {"date": "2026-11-20", "done": "走访张家，家有病人", "place": place}
        with transaction():
            records.put(writer, Draft(uuid4(), forms.find("diary", 1), values, None, clock.now()))

    mine, desk = (Person(app, name).get(f"/api/events/{event.id}/surroundings") for name in ("wg01", "dd01"))

    assert [(one["kind"], one["title"]) for one in mine.json["things"]] == [("工作日志", "2026-11-20")]
    assert "张家" not in mine.text
    assert desk.json["things"] == []


def test_the_rows_of_the_responsibility_list_are_at_hand(app: Flask) -> None:
    event = make_event(category="E0126", state="pending_dispatch")
    desk = Person(app, "dd01")

    rows = beside(desk, event)["duties"]
    suggested = desk.event(event.id)["suggestion"]

    assert {row["department"]["code"] for row in rows} == {"hb", "sw"}
    assert [row["followed"] for row in rows] == [True, False]
    assert f"第 {rows[0]['number']} 条" in suggested["text"]
    assert suggested["fields"] == {"department": rows[0]["department"]["code"]}


def test_a_case_out_of_reach_has_no_surroundings(app: Flask) -> None:
    street.make_second_street()
    event = make_event(reporter=street.WORKER)

    assert_problem(Person(app, "dd01").get(f"/api/events/{event.id}/surroundings"), 404, "not-found")
    assert_problem(Person(app, "cg01").get(f"/api/events/{uuid4()}/surroundings"), 404, "not-found")


def test_a_crowded_place_takes_no_more_statements_than_a_quiet_one(
    app: Flask, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    event, desk = make_event(), Person(app, "dd01")
    make_event()
    beside(desk, event)
    with count_queries() as few:
        beside(desk, event)
    for _ in range(12):
        make_event()
    event = fresh(event)
    with count_queries() as many:
        assert len(beside(desk, event)["nearby"]) == 8

    assert len(many) == len(few) <= 13, many


def test_a_photo_says_who_sent_it_when_and_how_far_from_the_case_it_claims_to_be(app: Flask) -> None:
    worker = Person(app, "wg01")
    data = jpeg()
    event = make_event(
        photos=[{"sha256": sha256(data).hexdigest(), "role": "near"}, {"sha256": "0" * 64, "role": "far"}]
    )
    worker.upload(data)
    look_again()

    here, coming = worker.event(event.id)["photo_items"]

    assert (here["uploader"]["username"], here["sent_at"] is not None, here["away_m"]) == ("wg01", True, None)
    assert (coming["sent_at"], coming["away_m"]) == (None, None)
    with transaction():
        media = db.session.get_one(Event, event.id).photos[0].media
        assert media is not None
        media.shot_lon, media.shot_lat = event.lon, event.lat + STEP_DEG
    [near, _] = worker.event(event.id)["photo_items"]
    assert 90 < near["away_m"] < 110
