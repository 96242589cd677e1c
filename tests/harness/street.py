"""The demo street in a fresh database, and workers who sign in over HTTP: where drills and benchmarks start."""

from __future__ import annotations

import http.client
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import shapely
from flask_migrate import upgrade

import fixtures.daling
from fixtures.daling import PASSWORD
from grid import clock, revision
from grid.db import db, transaction
from wsgi import create_app

HOST = "127.0.0.1"
# Before the day the tests' clock stands at, whatever today is.
LOADED_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def build(url: str, data: Path) -> None:
    """Migrate an empty database and load Daling into it."""
    os.environ["WANGGE_DEMO"] = "1"
    app = create_app({"DATABASE": url, "DATA": str(data), "DEMO": True})
    with app.app_context():
        upgrade()
        with clock.following(lambda: LOADED_AT), transaction():
            fixtures.daling.load()
        db.engine.dispose()
    revision.forget_all()


@dataclass(frozen=True)
class Worker:
    """A grid worker who is signed in, and a point well inside their grid (CGCS2000 degrees)."""

    username: str
    token: str
    lon: float
    lat: float

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


def sign_in(port: int, username: str) -> str:
    """An access token."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    told = json.dumps({"username": username, "password": PASSWORD})
    connection.request("POST", "/mobile/v1/session", told, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, body
    token: str = body["access_token"]
    return token


def workers(port: int, number: int) -> list[Worker]:
    """The first ``number`` grid workers of the street, signed in at the server on ``port``."""
    return [Worker(name, sign_in(port, name), *_places()[area]) for name, area in _people()[:number]]


@cache
def _people() -> list[tuple[str, str]]:
    rows = fixtures.daling.table("people")
    return [(row["username"], row["area"]) for row in rows if row["posts"] == "grid_worker"]


@cache
def _places() -> dict[str, tuple[float, float]]:
    found = {}
    for feature in fixtures.daling.features():
        point = shapely.geometry.shape(feature["geometry"]).representative_point()
        found[feature["properties"]["code"]] = (round(point.x, 6), round(point.y, 6))
    return found
