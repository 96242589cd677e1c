"""The main job: a worker's report becomes a closed case."""

from __future__ import annotations

from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from grid.db import db
from grid.events.event import EventLog
from tests.factories.event import make_event
from tests.factories.person import Person, report
from tests.factories.problem import assert_problem


def test_a_report_becomes_a_closed_case(app: Flask) -> None:
    worker = Person(app, "wg01", sign_in="/mobile/v1/session")
    desk = Person(app, "dd01")
    receipt = report(worker)

    desk.steps(receipt["id"], "accept")
    waiting = desk.event(receipt["id"])
    condition = next(f for s in waiting["steps"] for f in s["fields"] if f["name"] == "condition")["value"]
    filed = desk.steps(receipt["id"], ("file", {"condition": condition}))
    sent = desk.steps(receipt["id"], ("dispatch", filed["suggestion"]["fields"]))
    clerk = Person(app, f"{sent['department']['code']}01")
    clerk.steps(receipt["id"], "sign", ("submit", {"note": "已移走"}), "confirm")
    desk.steps(receipt["id"], "forward", ("send_check", {"assignee": "wg01"}))
    [task] = worker.get("/mobile/v1/tasks").json["items"]
    etag = worker.get(f"/mobile/v1/tasks/{task['id']}").headers["ETag"]
    answer = worker.post(
        f"/mobile/v1/tasks/{task['id']}/answer",
        json={"client_id": str(uuid4()), "result": "pass"},
        headers={"If-Match": etag},
    )
    closed = desk.steps(receipt["id"], "close")

    assert answer.json["state"]["code"] == "done"
    assert closed["state"]["code"] == "closed"
    assert closed["case_no"] == "4413230022026112300001"
    assert [entry["action"]["code"] for entry in closed["history"]] == [
        "report",
        "accept",
        "file",
        "dispatch",
        "sign",
        "submit",
        "confirm",
        "forward",
        "send_check",
        "pass",
        "close",
    ]
    assert all(row.is_intact() for row in db.session.scalars(select(EventLog)))


def test_a_check_taken_back_is_off_the_phone_and_may_go_to_somebody_else(app: Flask) -> None:
    gone, desk, event = Person(app, "wg02"), Person(app, "dd01"), make_event(state="checking", checker="wg02")
    [task] = gone.get("/mobile/v1/tasks").json["items"]
    etag = gone.get(f"/mobile/v1/tasks/{task['id']}").headers["ETag"]

    without_a_reason = desk.step(desk.event(event.id), "recall_check")
    recalled = desk.steps(event.id, ("recall_check", {"note": "请病假了"}))
    late = gone.post(
        f"/mobile/v1/tasks/{task['id']}/answer",
        json={"client_id": str(uuid4()), "result": "pass"},
        headers={"If-Match": etag},
    )
    again = desk.steps(event.id, ("send_check", {"assignee": "wg01"}))

    assert_problem(without_a_reason, 422, "invalid")
    assert recalled["state"]["code"] == "pending_check" and late.status_code == 412
    assert late.json["current"]["state"] == {"code": "cancelled", "label": "已撤回"}
    assert gone.get("/mobile/v1/tasks").json["items"] == []
    assert again["state"]["code"] == "checking"
    assert [task["state"]["code"] for task in again["tasks"]] == ["cancelled", "open"]
