"""Who may do what, where: every operation of the OpenAPI document × post × relation, as authz.yaml alone tells it.

403: the post does not hold the permission. 404: it does, but not there; just as if the thing did not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from fixtures.daling import PASSWORD, STREET
from grid import clock
from grid.accounts import device as devices
from grid.db import db, transaction
from grid.events import handling, lifecycle, rulebook
from grid.events.event import Event
from grid.events.lifecycle import Transition
from grid.forms import form as forms
from grid.notices import notice
from grid.records import checkpoint as checkpoints
from grid.records import record as records
from grid.standards import batch
from grid.sync import quarantine
from grid.sync.quarantine import Quarantine
from tests.factories import street
from tests.factories.account import disable, find_user, make_user
from tests.factories.drawing import make_map, make_village_grid
from tests.factories.endpoint import make_endpoint
from tests.factories.event import desk_of, make_event
from tests.factories.intake import make_call
from tests.factories.person import Caller, Person, make_report
from tests.factories.photo import jpeg
from tests.factories.workbook import KITES, make_workbook
from tests.harness.databases import MOSTLY_SQLITE

AUTHZ = yaml.safe_load(Path("grid/accounts/authz.yaml").read_text("utf-8"))
GRID = "441323002001001"
STALE = {"If-Match": '"0"'}
# Things out of reach that answer as if they did not exist; and those whose very name says where they are.
HIDDEN = ("event", "task", "notice", "phone", "refused op", "endpoint", "record")
BOUND = (*HIDDEN, "area", "worker")
_shades = count(1000)


@dataclass(frozen=True)
class Who:
    """A caller, as the staff list has them."""

    username: str
    post: str
    area: str = STREET
    department: str = ""


PEOPLE = (
    Who("wg01", "grid_worker", GRID),
    Who("slr01", "acceptor"),
    Who("zbz01", "shift_leader"),
    Who("pqy01", "dispatcher"),
    Who("jb01", "clerk", department="cg"),
    Who("fz01", "department_head", department="cg"),
    Who("ld01", "leader"),
    Who("xt01", "system_admin"),
    Who("aq01", "security_admin"),
    Who("sj99", "audit_admin"),
)


@dataclass
class Thing:
    """Something in the database, and the facts its relations to people follow from."""

    name: str
    path: dict[str, str]  # what fills the braces of an address
    area: str = ""
    owner: str = ""
    department: str = ""
    tasks_of: str = ""

    def relations(self, who: Who) -> set[str]:
        here = bool(self.area) and self.area.startswith(who.area)
        facts = {
            "own": self.owner == who.username,
            "area": here,
            "department": here and bool(self.department) and self.department == who.department,
            "task": self.tasks_of == who.username,
        }
        return {relation for relation, holds in facts.items() if holds}


@dataclass(frozen=True)
class Example:
    """How one operation is called: about which things, and its status if all is well (412: stopped on purpose)."""

    status: int
    about: str = ""
    request: Callable[[], dict[str, Any]] = field(default=dict)


def _step(action: str) -> Callable[[], dict[str, Any]]:
    return lambda: {"json": {"action": action}, "headers": STALE}


def _photo() -> dict[str, Any]:
    return {"data": jpeg(next(_shades)), "content_type": "image/jpeg"}


def _sign_in() -> dict[str, Any]:
    return {"json": {"username": "dd01", "password": PASSWORD}}


def _sheet(text: str) -> dict[str, Any]:
    return {"data": text.encode(), "content_type": "text/csv"}


def _department() -> dict[str, Any]:
    return {"json": {"code": f"d{next(_shades)}", "name": f"第{next(_shades)}所", "area": STREET}}


def _person(**told: Any) -> dict[str, Any]:
    posts = [{"post": "leader", "areas": [STREET]}]
    person = {"username": f"p{next(_shades)}", "name": "某人", "department": None, "posts": posts} | told
    return {"json": {name: value for name, value in person.items() if name != "username" or value}}


def _lending() -> dict[str, Any]:
    """What nobody can do, so that all are answered alike: lend to somebody who does not exist."""
    return {
        "kind": "stand_in",
        "leaver": "wg01",
        "successor": "nobody",
        "ends_at": "2026-12-24T00:00:00+08:00",
        "reason": "病假",
    }


def _robot() -> dict[str, Any]:
    settings = {"url": "https://robot.example/send?key=k"}
    return {"json": {"name": "群", "channel": "wecom", "area": STREET, "settings": settings}}


def _entry() -> dict[str, Any]:
    """A report as the desk enters it after an outage."""
    told = make_report()
    told.pop("photos", None)
    told["position"] = {name: told["position"][name] for name in ("lon", "lat", "datum")}
    return told


def _shift() -> dict[str, str]:
    return {"until": clock.local(clock.now() + timedelta(hours=8)).isoformat()}


EXAMPLES: dict[str, Example] = {
    "POST /api/sessions": Example(200, request=_sign_in),
    "DELETE /api/sessions": Example(204),
    "POST /api/sessions/refresh": Example(401, request=lambda: {"json": {"refresh_token": "none"}}),
    "GET /api/me": Example(200),
    "GET /api/queues": Example(200),
    "GET /api/live": Example(200),
    "GET /api/events": Example(200),
    "GET /api/events/marks": Example(200),
    "GET /api/views": Example(200),
    "POST /api/views": Example(201, request=lambda: {"json": {"name": "红灯", "filters": {"light": "red"}}}),
    "GET /api/views/{view_id}": Example(404, "calendar"),
    "PUT /api/views/{view_id}": Example(
        404, "calendar", lambda: {"json": {"name": "红灯", "filters": {}, "position": 0}, "headers": STALE}
    ),
    "DELETE /api/views/{view_id}": Example(404, "calendar", lambda: {"headers": STALE}),
    "GET /api/events/points": Example(200),
    "GET /api/events/{event_id}": Example(200, "event"),
    "GET /api/events/{event_id}/surroundings": Example(200, "event"),
    "POST /api/events/{event_id}/steps": Example(412, "event", _step("accept")),
    "POST /api/events/{event_id}/assignments/{assignment_id}/steps": Example(412, "event", _step("sign")),
    "POST /api/events": Example(201, request=lambda: {"json": _entry()}),
    "POST /api/events/bulk": Example(
        200, request=lambda: {"json": {"action": "accept", "items": [{"id": str(uuid4()), "version": 1}]}}
    ),
    "POST /api/intakes": Example(201, request=lambda: {"json": make_call()}),
    "GET /api/intakes": Example(200),
    "GET /api/intakes/{intake_id}": Example(404, "calendar"),
    "POST /api/intakes/{intake_id}/reply": Example(
        404, "calendar", lambda: {"json": {"words": "已办"}, "headers": STALE}
    ),
    "POST /api/intakes/{intake_id}/reveal": Example(404, "calendar", lambda: {"json": {"purpose": "回电"}}),
    "GET /api/intakes/similar": Example(
        200, request=lambda: {"query_string": {"category": "E0410", "lon": 114.72, "lat": 22.95}}
    ),
    "GET /api/intakes/places": Example(200, request=lambda: {"query_string": {"q": "富祥"}}),
    "POST /api/intakes/read": Example(200, request=lambda: {"json": {"text": "工单编号：A0001\n诉求内容：占道"}}),
    "POST /api/intakes/orders/imports": Example(201, request=lambda: _sheet("工单编号,诉求内容\nA0001,占道")),
    "GET /api/intakes/orders/imports/{import_id}": Example(404, "import"),
    "GET /api/intakes/orders/imports/{import_id}/lines": Example(404, "import"),
    "GET /api/intakes/orders/imports/{import_id}/errors.xlsx": Example(404, "import"),
    "POST /api/intakes/orders/imports/{import_id}/confirm": Example(
        404, "import", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/handovers": Example(200),
    "GET /api/handovers/figures": Example(200, request=lambda: {"query_string": _shift()}),
    "POST /api/handovers": Example(201, request=lambda: {"json": _shift()}),
    "GET /api/handovers/{note_id}": Example(404, "calendar"),
    "POST /api/handovers/{note_id}/sign": Example(404, "calendar", lambda: {"headers": STALE}),
    "GET /api/requests": Example(200),
    "GET /api/delegations": Example(200),
    "GET /api/delegations/{delegation_id}": Example(404, "calendar"),
    "POST /api/delegations": Example(422, request=lambda: {"json": _lending()}),
    "POST /api/delegations/{delegation_id}/end": Example(404, "calendar", lambda: {"headers": STALE}),
    "POST /api/tasks/hand-over": Example(422, request=lambda: {"json": {"leaver": "wg01", "successor": "nobody"}}),
    "POST /api/events/{event_id}/requests": Example(
        412, "event", lambda: {"json": {"action": "void", "note": "重复"}, "headers": STALE}
    ),
    "POST /api/events/{event_id}/requests/{request_id}/decisions": Example(412, "event", _step("withdraw")),
    "POST /api/events/{event_id}/links": Example(
        412, "event", lambda: {"json": {"other": "44132300220261122 00001"}, "headers": STALE}
    ),
    "POST /api/events/{event_id}/links/{other_id}/end": Example(
        412, "event", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/proposals": Example(200),
    "GET /api/proposals/{proposal_id}": Example(404, "calendar"),
    "POST /api/proposals/{proposal_id}/settle": Example(
        404, "calendar", lambda: {"json": {"state": "taken"}, "headers": STALE}
    ),
    "GET /api/delegations/people": Example(200),
    "POST /api/events/{event_id}/reopenings": Example(
        412, "event", lambda: {"json": {"note": "不满意"}, "headers": STALE}
    ),
    "GET /api/procedures": Example(200),
    "POST /api/procedures": Example(
        200, request=lambda: {"json": {"rule": "bounce_max", "value": 3, "area": STREET}}
    ),
    "GET /api/procedures/{rule_id}": Example(404, "calendar"),
    "PATCH /api/procedures/{rule_id}": Example(
        404, "calendar", lambda: {"json": {"valid_to": None}, "headers": STALE}
    ),
    "GET /api/ladders": Example(200),
    "POST /api/ladders": Example(200, request=lambda: {"json": {"kind": "case", "rungs": [], "area": STREET}}),
    "GET /api/ladders/{ladder_id}": Example(404, "calendar"),
    "PATCH /api/ladders/{ladder_id}": Example(
        404, "calendar", lambda: {"json": {"valid_to": None}, "headers": STALE}
    ),
    "GET /api/events/{event_id}/supervision": Example(200, "event"),
    "POST /api/events/{event_id}/supervisions": Example(
        201,
        "event",
        lambda: {"json": {"kind": "timeout", "level": "yellow", "reason": "久拖不办", "need_reply": False}},
    ),
    "GET /api/supervisions": Example(200),
    "GET /api/supervisions/words": Example(200),
    "GET /api/supervisions/{supervision_id}": Example(404, "calendar"),
    "POST /api/supervisions/{supervision_id}/reply": Example(
        404, "calendar", lambda: {"json": {"words": "已办"}, "headers": STALE}
    ),
    "POST /api/supervisions/{supervision_id}/close": Example(
        404, "calendar", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/matters": Example(200),
    "GET /api/matters/words": Example(200),
    "POST /api/matters": Example(
        201, request=lambda: {"json": {"title": "查消防", "kind": "general", "area": STREET, "lead": "xf"}}
    ),
    "GET /api/matters/{matter_id}": Example(404, "calendar"),
    "POST /api/matters/{matter_id}/entries": Example(
        404, "calendar", lambda: {"json": {"kind": "deploy", "words": "已部署"}, "headers": STALE}
    ),
    "GET /api/whistles": Example(200),
    "GET /api/whistles/words": Example(200),
    "GET /api/whistles/{whistle_id}": Example(404, "calendar"),
    "POST /api/whistles": Example(
        201,
        request=lambda: {"json": {"kind": "daily", "words": "来", "departments": ["cg"], "area": STREET}},
    ),
    "POST /api/whistles/{whistle_id}/report-ins": Example(
        404, "calendar", lambda: {"json": {"lon": 114.72, "lat": 22.95, "datum": "wgs84"}, "headers": STALE}
    ),
    "POST /api/whistles/{whistle_id}/close": Example(
        404, "calendar", lambda: {"json": {"scores": [{"department": "cg", "score": 5}]}, "headers": STALE}
    ),
    "PUT /api/photos/{sha256}": Example(201, "photo bytes", _photo),
    "GET /api/photos/{photo_id}": Example(200, "event"),
    "GET /api/departments": Example(200),
    "GET /api/departments/details": Example(200),
    "POST /api/departments": Example(201, request=_department),
    "GET /api/departments/{code}": Example(200, "department"),
    "PUT /api/departments/{code}": Example(
        412, "department", lambda: {"json": {"name": "城管", "active": True}, "headers": STALE}
    ),
    "POST /api/departments/imports": Example(201, request=lambda: _sheet("代码,名称,所属区域\nzz,某所,441323002")),
    "GET /api/departments/imports/{import_id}": Example(404, "import"),
    "GET /api/departments/imports/{import_id}/lines": Example(404, "import"),
    "POST /api/departments/imports/{import_id}/confirm": Example(
        404, "import", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/users": Example(200),
    "POST /api/users": Example(201, request=_person),
    "GET /api/users/{username}": Example(200, "person"),
    "PUT /api/users/{username}": Example(412, "person", lambda: _person(username=None) | {"headers": STALE}),
    "POST /api/users/{username}/password-reset": Example(412, "person", lambda: {"headers": STALE}),
    "POST /api/users/{username}/reveal": Example(404, "person", lambda: {"json": {"purpose": "通知开会"}}),
    "POST /api/users/imports": Example(
        201, request=lambda: _sheet(f"账号,姓名,岗位,负责区域\nwg80,某人,网格员,{GRID}")
    ),
    "GET /api/users/imports/{import_id}": Example(404, "import"),
    "GET /api/users/imports/{import_id}/lines": Example(404, "import"),
    "GET /api/users/imports/{import_id}/errors.xlsx": Example(404, "import"),
    "POST /api/users/imports/{import_id}/confirm": Example(404, "import", lambda: {"json": {}, "headers": STALE}),
    "GET /api/posts": Example(200),
    "PUT /api/me/password": Example(422, request=lambda: {"json": {"old": "no", "new": "Other-2026-x"}}),
    "GET /api/categories": Example(200),
    "GET /api/areas": Example(200),
    "GET /api/areas/locate": Example(
        200, request=lambda: {"query_string": {"lon": 114.72, "lat": 22.95, "datum": "wgs84"}}
    ),
    "POST /api/areas/regions/imports": Example(
        201, request=lambda: {"content_type": "text/csv", "data": "代码,名称\n441323002301,新塘村"}
    ),
    "GET /api/areas/regions/imports/{import_id}": Example(404, "calendar"),
    "GET /api/areas/regions/imports/{import_id}/lines": Example(404, "calendar"),
    "POST /api/areas/regions/imports/{import_id}/confirm": Example(
        404, "calendar", lambda: {"json": {}, "headers": STALE}
    ),
    "POST /api/areas/grids/imports": Example(
        201, request=lambda: {"content_type": "application/geo+json", "data": make_map(make_village_grid())}
    ),
    "GET /api/areas/grids/imports/{import_id}": Example(404, "calendar"),
    "GET /api/areas/grids/imports/{import_id}/lines": Example(404, "calendar"),
    "GET /api/areas/grids/imports/{import_id}/map": Example(404, "calendar"),
    "POST /api/areas/grids/imports/{import_id}/confirm": Example(
        404, "calendar", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/workers": Example(200, "area"),
    "GET /api/workers/positions": Example(200),
    "POST /api/workers/{username}/reveal": Example(404, "person", lambda: {"json": {"purpose": "核实现场"}}),
    "GET /api/tracks": Example(200, "worker"),
    "GET /api/voices/{photo_id}": Example(404, "event"),
    "GET /api/records/{record_id}/photos/{sha256}": Example(200, "record"),
    "GET /api/calendar": Example(200),
    "PUT /api/calendar/{day}": Example(
        412, "calendar", lambda: {"json": {"kind": "holiday", "name": "台风停工"}, "headers": STALE}
    ),
    "DELETE /api/calendar/{day}": Example(412, "calendar", lambda: {"headers": STALE}),
    "POST /api/calendar/imports": Example(
        201, request=lambda: {"content_type": "text/csv", "data": "日期,类型,名称\n2027-02-05,放假,春节"}
    ),
    "GET /api/calendar/imports/{import_id}": Example(404, "calendar"),
    "POST /api/calendar/imports/{import_id}/confirm": Example(404, "calendar", lambda: {"headers": STALE}),
    "GET /api/standards/imports": Example(200),
    "POST /api/standards/imports": Example(
        201,
        request=lambda: {"content_type": "application/octet-stream", "data": make_workbook(KITES)},
    ),
    "GET /api/standards/imports/{batch_id}": Example(200, "standards"),
    "GET /api/standards/imports/{batch_id}/lines": Example(200, "standards"),
    "POST /api/standards/imports/{batch_id}/confirm": Example(
        412, "standards", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/standards/export.xlsx": Example(200),
    "GET /api/standards/rows": Example(200),
    "POST /api/standards/rows": Example(
        412,
        request=lambda: {
            "json": {"code": "E0406", "name": "占道经营", "condition": "新的一条", "limit": "4小时"},
            "headers": STALE,
        },
    ),
    "POST /api/standards/rows/end": Example(412, request=lambda: {"json": {"code": "E0406"}, "headers": STALE}),
    "GET /api/categories/mappings": Example(200),
    "POST /api/rules/try": Example(200, request=lambda: {"json": {"category": "E0406", "area": GRID}}),
    "GET /api/work-policy": Example(200),
    "PUT /api/work-policy": Example(
        412,
        request=lambda: {
            "json": {"slots": [{"start": "09:00", "end": "17:00"}], "workday_mode": "hours8"},
            "headers": STALE,
        },
    ),
    "GET /api/reports/brief": Example(200, "area"),
    "GET /api/reports/brief.pdf": Example(200, "area"),
    "GET /api/reports/brief.xlsx": Example(200, "area"),
    "GET /api/workload": Example(200),
    "GET /api/workload/month": Example(200, request=lambda: {"query_string": {"department": "cg"}}),
    "GET /api/workload/cases": Example(
        200, request=lambda: {"query_string": {"department": "cg", "figure": "received"}}
    ),
    "GET /api/events/{event_id}/sheet.pdf": Example(200, "event"),
    "GET /api/events/{event_id}/order.pdf": Example(200, "event"),
    "GET /api/events/list.pdf": Example(200),
    "GET /api/jobs": Example(200),
    "GET /api/jobs/failing": Example(200),
    "GET /api/jobs/{job_id}": Example(404, "calendar"),
    "POST /api/jobs/{job_id}/retry": Example(404, "calendar", lambda: {"headers": STALE}),
    "GET /api/practice": Example(200),
    "POST /api/practice/wipe": Example(200),
    "GET /api/devices": Example(200),
    "GET /api/devices/{seat_id}": Example(200, "phone"),
    "POST /api/devices/{seat_id}/revoke": Example(
        412, "phone", lambda: {"json": {"mode": "drain", "reason": "离职"}, "headers": STALE}
    ),
    "GET /api/checkpoints": Example(200),
    "POST /api/checkpoints": Example(
        201, request=lambda: {"json": {"name": f"第{next(_shades)}点", "lon": 114.7326, "lat": 22.9489}}
    ),
    "GET /api/checkpoints/{checkpoint_id}": Example(200, "checkpoint"),
    "PATCH /api/checkpoints/{checkpoint_id}": Example(
        412, "checkpoint", lambda: {"json": {"radius_m": 20}, "headers": STALE}
    ),
    "GET /api/quarantine": Example(200),
    "GET /api/quarantine/{row_id}": Example(200, "refused op"),
    "POST /api/quarantine/{row_id}/mend": Example(
        412, "refused op", lambda: {"json": {"payload": {}}, "headers": STALE}
    ),
    "POST /api/quarantine/{row_id}/drop": Example(
        412, "refused op", lambda: {"json": {"reason": "重复"}, "headers": STALE}
    ),
    "GET /api/notice-rules": Example(200, request=lambda: {"query_string": {"area": STREET}}),
    "POST /api/notice-rules": Example(
        404, "calendar", lambda: {"json": {"cause": "moved", "endpoint": str(uuid4()), "area": STREET}}
    ),
    "GET /api/notice-rules/{rule_id}": Example(404, "calendar"),
    "PATCH /api/notice-rules/{rule_id}": Example(
        404, "calendar", lambda: {"json": {"valid_to": None}, "headers": STALE}
    ),
    "POST /api/quiet-hours": Example(
        200, request=lambda: {"json": {"begins": "22:00", "ends": "07:00", "area": STREET}}
    ),
    "GET /api/quiet-hours/{hours_id}": Example(404, "calendar"),
    "PATCH /api/quiet-hours/{hours_id}": Example(
        404, "calendar", lambda: {"json": {"valid_to": None}, "headers": STALE}
    ),
    "POST /api/notice-endpoints": Example(201, request=_robot),
    "GET /api/notice-endpoints/{endpoint_id}": Example(200, "endpoint"),
    "PUT /api/notice-endpoints/{endpoint_id}": Example(
        412, "endpoint", lambda: {"json": {"name": "群"}, "headers": STALE}
    ),
    "POST /api/notice-endpoints/{endpoint_id}/test": Example(404, "calendar", lambda: {"json": {}}),
    "GET /api/deliveries": Example(200),
    "POST /api/deliveries/{delivery_id}/retry": Example(404, "calendar"),
    "GET /api/notices": Example(200),
    "POST /api/notices/{notice_id}/read": Example(204, "notice"),
    "GET /healthz": Example(200),
    "POST /mobile/v1/session": Example(200, request=_sign_in),
    "DELETE /mobile/v1/session": Example(204),
    "POST /mobile/v1/session/refresh": Example(401, request=lambda: {"json": {"refresh_token": "none"}}),
    "PUT /mobile/v1/photos/{sha256}": Example(201, "photo bytes", _photo),
    "GET /mobile/v1/photos/{photo_id}": Example(200, "event"),
    "GET /mobile/v1/voices/{photo_id}": Example(404, "event"),
    "GET /mobile/v1/records/{record_id}/photos/{sha256}": Example(200, "record"),
    "POST /mobile/v1/files": Example(422),  # without a seat: see tests/mobile_api/test_files.py
    "POST /mobile/v1/files/{upload_id}": Example(422, "seat"),
    "PATCH /mobile/v1/files/{upload_id}": Example(422, "seat"),
    "DELETE /mobile/v1/files/{upload_id}": Example(422, "seat"),
    "POST /mobile/v1/device/enroll": Example(422, request=lambda: {"json": {"device_id": str(uuid4())}}),
    "POST /mobile/v1/device/heartbeat": Example(422, request=lambda: {"json": {"queue": 0}}),
    "GET /mobile/v1/forms": Example(200),
    "GET /mobile/v1/forms/{form_id}/{version}": Example(200, "form"),
    "GET /mobile/v1/sync/pull": Example(422),
    "POST /mobile/v1/sync/check": Example(422, request=lambda: {"json": {}}),
    "POST /mobile/v1/sync/push": Example(422, request=lambda: {"json": {"ops": []}}),
    "POST /mobile/v1/tracks": Example(422, request=lambda: {"json": {"points": []}}),
    "GET /mobile/v1/tracks": Example(422),
    "GET /mobile/v1/shifts": Example(200),
    "POST /mobile/v1/device/{device_id}/osmand-token": Example(404, "seat"),
    "GET /mobile/v1/osmand": Example(400),
    "POST /mobile/v1/osmand": Example(400),
    "GET /mobile/v1/notices": Example(200),
    "POST /mobile/v1/notices/{notice_id}/read": Example(204, "notice"),
    "PUT /mobile/v1/me/password": Example(422, request=lambda: {"json": {"old": "no", "new": "Other-2026-x"}}),
    "GET /mobile/v1/bootstrap": Example(200),
    "POST /mobile/v1/reports": Example(201, request=lambda: {"json": make_report()}),
    "GET /mobile/v1/reports": Example(200),
    "GET /mobile/v1/reports/{event_id}": Example(200, "event"),
    "GET /mobile/v1/tasks": Example(200),
    "GET /mobile/v1/tasks/{task_id}": Example(200, "task"),
    "POST /mobile/v1/tasks/{task_id}/answer": Example(
        412, "task", lambda: {"json": {"client_id": str(uuid4()), "result": "pass"}, "headers": STALE}
    ),
}


@pytest.fixture
def streets(app: Flask) -> None:
    """Two streets, and a clerk and a head in Daling's 城管 that are not one person."""
    street.make_second_street()
    make_user("jb01", "clerk", department="cg")
    make_user("fz01", "department_head", department="cg")


