"""Nightly: workers die with notices on their way, the other side fails and dawdles; none is lost, none doubled."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time as real_time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from fixtures.daling import STREET
from grid.areas import net
from grid.db import db, transaction
from grid.notices import notice
from grid.notices.cause import Cause
from grid.notices.delivery import Delivery, DeliveryState
from grid.notices.outside import Outside
from tests.factories.account import find_user
from tests.factories.endpoint import let_rest, make_endpoint, make_rule
from tests.factories.reader import look_again
from tests.harness.crashrig import ROOT
from tests.harness.receiver import Got, Receiver, Reply, receiving

ENDPOINTS, NOTICES, WORKERS, KILLS = 4, 400, 3, 20
DEADLINE_S = 240.0


@pytest.fixture
def start(app: Flask, database: str, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a worker process as an office runs it; those still there at the end are stopped."""
    running: list[subprocess.Popen[bytes]] = []
    env = {**os.environ, "WANGGE_DATABASE": database, "WANGGE_DATA": str(tmp_path), "WANGGE_DEMO": "1"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]

    def start_() -> subprocess.Popen[bytes]:
        running.append(
            subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        return running[-1]

    yield start_
    for one in running:
        one.kill()
        one.wait()


def _moody(number: int, got: Got) -> Reply:
    """Fails three times of ten, dawdles one time of twenty, and sometimes takes it and loses its own answer."""
    luck = random.Random(f"{number} {len(got.body)}").random()
    if luck < 0.3:
        return Reply(500)
    if luck < 0.35:
        return Reply(wait_s=2.0)
    return Reply(cut=luck < 0.4, wait_s=0.2)


def _tell(first: int, count: int) -> None:
    """Each batch in a transaction of its own, as jobs tell it."""
    street = net.current().find(STREET)
    people = [find_user(name).id for name in ("dd01", "slr01")]
    with transaction():
        for number in range(first, first + count):
            what = Outside(Cause.ALARM, street.path, street.name, f"第{number}件", "overdue")
            notice.tell(people, f"drill:{number}", "标题", "内容", None, what)


def _waiting() -> int:
    look_again()
    found = select(func.count()).select_from(Delivery).where(Delivery.state != DeliveryState.SENT)
    return db.session.scalar(found) or 0


@pytest.mark.long
@pytest.mark.timeout(600)
def test_workers_killed_with_notices_on_their_way_lose_none_and_keep_their_order(
    app: Flask, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    with ExitStack() as stack:
        receivers: list[Receiver] = [stack.enter_context(receiving()) for _ in range(ENDPOINTS)]
        for number, receiver in enumerate(receivers):
            receiver.answering = _moody
            make_rule(make_endpoint(app, receiver.url, name=f"群{number}"), Cause.ALARM)
        workers = [start() for _ in range(WORKERS)]
        luck = random.Random(5)
        began = real_time.monotonic()

        for kill in range(KILLS):
            _tell(kill * NOTICES // KILLS, NOTICES // KILLS)
            real_time.sleep(luck.uniform(0.3, 1.5))
            victim = luck.randrange(WORKERS)
            workers[victim].kill()
            workers[victim].wait()
            workers[victim] = start()
            let_rest()  # as if a minute had gone by: leases of the dead end, and now and then one of the living
        while _waiting() and real_time.monotonic() - began < DEADLINE_S:
            real_time.sleep(1)
            let_rest()

        assert _waiting() == 0
        for receiver in receivers:
            texts = list(dict.fromkeys(item["text"] for item in receiver.items()))
            assert texts == [f"大岭街道 第{number}件" for number in range(NOTICES)]
            assert len({item["id"] for item in receiver.items()}) == NOTICES
            # A message that is sent again is the same message, whoever sends it.
            sent = {got.headers["Webhook-Id"]: got.json for got in receiver.got}
            assert all(got.json == sent[got.headers["Webhook-Id"]] for got in receiver.got)
        assert sum(len(receiver.got) for receiver in receivers) > ENDPOINTS
