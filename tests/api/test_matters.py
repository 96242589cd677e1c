"""13710 matters over HTTP: handed down, deployed, reported, done, struck off; three clocks, one ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from fixtures.daling import STREET
from grid.areas import net
from grid.commands import COMMANDS, HANDLERS, SWEEPS
from grid.db import db, transaction
from grid.events import redating
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind
from grid.job import worker as loop
from grid.notices.notice import Notice
from grid.supervision.alarm import Alarm
from grid.supervision.matter import Matter
from grid.worktime.limit import Unit
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.problem import assert_problem
from tests.factories.request import person

# Rules and rights, not the database: one is enough.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _hand_down(app: Flask, who: str = "ld01", **told: Any) -> TestResponse:
    body = {"title": "查学校周边消防", "kind": "general", "area": STREET, "lead": "xf", "assist": ["ga"], **told}
    return person(app, who).post("/api/matters", json=body)


def _write(app: Flask, who: str, number: str, kind: str, words: str = "已办") -> TestResponse:
    caller = person(app, who)
    seen = caller.get(f"/api/matters/{number}")
    told = {"kind": kind, "words": words}
    return caller.post(
        f"/api/matters/{number}/entries", json=told, headers={"If-Match": seen.headers.get("ETag", '"0"')}
    )


def _clocks(number: str) -> dict[str, Deadline]:
    db.session.rollback()
    db.session.expire_all()
    found = select(Deadline).where(Deadline.matter_id == UUID(number))
    return {row.kind.value.removeprefix("matter_"): row for row in db.session.scalars(found)}


def _work() -> None:
    while loop.run_once(HANDLERS) or loop.sweep_once(SWEEPS):
        pass


def test_one_three_seven_or_a_month_to_zero(app: Flask, time: Clock) -> None:
    general, major = (_hand_down(app, kind=kind).json["id"] for kind in ("general", "major"))

    limits = {kind: row.due_at - row.started_at for kind, row in _clocks(general).items()}
    assert limits == {kind: timedelta(days=days) for kind, days in (("deploy", 1), ("report", 3), ("finish", 7))}
    assert _clocks(major)["finish"].due_at - time() == timedelta(days=30)

    time.move(hours=20)
    assert _write(app, "xf01", general, "deploy").status_code == 200
    time.move(days=3)
    assert _write(app, "ga01", general, "report").status_code == 403  # it assists
    assert _clocks(general)["report"].finished_at is None
    assert _write(app, "xf01", general, "report").status_code == 200
    done = _write(app, "xf01", general, "done")
    assert done.json["state"]["code"] == "done"
    time.move(days=20)  # the office takes its time; none of the departments' passes
    refused = _write(app, "ld01", general, "refuse", "照片不清楚")
    assert refused.json["state"]["code"] == "open"
    time.move(days=1)
    _write(app, "xf01", general, "done")
    time.move(days=9)
    closed = _write(app, "ld01", general, "close", "")

    assert closed.json["state"]["code"] == "closed"
    assert {kind: row.state.value for kind, row in _clocks(general).items()} == {
        "deploy": "met",
        "report": "missed",
        "finish": "met",
    }
    assert [pause.resumed_at is None for pause in _clocks(general)["finish"].pauses] == [False, False]
    kinds = [entry["kind"]["code"] for entry in closed.json["entries"]]
    assert kinds == ["deploy", "report", "done", "refuse", "done", "close"]


def test_its_alarms_are_those_of_any_clock(app: Flask, time: Clock) -> None:
    number = _hand_down(app).json["id"]
    _work()
    for _ in range(10):
        time.move(days=1)
        _work()

    said = list(db.session.scalars(select(Alarm.act).where(Alarm.matter_id == UUID(number))))
    assert sorted(act.value for act in said) == sorted(["warn", "overdue", "overdue"] * 3)
    mine = select(Notice.title).where(Notice.user_id == find_user("xf01").id, Notice.subject_id == UUID(number))
    titles = list(db.session.scalars(mine))
    assert "督办事项交办：查学校周边消防" in titles
    assert sum("预警" in title for title in titles) == 3
    led = person(app, "xf01").get("/api/notices").json["items"]
    assert {item["page"] for item in led if item["event_id"] == number} == {"matter"}
    result = app.test_cli_runner().invoke(next(c for c in COMMANDS if c.name == "matter"), ["list"])
    assert "查学校周边消防" in result.output and "已超期" in result.output


def test_who_may_hand_down_write_and_strike_off(app: Flask) -> None:
    everybody = ("ld01", "dd01", "zbz01", "slr01", "xf01", "ga01", "cg01", "wg01", "xt01")

    assert {who for who in everybody if _hand_down(app, who).status_code == 201} == {"ld01", "dd01"}
    number = _hand_down(app).json["id"]
    assert {who for who in everybody if _write(app, who, number, "progress").status_code == 200} == {
        "xf01",
        "ga01",
    }
    assert _write(app, "cg01", number, "progress").status_code == 404
    _write(app, "xf01", number, "done")
    assert {who for who in everybody if _write(app, who, number, "refuse").status_code == 200} <= {"ld01", "dd01"}
    assert [m["id"] for m in person(app, "cg01").get("/api/matters").json["items"]] == []
    assert number in [m["id"] for m in person(app, "ga01").get("/api/matters").json["items"]]


def test_only_the_office_that_handed_it_down_or_one_above_strikes_it_off(app: Flask) -> None:
    number = _hand_down(app).json["id"]
    _write(app, "xf01", number, "done")
    above = net.current().find(STREET).path[:3]
    assert above != net.current().find(STREET).path
    with transaction():
        db.session.execute(update(Matter).values(office_path=above))

    assert _write(app, "dd01", number, "close").status_code == 403
    assert person(app, "dd01").get(f"/api/matters/{number}").json["kinds"] == []
    assert _write(app, "ld01", number, "close").status_code == 200


def test_a_notice_moves_its_clocks_too(app: Flask, time: Clock) -> None:
    number = _hand_down(app).json["id"]
    with transaction():
        far = {"is_provisional": True, "limit_unit": Unit.WORK_DAY, "due_at": time()}
        db.session.execute(update(Deadline).where(Deadline.kind == DeadlineKind.MATTER_FINISH).values(far))
    with transaction():
        assert redating.redate(None, "导入通知") == 1
    with transaction():
        assert redating.waiting() == 0

    assert _clocks(number)["finish"].due_at > time()


def test_what_makes_no_sense_is_refused(app: Flask) -> None:
    assert_problem(_hand_down(app, lead="nobody"), 422, "invalid")
    assert _hand_down(app, area="441323999").status_code == 404
    number = _hand_down(app).json["id"]
    assert_problem(_write(app, "ld01", number, "close"), 409, "conflict")
    assert_problem(_write(app, "xf01", number, "deploy", ""), 422, "invalid")
    path, told = f"/api/matters/{number}/entries", {"kind": "deploy", "words": "开会"}
    assert person(app, "xf01").post(path, json=told).status_code == 428
    assert_problem(person(app, "xf01").post(path, json=told, headers={"If-Match": '"0"'}), 412, "stale")
