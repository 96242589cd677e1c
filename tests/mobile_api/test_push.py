"""Batches of ops: each stands or falls alone, each happens once, and every answer says what the phone is to do."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from grid.db import db, transaction
from grid.errors import Invalid
from grid.events.event import Event
from grid.job.job import Job, enqueue
from grid.notices import notice
from grid.sync.change import SyncChange
from grid.sync.ledger import SyncOp
from grid.sync.op import Op
from grid.sync.push import Kind
from grid.sync.quarantine import Quarantine
from grid.tasks.task import Task
from grid.trail import entry as trail
from grid.trail.entry import TrailEntry
from mobile_api.ops import KINDS
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.census import census
from tests.factories.crowd import at_once
from tests.factories.event import make_event
from tests.factories.person import Person, make_report
from tests.factories.phone import Phone
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem
from tests.factories.reader import count, look_again


def test_a_report_is_taken_in_with_the_receipt_the_single_route_gives(app: Flask, phone: Phone) -> None:
    sha256 = hashlib.sha256(jpeg()).hexdigest()
    phone.upload(jpeg())
    media = [{"media_id": str(uuid4()), "sha256": sha256, "size": 1, "mime": "image/jpeg", "role": "near"}]

    [result] = phone.push(phone.report_op(media=media))

    single = phone.post("/mobile/v1/reports", json=make_report()).json
    assert result["status"] == "applied"
    assert result["receipt"].keys() == single.keys()
    apart = {"id": "", "client_id": "", "similar": []}  # the second is like the first
    assert result["receipt"] | apart == single | apart
    assert result["receipt"]["photos"] == {"expected": 1, "arrived": 1}


def test_the_same_op_again_is_a_duplicate_with_the_same_receipt(phone: Phone) -> None:
    op = phone.report_op()

    [first] = phone.push(op)
    [second] = phone.push(op | {"seq": 99, "clock_offset_ms": -1830})

    assert (first["status"], second["status"]) == ("applied", "duplicate")
    assert first["receipt"] == second["receipt"]
    assert count(Event) == 1


def test_a_report_sent_alone_before_is_not_made_again_by_a_batch(phone: Phone) -> None:
    single = make_report(photos=[])
    assert phone.post("/mobile/v1/reports", json=single).status_code == 201
    op = phone.report_op(entity_id=single["client_id"], payload={"position": single["position"]})

    [result] = phone.push(op)

    assert result["status"] == "applied"
    assert count(Event) == 1


def test_twenty_at_once_with_one_op_make_one_event(app: Flask, phone: Phone) -> None:
    app.config["CROWD"] = 0
    op = phone.report_op()
    twins = [Phone(app, device_id=phone.device_id) for _ in range(20)]

    results = at_once([lambda twin=twin: twin.push(op)[0] for twin in twins])

    assert sorted(result["status"] for result in results) == ["applied"] + ["duplicate"] * 19
    assert len({result["receipt"]["id"] for result in results}) == 1
    assert count(Event) == count(SyncOp) == 1


def test_batches_with_the_same_ops_in_another_order_do_not_block_each_other(app: Flask, phone: Phone) -> None:
    ops = [phone.report_op() for _ in range(8)]
    twins = [Phone(app) for _ in range(4)]

    results = at_once(
        [lambda twin=twin, n=n: twin.push(*(ops if n % 2 else ops[::-1])) for n, twin in enumerate(twins)]
    )

    assert {result["status"] for batch in results for result in batch} == {"applied", "duplicate"}
    assert count(Event) == 8


def test_the_try_of_a_whole_batch_leaves_nothing_when_it_is_undone(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the refused op, the rows are those of a batch in which nothing was wrong."""

    def half(actor: Any, asked: Any) -> Any:
        trail.record(actor, "half:done", "half", asked.op_id)
        enqueue("half", f"half:{uuid4()}", {})
        raise Invalid("做到一半。")

    monkeypatch.setitem(KINDS, "half", Kind(half))

    def rows_of(*ops: Any) -> dict[str, Counter[Any]]:
        before = {name: Counter(db.session.execute(told)) for name, told in WRITTEN.items()}
        phone.push(*ops)
        look_again()
        return {name: Counter(db.session.execute(told)) - before[name] for name, told in WRITTEN.items()}

    def good() -> list[dict[str, Any]]:
        return [phone.report_op(payload={"category": category}) for category in ("E0410", "E0401")]

    plain, [first, last] = rows_of(*good(), phone.diary_op()), good()
    mixed = rows_of(first, phone.op("half", {}), last, phone.diary_op())

    assert plain["trail"] and plain["job"] and plain["change"] and plain["op"]
    assert mixed == plain
    assert count(Quarantine) == 1


WRITTEN = {
    "trail": select(TrailEntry.action, TrailEntry.object_type),
    "job": select(Job.kind),
    "change": select(SyncChange.collection, SyncChange.op),
    "op": select(Op.kind),
}


def test_an_op_waits_for_the_one_before_it_and_is_released_by_it(phone: Phone) -> None:
    first = phone.diary_op()
    second = phone.diary_op(
        entity_id=first["entity_id"], base_rev=1, depends_on=[first["op_id"]], values={"done": "走访五户"}
    )

    held = phone.push(second)[0]
    nothing = census("device", "login_session", "trail_entry")
    results = phone.push(second, first)

    assert held["status"] == "held" and held["error"]["message"]
    assert nothing["record"] == nothing["sync_op"] == 0
    assert [result["status"] for result in results] == ["applied", "applied"]
    assert results[0]["rev"] == 2
    phone.pull()
    assert phone.has("record")[first["entity_id"]]["values"]["done"] == "走访五户"


