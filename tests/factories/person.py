"""People who call the API with real tokens."""

from __future__ import annotations

import hashlib
from contextvars import Context
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from api.auth import tokens
from fixtures.daling import PASSWORD
from grid.accounts import session as sessions
from grid.accounts.session import Verdict
from grid.accounts.user import User
from grid.db import db, transaction
from tests.factories.photo import jpeg


class Caller:
    """Somebody without an account: ``get``, ``post``, ``put``, ``delete``."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.headers: dict[str, str] = {}

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("PUT", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("DELETE", path, **kwargs)

    def open(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        headers = self.headers | kwargs.pop("headers", {})
        # In a context of its own, as on a server: else requests would share the test's database session and g.
        return Context().run(self.client.open, path, method=method, headers=headers, **kwargs)


class Person(Caller):
    """Somebody signed in: every call carries their token; more of what people do below."""

    def __init__(self, app: Flask, username: str, *, sign_in: str = "") -> None:
        """sign_in: where to sign in with the password. Without it the session is simply opened: that is faster."""
        super().__init__(app)
        self.username, self._sign_in = username, sign_in or "/api/sessions"
        if sign_in:
            self.sign_in()
        else:
            self._go_on_with(Context().run(_open_session, app, username))

    def sign_in(self) -> None:
        """Open another session with the password and go on with that one."""
        answer = Caller.post(self, self._sign_in, json={"username": self.username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self._go_on_with(answer.json)

    def _go_on_with(self, tokens: dict[str, Any]) -> None:
        self.tokens = tokens
        self.headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    def event(self, event_id: UUID | str) -> dict[str, Any]:
        """One event, as they see it."""
        answer = self.get(f"/api/events/{event_id}")
        assert answer.status_code == 200, answer.text
        return answer.json | {"etag": answer.headers["ETag"]}

    def step(self, event: dict[str, Any], action: str, **told: Any) -> TestResponse:
        """Take a step of the event, or of the department's own assignment, as offered or not."""
        offered = {offer["action"]: offer["href"] for offer in event["steps"]}
        path = offered.get(action, f"/api/events/{event['id']}/steps")
        return self.post(path, json={"action": action, **told}, headers={"If-Match": event["etag"]})

    def steps(self, event_id: UUID | str, *actions: str | tuple[str, dict[str, Any]]) -> dict[str, Any]:
        """Take several steps one after the other; each must succeed."""
        for action in actions:
            name, told = action if isinstance(action, tuple) else (action, {})
            answer = self.step(self.event(event_id), name, **told)
            assert answer.status_code == 200, answer.text
        return self.event(event_id)

    def upload(self, data: bytes, *, base: str = "/mobile/v1") -> TestResponse:
        """Send a photo's bytes under their hash."""
        name = hashlib.sha256(data).hexdigest()
        return self.put(f"{base}/photos/{name}", data=data, content_type="image/jpeg")


def _open_session(app: Flask, username: str) -> dict[str, Any]:
    with app.app_context(), transaction():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        session = sessions.settle(Verdict(keys=((f"user:{username}", 0),), user=user, is_locked=False), "")
        assert session is not None
        db.session.flush()
        access, refresh = tokens(session)
    return {"access_token": access, "refresh_token": refresh}


def make_report(**told: Any) -> dict[str, Any]:
    """A right report from a grid of Daling, as the wire has it; say only what matters."""
    position = {"lon": 114.7326, "lat": 22.9489, "datum": "wgs84", "accuracy_m": 8.0}
    return {
        "client_id": str(uuid4()),
        "category": "E0410",
        "description": "路口停了一排电动车",
        "occurred_at": "2026-11-23T08:58:00+08:00",
        "position": position | told.pop("position", {}),
        "photos": [{"sha256": hashlib.sha256(jpeg()).hexdigest(), "role": "near"}],
        **told,
    }


def report(worker: Person, **told: Any) -> dict[str, Any]:
    """Send a report that must be taken in; returns its receipt."""
    answer = worker.post("/mobile/v1/reports", json=make_report(**told))
    assert answer.status_code == 201, answer.text
    return answer.json
