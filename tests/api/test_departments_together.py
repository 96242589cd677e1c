"""Several departments on one case: each its own clock, the case waits for all; if none wants it, arbitration."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from grid.db import db
from grid.events.arbitration import ResponsibilityProposal
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Event
from tests.conftest import Clock
from tests.factories.event import fresh, make_event
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again
from tests.factories.request import person, step


def _part(event: Event, code: str) -> str:
    return next(str(a.id) for a in reversed(fresh(event).assignments) if a.department.code == code)


def _together(app: Flask) -> Event:
    event = make_event(state="pending_dispatch")
    assert step(app, "dd01", event, "dispatch", department="cg", assist=["xf", "ga"]).status_code == 200
    return event


def _finish(app: Flask, event: Event, code: str) -> None:
    for action in ("sign", "submit", "confirm"):
        told = {"note": f"{code}办好了"} if action == "submit" else {}
        assert step(app, f"{code}01", event, action, _part(event, code), **told).status_code == 200


def test_the_case_waits_for_all_and_each_says_what_it_did(app: Flask) -> None:
    event = _together(app)
    states = []
    for code in ("xf", "cg", "ga"):
        _finish(app, event, code)
        states.append(fresh(event).state.value)

    told = person(app, "dd01").event(event.id)

    assert states == ["pending_sign", "pending_sign", "feedback"]
    assert [(a["role"]["code"], a["result"]) for a in told["assignments"]] == [
        ("lead", "cg办好了"),
        ("assist", "xf办好了"),
        ("assist", "ga办好了"),
    ]


def test_each_has_a_clock_for_signing_and_one_for_handling_of_its_own(app: Flask, time: Clock) -> None:
    event = _together(app)
    time.move(minutes=10)
    step(app, "cg01", event, "sign", _part(event, "cg"))
    time.move(hours=8)
    step(app, "xf01", event, "sign", _part(event, "xf"))
    look_again()
    found = db.session.scalars(
        select(Deadline).where(Deadline.event_id == event.id, Deadline.kind == DeadlineKind.SIGN)
    )
    by_part = {str(row.assignment_id): row.state for row in found}

    assert by_part[_part(event, "cg")] is DeadlineState.MET
    assert by_part[_part(event, "xf")] is DeadlineState.MISSED
    assert by_part[_part(event, "ga")] is DeadlineState.RUNNING
    handling = select(Deadline.id).where(
        Deadline.event_id == event.id,
        Deadline.kind == DeadlineKind.HANDLE,
        Deadline.state == DeadlineState.RUNNING,
    )
    assert len(db.session.scalars(handling).all()) == 3


def test_an_assistant_joins_later_with_its_own_limit_and_leaves_again(app: Flask) -> None:
    event = make_event(state="handling")

    joined = step(app, "dd01", event, "add_assist", assist=["xf"], limit="2 urgent_hour")
    assert joined.json["state"]["code"] == "pending_sign"
    row = db.session.scalars(
        select(Deadline).where(Deadline.kind == DeadlineKind.HANDLE).order_by(Deadline.id.desc())
    ).first()
    assert row is not None and str(row.limit) == "2紧急工作时"
    left = step(app, "dd01", event, "drop_assist", assistant="xf", note="不用了")

    assert left.json["state"]["code"] == "handling"
    assert [a["state"]["code"] for a in left.json["assignments"]] == ["handling", "cancelled"]


def test_an_assistant_that_gives_back_does_not_stop_the_lead(app: Flask) -> None:
    event = _together(app)

    answer = step(app, "xf01", event, "return", _part(event, "xf"), note="不归我们管")

    assert answer.json["state"]["code"] == "pending_sign"
    assert answer.json["bounces"] == 1


def _bounce(app: Flask, event: Event, code: str) -> None:
    assert step(app, "dd01", event, "dispatch", department=code).status_code == 200
    answer = step(app, f"{code}01", event, "return", _part(event, code), note="不归我们管")
    assert answer.json["state"]["code"] == "pending_dispatch"


def test_two_not_ours_go_to_the_leader_whose_word_stands(app: Flask) -> None:
    event = make_event(state="pending_dispatch")
    assert_problem(step(app, "dd01", event, "escalate", note="推诿"), 409, "rule-forbids")
    _bounce(app, event, "cg")
    _bounce(app, event, "xf")
    assert_problem(step(app, "dd01", event, "dispatch", department="ga"), 409, "rule-forbids")

    assert step(app, "dd01", event, "escalate", note="两家都说不管").json["state"]["code"] == "arbitration"
    assert_problem(step(app, "dd01", event, "arbitrate", department="xf", note="由消防办"), 403, "forbidden")
    answer = step(app, "ld01", event, "arbitrate", department="xf", note="由消防办")

    assert answer.json["state"]["code"] == "pending_sign"
    assert answer.json["assignments"][-1]["forced"]
    refused = step(app, "xf01", event, "return", _part(event, "xf"), note="还是不管")
    assert_problem(refused, 409, "rule-forbids")
    look_again()
    [proposal] = db.session.scalars(select(ResponsibilityProposal))
    assert (proposal.department.code, proposal.reason, proposal.state) == ("xf", "由消防办", "open")


def test_a_recall_is_over_once_the_lead_has_signed(app: Flask) -> None:
    event = _together(app)
    step(app, "cg01", event, "sign", _part(event, "cg"))

    assert_problem(step(app, "dd01", event, "recall", note="派错了"), 409, "rule-forbids")


def test_a_closed_case_leaves_no_part_and_no_clock_open(app: Flask) -> None:
    event = _together(app)
    step(app, "xf01", event, "return", _part(event, "xf"), note="不归我们管")

    answer = step(app, "ld01", event, "force_close", note="上级要求")

    assert {a["state"]["code"] for a in answer.json["assignments"]} <= {"returned", "cancelled", "confirmed"}
    look_again()
    states = set(db.session.scalars(select(Deadline.state).where(Deadline.event_id == event.id)))
    assert not states & {DeadlineState.RUNNING, DeadlineState.PAUSED}