@pytest.fixture
def things(app: Flask, streets: None) -> dict[str, list[Thing]]:
    """By kind: things in every relation to the people above, and one of each kind that does not exist."""
    nowhere = {
        name: str(uuid4())
        for name in ("event_id", "assignment_id", "photo_id", "task_id", "notice_id", "request_id", "other_id")
    }
    events = [
        _case(app, "own event", "wg01", GRID, "cg", "handling"),
        _case(app, "own event in a foreign area", "wg01", street.GRID, street.DEPARTMENT, "pending_sign"),
        _case(app, "own area, foreign department", "wg02", GRID, "ga", "handling"),
        _case(app, "foreign grid, own department", "wg02", "441323002001002", "cg", "handling"),
        _case(app, "foreign grid, own task", "wg02", "441323002001002", "ga", "checking", checker="wg01"),
        _case(app, "foreign area", street.WORKER, street.GRID, street.DEPARTMENT, "handling"),
        Thing("event that does not exist", nowhere),
    ]
    mine = _case(app, "", "wg02", GRID, "ga", "checking", checker="wg01")
    other = _case(app, "", "wg01", GRID, "ga", "checking", checker="wg02")
    return {
        "": [Thing("", {})],
        "photo bytes": [Thing("", {})],
        "calendar": [
            Thing(
                "",
                {
                    "rule_id": "99",
                    "hours_id": "99",
                    "endpoint_id": str(uuid4()),
                    "delivery_id": str(uuid4()),
                    "delegation_id": "99",
                    "intake_id": str(uuid4()),
                    "note_id": str(uuid4()),
                    "proposal_id": "99",
                    "ladder_id": "99",
                    "supervision_id": str(uuid4()),
                    "matter_id": str(uuid4()),
                    "whistle_id": str(uuid4()),
                    "view_id": str(uuid4()),
                    "job_id": "99",
                    "day": "2026-12-25",
                    "import_id": str(uuid4()),
                },
            )
        ],
        "department": [Thing("", {"code": "cg"})],
        "form": [Thing("", {"form_id": "diary", "version": "1"})],
        "phone": [
            Thing("phone of my area", {"seat_id": str(_phone("wg01")[0])}, area=GRID),
            Thing("phone of a foreign area", {"seat_id": str(_phone(street.WORKER)[0])}, area=street.GRID),
            Thing("phone that does not exist", {"seat_id": str(uuid4())}),
        ],
        "refused op": [
            Thing("op of my area", {"row_id": str(_phone("wg01")[1])}, area=GRID),
            Thing("op of a foreign area", {"row_id": str(_phone(street.WORKER)[1])}, area=street.GRID),
            Thing("op that does not exist", {"row_id": str(uuid4())}),
        ],
        "record": [
            Thing("own record", _record(app, "wg01"), owner="wg01"),
            Thing("somebody's record", _record(app, "wg02"), owner="wg02"),
            Thing("record that does not exist", {"record_id": str(uuid4()), "sha256": "a" * 64}),
        ],
        "checkpoint": [Thing("", {"checkpoint_id": _checkpoint()})],
        "person": [Thing("", {"username": "wg03"})],
        "import": [Thing("", {"import_id": str(uuid4())})],
        "standards": [Thing("", {"batch_id": _standards()})],
        "endpoint": [
            Thing("endpoint of my street", {"endpoint_id": _endpoint(app, STREET)}, area=STREET),
            Thing("foreign endpoint", {"endpoint_id": _endpoint(app, street.STREET)}, area=street.STREET),
            Thing("endpoint that does not exist", {"endpoint_id": str(uuid4())}),
        ],
        "event": events,
        "task": [
            Thing("own task", mine.path, owner="wg01"),
            Thing("somebody's task", other.path, owner="wg02"),
            Thing("task that does not exist", nowhere),
        ],
        "notice": [
            *(Thing("own notice", {"notice_id": _notice(who.username)}, owner=who.username) for who in PEOPLE),
            Thing("notice that does not exist", nowhere),
        ],
        "seat": [Thing("", {"upload_id": str(uuid4()), "device_id": str(uuid4())})],
        "worker": [
            Thing("worker of own area", {"user": "wg01"}, area=GRID),
            Thing("foreign worker", {"user": street.WORKER}, area=street.GRID),
            Thing("worker that does not exist", {"user": "nobody"}),
        ],
        "area": [
            Thing("own area", {"area": GRID}, area=GRID),
            Thing("foreign area", {"area": street.GRID}, area=street.GRID),
            Thing("area that does not exist", {"area": "110101001001001"}),
        ],
    }


