"""Create over HTTP: a report, with everything that hangs on it, against a bare route that inserts one row.

PostgreSQL with fsync, gunicorn with 2 workers, 4 client processes; the two servers take turns in one run.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import bare, load
from benchmarks.load import Client, Figures
from benchmarks.process import cpu_s
from benchmarks.table import Table
from grid.db import engine_for
from tests.harness import street
from tests.harness.crashrig import CrashRig
from tests.harness.postgres import Cluster
from tests.harness.street import Worker

CLIENTS = 4
RUNS = 5
SECONDS = 6.0
WARM_S = 2.0
BAR = 0.12
WAITING = ("E0410", "E0101", "C0402")  # classes of the demo whose rules leave a choice
CERTAIN = ("E0110", "C0137", "E0201")  # classes whose rules leave none
LEAD_S = 0.5  # client processes need this long to get up


@dataclass(frozen=True)
class Turn:
    """One turn of one server: what clients saw, and what a request cost server and database together."""

    figures: Figures
    cpu_ms: float


@dataclass(frozen=True)
class Course:
    """What is asked of a server under test: reports of these classes to this address."""

    rig: CrashRig
    path: str
    categories: tuple[str, ...]
    database: int  # process id of the database server
    people: list[Worker]

    def run(self, seconds: float) -> Turn:
        before = self._cpu_s()
        start = time.time() + LEAD_S
        clients = [
            Client(person, self.rig.port, self.path, start, seconds, self.categories) for person in self.people
        ]
        figures = load.run(clients)
        return Turn(figures, (self._cpu_s() - before) * 1000 / (figures.rate * seconds))

    def _cpu_s(self) -> float:
        return cpu_s(self.rig.pid) + cpu_s(self.database)


def measure(runs: int = RUNS, seconds: float = SECONDS) -> Table:
    """Requests a second, run by run: a report that people take on, one that the rules take on, the bare row."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, Cluster(durable=True) as cluster:
        return _table(_runs(Path(place), cluster, runs, seconds))


def _runs(folder: Path, cluster: Cluster, runs: int, seconds: float) -> list[list[Turn]]:
    cluster.sql("CREATE DATABASE bench")
    url = cluster.url("bench")
    street.build(url, folder)
    engine = engine_for(url)
    bare.Base.metadata.create_all(engine)
    engine.dispose()
    env = {"WANGGE_DATABASE": url, "WANGGE_DEMO": "1"}
    with CrashRig(folder, env) as rig, CrashRig(folder, env, app="benchmarks.bare:create_app()") as yardstick:
        people = street.workers(rig.port, CLIENTS)
        courses = [
            Course(rig, "/mobile/v1/reports", WAITING, cluster.pid, people),
            Course(rig, "/mobile/v1/reports", CERTAIN, cluster.pid, people),
            Course(yardstick, "/rows", WAITING, cluster.pid, people),
        ]
        for course in courses:
            course.run(WARM_S)
        return [[course.run(seconds) for course in courses] for _ in range(runs)]


def _table(found: list[list[Turn]]) -> Table:
    table = Table(
        "Create over HTTP",
        "PostgreSQL with fsync, gunicorn 2 × 8 threads, 4 client processes; requests a second, p50, CPU time "
        "of server and database together. Report: the rules leave a choice, so it waits for a person. Dispatched: "
        "the rules are certain, so the same request also accepts, files (case number, deadline) and dispatches it",
        ("run", "report", "dispatched", "bare row", "report / bare", "dispatched / bare"),
    )
    ratios = [[turn.figures.rate / turns[-1].figures.rate for turn in turns[:-1]] for turns in found]
    for number, (turns, shares) in enumerate(zip(found, ratios, strict=True), 1):
        table.add(number, *map(_cell, turns), *(f"{share:.1%}" for share in shares))
    cpu = median(turns[-1].cpu_ms / turns[0].cpu_ms for turns in found)
    report, dispatched = (median(shares) for shares in zip(*ratios, strict=True))
    table.judge("report, median ratio", f"{report:.1%}", f"≥ {BAR:.0%}", report >= BAR)
    table.note(f"by processor time, which load from elsewhere bends less: {cpu:.1%}")
    table.note(f"dispatched by the rules as well, four steps in one request: {dispatched:.1%}")
    return table


def _cell(turn: Turn) -> str:
    return f"{turn.figures.rate:.0f}/s, {turn.figures.p50_ms:.1f} ms, CPU {turn.cpu_ms:.1f} ms"
