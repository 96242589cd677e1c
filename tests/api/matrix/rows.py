"""The rows behind the things, each made as its own package makes it."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from grid import clock
from grid.accounts import device as devices
from grid.db import db, transaction
from grid.forms import form as forms
from grid.notices import notice
from grid.records import checkpoint as checkpoints
from grid.records import record as records
from grid.standards import batch
from grid.sync import quarantine
from grid.sync.quarantine import Quarantine
from tests.api.matrix.shades import shades
from tests.api.matrix.thing import Thing
from tests.factories import endpoint
from tests.factories.account import find_user
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.photo import jpeg
from tests.factories.workbook import KITES, make_workbook


def make_case(
    app: Flask, name: str, reporter: str, area: str, department: str, state: str, checker: str = ""
) -> Thing:
    photo = jpeg(next(shades))
    assert Person(app, reporter).upload(photo).status_code == 201
    event = make_event(
        state=state,
        reporter=reporter,
        area=area,
        department=department,
        checker=checker or None,
        photos=[{"sha256": sha256(photo).hexdigest(), "role": "near"}],
    )
    path = {
        "event_id": str(event.id),
        "assignment_id": str(event.assignments[0].id),
        "photo_id": str(event.photos[0].id),
        "task_id": str(event.tasks[0].id if event.tasks else uuid4()),
        "request_id": str(uuid4()),
        "other_id": str(uuid4()),
    }
    return Thing(name, path, area, reporter, department, checker)


def make_notice(username: str) -> str:
    user, about = find_user(username), uuid4()
    with transaction():
        notice.tell([user.id], f"test:{username}", "标题", "内容", about)
    [told] = notice.mine(user)
    return str(told.id)


def make_phone(username: str) -> tuple[UUID, UUID]:
    """A seat of somebody's, and an op of theirs that was refused."""
    user, error = find_user(username), {"code": "invalid", "field": "", "message": ""}
    with transaction():
        device, _ = devices.enroll(user, uuid4(), "", "", "")
        quarantine.keep(user, device.id, device.device_id, "test", "", {}, error)
    return device.id, db.session.scalars(select(Quarantine.id).where(Quarantine.device_id == device.id)).one()


def make_record(app: Flask, username: str) -> dict[str, str]:
    """A diary page of somebody's with a photo that has arrived."""
    photo, day = jpeg(next(shades)), "2026-11-23"
    assert Person(app, username).upload(photo).status_code == 201
    digest, form = sha256(photo).hexdigest(), forms.find("diary", 1)
    values = {"date": day, "done": "走访", "photos": [digest]}
    with transaction():
        draft = records.Draft(uuid4(), form, values, None, clock.now())
        kept = records.put(find_user(username), draft)
    return {"record_id": str(kept.record.id), "sha256": digest}


def make_endpoint(app: Flask, area: str) -> str:
    return str(endpoint.make_endpoint(app, "https://robot.example/hook", area=area).id)


def make_checkpoint() -> str:
    with transaction():
        wish = checkpoints.Wish(name="变压器", lon=114.7326, lat=22.9489)
        return str(checkpoints.add(find_user("xt01"), wish).id)


def make_standards() -> str:
    with transaction():
        return str(batch.keep(None, batch.draft(make_workbook(KITES), "urban")).id)
