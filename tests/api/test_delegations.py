"""顶岗, 代办, 交接: posts lent for a while begin and end by themselves; open tasks go to somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from grid import clock
from grid.commands import HANDLERS
from grid.job import worker
from tests.conftest import Clock
from tests.factories.account import make_user
from tests.factories.event import make_event
from tests.factories.problem import assert_problem
from tests.factories.request import person
from tests.harness.databases import MOSTLY_SQLITE

# Rules and rights, not the database: one is enough.
pytestmark = MOSTLY_SQLITE


def _lend(app: Flask, who: str, time: Clock, **told: Any) -> Any:
    body = {
        "kind": "stand_in",
        "leaver": "wg01",
        "successor": "wg02",
        "ends_at": clock.local(time.at + timedelta(days=3)).isoformat(),
        "reason": "病假",
        **told,
    }
    return person(app, who).post("/api/delegations", json=body)


def _sees(app: Flask, who: str, event: Any) -> int:
    return person(app, who).get(f"/api/events/{event.id}").status_code


def test_a_stand_in_has_the_area_and_the_tasks_until_the_end(app: Flask, time: Clock) -> None:
    event = make_event(reporter="wg01")
    checked = make_event(state="checking", checker="wg01")
    before = _sees(app, "wg02", event)

    answer = _lend(app, "zbz01", time, tasks=True)

    assert answer.status_code == 201, answer.text
    assert (before, _sees(app, "wg02", event)) == (404, 200)
    tasks = {who: person(app, who).get("/mobile/v1/tasks").json["items"] for who in ("wg01", "wg02")}
    assert (tasks["wg01"], [t["event"]["id"] for t in tasks["wg02"]]) == ([], [str(checked.id)])
    time.move(days=3)
    assert _sees(app, "wg02", event) == 404


def test_duty_is_lent_by_who_has_it_and_taken_back_at_once(app: Flask, time: Clock) -> None:
    event = make_event(state="arbitration")
    row = _lend(app, "ld01", time, kind="duty", leaver="ld01", successor="zbz01").json
    desk = person(app, "zbz01")
    assert "arbitrate" in {s["action"] for s in desk.event(event.id)["steps"]}
    path = f"/api/delegations/{row['id']}"
    etag = person(app, "ld01").get(path).headers["ETag"]
    time.move(minutes=1)

    assert_problem(person(app, "ld01").post(f"{path}/end"), 428, "precondition-required")
    assert person(app, "ld01").post(f"{path}/end", headers={"If-Match": etag}).status_code == 200

    assert "arbitrate" not in {s["action"] for s in desk.event(event.id)["steps"]}


def test_it_begins_when_it_says(app: Flask, time: Clock) -> None:
    event = make_event(reporter="wg01")
    _lend(app, "zbz01", time, begins_at=clock.local(time.at + timedelta(days=1)).isoformat())

    before = _sees(app, "wg02", event)
    time.move(days=1)

    assert (before, _sees(app, "wg02", event)) == (404, 200)


def test_a_stand_in_is_told_as_the_other_would_be(app: Flask, time: Clock) -> None:
    make_user("tr01", "grid_worker", area="441323002001001")
    _lend(app, "slr01", time, kind="duty", leaver="slr01", successor="tr01")
    make_event(reporter="wg01", state="reported", category="E0126")
    while worker.run_once(HANDLERS):
        pass

    assert person(app, "tr01").get("/api/notices").json["unread"] >= 1


@pytest.mark.parametrize(
    "who, told, status",
    [
        ("zbz01", {"leaver": "ld01", "successor": "zbz01"}, 403),  # nobody takes what stands above them
        ("zbz01", {"leaver": "zbz01", "successor": "zbz01"}, 422),
        ("wg02", {}, 403),
        ("xt01", {"leaver": "xt01"}, 422),  # an administrator's post is nobody's to lend
        ("cg01", {"leaver": "cg01", "successor": "xf01"}, 422),  # a department's stays in it
        ("zbz01", {"ends_at": "2026-11-01T00:00:00+08:00"}, 422),
        ("zbz01", {"ends_at": "2028-11-01T00:00:00+08:00"}, 422),
    ],
)
def test_what_may_not_be_lent(app: Flask, time: Clock, who: str, told: dict[str, str], status: int) -> None:
    assert _lend(app, who, time, **told).status_code == status


def test_the_same_twice_is_a_conflict(app: Flask, time: Clock) -> None:
    _lend(app, "zbz01", time)

    assert_problem(_lend(app, "zbz01", time), 409, "conflict")


def test_open_tasks_are_handed_over_for_good(app: Flask) -> None:
    make_event(state="checking", checker="wg01")

    answer = person(app, "zbz01").post("/api/tasks/hand-over", json={"leaver": "wg01", "successor": "wg03"})

    assert answer.json == {"tasks": 1}
    assert len(person(app, "wg03").get("/mobile/v1/tasks").json["items"]) == 1


def _choice(app: Flask, who: str) -> dict[str, set[str]]:
    told = person(app, who).get("/api/delegations/people").json
    return {name: {one["username"] for one in told[name]} for name in ("leavers", "successors")}


def test_one_chooses_among_whom_one_may(app: Flask) -> None:
    make_user("cg02", "clerk", department="cg")
    leader, clerk, worker, admin = (_choice(app, who) for who in ("zbz01", "cg01", "wg01", "xt01"))

    assert {"zbz01", "wg01", "wg14"} <= leader["leavers"] and not {"ld01", "xt01", "cg01"} & leader["leavers"]
    assert (clerk["leavers"], worker["leavers"]) == ({"cg01"}, {"wg01"})
    assert "cg02" in clerk["successors"] and "wg02" in worker["successors"]
    assert {"ld01", "wg01"} <= admin["leavers"] and "xt01" not in admin["leavers"]
