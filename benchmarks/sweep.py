"""The worker's sweep over a million open clocks: it costs what is due, not what is open; 10,000 due at once."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, event, select

from benchmarks import stock
from benchmarks.table import Table
from grid import clock
from grid.commands import HANDLERS
from grid.db import db, engine_for, table
from grid.events.deadline import Deadline
from grid.events.event import Event
from grid.job import worker as loop
from grid.supervision import sweep
from tests.harness import street
from tests.harness.postgres import Cluster
from wsgi import create_app

CASES = 2_000
FEW, MANY, DUE = 10_000, 1_000_000, 10_000
IDLE_RUNS = 30
BAR_S = 60.0
RATIO = 1.5


def measure(many: int = MANY, few: int = FEW, due: int = DUE) -> Table:
    """Statements and milliseconds of a sweep that finds nothing, and how long 10,000 alarms take one worker."""
    found = Table(
        "Sweep of clocks",
        f"One worker. Idle: nothing is due, median of {IDLE_RUNS} sweeps, with {few:,} and with {many:,} open "
        f"clocks. Then {due:,} of {many:,} are due at once: alarms fired, then everybody told",
        ("database", "open clocks", "idle statements", "idle ms", "due at once", "fired s", "told s"),
    )
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, Cluster(durable=True) as cluster:
        cluster.sql("CREATE DATABASE bench")
        for name, url in (("PostgreSQL", cluster.url("bench")), ("SQLite", f"sqlite:///{place}/bench.db")):
            _measure(found, name, url, Path(place) / name, (few, many, due))
    return found


def _measure(found: Table, name: str, url: str, folder: Path, sizes: tuple[int, int, int]) -> None:
    few, many, due = sizes
    folder.mkdir()
    street.build(url, folder)
    engine = engine_for(url)
    stock.fill(engine, CASES)
    engine.dispose()
    app = create_app({"DATABASE": url, "DATA": str(folder), "DEMO": True})
    costs = []
    with app.app_context():
        for start, end in ((0, few), (few, many)):
            _seed(db.engine, start, end)
            costs.append(_idle())
            found.add(name, f"{end:,}", costs[-1][0], f"{costs[-1][1]:.2f}", "", "", "")
        _let_be_due(db.engine, due)
        fired_s, told_s = _fire(due)
        db.session.remove()
        db.engine.dispose()
    found.add(name, f"{many:,}", "", "", f"{due:,}", f"{fired_s:.1f}", f"{told_s:.1f}")
    statements = costs[1][0] / costs[0][0]
    took = costs[1][1] / costs[0][1]
    words = f"{statements:.2f} statements, {took:.2f} time"
    found.judge(f"{name}: idle, {many:,} to {few:,}", words, f"≤ {RATIO}", statements <= 1 and took <= RATIO)
    found.judge(f"{name}: {due:,} due at once, fired", f"{fired_s:.1f} s", f"≤ {BAR_S:.0f} s", fired_s <= BAR_S)


def _seed(engine: Engine, start: int, end: int) -> None:
    """Open clocks, spread over the cases, their next alarm days ahead: the first written, then copied in bulk."""
    now, clocks = clock.now(), table(Deadline)
    with engine.begin() as connection:
        cases = list(connection.scalars(select(Event.id)))
        if not start:
            connection.execute(clocks.insert(), [_row(cases[n % len(cases)], n, now) for n in range(end)])
        columns = [column for column in clocks.columns if column.name != "id"]
        while start and start < end:
            wanted = select(*columns).order_by(clocks.c.id).limit(min(start, end - start))
            connection.execute(clocks.insert().from_select([column.name for column in columns], wanted))
            start += min(start, end - start)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _row(event_id: Any, n: int, now: datetime) -> dict[str, Any]:
    due_at = now + timedelta(days=3, seconds=n % 100_000)
    return {
        "event_id": event_id,
        "kind": "handle",
        "limit_value": 4,
        "limit_unit": "urgent_hour",
        "started_at": due_at - timedelta(hours=4),
        "yellow_at": due_at - timedelta(hours=1),
        "due_at": due_at,
        "is_provisional": False,
        "state": "running",
        "extensions": 0,
        "is_exempt": False,
        "rungs_done": 0b0011,
        "next_alarm_at": due_at,
    }


def _idle() -> tuple[int, float]:
    """Statements and milliseconds of a sweep that finds nothing."""
    loop.sweep_once([sweep.sweep])
    costs = []
    with _counted() as statements:
        for _ in range(IDLE_RUNS):
            begin = time.perf_counter()
            assert loop.sweep_once([sweep.sweep]) == 0  # noqa: S101
            costs.append((time.perf_counter() - begin) * 1000)
    return len(statements) // IDLE_RUNS, median(costs)


@contextmanager
def _counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _let_be_due(engine: Engine, due: int) -> None:
    """Every hundredth or so was due an hour ago, by its own limit."""
    now = clock.now()
    with engine.begin() as connection:
        ids = list(connection.scalars(select(Deadline.id).order_by(Deadline.id).limit(due)))
        theirs = table(Deadline)
        moved = {"started_at": now - timedelta(hours=5), "due_at": now - timedelta(hours=1)}
        moved |= {"next_alarm_at": now - timedelta(hours=1)}
        connection.execute(theirs.update().where(theirs.c.id <= max(ids)).values(moved))


def _fire(due: int) -> tuple[float, float]:
    begin = time.perf_counter()
    fired = 0
    while found := loop.sweep_once([sweep.sweep]):
        fired += found
    fired_s = time.perf_counter() - begin
    assert fired == due, fired  # noqa: S101
    while loop.run_once(HANDLERS):
        pass
    return fired_s, time.perf_counter() - begin - fired_s
