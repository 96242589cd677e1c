"""A PostgreSQL cluster of our own for one test run: loopback, a free port, fsync off unless asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import LiteralString, cast

import psycopg

from tests.harness.port import free_port
from tests.harness.scratch import disk

FAST = [
    "-c fsync=off",
    "-c synchronous_commit=off",
    "-c full_page_writes=off",
    "-c wal_level=minimal",
    "-c max_wal_senders=0",
    "-c max_wal_size=128MB",  # it may lie in memory
]


class Cluster:
    """Starts on entry, stops on exit. url(name) is the address of a database in it."""

    def __init__(self, *, durable: bool = False) -> None:
        # Not below pytest's folders: another run beside this one closes those to the server's user.
        self.folder = Path(tempfile.mkdtemp(prefix="wangge-pg-", dir=disk() if durable else None))
        self.durable = durable
        self.port = free_port()
        self._bin = _binaries()
        self._open: psycopg.Connection | None = None

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def __enter__(self) -> Cluster:
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", self.folder, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8")
        safety = [] if self.durable else FAST
        options = " ".join(
            [
                f"-p {self.port}",
                "-c listen_addresses=127.0.0.1",
                f"-k {self.folder}",
                "-c max_connections=200",
                "-c lock_timeout=60s",  # a deadlock of ours fails the test instead of holding it
                *safety,
            ]
        )
        self._run("pg_ctl", "-D", self.folder, "-w", "-l", self.folder / "log", "-o", options, "start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open is not None:
            self._open.close()
        self._run("pg_ctl", "-D", self.folder, "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        """Process id of the server, whose children do the work."""
        return int((self.folder / "postmaster.pid").read_text().splitlines()[0])

    def sql(self, statement: str) -> None:
        """Run one statement in the maintenance database, over one connection: a program each time costs more."""
        if self._open is None:
            self._open = psycopg.connect(self.url("postgres").replace("+psycopg", ""), autocommit=True)
        self._open.execute(cast(LiteralString, statement))

    def _run(self, program: str, *arguments: object) -> str:
        command = [str(self._bin / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}{done.stdout}")
        return done.stdout.strip()


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql (make test does it as root).")
    return Path(on_path).parent