def _case(
    app: Flask, name: str, reporter: str, area: str, department: str, state: str, checker: str = ""
) -> Thing:
    photo = jpeg(next(_shades))
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


def _notice(username: str) -> str:
    user, about = find_user(username), uuid4()
    with transaction():
        notice.tell([user.id], f"test:{username}", "标题", "内容", about)
    [told] = notice.mine(user)
    return str(told.id)


def _phone(username: str) -> tuple[UUID, UUID]:
    """A seat of somebody's, and an op of theirs that was refused."""
    user, error = find_user(username), {"code": "invalid", "field": "", "message": ""}
    with transaction():
        device, _ = devices.enroll(user, uuid4(), "", "", "")
        quarantine.keep(user, device.id, device.device_id, "test", "", {}, error)
    return device.id, db.session.scalars(select(Quarantine.id).where(Quarantine.device_id == device.id)).one()


def _record(app: Flask, username: str) -> dict[str, str]:
    """A diary page of somebody's with a photo that has arrived."""
    photo, day = jpeg(next(_shades)), "2026-11-23"
    assert Person(app, username).upload(photo).status_code == 201
    digest, form = sha256(photo).hexdigest(), forms.find("diary", 1)
    values = {"date": day, "done": "走访", "photos": [digest]}
    with transaction():
        draft = records.Draft(uuid4(), form, values, None, clock.now())
        kept = records.put(find_user(username), draft)
    return {"record_id": str(kept.record.id), "sha256": digest}


