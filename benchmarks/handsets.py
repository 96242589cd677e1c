"""1,000 handsets come back together, each with 10 reports in its queue, while a dispatcher reads the list.

PostgreSQL with fsync, gunicorn with 2 workers. A handset does what ours does: one batch at a time, nothing counts
as sent before the server's own word about it, what is turned away comes again when told to, spread at random.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import multiprocessing
import random
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

from sqlalchemy import func, select

from api import auth
from benchmarks import load
from benchmarks.table import Table
from grid import clock
from grid.accounts.device import Device, DeviceState
from grid.accounts.session import FAMILY_LIFE, LoginSession
from grid.accounts.user import User, UserPost
from grid.areas.area import Area
from grid.db import db, new_id, table, transaction
from grid.events.event import Event
from tests.harness import street
from tests.harness.crashrig import CrashRig
from tests.harness.postgres import Cluster
from tests.harness.street import HOST, Worker
from wsgi import create_app

HANDSETS, REPORTS = 1000, 10
PROCESSES = 4
P95_S = 2.0
PATIENCE_S = 900
LEAD_S = 2.0


@dataclass(frozen=True)
class Phone:
    """A handset with a full queue."""

    device_id: str
    ops: tuple[str, ...]  # op ids
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Home:
    """How a handset fared: reports the server named as taken, tries, and when the last was named (seconds)."""

    taken: int
    tries: int
    done_s: float


def measure(handsets: int = HANDSETS) -> Table:
    """How many reports were lost, how long all took, and how long the dispatcher waited meanwhile."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, Cluster(durable=True) as cluster:
        folder = Path(place)
        cluster.sql("CREATE DATABASE bench")
        url = cluster.url("bench")
        street.build(url, folder)
        app = create_app({"DATABASE": url, "DATA": place, "DEMO": True})
        with CrashRig(folder, {"WANGGE_DATABASE": url, "WANGGE_DEMO": "1"}) as rig:
            [worker] = street.workers(rig.port, 1)
            desk = street.sign_in(rig.port, "dd01")
            with app.app_context():
                phones = _phones(handsets, worker)
            alone = _read(rig.port, desk, time.time() + 3)
            homes, meanwhile = _storm(rig.port, desk, phones)
        with app.app_context():
            count = db.session.scalar(select(func.count()).select_from(Event)) or 0
            kinds = db.session.scalar(select(func.count(Event.client_id.distinct()))) or 0
            db.session.remove()
            db.engine.dispose()
    return _table(handsets, homes, count, kinds, alone, meanwhile)


def _phones(number: int, worker: Worker) -> list[Phone]:
    """As many people with a phone each, all in one grid, signed in."""
    pattern = db.session.scalars(select(User).where(User.username == worker.username)).one()
    home: Area = pattern.posts[0].area
    now = clock.now()
    with transaction():
        people = [
            User(username=f"crowd{n:04}", name=f"测试{n:04}", password_hash=pattern.password_hash, created_at=now)
            for n in range(number)
        ]
        for person in people:
            person.posts = [UserPost(post="grid_worker", area=home)]
        db.session.add_all(people)
        db.session.flush()  # their ids
        opened = [_session(person) for person in people]
        db.session.add_all(opened)
        db.session.flush()  # whose they are
        tokens = [auth.tokens(session)[0] for session in opened]
        seats = [str(uuid4()) for _ in people]
        db.session.execute(table(Device).insert(), [_seat(p.id, s) for p, s in zip(people, seats, strict=True)])
    return [_phone(worker, token, seat) for token, seat in zip(tokens, seats, strict=True)]


def _session(person: User) -> LoginSession:
    now = clock.real_now()
    until = now + FAMILY_LIFE
    return LoginSession(
        id=new_id(), user=person, token_id=new_id(), rotated_at=now, created_at=now, expires_at=until
    )


def _seat(user_id: int, device_id: str) -> dict[str, object]:
    now = clock.now()
    told = {
        "id": new_id(),
        "device_id": device_id,
        "user_id": user_id,
        "state": DeviceState.ACTIVE,
        "queue": REPORTS,
    }
    empty = {
        "label": "",
        "platform": "",
        "app": "",
        "storage": {},
        "last_error": "",
        "last_seq": 0,
        "revoke_reason": "",
    }
    return told | empty | {"enrolled_at": now, "seen_at": now, "version": 1}


def _phone(worker: Worker, token: str, device_id: str) -> Phone:
    ops = [_op(worker, seq) for seq in range(1, REPORTS + 1)]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "X-WG-Device": device_id}
    body = json.dumps({"ops": ops}).encode()
    return Phone(device_id, tuple(str(op["op_id"]) for op in ops), body, headers)


