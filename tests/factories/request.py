"""Requests about cases, asked and decided over HTTP by those who may."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from grid.events.event import Event
from tests.factories.person import Person


def person(app: Flask, who: str) -> Person:
    """Somebody, signed in once a test: signing in is made to be slow."""
    people: dict[str, Person] = app.extensions.setdefault("signed_in", {})
    if who not in people:
        people[who] = Person(app, who)
    return people[who]


def etag(caller: Person, event: Event) -> dict[str, str]:
    """The If-Match of a case as it is now."""
    return {"If-Match": caller.event(event.id)["etag"]}


def ask(app: Flask, who: str, event: Event, kind: str, **told: Any) -> TestResponse:
    """Ask for something; the reason is a plain one."""
    caller = person(app, who)
    body = {"action": kind, "note": "等材料", **told}
    return caller.post(f"/api/events/{event.id}/requests", json=body, headers=etag(caller, event))


def decide(app: Flask, who: str, event: Event, action: str = "approve", note: str = "看过了") -> TestResponse:
    """Say something to the newest request."""
    caller = person(app, who)
    newest = caller.event(event.id)["requests"][0]["id"]
    body = {"action": action} | ({"note": note} if note else {})
    path = f"/api/events/{event.id}/requests/{newest}/decisions"
    return caller.post(path, json=body, headers=etag(caller, event))


def step(app: Flask, who: str, event: Event, action: str, part: str | None = None, **told: Any) -> TestResponse:
    """Take a step of a case, or of one department's part of it."""
    caller = person(app, who)
    way = f"assignments/{part}/steps" if part else "steps"
    return caller.post(
        f"/api/events/{event.id}/{way}", json={"action": action, **told}, headers=etag(caller, event)
    )