def _endpoint(app: Flask, area: str) -> str:
    return str(make_endpoint(app, "https://robot.example/hook", area=area).id)


def _checkpoint() -> str:
    with transaction():
        wish = checkpoints.Wish(name="变压器", lon=114.7326, lat=22.9489)
        return str(checkpoints.add(find_user("xt01"), wish).id)


def _standards() -> str:
    with transaction():
        return str(batch.keep(None, batch.draft(make_workbook(KITES), "urban")).id)


def _operations(app: Flask) -> dict[str, str]:
    """Every operation of the document with the permission it says it needs."""
    document = Caller(app).get("/api/openapi.json").json
    return {
        f"{method.upper()} {path}": operation["x-permission"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "put", "patch", "delete")
    }


def _granted(post: str, permission: str) -> set[str] | None:
    told = AUTHZ["everyone"].get(permission, AUTHZ["posts"][post]["grants"].get(permission))
    return None if told is None else set(told)


def _expected(example: Example, permission: str, who: Who, thing: Thing) -> int:
    if permission == "public":
        return example.status
    granted = _granted(who.post, permission)
    if granted is None:
        return 403
    bound = example.about in BOUND
    return example.status if not bound or granted & ({"any"} | thing.relations(who)) else 404


def _send(caller: Caller, operation: str, example: Example, thing: Thing) -> TestResponse:
    method, path = operation.split(" ")
    request = example.request()
    if example.about == "area":
        request["query_string"] = thing.path
    if example.about == "worker":
        request["query_string"] = thing.path | {"day": "2026-11-23", "purpose": "核对巡查"}
    names = dict(thing.path)
    if example.about == "photo bytes":
        names["sha256"] = sha256(request["data"]).hexdigest()
    return caller.open(method, path.format(**names), **request)


