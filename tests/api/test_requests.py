"""Requests over HTTP: who may ask and decide, when a rule forbids it, and what an approval does to the clocks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from grid import clock
from grid.commands import HANDLERS
from grid.db import db
from grid.events import resuming
from grid.events.deadline import Deadline, DeadlineChange
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Event
from grid.job import worker
from tests.conftest import Clock
from tests.factories.account import make_user
from tests.factories.census import census
from tests.factories.event import fresh, make_event
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again
from tests.factories.request import ask, decide, person, step


def _clock(event: Event, kind: DeadlineKind = DeadlineKind.HANDLE) -> Deadline:
    look_again()
    found = select(Deadline).where(Deadline.event_id == event.id, Deadline.kind == kind)
    return db.session.scalars(found.order_by(Deadline.id.desc())).first()  # type: ignore[return-value]


def _actions(app: Flask, who: str, event: Event) -> set[str]:
    return {offered["action"] for offered in person(app, who).event(event.id)["steps"]}


# -- 延期 ---------------------------------------------------------------------------------------------------------


def test_an_extension_takes_two_levels_and_adds_one_limit_to_both_clocks(app: Flask) -> None:
    make_user("jb01", "clerk", department="cg")
    event = make_event(state="handling")
    before, case = _clock(event).due_at, _clock(event, DeadlineKind.CASE).due_at

    asked = ask(app, "jb01", event, "extension")
    assert_problem(decide(app, "dd01", event), 403, "forbidden")  # not yet the dispatcher's turn
    first = decide(app, "cg01", event)
    assert _clock(event).due_at == before
    second = decide(app, "dd01", event)

    assert [answer.status_code for answer in (asked, first, second)] == [200] * 3
    row = _clock(event)
    assert (row.extensions, row.state) == (1, DeadlineState.RUNNING)
    assert row.due_at > before
    assert _clock(event, DeadlineKind.CASE).due_at > case
    [change, *_] = db.session.scalars(select(DeadlineChange).where(DeadlineChange.deadline_id == row.id))
    assert (change.old_due_at, change.new_due_at) == (before, row.due_at)
    told = second.json["requests"][0]
    assert (told["state"]["code"], [d["level"] for d in told["decisions"]]) == ("approved", [1, 2])
    assert fresh(event).assignments[0].due_at == row.due_at
    assert fresh(event).pending_requests == 0


def test_who_heads_the_department_has_approved_by_asking(app: Flask) -> None:
    event = make_event(state="handling")

    ask(app, "cg01", event, "extension")
    answer = decide(app, "dd01", event)

    assert answer.json["requests"][0]["state"]["code"] == "approved"


def test_two_approvals_are_the_most_and_refusals_do_not_count(app: Flask) -> None:
    event = make_event(state="handling")
    for verdict in ("refuse", "approve", "refuse", "approve"):
        assert ask(app, "cg01", event, "extension").status_code == 200
        assert decide(app, "dd01", event, verdict).status_code == 200

    told = assert_problem(ask(app, "cg01", event, "extension"), 409, "rule-forbids")

    assert "2 次" in told["detail"]
    assert _clock(event).extensions == 2
    assert "extension" not in _actions(app, "cg01", event)


def test_an_overdue_department_cannot_ask_for_more_time(app: Flask, time: Clock) -> None:
    event = make_event(state="handling")
    time.at = _clock(event).due_at + timedelta(seconds=1)
    before = census("login_session", "trail_entry")

    told = assert_problem(ask(app, "cg01", event, "extension"), 409, "rule-forbids")

    assert "超期" in told["detail"]
    assert census("login_session", "trail_entry") == before


def test_one_request_at_a_time(app: Flask) -> None:
    event = make_event(state="handling")
    ask(app, "cg01", event, "extension")

    assert_problem(ask(app, "cg01", event, "return"), 409, "rule-forbids")


@pytest.mark.parametrize("who, status", [("ld01", 403), ("dd01", 403), ("xf01", 404), ("wg01", 403)])
def test_only_the_department_that_has_it_asks(app: Flask, who: str, status: int) -> None:
    event = make_event(state="handling")
    path = f"/api/events/{event.id}/requests"
    held = {"If-Match": person(app, "dd01").event(event.id)["etag"]}

    answer = person(app, who).post(path, json={"action": "extension", "note": "等"}, headers=held)

    assert answer.status_code == status


@pytest.mark.parametrize("state", ["reported", "pending_dispatch", "handled", "feedback", "checking", "closed"])
def test_in_the_wrong_state_nothing_may_be_asked_for(app: Flask, state: str) -> None:
    event = make_event(state=state)
    if not fresh(event).assignments:
        return  # then the department does not even see it
    assert_problem(ask(app, "cg01", event, "extension"), 409, "illegal-transition")


def test_a_request_lapses_when_the_case_moves_on(app: Flask) -> None:
    event = make_event(state="handling")
    ask(app, "cg01", event, "extension")
    part = str(fresh(event).assignments[0].id)

    answer = step(app, "cg01", event, "submit", part, note="办好了")

    assert answer.json["requests"][0]["state"]["code"] == "lapsed"
    assert answer.json["history"][-1]["data"]["lapsed"] == "延期"
    assert_problem(decide(app, "dd01", event), 409, "conflict")


def test_one_takes_back_what_one_asked_for_and_nobody_else_does(app: Flask) -> None:
    event = make_event(state="handling")
    ask(app, "cg01", event, "extension")

    assert_problem(decide(app, "dd01", event, "withdraw", ""), 403, "forbidden")
    assert decide(app, "cg01", event, "withdraw", "").json["requests"][0]["state"]["code"] == "withdrawn"


# -- 挂账 ---------------------------------------------------------------------------------------------------------


def test_a_suspension_stops_every_clock_and_ends_by_itself(app: Flask, time: Clock) -> None:
    event = make_event(state="handling", category="E0496")
    left = _clock(event).due_at - time.at
    ask(app, "cg01", event, "suspension", until="2026-12-10")

    answer = decide(app, "dd01", event)

    assert answer.json["state"]["code"] == "suspended"
    assert (answer.json["due_at"], answer.json["light"]["code"]) == (None, "none")
    assert answer.json["suspended_until"].startswith("2026-12-11T00:00")
    assert {_clock(event, kind).state for kind in (DeadlineKind.CASE, DeadlineKind.HANDLE)} == {
        DeadlineState.PAUSED
    }
    assert worker.sweep_once([resuming.sweep]) == 0
    time.at = datetime(2026, 12, 11, 0, 0, tzinfo=clock.LOCAL)
    assert worker.sweep_once([resuming.sweep]) == 1
    assert worker.sweep_once([resuming.sweep]) == 0
    now = fresh(event)
    assert (now.state, now.suspended_until, now.history[-1].action) == ("handling", None, "resume")
    row = _clock(event)
    assert row.state is DeadlineState.RUNNING
    assert row.due_at - time.at >= left if row.limit.unit.is_working else row.due_at - time.at == left
    assert now.due_at is not None


def test_a_suspended_case_is_in_no_overdue_count(app: Flask, time: Clock) -> None:
    event = make_event(state="handling")
    ask(app, "cg01", event, "deferral", until="2027-06-01")
    decide(app, "dd01", event)
    time.move(days=60)

    desk = person(app, "dd01")

    assert desk.get("/api/events", query_string={"overdue": "true"}).json["items"] == []
    assert all(queue["overdue"] == 0 for queue in desk.get("/api/queues").json["items"])
    assert "sign" not in _actions(app, "cg01", event)


def test_it_is_resumed_by_hand_and_suspended_once_only(app: Flask) -> None:
    event = make_event(state="pending_sign")
    ask(app, "cg01", event, "suspension", until="2026-12-10")
    decide(app, "dd01", event)

    answer = step(app, "dd01", event, "resume", note="材料到了")

    assert answer.json["state"]["code"] == "pending_sign"
    assert_problem(ask(app, "cg01", event, "deferral", until="2026-12-10"), 409, "rule-forbids")


@pytest.mark.parametrize("until", ["2026-11-20", "2027-11-24", None])
def test_a_suspension_needs_a_day_within_a_year(app: Flask, until: str | None) -> None:
    event = make_event(state="handling")

    answer = ask(app, "cg01", event, "suspension", **({"until": until} if until else {}))

    assert_problem(answer, 422, "invalid", "until")


# -- 回退 ---------------------------------------------------------------------------------------------------------


def _give_back(app: Flask, event: Event) -> None:
    assert ask(app, "cg01", event, "return").status_code == 200
    assert decide(app, "dd01", event).status_code == 200


def test_the_same_department_again_has_what_was_left(app: Flask, time: Clock) -> None:
    event = make_event(state="handling", category="E0496")
    first = _clock(event)
    time.move(minutes=30)
    left = first.due_at - time.at
    _give_back(app, event)
    assert (fresh(event).state, _clock(event).state) == ("pending_dispatch", DeadlineState.PAUSED)
    time.move(minutes=20)

    answer = step(app, "dd01", event, "dispatch", department="cg")

    row = _clock(event)
    assert (row.id, row.state, row.due_at - time.at) == (first.id, DeadlineState.RUNNING, left)
    [part] = answer.json["assignments"]
    assert (part["round"], part["bounces"], part["state"]["code"]) == (2, 1, "pending_sign")


def test_another_department_begins_anew(app: Flask, time: Clock) -> None:
    event = make_event(state="handling")
    first = _clock(event)
    time.move(minutes=30)
    _give_back(app, event)

    answer = step(app, "dd01", event, "dispatch", department="xf")

    look_again()
    assert db.session.get_one(Deadline, first.id).state is DeadlineState.CANCELLED
    assert _clock(event).started_at == time.at
    assert [part["state"]["code"] for part in answer.json["assignments"]] == ["returned", "pending_sign"]


def test_the_departments_own_assignment_is_revoked_first(app: Flask) -> None:
    event = make_event(state="handling")
    part = str(fresh(event).assignments[0].id)
    step(app, "cg01", event, "assign", part, handler="cg01")

    told = assert_problem(ask(app, "cg01", event, "return"), 409, "rule-forbids")

    assert "指派" in told["detail"]
    assert step(app, "cg01", event, "unassign", part).status_code == 200
    assert ask(app, "cg01", event, "return").status_code == 200


# -- 作废, 申诉, 强制结案, 重开 ------------------------------------------------------------


def test_a_void_takes_a_second_person(app: Flask) -> None:
    event = make_event(state="pending_filing")
    make_user("zz01", "shift_leader", "dispatcher")
    assert ask(app, "zz01", event, "void").status_code == 200

    assert_problem(decide(app, "zz01", event), 409, "rule-forbids")
    answer = decide(app, "zbz01", event)

    assert answer.json["state"]["code"] == "voided"
    assert fresh(event).history[-1].actor_name == "江值班"


def test_an_appeal_exempts_after_two_reviews_and_erases_nothing(app: Flask, time: Clock) -> None:
    event = make_event(state="handling")
    time.at = _clock(event).due_at + timedelta(hours=1)
    part = str(fresh(event).assignments[0].id)
    step(app, "cg01", event, "submit", part, note="办好了")
    step(app, "cg01", event, "confirm", part)
    for action, told in (("forward", {}), ("send_check", {"assignee": "wg01"})):
        step(app, "dd01", event, action, **told)
    task = person(app, "wg01").get("/mobile/v1/tasks").json["items"][0]
    held = person(app, "wg01").get(f"/mobile/v1/tasks/{task['id']}").headers["ETag"]
    body = {"client_id": task["id"], "result": "pass"}
    person(app, "wg01").post(f"/mobile/v1/tasks/{task['id']}/answer", json=body, headers={"If-Match": held})
    step(app, "dd01", event, "close")
    assert _clock(event).state is DeadlineState.MISSED

    assert ask(app, "cg01", event, "appeal").status_code == 200
    assert decide(app, "dd01", event).status_code == 200
    assert_problem(decide(app, "dd01", event), 409, "rule-forbids")
    assert decide(app, "slr01", event).status_code == 200

    row = _clock(event)
    assert (row.state, row.is_exempt, row.is_in_time) == (DeadlineState.MISSED, True, True)
    assert db.session.scalars(select(Deadline.id).where(Deadline.is_in_time, Deadline.id == row.id)).all()
    assert_problem(ask(app, "cg01", event, "appeal"), 409, "rule-forbids")


def test_who_was_in_time_has_nothing_to_appeal(app: Flask) -> None:
    event = make_event(state="closed")

    assert_problem(ask(app, "cg01", event, "appeal"), 409, "rule-forbids")


@pytest.mark.parametrize("state", ["reported", "handling", "suspended", "checking"])
def test_the_leader_closes_by_force_and_nothing_goes_on(app: Flask, state: str) -> None:
    event = make_event(state=state)

    assert_problem(step(app, "dd01", event, "force_close", note="上级要求"), 403, "forbidden")
    answer = step(app, "ld01", event, "force_close", note="上级要求")

    assert answer.json["state"]["code"] == "force_closed"
    look_again()
    states = db.session.scalars(select(Deadline.state).where(Deadline.event_id == event.id)).all()
    assert not set(states) & {DeadlineState.RUNNING, DeadlineState.PAUSED}
    assert all(task["state"]["code"] != "open" for task in answer.json["tasks"])


def test_a_closed_case_is_reopened_as_a_new_one(app: Flask) -> None:
    event = make_event(state="closed")
    leader = person(app, "zbz01")
    held = {"If-Match": leader.event(event.id)["etag"]}

    answer = leader.post(f"/api/events/{event.id}/reopenings", json={"note": "群众不满意"}, headers=held)

    [tied] = answer.json["relations"]
    assert (tied["how"]["code"], answer.json["state"]["code"]) == ("reopened_as", "closed")
    round_ = leader.event(tied["id"])
    assert (round_["state"]["code"], round_["due_at"], round_["case_no"]) == ("reported", None, None)
    assert round_["relations"][0]["id"] == str(event.id)


# -- the list, and who is told -----------------------------------------------------------------------------------


def test_the_list_shows_what_waits_for_me_and_how_to_decide(app: Flask) -> None:
    mine, other = make_event(state="handling"), make_event(state="handling", department="xf")
    ask(app, "cg01", mine, "extension")
    ask(app, "xf01", other, "suspension", until="2026-12-10")

    seen = {
        who: [
            (i["event"]["id"], [s["action"] for s in i["steps"]])
            for i in person(app, who).get("/api/requests").json["items"]
        ]
        for who in ("dd01", "cg01", "wg02")
    }

    assert seen["dd01"] == [(str(other.id), ["approve", "refuse"]), (str(mine.id), ["approve", "refuse"])]
    assert seen["cg01"] == [(str(mine.id), ["withdraw"])]
    assert seen["wg02"] == []


def test_those_whose_turn_it_is_are_told_and_then_who_asked(app: Flask) -> None:
    event = make_event(state="handling")
    ask(app, "cg01", event, "extension")
    while worker.run_once(HANDLERS):
        pass
    decide(app, "pqy01", event, "refuse", "理由不充分")
    while worker.run_once(HANDLERS):
        pass

    titles = {
        who: [n["title"] for n in person(app, who).get("/api/notices").json["items"]] for who in ("dd01", "cg01")
    }

    assert any("延期申请待审批" in title for title in titles["dd01"])
    assert any("延期申请不同意" in title for title in titles["cg01"])


def test_a_refusal_needs_a_reason(app: Flask) -> None:
    event = make_event(state="handling")
    ask(app, "cg01", event, "extension")

    assert_problem(decide(app, "dd01", event, "refuse", ""), 422, "invalid", "note")


# -- versions ----------------------------------------------------------------------------------------------------

WAYS = {
    "requests": {"action": "extension", "note": "等"},
    "requests/{request}/decisions": {"action": "withdraw"},
    "reopenings": {"note": "不满意"},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("held, status", [(None, 428), ('"0"', 412), ("*", 412)])
def test_nothing_is_written_blind(app: Flask, way: str, held: str | None, status: int) -> None:
    event = make_event(state="handling")
    ask(app, "cg01", event, "extension")
    clerk = person(app, "cg01")
    request = clerk.event(event.id)["requests"][0]["id"]
    before = census("login_session", "trail_entry")

    headers = {"If-Match": held} if held else {}
    answer = clerk.post(f"/api/events/{event.id}/{way.format(request=request)}", json=WAYS[way], headers=headers)

    assert answer.status_code == status
    assert census("login_session", "trail_entry") == before


def test_a_request_sent_twice_is_made_once(app: Flask) -> None:
    event = make_event(state="handling")
    clerk = person(app, "cg01")
    held = {"If-Match": clerk.event(event.id)["etag"], "Idempotency-Key": "0190a000-0000-7000-8000-000000000001"}
    told = {"action": "suspension", "note": "等材料", "until": "2026-12-10"}

    answers = [clerk.post(f"/api/events/{event.id}/requests", json=told, headers=held) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(fresh(event).requests) == 1
