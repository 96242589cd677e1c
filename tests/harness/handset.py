"""Handsets as the contract wants them: nothing counts as sent before the server's own acknowledgement of it.

A report is done only with a 2xx that says X-WG-Api and names its client_id, a photo only with a 2xx that says
X-WG-Api and names its hash; everything else is tried again, later and later.
"""

from __future__ import annotations

import http.client
import io
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from PIL import Image

from tests.harness.street import HOST, Worker, sign_in

FIRST_REST_S, LONGEST_REST_S = 0.02, 0.5
TIMEOUT_S = 20
ROLES = ("near", "far", "other", "other", "other")


@dataclass(frozen=True)
class Item:
    """A report in the handset's outbox, and its photos by hash."""

    report: dict[str, Any]
    photos: dict[str, bytes]

    @property
    def client_id(self) -> str:
        found: str = self.report["client_id"]
        return found


def photo(number: int) -> bytes:
    """A small JPEG; another number, another hash."""
    out = io.BytesIO()
    image = Image.new("RGB", (48, 36), (number % 256, number // 256 % 256, 90))
    image.save(out, "JPEG", comment=f"photo {number}")
    return out.getvalue()


def make_item(worker: Worker, number: int, chance: random.Random, most: int = 2) -> Item:
    """A report with up to ``most`` photos; every twentieth shows what another worker photographed too."""
    few = max(1, most - 3)
    numbers = [number * most + place for place in range(1, chance.randint(few, most) + 1)]
    if number % 20 == 0:
        numbers[0] = 0
    photos = {sha256(data).hexdigest(): data for data in map(photo, numbers)}
    report = {
        "client_id": str(UUID(int=chance.getrandbits(128), version=4)),
        "category": chance.choice(("E0110", "E0410", "C0137", "E0126", "E0406")),
        "description": f"第 {number} 件",
        "occurred_at": "2026-11-20T08:58:00+08:00",
        "position": {"lon": worker.lon, "lat": worker.lat, "datum": "cgcs2000", "accuracy_m": 8.0},
        "photos": [{"sha256": name, "role": role} for name, role in zip(photos, ROLES, strict=False)],
    }
    return Item(report, photos)


@dataclass
class Handset:
    """One worker's phone. port: where it sends to; home: where it signs in, which is no part of the drill."""

    worker: Worker
    port: int
    home: int
    seed: int
    patience_s: float = 120.0
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._token = self.worker.token

    def deliver(self, item: Item) -> None:
        """Send a report and its photos, some before and some after it; returns when all is acknowledged."""
        sends: list[Callable[[], None]] = [lambda: self._report(item)]
        sends += [lambda name=name, data=data: self._photo(name, data) for name, data in item.photos.items()]
        self._chance.shuffle(sends)
        for send in sends:
            send()

    def _report(self, item: Item) -> None:
        path, body = "/mobile/v1/reports", json.dumps(item.report).encode()
        mine = item.client_id
        receipt = self._until("POST", path, body, "application/json", lambda told: told["client_id"] == mine)
        self.receipts[mine] = receipt

    def _photo(self, name: str, data: bytes) -> None:
        path = f"/mobile/v1/photos/{name}"
        self._until("PUT", path, data, "image/jpeg", lambda told: told["sha256"] == name)
        self.kept.add(name)

    def _until(
        self, method: str, path: str, body: bytes, kind: str, is_mine: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """Try until the answer acknowledges what was sent; a refusal that would not change ends the drill."""
        limit = time.monotonic() + self.patience_s
        rest_s = FIRST_REST_S
        while time.monotonic() < limit:
            try:
                status, told = self._once(method, path, body, kind)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.counts[type(error).__name__] += 1
            else:
                if status in (200, 201) and is_mine(told):
                    return told
                self._judge(status, told)
            time.sleep(self._chance.uniform(0, rest_s))
            rest_s = min(LONGEST_REST_S, rest_s * 2)
        raise AssertionError(f"{method} {path} was not acknowledged in {self.patience_s:.0f} s: {self.counts}")

    def _once(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, dict[str, Any]]:
        self.counts["tries"] += 1
        connection = http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT_S)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind, "Connection": "close"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        if answer.headers.get("X-WG-Api") != "1":
            raise ValueError("not our server")
        self.counts["replays"] += answer.headers.get("Idempotent-Replay") == "true"
        return answer.status, told

    def _judge(self, status: int, told: dict[str, Any]) -> None:
        self.counts[str(status)] += 1
        if status == 401:
            self._token = sign_in(self.home, self.worker.username)
        elif status < 500 and status not in (408, 409, 429):
            raise AssertionError(f"refused for good: {status} {told}")


class Crew:
    """Handsets that work side by side; what goes wrong in one of them is raised at the end."""

    def __init__(self, handsets: list[Handset], items: Callable[[Handset, int], Iterable[Item]]) -> None:
        self.handsets = handsets
        self._items = items
        self._errors: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._work, args=(handset, number)) for number, handset in enumerate(handsets)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until all have delivered what they had."""
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def _work(self, handset: Handset, number: int) -> None:
        try:
            for item in self._items(handset, number):
                handset.deliver(item)
        except BaseException as error:  # noqa: BLE001  raised again by join
            self._errors.append(error)

    @property
    def receipts(self) -> dict[str, dict[str, Any]]:
        """All acknowledged reports by client_id."""
        return {key: told for handset in self.handsets for key, told in handset.receipts.items()}

    @property
    def counts(self) -> Counter[str]:
        return sum((handset.counts for handset in self.handsets), Counter())
