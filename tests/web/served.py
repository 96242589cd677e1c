"""Cases on the served street, brought by HTTP to where a page's own part begins."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import httpx

from fixtures.daling import PASSWORD
from grid import clock
from tests.web.conftest import HOME

ROAD = {
    "accept": "dd01",
    "file": "dd01",
    "dispatch": "dd01",
    "sign": "cg01",
    "submit": "cg01",
    "confirm": "cg01",
    "forward": "dd01",
}
NEW = "Qingshan-2026"
CLOCK_S = 60  # by then the worker has started a clock, however busy the machine


class Street:
    """The people of the demo street at the other end of the line; each signs in once."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self._tokens: dict[str, str] = {}
        self._place = 0

    def call(self, who: str, method: str, path: str, **told: Any) -> httpx.Response:
        """One request; it must succeed."""
        if who not in self._tokens:
            body = {"username": who, "password": PASSWORD}
            self._tokens[who] = self._client.post("/api/sessions", json=body).json()["access_token"]
        headers = {"Authorization": f"Bearer {self._tokens[who]}", **told.pop("headers", {})}
        answer = self._client.request(method, path, headers=headers, **told)
        assert answer.is_success, f"{who} {method} {path}: {answer.text}"
        return answer

    def report(self, words: str, *, again: bool = False, category: str = "E0410") -> str:
        """wg01 reports something, more than 50 m from all before; again: at the same place."""
        self._place += 0 if again else 1
        east, north = self._place % 7, self._place // 7
        lon, lat = HOME["longitude"] + 0.0006 * east, HOME["latitude"] + 0.0006 * north
        body = {
            "client_id": str(uuid4()),
            "category": category,
            "description": words,
            "occurred_at": clock.now().isoformat(),
            "position": {"lon": lon, "lat": lat, "datum": "wgs84"},
        }
        answer = self.call("wg01", "POST", "/mobile/v1/reports", json=body)
        return str(answer.json()["id"])

    def case(self, words: str, state: str) -> str:
        """A case in a state of the straight road, in the hands of 城管."""
        event_id = self.report(words)
        for action, who in ROAD.items():
            if self.event(event_id)["state"]["code"] == state:
                return event_id
            self.step(who, event_id, action, **({"department": "cg"} if action == "dispatch" else {}))
        return event_id

    def event(self, event_id: str, who: str = "dd01") -> dict[str, Any]:
        found: dict[str, Any] = self.call(who, "GET", f"/api/events/{event_id}").json()
        return found

    def timed(self, event_id: str) -> dict[str, Any]:
        """The clock of the step a case stands at, as soon as the worker has started it."""
        limit = time.monotonic() + CLOCK_S
        while not (found := self.event(event_id)["step_clock"]):
            assert time.monotonic() < limit, f"no clock for {event_id} in {CLOCK_S} s"
            time.sleep(0.2)
        told: dict[str, Any] = found
        return told

    def step(self, who: str, event_id: str, action: str, **told: Any) -> None:
        """Take a step as it is offered, with what the server proposes."""
        answer = self.call(who, "GET", f"/api/events/{event_id}")
        offer = next(s for s in answer.json()["steps"] if s["action"] == action)
        needed = {f["name"]: f["value"] or "已办" for f in offer["fields"] if f["required"]}
        body = {"action": action, **needed, **told}
        self.call(who, "POST", offer["href"], json=body, headers={"If-Match": answer.headers["ETag"]})

    def clerk(self, username: str, name: str, department: str) -> None:
        """One more clerk of a department, who is not its head."""
        self._joined(username, name, "441323002", "clerk", department=department)

    def community(self, username: str, name: str, area: str) -> None:
        """Somebody at the desk of a community, below the street's."""
        self._joined(username, name, area, "acceptor", "dispatcher")

    def dispatcher(self, username: str, name: str) -> None:
        """One more at the street's desk."""
        self._joined(username, name, "441323002", "acceptor", "shift_leader", "dispatcher")

    def _joined(self, username: str, name: str, area: str, *posts: str, **told: str) -> None:
        """Somebody new on the staff, who has chosen a password."""
        held = [{"post": post, "areas": [area]} for post in posts]
        body: dict[str, Any] = {"username": username, "name": name, "department": None, "posts": held, **told}
        first = self.call(
            "xt01", "POST", "/api/users", json=body, headers={"Idempotency-Key": str(uuid4())}
        ).json()
        session = self._client.post(
            "/api/sessions", json={"username": username, "password": first["password"]}
        ).json()
        headers = {"Authorization": f"Bearer {session['access_token']}"}
        body = {"old": first["password"], "new": NEW}
        assert self._client.put("/api/me/password", json=body, headers=headers).is_success
