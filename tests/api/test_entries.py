"""补录 at the desk, 自处置 by the worker, and 逐级办理."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from fixtures.daling import STREET
from grid import clock
from grid.db import db
from grid.events.event import Event
from tests.conftest import Clock
from tests.factories.account import make_user
from tests.factories.event import make_event
from tests.factories.person import make_report
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again
from tests.factories.request import person, step
from tests.harness.databases import MOSTLY_SQLITE

PHOTOS = [{"sha256": "a" * 64, "role": "near"}, {"sha256": "b" * 64, "role": "after"}]

# Rules and rights, not the database: one is enough.
pytestmark = MOSTLY_SQLITE


def _entry(occurred_at: str) -> dict[str, Any]:
    told = make_report()
    told.pop("photos", None)
    told["position"] = {name: told["position"][name] for name in ("lon", "lat", "datum")}
    return told | {"occurred_at": occurred_at}


def test_what_happened_during_an_outage_is_entered_with_its_own_time(app: Flask, time: Clock) -> None:
    at = clock.local(time.at - timedelta(days=2)).isoformat()

    answer = person(app, "slr01").post("/api/events", json=_entry(at))

    assert answer.status_code == 201, answer.text
    told = answer.json
    assert (told["retrospective"], told["source"]["code"]) == (True, "desk")
    event = fresh_event(told)
    assert event.occurred_at == time.at - timedelta(days=2)
    assert event.due_at is None or event.due_at > time.at


def fresh_event(told: dict[str, Any]) -> Event:
    look_again()
    return db.session.get_one(Event, UUID(told["id"]))


@pytest.mark.parametrize("hours", [1, -24 * 31])
def test_nothing_to_come_and_nothing_too_old(app: Flask, time: Clock, hours: int) -> None:
    at = clock.local(time.at + timedelta(hours=hours)).isoformat()

    assert_problem(person(app, "slr01").post("/api/events", json=_entry(at)), 422, "invalid", "occurred_at")


def _allow(app: Flask) -> None:
    told = {"rule": "self_class", "key": "E0410", "area": STREET}
    assert person(app, "xt01").post("/api/procedures", json=told).status_code == 200


def _self_handled(app: Flask, **told: Any) -> Any:
    body = make_report() | {"category": "E0410", "self_handled": True, "photos": PHOTOS, **told}
    return person(app, "wg01").post("/mobile/v1/reports", json=body)


def test_a_trivial_matter_is_dealt_with_by_the_worker_and_looked_at_by_the_desk(app: Flask) -> None:
    _allow(app)
    receipt = _self_handled(app).json
    assert receipt["state"]["code"] == "self_done"
    event = fresh_event(receipt)
    queues = {q["code"]: q["count"] for q in person(app, "slr01").get("/api/queues").json["items"]}

    answer = step(app, "slr01", event, "accept_self")

    assert queues["self_done"] == 1
    told = answer.json
    assert (told["state"]["code"], told["self_handled"], told["assignments"]) == ("closed", True, [])


def test_what_the_desk_does_not_believe_becomes_an_ordinary_report(app: Flask) -> None:
    _allow(app)
    event = fresh_event(_self_handled(app).json)

    assert step(app, "slr01", event, "reject_self", note="照片看不清").json["state"]["code"] == "reported"


@pytest.mark.parametrize(
    "told, field", [({"photos": PHOTOS[:1]}, "photos"), ({"category": "E0126"}, "self_handled")]
)
def test_it_takes_a_trivial_class_and_photos_of_before_and_after(
    app: Flask, told: dict[str, Any], field: str
) -> None:
    _allow(app)

    assert_problem(_self_handled(app, **told), 422, "invalid", field)


def test_who_stands_below_the_level_that_has_a_case_reads_it_and_takes_no_step(app: Flask) -> None:
    make_user("sq01", "acceptor", "dispatcher", area="441323002001")
    make_user("qx01", "acceptor", "dispatcher", area="441323")
    event = make_event()
    offers = {who: {s["action"] for s in person(app, who).event(event.id)["steps"]} for who in ("sq01", "dd01")}
    assert offers["sq01"] == set() and "accept" in offers["dd01"]

    down = step(app, "dd01", event, "hand_down", note="由社区办")
    assert down.json["level"]["code"] == "community"
    assert step(app, "sq01", event, "accept").status_code == 200
    assert step(app, "sq01", event, "hand_up", note="办不了").json["level"]["code"] == "street"
    up = step(app, "dd01", event, "hand_up", note="跨街道")

    assert up.json["level"]["code"] == "county"
    assert_problem(step(app, "dd01", event, "hand_down", note="收回"), 403, "forbidden")
    assert step(app, "qx01", event, "hand_down", note="街道办").json["level"]["code"] == "street"
