"""Load over HTTP from client processes of their own: raw keep-alive connections, the same for every server."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from statistics import quantiles
from uuid import uuid4

from tests.harness.street import HOST, Worker

PER_CONNECTION = 25  # then a new one, so that no worker keeps more clients than the other for a whole run


@dataclass(frozen=True)
class Client:
    """What one client process does: reports of one worker to ``path`` until ``seconds`` after ``start``."""

    worker: Worker
    port: int
    path: str
    start: float  # by time.time(), the same for all clients
    seconds: float
    categories: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """What a load came to: requests a second, and the middle and slow ends of the answer times, milliseconds."""

    rate: float
    p50_ms: float
    p95_ms: float


def run(clients: list[Client]) -> Figures:
    """Run the clients side by side."""
    with ProcessPoolExecutor(len(clients), multiprocessing.get_context("fork")) as pool:
        times = [took for part in pool.map(hammer, clients) for took in part]
    cuts = quantiles(times, n=20)
    return Figures(len(times) / clients[0].seconds, cuts[9] * 1000, cuts[18] * 1000)


def hammer(client: Client) -> list[float]:
    """Send reports one after the other; how long each took, seconds. Every answer must be 201."""
    bodies = _bodies(client)
    connection = http.client.HTTPConnection(HOST, client.port, timeout=30)
    times = []
    time.sleep(max(0.0, client.start - time.time()))
    end = client.start + client.seconds
    while (begin := time.time()) < end:
        if len(times) % PER_CONNECTION == 0:
            connection.close()
        connection.request("POST", client.path, next(bodies), client.worker.headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 201, body
        times.append(time.time() - begin)
    connection.close()
    return times


def _bodies(client: Client) -> Iterator[bytes]:
    chance = random.Random(client.worker.username)
    while True:
        yield json.dumps(report(client.worker, chance.choice(client.categories))).encode()


def report(worker: Worker, category: str) -> dict[str, object]:
    """A right report from the worker's own grid, with one photo to come."""
    client_id = str(uuid4())
    return {
        "client_id": client_id,
        "category": category,
        "description": "巡查时发现，已拍照，请派人处理。",
        "occurred_at": "2026-11-20T08:58:00+08:00",
        "position": {"lon": worker.lon, "lat": worker.lat, "datum": "cgcs2000", "accuracy_m": 8.0},
        "photos": [{"sha256": sha256(client_id.encode()).hexdigest(), "role": "near"}],
    }