def test_every_operation_has_an_example_request(app: Flask) -> None:
    assert set(EXAMPLES) == set(_operations(app))


def test_every_post_that_people_hold_is_in_the_matrix() -> None:
    held = {code for code, post in AUTHZ["posts"].items() if not post.get("internal")}

    assert {who.post for who in PEOPLE} == held


@MOSTLY_SQLITE
def test_every_operation_answers_every_post_as_authz_says(app: Flask, things: dict[str, list[Thing]]) -> None:
    operations, differences, cells = _operations(app), [], 0
    for who in PEOPLE:
        person = Person(app, who.username)
        for operation, example in EXAMPLES.items():
            for thing in things[example.about]:
                answer = _send(person, operation, example, thing)
                if answer.status_code == 204 and operation.startswith("DELETE"):
                    person.sign_in()
                wanted = _expected(example, operations[operation], who, thing)
                cells += 1
                if answer.status_code != wanted:
                    differences.append((who.post, operation, thing.name, answer.status_code, wanted))

    assert differences == []
    assert cells > 500


@MOSTLY_SQLITE
def test_what_is_out_of_reach_answers_as_what_does_not_exist(app: Flask, things: dict[str, list[Thing]]) -> None:
    differences = []
    for who in PEOPLE:
        person = Person(app, who.username)
        for operation, example in EXAMPLES.items():
            if example.about not in HIDDEN:
                continue
            answers = [_send(person, operation, example, thing) for thing in things[example.about]]
            bodies = [_said(answer) for answer in answers if answer.status_code == 404]
            differences += [(who.post, operation, body) for body in bodies if body != bodies[-1]]

    assert differences == []


