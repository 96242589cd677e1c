"""The daily brief over 2,000 events of one day: seconds and memory for screen, paper and workbook. Events are
made by the domain, a third of them closed, some late.
"""

from __future__ import annotations

import gc
import os
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from benchmarks.table import Table
from fixtures.daling import STREET, table
from grid import clock
from grid.accounts import user as users
from grid.areas import net
from grid.db import db, transaction
from grid.events import reporting
from grid.events.event import Event
from grid.events.reporting import Position, Report
from grid.geo.crs import Datum
from reports import brief, export
from tests.factories.event import ROAD, take
from tests.harness import street
from wsgi import create_app

EVENTS = 2_000
RUNS = 5
MOST_S = 2.0
MOST_MB = 200.0
DAY = datetime(2026, 11, 23, 0, 0, tzinfo=clock.LOCAL)
CATEGORIES = "C0137 E0110 E0120 E0128 E0201 E0304 E0406 E0406 E0406 E0410 E0498".split()


def measure(events: int = EVENTS) -> Table:
    """Each form on SQLite, ``RUNS`` times; the memory is the process's peak above idle."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place:
        folder = Path(place)
        url = f"sqlite:///{folder / 'bench.db'}"
        street.build(url, folder)
        app = create_app({"DATABASE": url, "DATA": place, "DEMO": True})
        with app.app_context():
            try:
                fill(events)
                return _table(events)
            finally:
                clock.use(clock.real_now)


def fill(events: int) -> None:
    """Report ``events`` cases over one day and take them some way."""
    chance = random.Random(events)
    people = [row for row in table("people") if row["posts"] == "grid_worker"]
    moment = [DAY]
    clock.use(lambda: moment[0].astimezone(UTC))
    spots = {row["area"]: net.current().find(row["area"]).boundary for row in people}
    for number in range(events):
        moment[0] = DAY + timedelta(hours=6) + timedelta(hours=15) * number / events
        row = people[min(int(chance.expovariate(0.25)), len(people) - 1)]
        boundary = spots[row["area"]]
        assert boundary is not None
        point = boundary.representative_point()
        with transaction():
            told = Report(
                uuid4(),
                chance.choice(CATEGORIES),
                Position(point.x, point.y, Datum.CGCS2000, 8.0),
                moment[0],
                "例",
            )
            outcome = reporting.submit(users.find(row["username"]), told)
            event = db.session.get_one(Event, UUID(outcome.result["id"]))
            _advance(event, chance.choice((0, 1, 3, 4, 5, 6, 8, 10, 10, 10)), moment, chance)
        db.session.remove()
    moment[0] = DAY + timedelta(hours=23)


def _advance(event: Event, stop: int, moment: list[datetime], chance: random.Random) -> None:
    """Take the next steps of the straight road, from where the rules have left the case."""
    order = (
        "reported pending_filing pending_dispatch pending_sign handling handled feedback pending_check checking"
    )
    stops = [*order.split(), "pending_close", "closed"]
    for action in ROAD[stops.index(event.state) : stop]:
        moment[0] += timedelta(minutes=chance.uniform(1, 30))
        take(event, action, checker=event.reporter.username)


def _table(events: int) -> Table:
    table_ = Table(
        f"Daily brief over {events} events",
        f"SQLite, one process, {RUNS} runs each, the first with the fonts to load",
        ("form", "first s", "median s", "KB"),
    )
    idle_mb = _memory_mb("VmRSS")
    _reset_peak()
    slowest = 0.0
    for form in export.FORMS.values():
        times, size = [], 0
        for _ in range(RUNS):
            gc.collect()
            db.session.remove()
            begin = time.perf_counter()
            actor = users.find("ld01")
            report = brief.make(actor, brief.place(actor, STREET), None, is_demo=True)
            size = len(form.render(report))
            times.append(time.perf_counter() - begin)
        slowest = max(slowest, *times)
        table_.add(form.code, f"{times[0]:.2f}", f"{median(times):.2f}", size // 1024)
    above = _memory_mb("VmHWM") - idle_mb
    table_.judge("slowest run", f"{slowest:.2f} s", f"≤ {MOST_S:.0f} s", slowest <= MOST_S)
    table_.judge("memory above idle", f"{above:.0f} MB", f"≤ {MOST_MB:.0f} MB", above <= MOST_MB)
    return table_


def _memory_mb(what: str) -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what)) / 1024


def _reset_peak() -> None:
    Path(f"/proc/{os.getpid()}/clear_refs").write_text("5")
