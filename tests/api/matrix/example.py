"""How one operation is called, and the requests that many examples share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fixtures.daling import PASSWORD, STREET
from grid import clock
from tests.api.matrix.shades import shades
from tests.factories.person import make_report
from tests.factories.photo import jpeg

STALE = {"If-Match": '"0"'}


@dataclass(frozen=True)
class Example:
    """How one operation is called: about which things, and its status if all is well (412: stopped on purpose)."""

    status: int
    about: str = ""
    request: Callable[[], dict[str, Any]] = field(default=dict)


def step(action: str) -> Callable[[], dict[str, Any]]:
    return lambda: {"json": {"action": action}, "headers": STALE}


def photo() -> dict[str, Any]:
    return {"data": jpeg(next(shades)), "content_type": "image/jpeg"}


def sign_in() -> dict[str, Any]:
    return {"json": {"username": "dd01", "password": PASSWORD}}


def sheet(text: str) -> dict[str, Any]:
    return {"data": text.encode(), "content_type": "text/csv"}


def department() -> dict[str, Any]:
    return {"json": {"code": f"d{next(shades)}", "name": f"第{next(shades)}所", "area": STREET}}


def person(**told: Any) -> dict[str, Any]:
    posts = [{"post": "leader", "areas": [STREET]}]
    row = {"username": f"p{next(shades)}", "name": "某人", "department": None, "posts": posts} | told
    return {"json": {name: value for name, value in row.items() if name != "username" or value}}


def lending() -> dict[str, Any]:
    """What nobody can do, so that all are answered alike: lend to somebody who does not exist."""
    return {
        "kind": "stand_in",
        "leaver": "wg01",
        "successor": "nobody",
        "ends_at": "2026-12-24T00:00:00+08:00",
        "reason": "病假",
    }


def robot() -> dict[str, Any]:
    settings = {"url": "https://robot.example/send?key=k"}
    return {"json": {"name": "群", "channel": "wecom", "area": STREET, "settings": settings}}


def entry() -> dict[str, Any]:
    """A report as the desk enters it after an outage."""
    told = make_report()
    told.pop("photos", None)
    told["position"] = {name: told["position"][name] for name in ("lon", "lat", "datum")}
    return told


def shift() -> dict[str, str]:
    return {"until": clock.local(clock.now() + timedelta(hours=8)).isoformat()}