def _said(answer: TestResponse) -> dict[str, Any]:
    """The body and the names of the headers, without the address asked for."""
    body: dict[str, Any] = answer.get_json(force=True)
    return body | {"instance": "", "headers": sorted(name for name, _ in answer.headers)}


@MOSTLY_SQLITE
def test_nobody_and_the_disabled_get_401_from_everything_that_is_not_public(
    app: Flask, things: dict[str, list[Thing]]
) -> None:
    make_user("tw01", "grid_worker", area=GRID)
    disabled = Person(app, "tw01")
    disable("tw01")
    bodies, differences = set(), []
    for caller in (Caller(app), disabled):
        for operation, permission in _operations(app).items():
            example = EXAMPLES[operation]
            answer = _send(caller, operation, example, things[example.about][0])
            if permission != "public" and answer.status_code != 401:
                differences.append((operation, answer.status_code))
            if permission != "public":
                bodies.add((caller is disabled, tuple(sorted(answer.get_json(force=True)))))

    assert differences == []
    assert len(bodies) == 2  # the same members for every operation


def test_the_automatic_rules_account_cannot_sign_in(app: Flask) -> None:
    for password in ("!", "", PASSWORD):
        answer = Caller(app).post("/api/sessions", json={"username": "automaton", "password": password})

        assert answer.status_code == 401