def test_an_op_does_not_run_ahead_of_a_refused_one(phone: Phone) -> None:
    bad = phone.report_op(payload={"category": "no"})
    after = phone.report_op(depends_on=[bad["op_id"]])
    circle = [phone.report_op(), phone.report_op()]
    circle[0]["depends_on"], circle[1]["depends_on"] = [circle[1]["op_id"]], [circle[0]["op_id"]]

    results = phone.push(bad, after, *circle)

    assert [result["status"] for result in results] == ["rejected", "held", "held", "held"]


CLOCKS = (  # minutes off, what it says, is it flagged
    (0, "2026-11-23T08:58:00+08:00", False),
    (4, "2026-11-23T08:58:00+08:00", False),
    (-4320, "2026-11-23T08:58:00+08:00", True),
    (4320, "2026-11-20T08:58:00+08:00", True),
    (0, "2026-11-26T09:00:00+08:00", True),
    (0, "1970-01-01T00:00:00+00:00", False),
)


def test_a_wrong_clock_is_noted_and_never_orders_anything(phone: Phone, time: Clock) -> None:
    ops = [phone.report_op(occurred_at=at, clock_offset_ms=minutes * 60_000) for minutes, at, _ in CLOCKS]

    results = phone.push(*ops)

    flags = [[flag["code"] for flag in result["receipt"]["flags"]] for result in results]
    assert ["clock_skew" in found for found in flags] == [is_flagged for _, _, is_flagged in CLOCKS]
    look_again()
    assert {event.reported_at for event in db.session.scalars(select(Event))} == {time.at}


def test_a_check_is_answered_by_the_version_the_worker_saw(app: Flask, phone: Phone) -> None:
    event = make_event(state="checking")
    task = event.tasks[0]
    sha256 = hashlib.sha256(jpeg(5)).hexdigest()
    media = [{"media_id": str(uuid4()), "sha256": sha256, "role": "check", "mime": "image/jpeg", "size": 1}]
    answer = {"result": "pass", "note": "已清走", "position": {"lon": 114.72, "lat": 22.95, "datum": "wgs84"}}
    op = phone.op("task.answer", answer, entity_id=str(task.id), base_rev=task.version, media=media)

    [result] = phone.push(op)
    [again] = phone.push(op)

    assert (result["status"], again["status"]) == ("applied", "duplicate")
    look_again()
    kept = db.session.get_one(Task, task.id)
    assert (kept.state, kept.note, kept.version) == ("done", "已清走", result["rev"])
    shown = Person(app, "dd01").event(event.id)
    assert shown["state"]["code"] == "pending_close"
    assert [item["role"]["code"] for item in shown["photo_items"]] == ["check"]


def test_an_answer_to_what_has_changed_is_a_conflict_with_both_versions(app: Flask, phone: Phone) -> None:
    event = make_event(state="checking")
    task = event.tasks[0]
    mine = phone.op("task.answer", {"result": "pass"}, entity_id=str(task.id), base_rev=task.version)
    other = Phone(app)
    told = {"result": "fail", "note": "还在"}
    assert other.statuses(other.op("task.answer", told, entity_id=str(task.id), base_rev=task.version)) == [
        "applied"
    ]

    [result] = phone.push(mine)

    assert result["status"] == "conflict"
    assert result["server"]["note"] == "还在"
    assert result["server"]["version"] == task.version + 1
    assert count(Quarantine) == 0


def test_a_task_that_is_somebody_elses_is_refused_and_a_failure_needs_a_reason(app: Flask, phone: Phone) -> None:
    theirs = make_event(state="checking", reporter="wg02").tasks[0]
    mine = make_event(state="checking").tasks[0]

    results = phone.push(
        phone.op("task.answer", {"result": "pass"}, entity_id=str(theirs.id), base_rev=theirs.version),
        phone.op("task.answer", {"result": "fail"}, entity_id=str(mine.id), base_rev=mine.version),
        phone.op("task.answer", {"result": "pass"}, entity_id=str(mine.id)),
    )

    assert [result["status"] for result in results] == ["rejected"] * 3
    assert [result["error"]["field"] for result in results] == ["", "note", "base_rev"]


def test_a_read_notice_is_read_and_one_that_is_gone_is_no_trouble(phone: Phone) -> None:
    user = find_user("wg01")
    with transaction():
        notice.tell([user.id], "test", "标题", "内容", uuid4())
    [told] = notice.mine(user)

    results = phone.push(phone.op("notice.read", {}, entity_id=str(told.id)), phone.op("notice.read", {}))

    assert [result["status"] for result in results] == ["applied", "applied"]
    look_again()
    assert notice.unread(find_user("wg01")) == 0


def test_a_dead_session_answers_401_and_the_ops_go_through_after_signing_in(phone: Phone) -> None:
    op = phone.report_op()
    token = phone.headers["Authorization"]
    phone.delete("/mobile/v1/session")

    refused = phone.send(op)
    phone.sign_in()

    assert_problem(refused, 401, "unauthenticated")
    assert phone.headers["Authorization"] != token
    assert phone.statuses(op) == ["applied"]


def test_an_op_belongs_to_who_is_signed_in_and_another_learns_nothing_of_it(app: Flask, phone: Phone) -> None:
    op = phone.report_op()
    phone.push(op)
    other = Phone(app, "wg02", device_id=phone.device_id)

    [result] = other.push(op)

    assert result["status"] == "rejected"
    assert "receipt" not in result
    assert count(Event) == 1


def test_statements_do_not_grow_faster_than_the_batch(phone: Phone, count_queries: Any) -> None:
    phone.push(phone.report_op())
    spent = []
    for size in (1, 11):
        ops = [phone.report_op() for _ in range(size)]
        with count_queries() as statements:
            phone.push(*ops)
        spent.append(len(statements))

    assert (spent[1] - spent[0]) / 10 <= 8
