"""Memory of a gunicorn worker after an hour's work in a minute: reports with photos, lists, cases."""

from __future__ import annotations

import http.client
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import stock
from benchmarks.process import family, rss_mb
from benchmarks.table import Table
from grid.db import engine_for
from tests.harness import street
from tests.harness.crashrig import CrashRig
from tests.harness.handset import Crew, Handset, Item, make_item

BAR_MB = 200.0
EVENTS = 10_000
REPORTS = 400
LISTS = 400
CLIENTS = 4
WORKERS = 2


def measure(reports: int = REPORTS, lists: int = LISTS) -> Table:
    """Resident memory of each process at the start and after the load."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place:
        folder = Path(place)
        url = f"sqlite:///{folder / 'wangge.db'}"
        street.build(url, folder)
        engine = engine_for(url)
        stock.fill(engine, EVENTS)
        engine.dispose()
        with CrashRig(folder, {"WANGGE_DATABASE": url, "WANGGE_DEMO": "1"}) as rig:
            workers = _workers(rig)
            before = [rss_mb(pid) for pid in workers]
            _load(rig.port, reports, lists)
            after = [rss_mb(pid) for pid in workers]
    table = Table(
        "Memory",
        f"resident memory of each gunicorn worker (8 threads) after {reports} reports with photos and "
        f"{lists} lists of 100 of {EVENTS:,} events, {CLIENTS} clients of each kind at once",
        ("worker", "MB at the start", "MB after the load"),
    )
    for number, (start, end) in enumerate(zip(before, after, strict=True), 1):
        table.add(number, f"{start:.0f}", f"{end:.0f}")
    table.judge("largest worker", f"{max(after):.0f} MB", f"≤ {BAR_MB:.0f} MB", max(after) <= BAR_MB)
    return table


def _workers(rig: CrashRig) -> list[int]:
    """Process ids of both workers; the first is ready while the master still forks the second."""
    while len(found := set(family(rig.pid)) - {rig.pid}) < WORKERS:
        time.sleep(0.05)
    return sorted(found)


def _load(port: int, reports: int, lists: int) -> None:
    people = street.workers(port, CLIENTS)
    chance = random.Random("memory")  # other numbers than the stock's

    def items(handset: Handset, number: int) -> Iterator[Item]:
        return (make_item(handset.worker, n, chance) for n in range(number, reports, CLIENTS))

    token = street.sign_in(port, "dd01")
    readers = [threading.Thread(target=_read, args=(port, token, lists // CLIENTS)) for _ in range(CLIENTS)]
    crew = Crew([Handset(person, port, port, seed) for seed, person in enumerate(people)], items)
    for reader in readers:
        reader.start()
    crew.start()
    crew.join()
    for reader in readers:
        reader.join()


def _read(port: int, token: str, number: int) -> None:
    for _ in range(number):
        connection = http.client.HTTPConnection(street.HOST, port, timeout=60)
        connection.request("GET", "/api/events?limit=100", headers={"Authorization": f"Bearer {token}"})
        assert json.loads(connection.getresponse().read())["items"]
        connection.close()