STEPS = (*lifecycle.EVENT, *lifecycle.ASSIGNMENT)
ROWS = [row for row in STEPS if row.permission is not None and not row.by_task]


@MOSTLY_SQLITE
def test_every_step_answers_every_post_as_authz_says(app: Flask, streets: None) -> None:
    people = {who: Person(app, who.username) for who in PEOPLE}
    readers = {GRID: Person(app, "ld01"), street.GRID: Person(app, street.DESK)}
    differences = []
    for row in ROWS:
        for area, department in ((GRID, "cg"), (GRID, "ga"), (street.GRID, street.DEPARTMENT)):
            event = None
            for who, person in people.items():
                event = event or _before(row, area, department)
                answer = _take(person, event, readers[area].event(event.id)["etag"], row)
                dispatched_to = event.assignments[0].department.code if event.assignments else ""
                wanted = _may_step(row, who, Thing("", {}, area, "wg03", dispatched_to))
                if answer.status_code != wanted:
                    differences.append((who.post, row.action, area, department, answer.status_code, wanted))
                event = None if answer.status_code == 200 else event

    assert differences == []


def _before(row: Transition[Any], area: str, department: str) -> Event:
    """A case, dispatched if the step is a department's, from which the step is possible."""
    made = make_event(state=row.sources[0].value, reporter="wg03", area=area, department=department)
    with transaction():
        event = db.session.get_one(Event, made.id)
        match row.action:
            case "escalate":
                event.bounces = 2
            case "unassign":
                event.assignments[0].handler_id = event.reporter_id
            case "drop_assist":
                handling.carry_out(desk_of(event), event, "add_assist", assist=[_helper(event)])
    return event


