"""Batches over real sockets: answers that are lost, bodies that are cut, a server that is killed."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from grid.db import db
from grid.events.event import Event
from grid.sync.ledger import SyncOp
from tests.factories.reader import look_again
from tests.harness.chaosproxy import ChaosProxy, Odds
from tests.harness.crashrig import CrashRig
from tests.harness.street import HOST, Worker, workers


@pytest.fixture
def rig(app: Flask, database: str, tmp_path: Path) -> Iterator[CrashRig]:
    with CrashRig(tmp_path, {"WANGGE_DATABASE": database, "WANGGE_DEMO": "1"}) as running:
        yield running


class Outbox:
    """A phone's queue over the wire: an op leaves it only with its own result, from an answer that is ours."""

    def __init__(self, worker: Worker, port: int) -> None:
        self.worker, self.port = worker, port
        self.headers = worker.headers | {"X-WG-Device": str(uuid4())}
        self.waiting: list[dict[str, Any]] = []
        self.seq = self.tries = 0

    def enroll(self) -> None:
        told = {"device_id": self.headers["X-WG-Device"]}
        assert self.post("/mobile/v1/device/enroll", told, self.port)["state"]["code"] == "active"

    def fill(self, count: int) -> None:
        for _ in range(count):
            self.seq += 1
            place = {"lon": self.worker.lon, "lat": self.worker.lat, "datum": "cgcs2000", "accuracy_m": 8.0}
            payload = {"category": "E0410", "description": f"第 {self.seq} 件", "position": place}
            op = {"op_id": str(uuid4()), "seq": self.seq, "kind": "event.report", "entity_id": str(uuid4())}
            self.waiting.append(op | {"occurred_at": "2026-11-20T08:58:00+08:00", "payload": payload})

    def post(self, path: str, told: Any, port: int) -> dict[str, Any]:
        connection = http.client.HTTPConnection(HOST, port, timeout=20)
        try:
            connection.request("POST", path, json.dumps(told), self.headers | {"Connection": "close"})
            answer = connection.getresponse()
            if answer.headers.get("X-WG-Api") != "1":
                raise ValueError("not our server")
            body: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(f"{answer.status} {body}")
        return body

    def flush(self, port: int, size: int = 10, patience_s: float = 60) -> None:
        """Send until every op has its result."""
        until = time.monotonic() + patience_s
        while self.waiting and time.monotonic() < until:
            self.tries += 1
            batch = self.waiting[:size]
            try:
                results = self.post("/mobile/v1/sync/push", {"ops": batch}, port)["results"]
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(random.uniform(0, 0.05))
                continue
            done = {result["op_id"] for result in results if result["status"] in ("applied", "duplicate")}
            assert len(results) == len(batch) and len(done) == len(batch), results
            self.waiting = [op for op in self.waiting if op["op_id"] not in done]
        assert not self.waiting


def total(model: Any) -> int:
    look_again()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_through_a_bad_network_every_op_happens_once(app: Flask, rig: CrashRig) -> None:
    boxes = [Outbox(worker, rig.port) for worker in workers(rig.port, 4)]
    for box in boxes:
        box.enroll()
        box.fill(60)
    odds = Odds(drop=0.1, truncate=0.15, lose=0.25, duplicate=0.2, delay=0.1, halve=0.1)
    with ChaosProxy(rig.port, seed=3, odds=odds) as proxy:
        threads = [threading.Thread(target=box.flush, args=(proxy.port, 5)) for box in boxes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert all(not box.waiting for box in boxes)
    assert sum(box.tries for box in boxes) > 4 * 12
    assert proxy.counts["lose"] and proxy.counts["duplicate"] and proxy.counts["truncate"]
    assert total(Event) == total(SyncOp) == 4 * 60


def test_a_server_that_dies_in_the_middle_loses_and_doubles_nothing(app: Flask, rig: CrashRig) -> None:
    [worker] = workers(rig.port, 1)
    box = Outbox(worker, rig.port)
    box.enroll()
    box.fill(300)
    thread = threading.Thread(target=box.flush, args=(rig.port, 10))
    thread.start()
    for _ in range(3):
        time.sleep(0.25)
        rig.restart()
    thread.join()

    assert not box.waiting
    assert total(Event) == total(SyncOp) == 300


def test_a_cut_body_is_refused_and_nothing_of_it_is_kept(app: Flask, rig: CrashRig) -> None:
    [worker] = workers(rig.port, 1)
    box = Outbox(worker, rig.port)
    box.enroll()
    box.fill(5)
    body = json.dumps({"ops": box.waiting}).encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in box.headers.items())
    start = f"POST /mobile/v1/sync/push HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode()
    for cut in (0, 1, len(body) // 2, len(body) - 1):
        with socket.create_connection((HOST, rig.port), timeout=10) as line:
            line.sendall(start + body[:cut])
            line.shutdown(socket.SHUT_WR)
            answer = line.recv(65536)
        assert not answer or b" 400 " in answer.split(b"\r\n")[0], answer

    assert total(Event) == 0
    box.flush(rig.port)
    assert total(Event) == 5


def test_an_answer_that_is_not_ours_acknowledges_nothing(app: Flask, rig: CrashRig) -> None:
    [worker] = workers(rig.port, 1)
    box = Outbox(worker, rig.port)
    box.enroll()
    box.fill(2)
    portal = socket.create_server((HOST, 0))
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html>Wi-Fi\r\n"

    def log_in_first() -> None:
        line, _ = portal.accept()
        with line:
            line.recv(65536)
            line.sendall(page)

    threading.Thread(target=log_in_first, daemon=True).start()
    with pytest.raises(ValueError):
        box.post("/mobile/v1/sync/push", {"ops": box.waiting}, portal.getsockname()[1])
    portal.close()

    assert len(box.waiting) == 2
    box.flush(rig.port)
    assert total(Event) == 2
