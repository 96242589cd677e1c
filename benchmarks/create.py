"""Create over HTTP: our report, with everything that hangs on it, against a bare route that inserts one row.

PostgreSQL with fsync, gunicorn with 2 workers, 4 client processes; the two servers take turns in one run.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine

from benchmarks import bare, load
from benchmarks.load import Client, Figures
from benchmarks.process import cpu_s
from benchmarks.table import Table
from grid.db import engine_options
from tests.harness import street
from tests.harness.crashrig import CrashRig
from tests.harness.postgres import Cluster
from tests.harness.street import Worker

CLIENTS = 4
RUNS = 5
SECONDS = 8.0
WARM_S = 2.0
BAR = 0.12
LEAD_S = 0.5  # client processes need this long to get up


@dataclass(frozen=True)
class Turn:
    """One turn of one server: what clients saw, and what a request cost server and database together."""

    figures: Figures
    cpu_ms: float


@dataclass(frozen=True)
class Course:
    """A server under test."""

    rig: CrashRig
    path: str
    database: int  # process id of the database server
    people: list[Worker]

    def run(self, seconds: float) -> Turn:
        before = self._cpu_s()
        start = time.time() + LEAD_S
        figures = load.run([Client(person, self.rig.port, self.path, start, seconds) for person in self.people])
        return Turn(figures, (self._cpu_s() - before) * 1000 / (figures.rate * seconds))

    def _cpu_s(self) -> float:
        return cpu_s(self.rig.pid) + cpu_s(self.database)


def measure(runs: int = RUNS, seconds: float = SECONDS) -> Table:
    """Requests a second of both, run by run."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place:
        folder = Path(place)
        with Cluster(durable=True) as cluster:
            return _table(_pairs(folder, cluster, runs, seconds))


def _pairs(folder: Path, cluster: Cluster, runs: int, seconds: float) -> list[tuple[Turn, Turn]]:
    cluster.sql("CREATE DATABASE bench")
    url = cluster.url("bench")
    street.build(url, folder)
    engine = create_engine(url, **engine_options(url))
    bare.Base.metadata.create_all(engine)
    engine.dispose()
    env = {"WANGGE_DATABASE": url, "WANGGE_DEMO": "1"}
    with CrashRig(folder, env) as rig, CrashRig(folder, env, app="benchmarks.bare:create_app()") as yardstick:
        people = street.workers(rig.port, CLIENTS)
        ours = Course(rig, "/mobile/v1/reports", cluster.pid, people)
        theirs = Course(yardstick, "/rows", cluster.pid, people)
        for course in (ours, theirs):
            course.run(WARM_S)
        return [(ours.run(seconds), theirs.run(seconds)) for _ in range(runs)]


def _table(pairs: list[tuple[Turn, Turn]]) -> Table:
    table = Table(
        "Create over HTTP",
        "PostgreSQL with fsync, gunicorn 2 × 8 threads, 4 client processes; every class of the demo, so that two "
        "reports of three are filed and dispatched by the rules on the way",
        ("run", "report /s", "p50 ms", "p95 ms", "CPU ms", "bare row /s", "p50 ms", "p95 ms", "CPU ms", "ratio"),
    )
    for number, (ours, theirs) in enumerate(pairs, 1):
        table.add(number, *_cells(ours), *_cells(theirs), f"{ours.figures.rate / theirs.figures.rate:.1%}")
    ratio = median(ours.figures.rate / theirs.figures.rate for ours, theirs in pairs)
    table.judge("median ratio", f"{ratio:.1%}", f"≥ {BAR:.0%}", ratio >= BAR)
    return table


def _cells(turn: Turn) -> tuple[str, ...]:
    figures = turn.figures
    return f"{figures.rate:.0f}", f"{figures.p50_ms:.1f}", f"{figures.p95_ms:.1f}", f"{turn.cpu_ms:.1f}"
