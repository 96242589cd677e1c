"""交接班: numbers of the moment, cases to watch, signed by the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from grid import clock
from grid.accounts.user import User, UserPost
from grid.areas.area import Area, AreaCode
from grid.db import db, transaction
from grid.trail.entry import TrailEntry
from tests.conftest import Clock
from tests.factories import street
from tests.factories.account import make_user
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again
from tests.harness.databases import MOSTLY_SQLITE

# Rules and rights, not the database: one is enough.
pytestmark = MOSTLY_SQLITE

PATH = "/api/handovers"


def _note(time: Clock, **told: Any) -> dict[str, Any]:
    return {"until": clock.local(time.at + timedelta(hours=8)).isoformat(), **told}


def _sign(person: Person, note: dict[str, Any]) -> TestResponse:
    etag = person.get(f"{PATH}/{note['id']}").headers["ETag"]
    return person.post(f"{PATH}/{note['id']}/sign", headers={"If-Match": etag})


def test_one_writes_the_next_signs_and_the_numbers_stay_as_they_were(app: Flask, time: Clock) -> None:
    watched = make_event(state="pending_sign", reporter="wg01")
    make_event(reporter="wg02")
    leaving, coming = Person(app, "dd01"), Person(app, "slr01")

    note = leaving.post(PATH, json=_note(time, watched=[str(watched.id)], words="台风预警，盯河边")).json
    make_event(reporter="wg03")
    seen = coming.get(f"{PATH}?open=true").json["items"]
    signed = _sign(coming, note)

    figures = {figure["code"]: figure["count"] for figure in note["figures"]}
    assert figures["queue.accept"] == 1 and figures["overdue"] == 0
    assert [one["id"] for one in note["watched"]] == [str(watched.id)]
    assert (note["mine"], seen[0]["mine"], seen[0]["figures"]) == (True, False, note["figures"])
    assert signed.status_code == 200 and signed.json["taker"]["username"] == "slr01"
    assert coming.get(f"{PATH}?open=true").json["items"] == []
    assert [one["id"] for one in coming.get(f"{PATH}?open=false").json["items"]] == [note["id"]]
    look_again()
    told = db.session.scalars(select(TrailEntry.action).where(TrailEntry.object_type == "handover_note"))
    assert list(told) == ["handover:write", "handover:sign"]


def test_what_falls_due_in_the_next_shift_is_named(app: Flask, time: Clock) -> None:
    event = make_event(state="pending_sign", reporter="wg01")
    assert event.due_at is not None
    hours = (event.due_at - time.at) / timedelta(hours=1)
    dispatcher = Person(app, "dd01")

    def due(until: float) -> list[str]:
        query = {"until": clock.local(time.at + timedelta(hours=until)).isoformat()}
        items = dispatcher.get(f"{PATH}/figures", query_string=query).json["items"]
        return [one["id"] for figure in items if figure["code"] == "due" for one in figure["cases"]]

    assert due(hours + 0.1) == [str(event.id)]
    assert due(hours - 0.1) == []


def test_nobody_signs_their_own_and_nobody_signs_twice(app: Flask, time: Clock) -> None:
    leaving, coming, third = Person(app, "dd01"), Person(app, "zbz01"), Person(app, "pqy01")
    note = leaving.post(PATH, json=_note(time)).json

    assert_problem(_sign(leaving, note), 403, "forbidden")
    assert _sign(coming, note).status_code == 200
    assert_problem(_sign(third, note), 409, "conflict")


def test_the_signature_wants_the_note_as_it_was_seen(app: Flask, time: Clock) -> None:
    note = Person(app, "dd01").post(PATH, json=_note(time)).json
    coming = Person(app, "slr01")

    assert coming.post(f"{PATH}/{note['id']}/sign").status_code == 428
    assert coming.post(f"{PATH}/{note['id']}/sign", headers={"If-Match": '"x"'}).status_code == 412


def test_a_note_written_twice_with_one_key_is_one(app: Flask, time: Clock) -> None:
    dispatcher, key = Person(app, "dd01"), {"Idempotency-Key": str(uuid4())}
    body = _note(time, words="同一条")

    first = dispatcher.post(PATH, json=body, headers=key)
    again = dispatcher.post(PATH, json=body, headers=key)

    assert first.json["id"] == again.json["id"]
    assert len(dispatcher.get(PATH).json["items"]) == 1


@pytest.mark.parametrize(
    "told, field",
    [
        ({"until": "2026-11-20T08:00:00+08:00"}, "until"),
        ({"until": "2027-11-20T08:00:00+08:00"}, "until"),
        ({"watched": [str(uuid4())]}, "watched"),
        ({"words": "字" * 1001}, "words"),
        ({"watched": [str(uuid4())] * 31}, "watched"),
    ],
)
def test_what_cannot_be_handed_over_names_the_field(
    app: Flask, time: Clock, told: dict[str, Any], field: str
) -> None:
    assert_problem(Person(app, "dd01").post(PATH, json=_note(time) | told), 422, "invalid", field)


def test_another_streets_desk_and_a_community_below_have_their_own(app: Flask, time: Clock) -> None:
    street.make_second_street()
    make_user("sq01", "dispatcher", area="441323002001")
    note = Person(app, "dd01").post(PATH, json=_note(time)).json
    elsewhere = make_event(reporter=street.WORKER)

    for stranger in (Person(app, street.DESK), Person(app, "sq01")):
        assert stranger.get(PATH).json["items"] == []
        assert_problem(stranger.get(f"{PATH}/{note['id']}"), 404, "not-found")
    told = _note(time, watched=[str(elsewhere.id)])
    assert_problem(Person(app, "dd01").post(PATH, json=told), 422, "invalid", "watched")


def test_a_note_names_no_case_of_another_post_its_author_holds(app: Flask, time: Clock) -> None:
    street.make_second_street()
    make_user("sq01", "acceptor", area="441323002001")
    make_user("sq02", "acceptor", area="441323002001")
    with transaction():
        other = db.session.get_one(Area, db.session.get_one(AreaCode, "441323002002001").area_id)
        user = db.session.scalars(select(User).where(User.username == "sq02")).one()
        user.posts.append(UserPost(post="leader", area=other))
    here, there = make_event(state="handling", reporter="wg01"), make_event(state="handling", reporter="wg03")
    time.move(days=30)
    author = Person(app, "sq02")
    assert author.get(f"/api/events/{there.id}").status_code == 200

    refused = author.post(PATH, json=_note(time, watched=[str(there.id)]))
    note = author.post(PATH, json=_note(time, watched=[str(here.id)])).json
    seen = Person(app, "sq01").get(f"{PATH}/{note['id']}").json

    assert_problem(refused, 422, "invalid", "watched")
    [late] = [figure for figure in seen["figures"] if figure["code"] == "overdue"]
    assert [case["id"] for case in late["cases"]] == [str(here.id)] and late["count"] == 1


def test_departments_have_no_desk_to_hand_over(app: Flask) -> None:
    assert_problem(Person(app, "cg01").get(PATH), 403, "forbidden")
