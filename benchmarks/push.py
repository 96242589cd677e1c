"""Push over HTTP: reports in batches of 50 ops against the same reports one by one, in turns in one run.

PostgreSQL with fsync, gunicorn with 2 workers, 4 client processes; each op has its own savepoint and ledger line.
The turnstile for crowds stands open: four phones that never pause would be asked to come again in seconds.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from uuid import uuid4

from benchmarks import load
from benchmarks.create import CLIENTS, LEAD_S, RUNS, SECONDS, WAITING, WARM_S
from benchmarks.load import Client
from benchmarks.process import cpu_s
from benchmarks.table import Table
from tests.harness import street
from tests.harness.crashrig import CrashRig
from tests.harness.postgres import Cluster
from tests.harness.street import HOST, Worker

BATCH = 50
BAR = 1.5


def measure(runs: int = RUNS, seconds: float = SECONDS) -> Table:
    """Reports a second, run by run: one by one, and in batches."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, Cluster(durable=True) as cluster:
        folder = Path(place)
        cluster.sql("CREATE DATABASE bench")
        url = cluster.url("bench")
        street.build(url, folder)
        with CrashRig(folder, {"WANGGE_DATABASE": url, "WANGGE_DEMO": "1", "WANGGE_CROWD": "0"}) as rig:
            people = street.workers(rig.port, CLIENTS)
            _single(rig, people, WARM_S)
            _batches(rig, people, WARM_S)
            found = [
                (_costed(rig, cluster, _single, people, seconds), _costed(rig, cluster, _batches, people, seconds))
                for _ in range(runs)
            ]
    return _table(found)


Turn = tuple[float, float]  # reports a second, CPU milliseconds a report


def _costed(rig: CrashRig, cluster: Cluster, way: object, people: list[Worker], seconds: float) -> Turn:
    before = cpu_s(rig.pid) + cpu_s(cluster.pid)
    rate = way(rig, people, seconds)  # type: ignore[operator]
    return rate, (cpu_s(rig.pid) + cpu_s(cluster.pid) - before) * 1000 / (rate * seconds)


def _single(rig: CrashRig, people: list[Worker], seconds: float) -> float:
    return load.run(_clients(rig, people, "/mobile/v1/reports", seconds)).rate


def _batches(rig: CrashRig, people: list[Worker], seconds: float) -> float:
    clients = _clients(rig, people, "/mobile/v1/sync/push", seconds)
    with ProcessPoolExecutor(len(clients), multiprocessing.get_context("fork")) as pool:
        return sum(pool.map(push, clients)) / seconds


def _clients(rig: CrashRig, people: list[Worker], path: str, seconds: float) -> list[Client]:
    start = time.time() + LEAD_S
    return [Client(person, rig.port, path, start, seconds, WAITING) for person in people]


def push(client: Client) -> int:
    """Enrol, then push batches one after the other; how many reports were taken in. All must be."""
    device_id = str(uuid4())
    headers = client.worker.headers | {"X-WG-Device": device_id}
    connection = http.client.HTTPConnection(HOST, client.port, timeout=60)
    connection.request("POST", "/mobile/v1/device/enroll", json.dumps({"device_id": device_id}), headers)
    assert connection.getresponse().read()
    chance = random.Random(client.worker.username)
    done = seq = 0
    time.sleep(max(0.0, client.start - time.time()))
    end = client.start + client.seconds
    while time.time() < end:
        ops = [_op(client, chance, seq + number) for number in range(BATCH)]
        seq += BATCH
        connection.request("POST", client.path, json.dumps({"ops": ops}), headers)
        answer = connection.getresponse()
        results = json.loads(answer.read())["results"]
        assert all(result["status"] == "applied" for result in results), results
        done += len(results)
    connection.close()
    return done


def _op(client: Client, chance: random.Random, seq: int) -> dict[str, object]:
    told = load.report(client.worker, chance.choice(client.categories))
    [photo] = told["photos"]  # type: ignore[misc]
    return {
        "op_id": str(uuid4()),
        "seq": seq,
        "kind": "event.report",
        "entity_id": told["client_id"],
        "occurred_at": told["occurred_at"],
        "payload": {name: told[name] for name in ("category", "description", "position")},
        "media": [{"media_id": str(uuid4()), "size": 1, "mime": "image/jpeg", **photo}],
    }


def _table(found: list[tuple[Turn, Turn]]) -> Table:
    table = Table(
        "Push over HTTP",
        f"Reports a second that wait for a person: one request each, and {BATCH} in a request; the same server in "
        "turns. PostgreSQL with fsync, gunicorn 2 × 8 threads, 4 client processes, "
        "nobody turned away (WANGGE_CROWD=0); CPU of server and database",
        ("run", "one by one", f"in batches of {BATCH}", "ratio"),
    )
    ratios = [batches[0] / single[0] for single, batches in found]
    for number, ((one, one_cpu), (many, many_cpu)) in enumerate(found, 1):
        cells = (f"{one:.0f}/s, CPU {one_cpu:.1f} ms", f"{many:.0f}/s, CPU {many_cpu:.1f} ms")
        table.add(number, *cells, f"{many / one:.2f}")
    table.judge("median ratio", f"{median(ratios):.2f}", f"≥ {BAR}", median(ratios) >= BAR)
    table.note(f"by processor time: {median(one[1] / many[1] for one, many in found):.2f}")
    return table
