"""The server as it runs in a street office, to be killed: gunicorn in a process group of its own.

with CrashRig(tmp_path, env={"WANGGE_DATABASE": url}) as rig:
    httpx.get(f"{rig.url}/healthz")
    rig.kill()          # kill -9 of master and workers
    rig.start()         # answers how long it took to be ready
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from grid import serving
from tests.harness.port import free_port

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
POLL_S = 0.01


class CrashRig:
    """One server; its address stays the same over restarts. Its output goes to ``<folder>/server.log``.

    under: a program and its arguments that runs the server, such as strace.
    """

    def __init__(
        self,
        folder: Path,
        env: Mapping[str, str] | None = None,
        *,
        app: str = "wsgi:create_app()",
        chdir: Path = ROOT,
        workers: int = 2,
        threads: int = serving.THREADS,
        streams: int = serving.STREAMS,
        options: tuple[str, ...] = (),
        under: tuple[str, ...] = (),
    ) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = folder / "server.log"
        self.env = {
            "WANGGE_DATA": str(folder),
            **serving.HEAPS,
            **serving.settings(threads, streams),
            **(env or {}),
        }
        self._chdir = chdir
        self._command = [*under, sys.executable, "-m", "gunicorn", app, "--chdir", str(chdir)]
        self._command += [*serving.arguments(f"{HOST}:{self.port}", workers, threads, streams), *options]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()  # to stop in good order takes seconds; who is about that says stop()

    def start(self, ready_s: float = 30) -> float:
        """Start and wait until /healthz answers 200; seconds that took."""
        assert self._process is None, "it runs already"
        begin = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env={**os.environ, **self.env},
                cwd=self._chdir,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() - begin > ready_s:
                self.kill()
                raise RuntimeError(f"the server did not start:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(POLL_S)
        return time.monotonic() - begin

    @property
    def pid(self) -> int:
        """Process id of the master, also the id of the group."""
        assert self._process is not None, "it does not run"
        return self._process.pid

    def is_ready(self) -> bool:
        """Whether /healthz answers 200 now."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz", headers={"Connection": "close"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """kill -9 of the whole group, at once; returns when all of it is dead."""
        self._end(signal.SIGKILL, 10)

    def restart(self) -> float:
        """kill -9, then start; seconds from the start until ready."""
        self.kill()
        return self.start()

    def stop(self, wait_s: float = 15) -> None:
        """Ask it to stop, as the operating system does on shutdown; kill what does not."""
        try:
            self._end(signal.SIGTERM, wait_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def _end(self, number: signal.Signals, wait_s: float) -> None:
        if self._process is None:
            return
        group = self._process.pid
        # SIGTERM goes to the master, which ends its workers; SIGKILL to all, for a dead master ends nobody.
        if number is signal.SIGKILL:
            _kill_group(group)
        else:
            self._process.terminate()
        self._process.wait(wait_s)
        _kill_group(group)
        _wait_until_dead(group)
        self._process = None


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _wait_until_dead(group: int, wait_s: float = 10) -> None:
    limit = time.monotonic() + wait_s
    while _living(group):
        if time.monotonic() > limit:
            raise RuntimeError(f"process group {group} does not die")
        time.sleep(POLL_S)


def _living(group: int) -> bool:
    """Whether a member is neither gone nor a zombie that only waits to be reaped."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, member = stat.read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(member) == group and state not in "ZX":
            return True
    return False
