"""A stage for the gates: Daling with cases in several states, and the real values that requests can name."""

from __future__ import annotations

import shutil
from contextvars import Context
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

import yaml
from flask import Flask

from fixtures.daling import PASSWORD, STREET
from grid import revision
from grid.accounts import session as sessions
from grid.accounts.session import Verdict
from grid.db import db, transaction
from grid.events import rulebook
from grid.notices import notice
from grid.standards import batch
from tests.factories.account import find_user, make_user
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.photo import jpeg
from tests.factories.workbook import KITES, make_workbook
from wsgi import create_app

AUTHZ = yaml.safe_load(Path("grid/accounts/authz.yaml").read_text("utf-8"))
GRID = "441323002001001"
# Who stands for each post that people hold.
CAST = {
    "grid_worker": "wg01",
    "acceptor": "slr01",
    "shift_leader": "zbz01",
    "dispatcher": "pqy01",
    "clerk": "jb01",
    "department_head": "fz01",
    "leader": "ld01",
    "system_admin": "xt01",
    "security_admin": "aq01",
    "audit_admin": "sj99",
}
# The straight road up to here; each case is one caller's next step.
STATES = ("reported", "pending_filing", "pending_dispatch", "handling", "feedback", "checking", "closed")


@dataclass
class Stage:
    """A folder with the database and the photos. values: what a parameter or a field of this name really holds."""

    folder: Path
    values: dict[str, list[Any]] = field(default_factory=dict)

    def copy(self, folder: Path) -> Stage:
        """The same again, for somebody who will change it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Stage(folder, self.values)

    def app(self) -> Flask:
        """The application on it, as in production but for the demo."""
        settings = {"DATABASE": f"sqlite:///{self.folder}/stage.db", "DATA": str(self.folder)}
        app = create_app(settings | {"DEMO": True, "COOKIE_SECURE": False, "STREAM_LIFE": 0})
        app.testing = False
        revision.forget_all()
        return app


def build(master: str, folder: Path) -> Stage:
    """Set the stage. master: the address of a database with Daling in it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(master.removeprefix("sqlite:///"), folder / "stage.db")
    stage = Stage(folder)
    app = stage.app()
    with app.app_context():
        make_user("jb01", "clerk", department="cg")
        make_user("fz01", "department_head", department="cg")
        _fill(app, stage)
        db.session.remove()
        db.engine.dispose()
    return stage


def _fill(app: Flask, stage: Stage) -> None:
    photo = jpeg(77)
    digest = sha256(photo).hexdigest()
    assert Person(app, "wg01").upload(photo).status_code == 201
    promised = [{"sha256": digest, "role": "near"}]
    events = [
        make_event(state=state, reporter="wg01", checker="wg01", department="cg", photos=promised)
        for state in STATES
    ]
    category = rulebook.current().by_id[events[0].category_id]
    stage.values |= {
        "event_id": [str(event.id) for event in events],
        "assignment_id": [str(event.assignments[0].id) for event in events if event.assignments],
        "photo_id": [str(events[0].photos[0].id)],
        "task_id": [str(event.tasks[0].id) for event in reversed(events) if event.tasks],
        "notice_id": [_notice(username) for username in CAST.values()],
        "batch_id": [_standards()],
        "day": ["2026-12-25"],
        "category": [category.code],
        "condition": [str(category.conditions[0].id)],
        "area": [GRID, STREET],
        "department": ["cg"],
        "assignee": ["wg01"],
        "username": [*CAST.values(), "nobody"],
        "password": [PASSWORD, "wrong"],
        "sha256": [digest],
        "lon": [114.7326],
        "lat": [22.9489],
    }


def _notice(username: str) -> str:
    user = find_user(username)
    with transaction():
        notice.tell([user.id], f"stage:{username}", "标题", "内容", UUID(int=1))
    [told] = notice.mine(user)
    return str(told.id)


def _standards() -> str:
    with transaction():
        return str(batch.keep(None, batch.draft(make_workbook(KITES), "urban")).id)


def seat_of(username: str) -> UUID:
    """The phone somebody holds on the stage."""
    return uuid5(NAMESPACE_OID, username)


def enroll(app: Flask, username: str, headers: dict[str, str]) -> dict[str, str]:
    """Enrol their phone; the header that names it."""
    seat = {"X-WG-Device": str(seat_of(username))}
    told = {"device_id": str(seat_of(username)), "label": "stage"}
    post = app.test_client().post
    answer = Context().run(post, "/mobile/v1/device/enroll", json=told, headers=headers | seat)
    assert answer.status_code == 200, answer.text
    return seat


class Known(dict[str, str]):
    """What fills the braces of an address: something that is there where we know it, else a key of nothing.

    document: the API's, whose parameters say what such a key looks like.
    """

    def __init__(self, document: dict[str, Any], stage: Stage | None = None) -> None:
        super().__init__((name, str(values[0])) for name, values in (stage.values if stage else {}).items())
        places = (place for operations in document["paths"].values() for place in operations.get("parameters", ()))
        self.schemas = {place["name"]: place["schema"] for place in places if place.get("in") == "path"}

    def __missing__(self, name: str) -> str:
        schema = self.schemas.get(name, {})
        if schema.get("type") == "integer":
            return "1000000"
        return "x" * schema.get("maxLength", 8) if schema.get("format") != "uuid" else str(uuid4())


def open_session(username: str) -> sessions.LoginSession:
    """A session without asking for the password, so that a hundred of them cost nothing."""
    with transaction():
        opened = sessions.settle(Verdict((("stage", 1),), find_user(username), is_locked=False), "stage")
    assert opened is not None
    return opened
