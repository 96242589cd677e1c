"""Create over HTTP: our report, with everything that hangs on it, against a bare route that inserts one row.

PostgreSQL with fsync, gunicorn with 2 workers, 4 client processes; the two servers take turns in one run.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine

from benchmarks import bare, load
from benchmarks.load import Client, Figures
from benchmarks.table import Table
from grid.db import engine_options
from tests.harness import street
from tests.harness.crashrig import CrashRig
from tests.harness.postgres import Cluster

CLIENTS = 4
RUNS = 5
SECONDS = 8.0
WARM_S = 2.0
BAR = 0.12
LEAD_S = 0.5  # client processes need this long to get up


def measure(runs: int = RUNS, seconds: float = SECONDS) -> Table:
    """Requests a second of both, run by run."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, Cluster(Path(place), durable=True) as cluster:
        cluster.sql("CREATE DATABASE bench")
        folder = Path(place)
        env = {"WANGGE_DATABASE": cluster.url("bench"), "WANGGE_DEMO": "1"}
        street.build(env["WANGGE_DATABASE"], folder)
        engine = create_engine(env["WANGGE_DATABASE"], **engine_options(env["WANGGE_DATABASE"]))
        bare.Base.metadata.create_all(engine)
        engine.dispose()
        with CrashRig(folder, env) as ours, CrashRig(folder, env, app="benchmarks.bare:create_app()") as theirs:
            people = street.workers(ours.port, CLIENTS)

            def turn(port: int, path: str, length: float) -> Figures:
                start = time.time() + LEAD_S
                return load.run([Client(person, port, path, start, length) for person in people])

            for port, path in ((ours.port, "/mobile/v1/reports"), (theirs.port, "/rows")):
                turn(port, path, WARM_S)
            pairs = [
                (turn(ours.port, "/mobile/v1/reports", seconds), turn(theirs.port, "/rows", seconds))
                for _ in range(runs)
            ]
    return _table(pairs)


def _table(pairs: list[tuple[Figures, Figures]]) -> Table:
    table = Table(
        "Create over HTTP",
        "PostgreSQL with fsync, gunicorn 2 × 8 threads, 4 client processes; every class of the demo in turn",
        ("run", "report /s", "p50 ms", "p95 ms", "bare insert /s", "p50 ms", "p95 ms", "ratio"),
    )
    for number, (ours, theirs) in enumerate(pairs, 1):
        table.add(number, *_cells(ours), *_cells(theirs), f"{ours.rate / theirs.rate:.1%}")
    ratio = median(ours.rate / theirs.rate for ours, theirs in pairs)
    table.judge("median ratio", f"{ratio:.1%}", f"≥ {BAR:.0%}", ratio >= BAR)
    return table


def _cells(figures: Figures) -> tuple[str, str, str]:
    return f"{figures.rate:.0f}", f"{figures.p50_ms:.1f}", f"{figures.p95_ms:.1f}"
