"""A worker's phone: it enrols, queues ops, pushes, pulls, and holds what it was told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from tests.factories.person import Person

PLACE = {"lon": 114.7326, "lat": 22.9489, "datum": "wgs84", "accuracy_m": 8.0}
AT = "2026-11-23T08:58:00+08:00"


class Phone(Person):
    """A seat of the handset app in somebody's hands. held: rows by collection and id, with their revision."""

    def __init__(self, app: Flask, username: str = "wg01", *, device_id: str | None = None) -> None:
        super().__init__(app, username, sign_in="/mobile/v1/session")
        self.device_id = device_id or str(uuid4())
        self.seq = 0
        self.cursor: str | None = None
        self.held: dict[tuple[str, str], dict[str, Any]] = {}
        assert self.enroll().status_code == 200

    def sign_in(self) -> None:
        super().sign_in()
        if hasattr(self, "device_id"):
            self._carry()

    def _carry(self) -> None:
        self.headers |= {
            "X-WG-Device": self.device_id,
            "X-WG-App": "1.0.0",
            "X-WG-Device-Time": AT,
        }

    def enroll(self) -> TestResponse:
        """Make the seat known."""
        self._carry()
        told = {"device_id": self.device_id, "label": "红米 12C", "platform": "Android 14", "app": "1.0.0"}
        return self.post("/mobile/v1/device/enroll", json=told)

    def op(self, kind: str, payload: dict[str, Any], **told: Any) -> dict[str, Any]:
        """An op for the queue; say only what matters."""
        self.seq += 1
        return {
            "op_id": str(uuid4()),
            "seq": self.seq,
            "kind": kind,
            "entity_id": str(uuid4()),
            "base_rev": None,
            "depends_on": [],
            "occurred_at": AT,
            "clock_offset_ms": 0,
            "geo": None,
            "form": None,
            "payload": payload,
            "media": [],
            **told,
        }

    def report_op(self, **told: Any) -> dict[str, Any]:
        """A right report as an op."""
        payload = {"category": "E0410", "description": "路口停了一排电动车", "position": PLACE}
        return self.op("event.report", payload | told.pop("payload", {}), **told)

    def diary_op(self, **told: Any) -> dict[str, Any]:
        """A right diary page as an op."""
        values = {"date": "2026-11-23", "done": "走访三户"}
        payload = {"kind": "diary", "values": told.pop("values", values)}
        return self.op("record.put", payload, **{"form": {"id": "diary", "ver": 1}} | told)

    def send(self, *ops: Any) -> TestResponse:
        """Push a batch."""
        body = json.dumps({"ops": list(ops)})  # any sign, as the wire can carry it
        return self.post("/mobile/v1/sync/push", data=body, content_type="application/json")

    def push(self, *ops: Any) -> list[dict[str, Any]]:
        """Push a batch that must be taken in; its results."""
        answer = self.send(*ops)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json["results"]
        assert len(results) == len(ops)
        return results

    def statuses(self, *ops: Any) -> list[str]:
        """The statuses of a batch."""
        return [result["status"] for result in self.push(*ops)]

    def pull_page(self, cursor: str | None = None, limit: int = 200) -> TestResponse:
        """Ask for one page."""
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        return self.get("/mobile/v1/sync/pull", query_string=query)

    def pull(self, limit: int = 200) -> list[dict[str, Any]]:
        """Pull until there is no more, and hold it; all changes that came."""
        came: list[dict[str, Any]] = []
        while True:
            answer = self.pull_page(self.cursor, limit)
            if answer.status_code == 410:
                self.cursor, self.held = None, {}
                continue
            assert answer.status_code == 200, answer.text
            came += answer.json["changes"]
            self.apply(answer.json["changes"])
            self.cursor = answer.json["cursor"]
            if not answer.json["has_more"]:
                return came

    def apply(self, changes: Iterable[dict[str, Any]]) -> None:
        """Hold what came, let go of what went."""
        for change in changes:
            key = change["c"], change["id"]
            if change["op"] == "put":
                self.held[key] = change
            else:
                self.held.pop(key, None)

    def has(self, collection: str) -> dict[str, dict[str, Any]]:
        """The rows it holds of a collection, by id."""
        return {key: row["data"] for (name, key), row in self.held.items() if name == collection}

    def fingerprint(self, collection: str) -> dict[str, Any]:
        """What /sync/check is asked about a collection."""
        revs = {key: row["rev"] for (name, key), row in self.held.items() if name == collection}
        lines = "".join(sorted(f"{key}:{rev}\n" for key, rev in revs.items()))
        return {"count": len(revs), "hash": hashlib.sha256(lines.encode()).hexdigest()}
