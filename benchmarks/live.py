"""A new report on fifty screens: reports committed one by one while fifty dispatchers' pages stand open.

PostgreSQL with fsync, served as by `wangge run`. Each page does what ours does: it hears the hint, then asks for
what changed of its list. Clocks start when the report's own answer is there, which is after its commit.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
from sqlalchemy import select

from api import auth
from benchmarks import load
from benchmarks.process import family, rss_mb
from benchmarks.table import Table
from grid import clock
from grid.accounts.session import FAMILY_LIFE, LoginSession
from grid.accounts.user import User, UserPost
from grid.db import db, new_id, transaction
from tests.harness import street
from tests.harness.crashrig import CrashRig
from tests.harness.listener import Hall, Listener, until
from tests.harness.postgres import Cluster
from tests.harness.street import HOST
from wsgi import create_app

DISPATCHERS, REPORTS = 50, 40
PAUSE_S = 1.5
BAR_S, BAR_MB = 1.0, 200.0
WORKERS = 2


@dataclass
class Page(Listener):
    """A dispatcher's page: what it heard, and when it had read what changed of its list. read: by case."""

    port: int = 0
    read: dict[str, float] = field(default_factory=dict)

    async def told(self, news: dict[str, Any]) -> None:
        ids = [one["id"] for one in news["cases"]]
        if not ids:
            return
        reader, writer = await asyncio.open_connection(HOST, self.port)
        lines = [f"GET /api/events?queue=accept&ids={','.join(ids)} HTTP/1.1", f"Host: {HOST}"]
        lines += [f"Authorization: Bearer {self.token}", "Connection: close", "", ""]
        writer.write("\r\n".join(lines).encode())
        answer = await reader.read()
        writer.close()
        for item in json.loads(answer.partition(b"\r\n\r\n")[2])["items"]:
            self.read[item["id"]] = time.perf_counter()

    def hint_of(self, case: str) -> float | None:
        """When it heard of a case first."""
        return next((at for at, news in self.heard if any(one["id"] == case for one in news["cases"])), None)


def measure(dispatchers: int = DISPATCHERS, reports: int = REPORTS) -> Table:
    """How long after its commit a report was told to every page, and how long until every page had read it."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, Cluster(durable=True) as cluster:
        cluster.sql("CREATE DATABASE bench")
        url = cluster.url("bench")
        street.build(url, Path(place))
        app = create_app({"DATABASE": url, "DATA": place, "DEMO": True})
        with app.app_context():
            tokens = list(_dispatchers(dispatchers))
            db.session.remove()
            db.engine.dispose()
        with CrashRig(Path(place), {"WANGGE_DATABASE": url, "WANGGE_DEMO": "1"}) as rig:
            return _table(rig, [Page(token, port=rig.port) for token in tokens], reports)


def _dispatchers(number: int) -> Iterator[str]:
    """Tokens of as many people with the posts of dd01."""
    pattern = db.session.scalars(select(User).where(User.username == "dd01")).one()
    now = clock.real_now()
    for n in range(number):
        with transaction():
            person = User(username=f"desk{n:03}", name=f"测试{n:03}", password_hash="", created_at=now)
            person.posts = [UserPost(post=held.post, area=held.area) for held in pattern.posts]
            session = LoginSession(
                id=new_id(),
                user=person,
                token_id=new_id(),
                rotated_at=now,
                created_at=now,
                expires_at=now + FAMILY_LIFE,
            )
            db.session.add_all([person, session])
            db.session.flush()
            token = auth.tokens(session)[0]
        yield token


def _table(rig: CrashRig, pages: list[Page], reports: int) -> Table:
    workers = _workers(rig)
    alone = [rss_mb(pid) for pid in workers]
    with Hall(rig.port, pages):
        until(lambda: all(page.heard for page in pages))
        posted = list(_report(rig, pages, reports))
        after = [rss_mb(pid) for pid in workers]
    hints = [_known(page.hint_of(case)) - at for case, at in posted for page in pages]
    readings = [page.read[case] - at for case, at in posted for page in pages]
    table = Table(
        "Live",
        f"{len(pages)} dispatchers' pages open, {reports} reports one by one; PostgreSQL with fsync, gunicorn "
        f"with {WORKERS} workers; seconds from the answer of the report to the hint at each page, and to what "
        "changed of its list, which all pages ask for at once",
        ("what", "p50", "p95", "longest"),
    )
    for what, found in (("hint at the page", hints), ("list read by the page", readings)):
        table.add(what, f"{median(found):.2f} s", f"{_p95(found):.2f} s", f"{max(found):.2f} s")
    table.judge("list read, p95", f"{_p95(readings):.2f} s", f"≤ {BAR_S:.0f} s", _p95(readings) <= BAR_S)
    largest = max(after)
    table.judge("largest worker", f"{largest:.0f} MB", f"≤ {BAR_MB:.0f} MB", largest <= BAR_MB)
    table.note(f"workers before a page was open: {', '.join(f'{mb:.0f}' for mb in alone)} MB")
    return table


def _report(rig: CrashRig, pages: list[Page], number: int) -> Iterator[tuple[str, float]]:
    """Report one by one, each once all pages have the one before; the case, and when its answer was there."""
    [worker] = street.workers(rig.port, 1)
    with httpx.Client(base_url=rig.url, headers=worker.headers, trust_env=False, timeout=30) as client:
        for _ in range(number):
            answer = client.post("/mobile/v1/reports", json=load.report(worker, "E0410"))
            at = time.perf_counter()
            case = answer.raise_for_status().json()["id"]
            until(lambda case=case: all(case in page.read for page in pages))  # type: ignore[misc]
            yield case, at
            time.sleep(PAUSE_S)


def _workers(rig: CrashRig) -> list[int]:
    until(lambda: len(set(family(rig.pid)) - {rig.pid}) >= WORKERS)
    return sorted(set(family(rig.pid)) - {rig.pid})


def _known(at: float | None) -> float:
    assert at is not None, "read without having been told"
    return at


def _p95(found: list[float]) -> float:
    return quantiles(found, n=20)[18]
