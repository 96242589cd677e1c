"""What was on the disk when an answer left: strace of the server, and of PostgreSQL where that is the database.

with Trace(tmp_path, cluster) as trace:
    with CrashRig(tmp_path, env, workers=1, under=trace.command) as rig:
        ...                       # one request after the other
        rig.kill()
trace.answers()                   # request line, and what was synced before its 2xx left
"""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

from tests.harness.postgres import Cluster

STRACE = ("strace", "-f", "-y", "-ttt", "-T", "-s", "120", "-e", "signal=none")
CALLS = "trace=fsync,fdatasync,rename,recvfrom,sendto"
BEGUN = re.compile(r"(?P<pid>\d+) +(?P<at>[\d.]+) (?P<call>\w+)\((?P<rest>.*)")
RESUMED = re.compile(r"(?P<pid>\d+) +(?P<at>[\d.]+) <\.\.\. (?P<call>\w+) resumed>(?P<rest>.*)")
SPENT = re.compile(r"<([\d.]+)>$")
DESCRIPTOR = re.compile(r"\d+<(?P<path>[^>]*)>")
RENAMED = re.compile(r'"([^"]+)", "([^"]+)"')
REQUEST = re.compile(r'"((?:GET|POST|PUT) [^ ]+) HTTP/1')
DONE = re.compile(r'"HTTP/1\.1 20[01] ')


class Call(NamedTuple):
    """A system call that has returned; ``at``: when, seconds."""

    pid: str
    at: float
    name: str
    rest: str


@dataclass
class Answer:
    """A request answered with 2xx, and what happened on the disk between the two, in order."""

    request: str
    since: float
    until: float = 0.0
    syncs: list[str] = field(default_factory=list)  # paths, as synced
    kept: list[tuple[str, int]] = field(default_factory=list)  # names renamed to, and how many syncs came before

    def database_syncs(self) -> int:
        """How many syncs of the database there were."""
        return sum(".db" in path or "/pg_wal/" in path for path in self.syncs)

    def is_durable(self, name: str) -> bool:
        """Whether the file was synced as a draft before it got its name, and its folder after."""
        before = next(number for kept, number in self.kept if kept == name)
        folder = str(Path(name).parent)
        drafts = [path for path in self.syncs[:before] if path.startswith(f"{folder}/.draft-")]
        return bool(drafts) and folder in self.syncs[before:]


def can_trace() -> bool:
    """Whether strace is there and the kernel lets it trace."""
    try:
        return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


class Trace:
    """Traces while it is open; read it after the server is dead."""

    def __init__(self, folder: Path, cluster: Cluster | None) -> None:
        self._server, self._database = folder / "server.trace", folder / "database.trace"
        self._cluster = cluster
        self._process: subprocess.Popen[bytes] | None = None
        self.command = (*STRACE, "-e", CALLS, "-o", str(self._server))

    def __enter__(self) -> Self:
        if self._cluster is not None:
            attach = ["-e", "trace=fsync,fdatasync", "-o", str(self._database), "-p", str(self._cluster.pid)]
            self._process = subprocess.Popen([*STRACE, *attach], stderr=subprocess.DEVNULL)
            self._wait_until_attached(self._cluster.pid)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # lets go of the database
            self._process.wait(10)

    def _wait_until_attached(self, pid: int) -> None:
        for _ in range(500):
            status = Path(f"/proc/{pid}/status").read_text()
            if not re.search(r"TracerPid:\s+0\n", status):
                return
            time.sleep(0.01)
        raise RuntimeError("strace does not attach to PostgreSQL")

    def answers(self) -> list[Answer]:
        """Every request that was answered with 2xx, in order."""
        found = list(_answers(_calls(self._server)))
        if self._cluster is not None:
            syncs = [(call.at, _path(call)) for call in _calls(self._database)]
            for answer in found:
                answer.syncs += [path for at, path in syncs if answer.since < at < answer.until]
        return found


def _answers(calls: Iterator[Call]) -> Iterator[Answer]:
    """One thread serves one request from its first byte to its last."""
    open_: dict[str, Answer] = {}
    for call in calls:
        if call.name == "recvfrom" and (request := REQUEST.search(call.rest)):
            open_[call.pid] = Answer(request[1], call.at)
        elif (answer := open_.get(call.pid)) is None:
            continue
        elif call.name == "rename" and (names := RENAMED.search(call.rest)):
            answer.kept.append((names[2], len(answer.syncs)))
        elif call.name in ("fsync", "fdatasync"):
            answer.syncs.append(_path(call))
        elif call.name == "sendto" and DONE.search(call.rest):
            answer.until = call.at
            yield open_.pop(call.pid)


def _calls(trace: Path) -> Iterator[Call]:
    """Calls in the order in which they returned; those that other threads interrupted are put together again."""
    begun: dict[str, str] = {}
    for line in trace.read_text(errors="replace").splitlines():
        if found := RESUMED.match(line):
            yield _call(found, begun.pop(found["pid"], "") + found["rest"])
        elif found := BEGUN.match(line):
            if line.endswith("<unfinished ...>"):
                begun[found["pid"]] = found["rest"]
            else:
                yield _call(found, found["rest"])


def _call(found: re.Match[str], rest: str) -> Call:
    spent = SPENT.search(found["rest"])
    begin_s = float(found["at"])
    is_whole = not found[0].split(" ", 2)[2].startswith("<...")
    return Call(found["pid"], begin_s + float(spent[1]) if spent and is_whole else begin_s, found["call"], rest)


def _path(call: Call) -> str:
    found = DESCRIPTOR.match(call.rest)
    return found["path"] if found else ""
