"""Lists: 20 events at 1,000 and at 100,000, for people of different reach; statements counted, times compared."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from benchmarks import stock
from benchmarks.table import Table
from fixtures.daling import PASSWORD
from grid.db import engine_for
from tests.harness import street
from tests.harness.postgres import Cluster
from wsgi import create_app

SMALL, BIG = 1_000, 100_000
ROUNDS = 60
RATIO = 1.3
STATEMENTS = 8
GRID = "441323002001001"
LISTS = (
    ("dispatcher, the street", "dd01", "/api/events?", 20),
    ("dispatcher, one grid", "dd01", f"/api/events?area={GRID}&", 20),
    ("dispatcher, closed cases", "dd01", "/api/events?state=closed&", 20),
    ("dispatcher, cases to file", "dd01", "/api/events?queue=file&", 20),
    ("grid worker, own grid and reports", "wg01", "/api/events?", 20),
    ("grid worker, own reports", "wg01", "/mobile/v1/reports?", 20),
    ("department clerk", "cg01", "/api/events?", 20),
    ("department clerk, cases in hand", "cg01", "/api/events?queue=handle&", 20),
    ("dispatcher, 100 rows", "dd01", "/api/events?", 100),
)


@dataclass
class Desk:
    """One street's application, and its people as they signed in."""

    client: FlaskClient
    tokens: dict[str, str]

    def get(self, username: str, path: str) -> int:
        """Ask for a list; how many rows came."""
        if username not in self.tokens:
            told = {"username": username, "password": PASSWORD}
            self.tokens[username] = self.client.post("/api/sessions", json=told).json["access_token"]
        answer = self.client.get(path, headers={"Authorization": f"Bearer {self.tokens[username]}"})
        assert answer.status_code == 200, answer.text
        return len(answer.json["items"])


def measure(small: int = SMALL, big: int = BIG, rounds: int = ROUNDS) -> Table:
    """Every list on both databases, the small and the big street in turns."""
    table = Table(
        "Lists",
        f"p50 of {rounds} requests in process with a real token, {small:,} and {big:,} events taking turns; "
        "statements include the one that checks the session",
        ("database", "list", "rows", "statements", f"ms at {small:,}", f"ms at {big:,}", "ratio"),
    )
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, Cluster() as cluster:
        for database in ("SQLite", "PostgreSQL"):
            folder = Path(place) / database
            desks = [_desk(database, cluster, folder / str(number), number) for number in (small, big)]
            found = []
            for name, username, path, limit in LISTS:
                # A rare state has fewer rows in the small street: compare pages of the same length.
                rows = min(desk.get(username, f"{path}limit={limit}") for desk in desks)
                found.append(_compare(desks, username, f"{path}limit={rows}", rounds))
                table.add(database, name, rows, *found[-1].cells())
            _judge(table, database, found)
    return table


@dataclass(frozen=True)
class Comparison:
    """p50 in both streets, milliseconds, and how many statements the big one took."""

    small_ms: float
    big_ms: float
    statements: int

    @property
    def ratio(self) -> float:
        return self.big_ms / self.small_ms

    def cells(self) -> tuple[str, ...]:
        return str(self.statements), f"{self.small_ms:.1f}", f"{self.big_ms:.1f}", f"{self.ratio:.2f}"


def _compare(desks: list[Desk], username: str, path: str, rounds: int) -> Comparison:
    with count_statements() as counted:
        desks[1].get(username, path)
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for desk, took in zip(desks, times, strict=True):
            begin = time.perf_counter()
            desk.get(username, path)
            took.append((time.perf_counter() - begin) * 1000)
    return Comparison(median(times[0]), median(times[1]), len(counted))


def _judge(table: Table, database: str, found: list[Comparison]) -> None:
    ratio, statements = max(each.ratio for each in found), max(each.statements for each in found)
    table.judge(f"{database}, worst ratio", f"{ratio:.2f}", f"≤ {RATIO}", ratio <= RATIO)
    table.judge(f"{database}, most statements", str(statements), f"≤ {STATEMENTS}", statements <= STATEMENTS)


def _desk(database: str, cluster: Cluster, folder: Path, number: int) -> Desk:
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder / 'wangge.db'}"
    if database == "PostgreSQL":
        cluster.sql(f"CREATE DATABASE events{number}")
        url = cluster.url(f"events{number}")
    street.build(url, folder)
    engine = engine_for(url)
    stock.fill(engine, number)
    engine.dispose()
    return Desk(create_app({"DATABASE": url, "DATA": str(folder), "DEMO": True}).test_client(), {})


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """The statements sent to any database while it is open."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
