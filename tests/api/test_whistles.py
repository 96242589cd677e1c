"""街道吹哨、部门报到: departments are called, report in within their limit, and are scored at the end."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from fixtures.daling import STREET
from grid.commands import HANDLERS, SWEEPS
from grid.db import db, transaction
from grid.events import practice, reminding, whistle
from grid.events.whistle import WhistleCall
from grid.job import job, worker
from grid.job.job import Job
from grid.notices.notice import Notice
from tests.conftest import Clock
from tests.factories.event import make_event
from tests.factories.practice import deliver, make_practice
from tests.factories.problem import assert_problem
from tests.factories.request import person
from tests.harness.databases import MOSTLY_SQLITE

HERE = {"lon": 114.72, "lat": 22.95, "datum": "wgs84", "accuracy_m": 12.0}

# Rules and rights, not the database: one is enough.
pytestmark = MOSTLY_SQLITE


def _blow(app: Flask, kind: str = "urgent", **told: Any) -> Any:
    body = {"kind": kind, "words": "井盖塌陷，请到场", "departments": ["cg", "zj"], **told}
    return person(app, "dd01").post("/api/whistles", json={"event": str(make_event().id)} | body)


def _act(app: Flask, who: str, whistle: str, act: str, **told: Any) -> Any:
    caller, path = person(app, who), f"/api/whistles/{whistle}"
    etag = caller.get(path).headers.get("ETag", '"0"')
    return caller.post(f"{path}/{act}", json=told, headers={"If-Match": etag})


def test_each_reports_in_with_time_and_place_and_is_scored(app: Flask, time: Clock) -> None:
    whistle = _blow(app).json
    time.move(minutes=20)
    assert _act(app, "cg01", whistle["id"], "report-ins", **HERE).status_code == 200
    time.move(minutes=20)
    assert _act(app, "zj01", whistle["id"], "report-ins", **HERE).status_code == 200

    scores = [{"department": "cg", "score": 5}, {"department": "zj", "score": 0, "note": "迟到"}]
    answer = _act(app, "dd01", whistle["id"], "close", scores=scores)

    assert [(c["in_time"], c["score"]) for c in answer.json["calls"]] == [(True, 5), (False, 0)]
    assert answer.json["calls"][0]["lon"] == pytest.approx(114.72, abs=0.01)
    assert answer.json["closed_at"]


def test_whoever_was_called_is_told(app: Flask) -> None:
    _blow(app)
    while worker.run_once(HANDLERS):
        pass

    titles = [n["title"] for n in person(app, "zj01").get("/api/notices").json["items"]]

    assert any("街道吹哨（应急）" in title for title in titles)


def _work() -> None:
    while worker.run_once(HANDLERS) or worker.sweep_once(SWEEPS):
        pass


def _titles(app: Flask, who: str) -> list[str]:
    return [n["title"] for n in person(app, who).get("/api/notices").json["items"] if "报到" in n["title"]]


def test_who_does_not_come_is_reminded_and_when_it_is_late_the_street_hears(app: Flask, time: Clock) -> None:
    whistle = _blow(app).json
    _work()
    time.move(minutes=20)
    _act(app, "cg01", whistle["id"], "report-ins", **HERE)
    time.move(minutes=5)
    _work()
    _work()

    assert [title for title in _titles(app, "zj01") if "还没有报到" in title] == [
        "街道吹哨（应急）：大岭规划建设办还没有报到"
    ]
    assert not any("还没有报到" in title for title in _titles(app, "cg01"))
    assert not any("超期" in title for title in _titles(app, "dd01"))

    time.move(minutes=6)
    _work()
    _work()
    for who in ("zj01", "dd01"):
        assert len([title for title in _titles(app, who) if "报到已超期" in title]) == 1
    assert not any("超期" in title for title in _titles(app, "cg01"))


@pytest.mark.parametrize(
    ("told", "said"), [({"late": True}, "报到已超期"), ({"late": False}, "还没有报到"), ({}, "还没有报到")]
)
def test_a_reminder_that_was_queued_before_an_upgrade_is_told_too(
    app: Flask, told: dict[str, bool], said: str
) -> None:
    whistle = _blow(app).json
    call = db.session.scalars(select(WhistleCall).order_by(WhistleCall.id)).first()
    assert call is not None
    with transaction():
        payload = {"whistle_id": whistle["id"], "department": call.department_id, **told}
        job.enqueue(reminding.KIND, f"{reminding.KIND}:{call.id}:soon", payload)

    _work()

    found = db.session.scalars(select(Job).where(Job.kind == reminding.KIND)).one()
    assert (found.error, found.done_at is not None) == ("", True)
    assert [title for title in _titles(app, "cg01") if title.endswith(said)]


def test_nobody_is_reminded_of_a_whistle_that_is_over(app: Flask, time: Clock) -> None:
    whistle = _blow(app).json
    scores = [{"department": code, "score": 0} for code in ("cg", "zj")]
    _act(app, "dd01", whistle["id"], "close", scores=scores)
    time.move(hours=2)
    _work()

    assert not any("超期" in title or "还没有" in title for title in _titles(app, "zj01"))


def test_a_whistle_about_a_practice_case_that_was_wiped_tells_nobody_and_its_job_ends(app: Flask) -> None:
    event = make_practice(app)
    assert _blow(app, event=str(event.id)).status_code == 201
    with transaction():
        practice.wipe(None)

    deliver()

    jobs = db.session.scalars(select(Job).where(Job.kind == whistle.KIND)).all()
    assert [(job.error, job.done_at is not None) for job in jobs] == [("", True)]
    assert db.session.scalar(select(Notice.id).where(Notice.key.startswith("whistle:"))) is None


def test_others_do_not_see_it_and_nobody_reports_in_twice(app: Flask) -> None:
    whistle = _blow(app).json["id"]

    assert_problem(person(app, "xf01").get(f"/api/whistles/{whistle}"), 404, "not-found")
    assert _act(app, "cg01", whistle, "report-ins", **HERE).status_code == 200
    assert_problem(_act(app, "cg01", whistle, "report-ins", **HERE), 409, "conflict")
    assert_problem(_act(app, "dd01", whistle, "close", scores=[{"department": "cg", "score": 5}]), 422, "invalid")


def test_a_clerk_does_not_whistle_and_the_kind_sets_the_limit(app: Flask) -> None:
    refused = person(app, "cg01").post(
        "/api/whistles", json={"kind": "daily", "words": "来", "departments": ["xf"], "area": "441323002"}
    )
    due = {kind: _blow(app, kind).json["calls"][0]["due_at"] for kind in ("urgent", "daily", "tough")}

    assert_problem(refused, 403, "forbidden")
    assert due["urgent"] < due["daily"] < due["tough"]


def test_the_words_to_choose_from_tell_the_limits_of_the_street(app: Flask) -> None:
    ours = {"rule": "whistle_limit", "key": "daily", "value": 2, "unit": "work_hour", "area": STREET}
    assert person(app, "xt01").post("/api/procedures", json=ours).status_code == 200

    def limits(path: str, query: str) -> dict[str, str | None]:
        answer = person(app, "dd01").get(f"/api/{path}/words{query}").json
        return {one["code"]: one["limit"] for one in answer["kinds"]}

    assert limits("whistles", f"?area={STREET}") == {"daily": "2小时", "urgent": "30分钟", "tough": "1个工作日"}
    assert limits("whistles", "") == {"daily": None, "urgent": None, "tough": None}
    assert set(limits("matters", f"?area={STREET}")) == {"general", "major"}
    assert_problem(person(app, "dd01").get("/api/whistles/words?area=99"), 404, "not-found")
