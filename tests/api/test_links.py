"""关联 between cases, what a reporter says is the same, proposals of arbitrations, and whose turn a request is."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.factories.event import fresh, make_event
from tests.factories.person import make_report
from tests.factories.problem import assert_problem
from tests.factories.request import ask, decide, etag, person, step

# Rules and rights, not the database: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _how(app: Flask, event: Any, who: str = "dd01") -> list[tuple[str, str]]:
    return [(one["how"]["code"], one["id"]) for one in person(app, who).event(event.id)["relations"]]


def _link(app: Flask, who: str, event: Any, other: str) -> Any:
    caller = person(app, who)
    return caller.post(f"/api/events/{event.id}/links", json={"other": other}, headers=etag(caller, event))


def test_two_cases_are_linked_and_taken_apart_and_both_say_so(app: Flask) -> None:
    event, other = make_event(state="pending_dispatch"), make_event(state="handling")
    number = fresh(other).case_no or ""

    assert _link(app, "dd01", event, f"{number[:9]} {number[9:]}").status_code == 200
    assert _how(app, event) == [("related", str(other.id))] and _how(app, other) == [("related", str(event.id))]
    assert_problem(_link(app, "dd01", other, str(event.id)), 409, "conflict")
    caller, path = person(app, "dd01"), f"/api/events/{other.id}/links/{event.id}/end"
    assert_problem(caller.post(path, json={}), 428, "precondition-required")
    assert caller.post(path, json={"note": "不相干"}, headers=etag(caller, other)).status_code == 200

    assert (_how(app, event), _how(app, other)) == ([], [])
    for one in (event, other):
        assert [entry.action for entry in fresh(one).history][-2:] == ["link", "unlink"]
    assert_problem(caller.post(path, json={}, headers=etag(caller, other)), 404, "not-found")


@pytest.mark.parametrize(
    "who, other, status", [("dd01", "itself", 422), ("dd01", "none", 422), ("ld01", "one", 403)]
)
def test_what_is_not_linked(app: Flask, who: str, other: str, status: int) -> None:
    event, one = make_event(), make_event()
    named = {"itself": str(event.id), "none": "4413230022026112299999", "one": str(one.id)}[other]

    assert _link(app, who, event, named).status_code == status


def test_what_the_reporter_names_is_proposed_for_merging(app: Flask) -> None:
    worker = person(app, "wg01")
    named = [worker.post("/mobile/v1/reports", json=make_report()).json["id"] for _ in range(3)][1]

    told = worker.post("/mobile/v1/reports", json=make_report() | {"same_as": named})

    shown = person(app, "dd01").event(told.json["id"])
    assert [one["how"]["code"] for one in shown["relations"]] == ["same"]
    merge = next(s for s in shown["steps"] if s["action"] == "merge")
    assert merge["fields"][0]["value"] == named


def test_a_case_that_is_over_or_foreign_does_not_stop_the_report(app: Flask) -> None:
    over, foreign = make_event(state="closed"), make_event(reporter="wg09")
    for other in (over, foreign):
        told = person(app, "wg01").post("/mobile/v1/reports", json=make_report() | {"same_as": str(other.id)})
        assert told.status_code == 201
        assert _how(app, fresh(other)) == []


def _arbitrated(app: Flask) -> Any:
    event = make_event(state="arbitration")
    assert step(app, "ld01", event, "arbitrate", department="xf", note="由消防办").status_code == 200
    return event


def test_a_proposal_is_taken_once_or_refused_with_a_why(app: Flask) -> None:
    _arbitrated(app)
    _arbitrated(app)
    admin = person(app, "xt01")
    second, first = admin.get("/api/proposals?state=open").json["items"]
    assert (first["department"]["code"], first["reason"], first["state"]["code"]) == ("xf", "由消防办", "open")

    def settle(row: Any, **told: str) -> Any:
        path = f"/api/proposals/{row['id']}"
        seen = admin.get(path).headers["ETag"]
        return admin.post(f"{path}/settle", json=told, headers={"If-Match": seen})

    assert_problem(settle(second, state="refused"), 422, "invalid", "note")
    assert settle(second, state="refused", note="原来的条目够了").json["state"]["code"] == "refused"
    taken = settle(first, state="taken").json
    assert (taken["state"]["code"], taken["settler"]["username"]) == ("taken", "xt01")
    assert_problem(settle(first, state="taken"), 409, "conflict")
    assert admin.get("/api/proposals?state=open").json["items"] == []


def test_a_number_no_row_can_have_leads_nowhere(app: Flask) -> None:
    for path in ("proposals", "delegations", "procedures"):
        assert_problem(person(app, "xt01").get(f"/api/{path}/99999999999999999999"), 404, "not-found")


def _mine(app: Flask, who: str) -> list[str]:
    return [
        item["request"]["kind"]["code"] for item in person(app, who).get("/api/requests?mine=true").json["items"]
    ]


def test_a_request_is_shown_to_whose_turn_it_is_and_to_who_asked(app: Flask) -> None:
    event = make_event(state="handling")
    ask(app, "cg01", event, "suspension", until="2026-12-20")
    voided = make_event(state="pending_dispatch")
    ask(app, "dd01", voided, "void")

    assert sorted(_mine(app, "dd01")) == ["suspension", "void"]
    assert (_mine(app, "cg01"), _mine(app, "zbz01"), _mine(app, "slr01")) == (["suspension"], ["void"], [])
    decide(app, "dd01", event)

    assert (_mine(app, "dd01"), _mine(app, "cg01")) == (["void"], [])
