"""From a clean clone to a page: `git clone`, `make run`, seconds until /healthz answers 200."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.table import Table
from tests.harness.port import free_port
from tests.harness.street import HOST

ROOT = Path(__file__).resolve().parents[1]
BAR_S = 240.0
PATIENCE_S = 900.0


def measure() -> Table:
    """Seconds of each part."""
    table = Table(
        "From a clean clone to serving",
        "git clone of HEAD, `make run` with the package caches as they are",
        ("part", "seconds"),
    )
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place:
        begin = time.monotonic()
        clone = Path(place) / "wangge"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        table.add("git clone", f"{time.monotonic() - begin:.1f}")
        _run(clone)
        spent_s = time.monotonic() - begin
    table.add("git clone, make run, first 200", f"{spent_s:.1f}")
    table.judge("clean clone to serving", f"{spent_s:.0f} s", f"≤ {BAR_S:.0f} s", spent_s <= BAR_S)
    return table


def _run(clone: Path) -> None:
    """Run it until it serves, then end it."""
    port = free_port()
    # As a person would: nothing of this process's own environment or settings.
    ours = ("WANGGE_", "VIRTUAL_ENV", "MAKE")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    with (clone.parent / "make.log").open("wb") as log:
        make = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=clone, env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        limit = time.monotonic() + PATIENCE_S
        while not _serves(port):
            if make.poll() is not None or time.monotonic() > limit:
                raise RuntimeError((clone.parent / "make.log").read_text(errors="replace")[-4000:])
            time.sleep(0.1)
    finally:
        os.killpg(make.pid, signal.SIGTERM)
        make.wait(30)


def _serves(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
