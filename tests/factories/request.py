"""Requests about cases, asked and decided over HTTP by those who may."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from grid.events.event import Event
from tests.factories.person import Person


def etag(person: Person, event: Event) -> dict[str, str]:
    """The If-Match of a case as it is now."""
    return {"If-Match": person.event(event.id)["etag"]}


def ask(app: Flask, who: str, event: Event, kind: str, **told: Any) -> TestResponse:
    """Ask for something; the reason is a plain one."""
    person = Person(app, who)
    body = {"action": kind, "note": "等材料", **told}
    return person.post(f"/api/events/{event.id}/requests", json=body, headers=etag(person, event))


def decide(app: Flask, who: str, event: Event, action: str = "approve", note: str = "看过了") -> TestResponse:
    """Say something to the newest request."""
    person = Person(app, who)
    newest = person.event(event.id)["requests"][0]["id"]
    body = {"action": action} | ({"note": note} if note else {})
    path = f"/api/events/{event.id}/requests/{newest}/decisions"
    return person.post(path, json=body, headers=etag(person, event))


def step(app: Flask, who: str, event: Event, action: str, part: str | None = None, **told: Any) -> TestResponse:
    """Take a step of a case, or of one department's part of it."""
    person = Person(app, who)
    way = f"assignments/{part}/steps" if part else "steps"
    return person.post(
        f"/api/events/{event.id}/{way}", json={"action": action, **told}, headers=etag(person, event)
    )