def _op(worker: Worker, seq: int) -> dict[str, object]:
    told = load.report(worker, "E0410")
    return {
        "op_id": str(uuid4()),
        "seq": seq,
        "kind": "event.report",
        "entity_id": told["client_id"],
        "occurred_at": told["occurred_at"],
        "payload": {name: told[name] for name in ("category", "description", "position")},
        "media": [],
    }


def _storm(port: int, desk: str, phones: list[Phone]) -> tuple[list[Home], list[float]]:
    start = time.time() + LEAD_S
    meanwhile: list[float] = []
    is_over = threading.Event()
    reader = threading.Thread(
        target=lambda: meanwhile.extend(_read(port, desk, start + PATIENCE_S, is_over, start))
    )
    reader.start()
    parts = [phones[number::PROCESSES] for number in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("fork")) as pool:
        homes = [home for part in pool.map(_part, parts, [port] * PROCESSES, [start] * PROCESSES) for home in part]
    is_over.set()
    reader.join()
    return homes, meanwhile


def _part(phones: list[Phone], port: int, start: float) -> list[Home]:
    async def all_of_them() -> list[Home]:
        await asyncio.sleep(max(0.0, start - time.time()))
        return await asyncio.gather(*(_come_home(phone, port, start) for phone in phones))

    return asyncio.run(all_of_them())


async def _come_home(phone: Phone, port: int, start: float) -> Home:
    """Push until the server has named every op as taken."""
    await asyncio.sleep(random.random())  # all within a second
    tries, rest_s = 0, 5.0
    while time.time() < start + PATIENCE_S:
        tries += 1
        try:
            status, told, after_s = await _push(phone, port)
        except (OSError, ValueError, asyncio.IncompleteReadError):
            status, told, after_s = 0, {}, None
        if status == 200:
            done = {one["op_id"] for one in told["results"] if one["status"] in ("applied", "duplicate")}
            return Home(len(done & set(phone.ops)), tries, time.time() - start)
        await asyncio.sleep(
            after_s + random.random() * 2 if after_s is not None else rest_s * (0.5 + random.random() / 2)
        )
        rest_s = min(600.0, rest_s * 2)
    return Home(0, tries, time.time() - start)


async def _push(phone: Phone, port: int) -> tuple[int, dict[str, list[dict[str, str]]], float | None]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        lines = ["POST /mobile/v1/sync/push HTTP/1.1", f"Host: {HOST}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in phone.headers.items()]
        head = "\r\n".join([*lines, f"Content-Length: {len(phone.body)}", "", ""])
        writer.write(head.encode() + phone.body)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 60)
    finally:
        writer.close()
    top, _, body = answer.partition(b"\r\n\r\n")
    first, *fields = top.decode().split("\r\n")
    named = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields)}
    if named.get("x-wg-api") != "1":
        raise ValueError("not our server")
    return int(first.split()[1]), json.loads(body), float(named["retry-after"]) if "retry-after" in named else None


def _read(
    port: int, token: str, until: float, is_over: threading.Event | None = None, start: float = 0.0
) -> list[float]:
    """Read the dispatcher's list again and again, half a second apart; how long each took, seconds."""
    time.sleep(max(0.0, start - time.time()))
    found = []
    while time.time() < until and not (is_over and is_over.is_set()):
        begin = time.perf_counter()
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        connection.request("GET", "/api/events?limit=20", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        connection.close()
        found.append(time.perf_counter() - begin)
        time.sleep(0.5)
    return found


def _table(
    handsets: int, homes: list[Home], count: int, kinds: int, alone: list[float], meanwhile: list[float]
) -> Table:
    wanted, p95 = handsets * REPORTS, quantiles(meanwhile, n=20)[18]
    taken, longest = sum(home.taken for home in homes), max(home.done_s for home in homes)
    result = Table(
        "Handsets that come back together",
        f"{handsets:,} handsets of as many people, {REPORTS} reports each, all within one second; PostgreSQL with "
        "fsync, gunicorn 2 × 8 threads; a dispatcher reads the list every half second",
        ("what", "figure"),
    )
    result.add("reports named as taken", f"{taken:,} of {wanted:,}")
    result.add(
        "tries a handset, middle and most", f"{median(h.tries for h in homes):.0f}, {max(h.tries for h in homes)}"
    )
    result.add("until all were through", f"{longest:.0f} s, {wanted / longest:.0f} reports/s")
    result.add("the list before it, median", f"{median(alone) * 1000:.0f} ms")
    result.add("the list meanwhile, median", f"{median(meanwhile) * 1000:.0f} ms of {len(meanwhile)} readings")
    lost, doubled = wanted - min(taken, kinds), count - kinds
    result.judge("lost", f"{lost}", "0", lost == 0)
    result.judge("doubled", f"{doubled}", "0", doubled == 0 and count == wanted)
    result.judge("the list meanwhile, p95", f"{p95:.2f} s", f"≤ {P95_S:.0f} s", p95 <= P95_S)
    return result
