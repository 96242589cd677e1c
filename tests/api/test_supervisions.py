"""Supervision over HTTP: who issues, who replies, who closes; the case goes on, and its history says it all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from grid.commands import HANDLERS
from grid.db import db, transaction
from grid.events import handling, redating
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Event
from grid.job import worker as loop
from grid.notices.notice import Notice
from grid.supervision.supervision import Supervision
from grid.worktime.limit import Unit
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.event import desk_of, fresh, make_event
from tests.factories.problem import assert_problem
from tests.factories.request import person

# Rules and rights, not the database: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _issue(app: Flask, who: str, event: Event, **told: Any) -> TestResponse:
    body = {"kind": "important", "level": "yellow", "reason": "群众反映强烈", "requirement": "今天去看", **told}
    return person(app, who).post(f"/api/events/{event.id}/supervisions", json=body)


def _say(app: Flask, who: str, number: str, what: str, **told: Any) -> TestResponse:
    caller = person(app, who)
    path = f"/api/supervisions/{number}"
    seen = caller.get(path)
    return caller.post(f"{path}/{what}", json=told, headers={"If-Match": seen.headers.get("ETag", '"0"')})


def _clock(number: str) -> Deadline:
    found = select(Deadline).where(Deadline.supervision_id == UUID(number), Deadline.kind == DeadlineKind.REPLY)
    return db.session.scalars(found).one()


def test_a_department_replies_and_the_desk_closes(app: Flask, time: Clock) -> None:
    event = make_event(state="handling")
    before = event.state

    made = _issue(app, "dd01", event)
    assert made.status_code == 201, made.text
    number = made.json["id"]
    time.move(minutes=30)
    replied = _say(app, "cg01", number, "reply", words="已派人，下午办完")
    closed = _say(app, "dd01", number, "close")

    assert (made.json["light"]["code"], replied.json["light"]["code"]) == ("green", "replied")
    assert closed.json["light"]["code"] == "closed"
    assert _clock(number).state is DeadlineState.MET
    now = fresh(event)
    assert now.state is before
    assert [row.action for row in now.history][-3:] == ["supervise", "answer", "unsupervise"]
    assert all(row.is_intact() for row in now.history)


def test_all_who_are_concerned_are_told(app: Flask) -> None:
    event = make_event(state="handling")
    number = _issue(app, "ld01", event, kind="superior").json["id"]
    _say(app, "cg01", number, "reply", words="在办")
    while loop.run_once(HANDLERS):
        pass

    def told(username: str) -> list[str]:
        found = select(Notice.title).where(
            Notice.user_id == find_user(username).id, Notice.key.startswith("supervision:")
        )
        return [title.rsplit(" ", 1)[1] for title in db.session.scalars(found)]

    assert told("cg01") == ["被督办"]
    assert told("ld01") == ["督办已回复"]
    assert told("ga01") == []


# Who may issue which kind, and end what a leader issued; who may reply to what their department is asked.
ISSUE = {
    "superior": {"ld01"},
    "timeout": {"ld01", "dd01", "pqy01"},
    "important": {"ld01", "dd01", "pqy01"},
}
EVERYBODY = ("ld01", "dd01", "pqy01", "zbz01", "slr01", "cg01", "ga01", "wg01", "xt01", "aq01", "sj99")
FAR = {"ga01", "wg01", "xt01", "aq01", "sj99"}  # for whom this case does not exist, or who have no such right


def test_who_may_issue_reply_and_close(app: Flask) -> None:
    event = make_event(state="handling")
    for kind, allowed in ISSUE.items():
        got = {who for who in EVERYBODY if _issue(app, who, event, kind=kind).status_code == 201}
        assert got == allowed, kind
    by_leader = _issue(app, "ld01", event, kind="superior").json["id"]
    history = fresh(event).history_seq

    for who in EVERYBODY:
        for what, told, allowed in (("reply", {"words": "已办"}, {"cg01"}), ("close", {"note": "好"}, {"ld01"})):
            if who not in allowed:
                answer = _say(app, who, by_leader, what, **told)
                assert answer.status_code in ((403, 404) if who in FAR else (403,)), (who, what)
    assert fresh(event).history_seq == history
    assert _say(app, "cg01", by_leader, "reply", words="已办").status_code == 200
    assert _say(app, "ld01", by_leader, "close").status_code == 200


def test_what_makes_no_sense_is_refused(app: Flask) -> None:
    early, late = make_event(state="pending_filing"), make_event(state="closed")
    open_ = make_event(state="handling")

    assert_problem(_issue(app, "dd01", early), 422, "invalid")
    assert_problem(_issue(app, "dd01", open_, department="ga"), 422, "invalid")
    assert_problem(_issue(app, "dd01", late), 409, "rule-forbids")
    number = _issue(app, "dd01", open_).json["id"]
    assert_problem(_say(app, "dd01", number, "close"), 422, "invalid")
    assert _say(app, "dd01", number, "close", note="已当面说清").status_code == 200
    assert_problem(_say(app, "cg01", number, "reply", words="晚了"), 409, "conflict")


def test_the_list_is_narrowed_by_light_and_to_ones_own(app: Flask, time: Clock) -> None:
    mine, theirs = make_event(state="handling"), make_event(state="handling", department="ga")
    first, second = (_issue(app, "dd01", event).json["id"] for event in (mine, theirs))
    time.move(days=3)
    third = _issue(app, "dd01", mine, need_reply=False).json["id"]

    def listed(who: str, **told: Any) -> list[str]:
        answer = person(app, who).get("/api/supervisions", query_string=told)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json["items"]]

    assert listed("dd01") == [third, second, first]
    assert listed("dd01", light="red") == [second, first]
    assert listed("dd01", light="green") == [third]
    assert listed("dd01", department="ga") == [second]
    assert listed("cg01") == [third, first]
    assert listed("ga01") == [second]
    assert [item["light"]["code"] for item in person(app, "ga01").get("/api/supervisions").json["items"]] == [
        "red"
    ]


@pytest.mark.parametrize("action", ["force_close", "merge"])
def test_with_its_case_a_supervision_is_over(app: Flask, time: Clock, action: str) -> None:
    event = make_event(state="handling" if action == "force_close" else "pending_dispatch")
    number = _issue(app, "dd01", event, need_reply=action == "force_close").json["id"]
    told = {"note": "领导要求"} if action == "force_close" else {"parent": str(make_event(state="handling").id)}
    with transaction():
        held = fresh(event)
        handling.carry_out(desk_of(held), held, action, **told)
    time.move(days=30)

    caller = person(app, "dd01")

    def listed(**asked: Any) -> list[str]:
        return [one["id"] for one in caller.get("/api/supervisions", query_string=asked).json["items"]]

    assert caller.get(f"/api/supervisions/{number}").json["light"]["code"] == "closed"
    assert (listed(light="red"), listed(light="green"), listed(open="true")) == ([], [], [])
    assert listed(light="closed") == [number]


def test_only_the_office_that_issued_it_or_one_above_closes_it(app: Flask) -> None:
    event = make_event(state="handling")
    number = _issue(app, "ld01", event).json["id"]
    with transaction():
        db.session.execute(update(Supervision).values(office_path=event.area_path[:3]))

    assert _say(app, "dd01", number, "close", note="好").status_code == 403
    assert person(app, "dd01").get(f"/api/supervisions/{number}").json["may_close"] is False
    assert _say(app, "ld01", number, "close", note="好").status_code == 200


def test_its_moments_follow_its_clock(app: Flask, time: Clock) -> None:
    number = _issue(app, "dd01", make_event(state="handling")).json["id"]
    with transaction():
        one = _clock(number)
        one.is_provisional, one.limit_value, one.limit_unit = True, 3, Unit.WORK_DAY
    with transaction():
        redating.redate(None, "导入通知")

    db.session.expire_all()
    row, one = db.session.get_one(Supervision, UUID(number)), _clock(number)
    assert (row.due_at, row.yellow_at) == (one.due_at, one.yellow_at)
    assert one.due_at - time() >= timedelta(days=3)


def test_edits_need_the_version_that_was_seen(app: Flask) -> None:
    number = _issue(app, "dd01", make_event(state="handling")).json["id"]
    path = f"/api/supervisions/{number}/reply"

    assert person(app, "cg01").post(path, json={"words": "已办"}).status_code == 428
    stale = person(app, "cg01").post(path, json={"words": "已办"}, headers={"If-Match": '"0"'})
    assert_problem(stale, 412, "stale")


def test_the_case_shows_its_clocks_and_what_may_be_done(app: Flask) -> None:
    event = make_event(state="handling")
    _issue(app, "dd01", event)

    told = person(app, "dd01").get(f"/api/events/{event.id}/supervision").json
    seen = person(app, "cg01").get(f"/api/events/{event.id}/supervision").json

    assert [one["kind"]["code"] for one in told["clocks"]] == [
        "accept",
        "file",
        "case",
        "dispatch",
        "handle",
        "sign",
        "reply",
    ]
    assert [kind["code"] for kind in told["kinds"]] == ["timeout", "important"]
    assert (seen["kinds"], seen["supervisions"][0]["may_reply"]) == ([], True)