def _lead(event: Event) -> str:
    return event.assignments[0].department.code if event.assignments else ""


def _helper(event: Event) -> str:
    return "zj" if desk_of(event).username != street.DESK else street.SECOND_DEPARTMENT


def _take(person: Person, event: Event, etag: str, row: Transition[Any]) -> TestResponse:
    is_home = desk_of(event).username != street.DESK
    values = {
        "note": "说明",
        "department": "xf" if is_home else street.SECOND_DEPARTMENT,
        "assignee": "wg01" if is_home else street.WORKER,
        "condition": str(rulebook.current().by_id[event.category_id].conditions[0].id),
        "assist": [_helper(event)],
        "assistant": _helper(event),
        "handler": {"cg": "jb01", "ga": "ga01"}.get(_lead(event), street.CLERK),
    }
    if "parent" in row.needs:
        values["parent"] = str(make_event(reporter="wg03", area=event.area.codes[0].code).id)
    path = f"/api/events/{event.id}/steps"
    if row in lifecycle.ASSIGNMENT:
        path = f"/api/events/{event.id}/assignments/{event.assignments[0].id}/steps"
    told = {"action": row.action} | {name: values[name] for name in row.needs}
    return person.post(path, json=told, headers={"If-Match": etag})


def _may_step(row: Transition[Any], who: Who, thing: Thing) -> int:
    readable = _granted(who.post, "event:read")
    if readable is None:
        return 403
    relations = {"any"} | thing.relations(who)
    if not relations & readable:
        return 404
    return 200 if relations & (_granted(who.post, str(row.permission)) or set()) else 403
