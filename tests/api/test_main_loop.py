"""The main job: a worker's report becomes a closed case."""

from __future__ import annotations

from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from grid.db import db
from grid.events.event import EventLog
from tests.factories.person import Person, report


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
