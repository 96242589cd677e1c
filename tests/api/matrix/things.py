"""Things in every relation to the people who call, and one of each kind that does not exist."""

from __future__ import annotations

from uuid import uuid4

from flask import Flask

from fixtures.daling import STREET
from tests.api.matrix.people import GRID, PEOPLE
from tests.api.matrix.rows import (
    make_case,
    make_checkpoint,
    make_endpoint,
    make_notice,
    make_phone,
    make_record,
    make_standards,
)
from tests.api.matrix.thing import Thing
from tests.factories import street


def make_things(app: Flask) -> dict[str, list[Thing]]:
    """By kind, as examples name it."""
    nowhere = {
        name: str(uuid4())
        for name in ("event_id", "assignment_id", "photo_id", "task_id", "notice_id", "request_id", "other_id")
    }
    events = [
        make_case(app, "own event", "wg01", GRID, "cg", "handling"),
        make_case(app, "own event in a foreign area", "wg01", street.GRID, street.DEPARTMENT, "pending_sign"),
        make_case(app, "own area, foreign department", "wg02", GRID, "ga", "handling"),
        make_case(app, "foreign grid, own department", "wg02", "441323002001002", "cg", "handling"),
        make_case(app, "foreign grid, own task", "wg02", "441323002001002", "ga", "checking", checker="wg01"),
        make_case(app, "foreign area", street.WORKER, street.GRID, street.DEPARTMENT, "handling"),
        Thing("event that does not exist", nowhere),
    ]
    mine = make_case(app, "", "wg02", GRID, "ga", "checking", checker="wg01")
    other = make_case(app, "", "wg01", GRID, "ga", "checking", checker="wg02")
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
            Thing("phone of my area", {"seat_id": str(make_phone("wg01")[0])}, area=GRID),
            Thing("phone of a foreign area", {"seat_id": str(make_phone(street.WORKER)[0])}, area=street.GRID),
            Thing("phone that does not exist", {"seat_id": str(uuid4())}),
        ],
        "refused op": [
            Thing("op of my area", {"row_id": str(make_phone("wg01")[1])}, area=GRID),
            Thing("op of a foreign area", {"row_id": str(make_phone(street.WORKER)[1])}, area=street.GRID),
            Thing("op that does not exist", {"row_id": str(uuid4())}),
        ],
        "record": [
            Thing("own record", make_record(app, "wg01"), owner="wg01"),
            Thing("somebody's record", make_record(app, "wg02"), owner="wg02"),
            Thing("record that does not exist", {"record_id": str(uuid4()), "sha256": "a" * 64}),
        ],
        "checkpoint": [Thing("", {"checkpoint_id": make_checkpoint()})],
        "person": [Thing("", {"username": "wg03"})],
        "import": [Thing("", {"import_id": str(uuid4())})],
        "standards": [Thing("", {"batch_id": make_standards()})],
        "endpoint": [
            Thing("endpoint of my street", {"endpoint_id": make_endpoint(app, STREET)}, area=STREET),
            Thing("foreign endpoint", {"endpoint_id": make_endpoint(app, street.STREET)}, area=street.STREET),
            Thing("endpoint that does not exist", {"endpoint_id": str(uuid4())}),
        ],
        "event": events,
        "task": [
            Thing("own task", mine.path, owner="wg01"),
            Thing("somebody's task", other.path, owner="wg02"),
            Thing("task that does not exist", nowhere),
        ],
        "notice": [
            *(Thing("own notice", {"notice_id": make_notice(who.username)}, owner=who.username) for who in PEOPLE),
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
