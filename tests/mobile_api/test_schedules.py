"""A phone's queue and the server under any schedule of sending, losing, doubling and reordering: one final state.

The phone works on without waiting; at the end the line is good, and what the server holds must be what was done,
each thing once, and what the phone holds must be what the server holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from grid import clock, revision
from grid.db import db
from grid.events.event import Event
from grid.fieldwork.shift import Shift
from grid.records.record import Record, RecordVersion
from grid.records.visit import CheckpointVisit
from grid.sync.ledger import SyncOp
from grid.sync.quarantine import Quarantine
from tests.factories.person import Person
from tests.factories.phone import PLACE, Phone
from tests.factories.reader import look_again

FATES = ("arrives", "arrives", "is lost", "answer is lost", "comes twice", "comes late")
LON, LAT = 114.7211, 22.9538  # in the grid of wg01
DAWN = datetime.fromisoformat("2026-11-01T05:00:00+08:00")
DONE = ("applied", "duplicate", "merged")


class Line(RuleBasedStateMachine):
    """One phone and the server; what stands here is given by the test, the queue is new each time."""

    app: Flask
    phone: Phone
    point: str

    @initialize()
    def begin(self) -> None:
        self.queue: list[dict[str, Any]] = []
        self.late: list[list[dict[str, Any]]] = []
        self.reports: dict[str, str] = {}
        self.diaries: dict[str, list[dict[str, Any]]] = {}
        self.shifts: dict[str, list[dict[str, Any]]] = {}
        self.days: set[str] = set()
        self.poison: set[str] = set()
        self.ops: set[str] = set()
        if self.phone.cursor is None:
            self.phone.pull()

    def _add(self, op: dict[str, Any]) -> None:
        self.queue.append(op)
        self.ops.add(op["op_id"])

    @rule()
    def report(self) -> None:
        words = f"第 {uuid4()} 件"
        op = self.phone.report_op(payload={"description": words, "position": PLACE})
        self.reports[op["entity_id"]] = words
        self._add(op)

    @rule()
    def begin_a_diary(self) -> None:
        op = self.phone.diary_op(values={"date": "2026-11-23", "done": "走访"})
        self.diaries[op["entity_id"]] = [op]
        self._add(op)

    @rule(data=st.data(), name=st.sampled_from(["done", "date"]))
    def edit_a_diary(self, data: st.DataObject, name: str) -> None:
        """On top of what this phone did before, whether the server knows that already or not."""
        if not self.diaries:
            return
        record_id = data.draw(st.sampled_from(sorted(self.diaries)))
        before = self.diaries[record_id]
        value = f"第 {len(before)} 次改" if name == "done" else f"2026-11-{len(before) % 28 + 1:02}"
        told = {"entity_id": record_id, "base_rev": len(before), "depends_on": [before[-1]["op_id"]]}
        op = self.phone.diary_op(values={name: value}, **told)
        before.append(op)
        self._add(op)

    @rule(day=st.sampled_from(["2026-11-20", "2026-11-21", "2026-11-22"]), minute=st.integers(10, 59))
    def stand_at_the_point(self, day: str, minute: int) -> None:
        """Once a day counts, however often."""
        position = {"lon": LON, "lat": LAT, "datum": "wgs84", "accuracy_m": 8.0}
        payload = {"checkpoint": self.point, "position": position}
        self._add(self.phone.op("checkpoint.visit", payload, occurred_at=f"{day}T08:{minute}:00+08:00"))
        self.days.add(day)

    @rule()
    def sign_on_or_off(self) -> None:
        """Off when the last shift is on, else on; each later than the one before."""
        step = sum(map(len, self.shifts.values()))
        at = {"occurred_at": (DAWN + timedelta(minutes=step)).isoformat()}
        last = list(self.shifts.values())[-1:]
        if last and len(last[0]) == 1:
            [on] = last[0]
            op = self.phone.op("shift.off", {}, entity_id=on["entity_id"], depends_on=[on["op_id"]], **at)
        else:
            op = self.phone.op("shift.on", {}, **at)
        self.shifts.setdefault(op["entity_id"], []).append(op)
        self._add(op)

    @rule()
    def do_what_nobody_knows(self) -> None:
        op = self.phone.op("event.levitate", {"words": str(uuid4())})
        self.poison.add(op["op_id"])
        self._add(op)

    @rule(data=st.data(), fate=st.sampled_from(FATES), is_shuffled=st.booleans())
    def send(self, data: st.DataObject, fate: str, is_shuffled: bool) -> None:
        batch = self.queue[: data.draw(st.integers(1, 8))]
        if is_shuffled:
            batch = data.draw(st.permutations(batch))
        if not batch or fate == "is lost":
            return
        if fate == "comes late":
            self.late.append(batch)
            return
        answers = [self.phone.push(*batch) for _ in range(2 if fate == "comes twice" else 1)]
        if fate != "answer is lost":
            self._acknowledge(answers[-1])

    @rule()
    def what_was_late_comes(self) -> None:
        """Long given up by the phone, whose answer nobody hears."""
        if self.late:
            self.phone.push(*self.late.pop(0))

    @rule()
    def the_server_starts_anew(self) -> None:
        db.session.remove()
        revision.forget_all()

    @rule(limit=st.integers(1, 5))
    def pull(self, limit: int) -> None:
        answer = self.phone.pull_page(self.phone.cursor, limit)
        assert answer.status_code == 200
        self.phone.apply(answer.json["changes"])
        self.phone.cursor = answer.json["cursor"]

    @rule()
    def the_phone_loses_its_store(self) -> None:
        """All it holds, but not its queue; it copies everything anew."""
        self.phone.cursor, self.phone.held = None, {}
        self.phone.pull(limit=500)

    def _acknowledge(self, results: list[dict[str, Any]]) -> None:
        refused = {result["op_id"] for result in results if result["status"] == "rejected"}
        assert refused <= self.poison, results
        done = refused | {result["op_id"] for result in results if result["status"] in DONE}
        assert {result["status"] for result in results} <= {*DONE, "held", "rejected"}, results
        self.queue = [op for op in self.queue if op["op_id"] not in done]

    @invariant()
    def nothing_unacknowledged_is_dropped(self) -> None:
        assert len({op["op_id"] for op in self.queue}) == len(self.queue)

    def teardown(self) -> None:
        while self.queue:
            before = len(self.queue)
            self._acknowledge(self.phone.push(*self.queue[:50]))
            assert len(self.queue) < before
        while self.late:
            self.what_was_late_comes()
        self.phone.pull()
        look_again()
        self._check_server()
        self._check_phone()

    def _check_server(self) -> None:
        ids = [UUID(key) for key in self.reports]
        events = list(db.session.scalars(select(Event).where(Event.client_id.in_(ids))))
        assert {str(event.client_id): event.description for event in events} == self.reports
        assert len(events) == len(self.reports)
        for record_id, ops in self.diaries.items():
            wanted: dict[str, Any] = {}
            for op in ops:
                wanted |= op["payload"]["values"]
            record = db.session.get_one(Record, UUID(record_id))
            assert (record.content, record.version) == (wanted, len(ops))
            versions = select(RecordVersion.version).where(RecordVersion.record_id == record.id)
            assert sorted(db.session.scalars(versions)) == list(range(1, len(ops) + 1))
        self._check_patrol()
        kept = select(Quarantine.op_id).where(Quarantine.op_id.in_([UUID(op_id) for op_id in self.poison]))
        assert sorted(map(str, db.session.scalars(kept))) == sorted(self.poison)
        lines = select(SyncOp.op_id).where(SyncOp.op_id.in_([UUID(op_id) for op_id in self.ops]))
        assert {str(op_id) for op_id in db.session.scalars(lines)} == self.ops

    def _check_patrol(self) -> None:
        for shift_id, ops in self.shifts.items():
            shift = db.session.get_one(Shift, UUID(shift_id))
            times = [datetime.fromisoformat(op["occurred_at"]) for op in ops]
            assert [shift.started_at, shift.ended_at][: len(times)] == times
        visits = select(CheckpointVisit.occurred_at).where(CheckpointVisit.checkpoint_id == UUID(self.point))
        days = [str(clock.local(at).date()) for at in db.session.scalars(visits)]
        assert self.days <= set(days) and len(days) == len(set(days))

    def _check_phone(self) -> None:
        held = {event["client_id"] for event in self.phone.has("event").values()}
        assert self.reports.keys() <= held
        for record_id, ops in self.diaries.items():
            assert self.phone.held["record", record_id]["rev"] == len(ops)
        asked = {
            name: self.phone.fingerprint(name) for name in ("event", "task", "notice", "record", "checkpoint")
        }
        told = self.phone.post("/mobile/v1/sync/check", json={"collections": asked}).json["collections"]
        assert set(told.values()) == {"same"}


def run(app: Flask, examples: int) -> None:
    phone = Phone(app)
    point = (
        Person(app, "xt01").post("/api/checkpoints", json={"name": "变压器", "lon": LON, "lat": LAT}).json["id"]
    )
    machine = type("Line", (Line,), {"app": app, "phone": phone, "point": point})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_any_schedule_ends_in_the_same_state(app: Flask) -> None:
    run(app, 60)


@pytest.mark.long
def test_any_of_many_schedules_ends_in_the_same_state(app: Flask) -> None:
    run(app, 300)
