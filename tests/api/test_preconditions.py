"""Every operation that takes If-Match refuses to write blind: missing 428, stale 412 with what is there now."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.factories.census import census
from tests.factories.event import make_event
from tests.factories.person import Caller, Person
from tests.factories.problem import assert_problem

# How each edit is called rightly; ids are filled in below.
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/events/{event_id}/steps": {"action": "forward"},
    "POST /api/events/{event_id}/assignments/{assignment_id}/steps": {"action": "sign"},
    "POST /mobile/v1/tasks/{task_id}/answer": {"client_id": str(uuid4()), "result": "pass"},
}
# Proven beside their own tests.
ELSEWHERE = {
    "POST /api/delegations/{delegation_id}/end",
    "PUT /api/views/{view_id}",
    "DELETE /api/views/{view_id}",
    "POST /api/events/{event_id}/requests",
    "POST /api/events/{event_id}/requests/{request_id}/decisions",
    "POST /api/events/{event_id}/reopenings",
    "POST /api/events/{event_id}/links",
    "POST /api/events/{event_id}/links/{other_id}/end",
    "POST /api/proposals/{proposal_id}/settle",
    "PATCH /api/checkpoints/{checkpoint_id}",
    "PATCH /api/procedures/{rule_id}",
    "PATCH /api/notice-rules/{rule_id}",
    "PATCH /api/quiet-hours/{hours_id}",
    "PUT /api/notice-endpoints/{endpoint_id}",
    "PATCH /api/ladders/{ladder_id}",
    "POST /api/jobs/{job_id}/retry",
    "POST /api/supervisions/{supervision_id}/reply",
    "POST /api/supervisions/{supervision_id}/close",
    "POST /api/matters/{matter_id}/entries",
    "POST /api/whistles/{whistle_id}/report-ins",
    "POST /api/whistles/{whistle_id}/close",
    "POST /api/devices/{seat_id}/revoke",
    "POST /api/quarantine/{row_id}/mend",
    "POST /api/quarantine/{row_id}/drop",
    "POST /api/areas/grids/imports/{import_id}/confirm",
    "POST /api/areas/regions/imports/{import_id}/confirm",
    "PUT /api/calendar/{day}",
    "DELETE /api/calendar/{day}",
    "POST /api/calendar/imports/{import_id}/confirm",
    "PUT /api/work-policy",
    "POST /api/standards/imports/{batch_id}/confirm",
    "POST /api/standards/rows",
    "POST /api/standards/rows/end",
    "PUT /api/departments/{code}",
    "POST /api/departments/imports/{import_id}/confirm",
    "PUT /api/users/{username}",
    "POST /api/users/{username}/password-reset",
    "POST /api/users/imports/{import_id}/confirm",
    "POST /api/intakes/{intake_id}/reply",
    "POST /api/intakes/orders/imports/{import_id}/confirm",
    "POST /api/handovers/{note_id}/sign",
}
# Writes that make something new or are safe to repeat, so there is nothing to overwrite.
NO_EDITS = {
    "POST /api/events",
    "POST /api/events/bulk",  # each item tells the version it was seen in
    "POST /api/views",
    "POST /api/checkpoints",
    "POST /api/procedures",
    "POST /api/notice-rules",
    "POST /api/quiet-hours",
    "POST /api/notice-endpoints",
    "POST /api/notice-endpoints/{endpoint_id}/test",
    "POST /api/deliveries/{delivery_id}/retry",
    "POST /api/ladders",
    "POST /api/events/{event_id}/supervisions",
    "POST /api/matters",
    "POST /api/whistles",
    "POST /api/delegations",
    "POST /api/tasks/hand-over",
    "POST /mobile/v1/device/enroll",
    "POST /mobile/v1/device/heartbeat",
    "POST /mobile/v1/files",
    "POST /mobile/v1/files/{upload_id}",  # tus: the offset is the version, 409 tells it
    "PATCH /mobile/v1/files/{upload_id}",
    "DELETE /mobile/v1/files/{upload_id}",
    "POST /mobile/v1/device/{device_id}/osmand-token",
    "POST /mobile/v1/osmand",
    "POST /mobile/v1/tracks",
    "POST /mobile/v1/sync/check",
    "POST /mobile/v1/sync/push",
    "POST /api/areas/grids/imports",
    "POST /api/areas/regions/imports",
    "POST /api/sessions",
    "DELETE /api/sessions",
    "POST /api/sessions/refresh",
    "POST /mobile/v1/session",
    "DELETE /mobile/v1/session",
    "POST /mobile/v1/session/refresh",
    "POST /mobile/v1/reports",
    "PUT /api/photos/{sha256}",
    "PUT /mobile/v1/photos/{sha256}",
    "POST /api/notices/{notice_id}/read",
    "POST /mobile/v1/notices/{notice_id}/read",
    "POST /api/calendar/imports",
    "POST /api/practice/wipe",
    "POST /api/rules/try",
    "POST /api/standards/imports",
    "POST /api/departments",
    "POST /api/departments/imports",
    "POST /api/users",
    "POST /api/users/imports",
    "POST /api/users/{username}/reveal",
    "POST /api/workers/{username}/reveal",
    "POST /api/intakes",
    "POST /api/intakes/read",  # stores nothing
    "POST /api/intakes/{intake_id}/reveal",
    "POST /api/intakes/orders/imports",
    "POST /api/handovers",
    "PUT /api/me/password",
    "PUT /mobile/v1/me/password",
}


def test_every_write_of_the_document_is_an_edit_with_if_match_or_known_not_to_be(app: Flask) -> None:
    document = Caller(app).get("/api/openapi.json").json
    writes = {
        f"{method.upper()} {path}": operation["responses"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in ("post", "put", "patch", "delete")
    }

    guarded = {name for name, responses in writes.items() if "428" in responses and "412" in responses}

    assert guarded == set(BODIES) | ELSEWHERE
    assert set(writes) - guarded == NO_EDITS


def _ready(app: Flask, operation: str) -> tuple[Person, str, str]:
    """Somebody who may, the address, and the present ETag."""
    if "assignment_id" in operation:
        event, person = make_event(state="pending_sign"), Person(app, "cg01")
    elif "task_id" in operation:
        event, person = make_event(state="checking"), Person(app, "wg01")
    else:
        event, person = make_event(state="feedback"), Person(app, "dd01")
    path = operation.split(" ")[1].format(
        event_id=event.id,
        assignment_id=event.assignments[0].id,
        task_id=event.tasks[0].id if event.tasks else "",
    )
    shown = f"/mobile/v1/tasks/{event.tasks[0].id}" if "task_id" in operation else f"/api/events/{event.id}"
    return person, path, person.get(shown).headers["ETag"]


@pytest.mark.parametrize("operation", BODIES)
def test_without_if_match_nothing_is_written(app: Flask, operation: str) -> None:
    person, path, _ = _ready(app, operation)
    before = census()

    answer = person.post(path, json=BODIES[operation])

    assert_problem(answer, 428, "precondition-required")
    assert census() == before


@pytest.mark.parametrize("stale", ['"0"', '"an older one"', "W/{etag}"])
@pytest.mark.parametrize("operation", BODIES)
def test_a_stale_version_is_told_what_is_there_now(app: Flask, operation: str, stale: str) -> None:
    person, path, etag = _ready(app, operation)
    before = census()

    answer = person.post(path, json=BODIES[operation], headers={"If-Match": stale.format(etag=etag)})

    told = assert_problem(answer, 412, "stale")
    assert told["current"]["id"] == path.split("/")[3 if path.startswith("/api") else 4]
    assert told["current"]["version"] >= 1
    assert census() == before


@pytest.mark.parametrize("operation", BODIES)
def test_the_present_version_is_taken_once(app: Flask, operation: str) -> None:
    person, path, etag = _ready(app, operation)

    first = person.post(path, json=BODIES[operation], headers={"If-Match": etag})
    second = person.post(path, json=BODIES[operation] | _renewed(operation), headers={"If-Match": etag})

    assert first.status_code == 200, first.text
    assert first.headers["ETag"] != etag
    assert_problem(second, 412, "stale")


def _renewed(operation: str) -> dict[str, str]:
    """With the same client id it would be a replay, which is answered."""
    return {"client_id": str(uuid4())} if "task_id" in operation else {}


@pytest.mark.parametrize("operation", BODIES)
def test_a_star_is_no_version(app: Flask, operation: str) -> None:
    person, path, _ = _ready(app, operation)
    before = census()

    answer = person.post(path, json=BODIES[operation], headers={"If-Match": "*"})

    assert answer.status_code in (412, 428), answer.text
    assert census() == before


def test_an_answer_is_whole_even_to_who_holds_its_version(app: Flask) -> None:
    """The tag guards edits by version; photos and lights change without one, so nobody is told 304."""
    person, event = Person(app, "dd01"), make_event()
    etag = person.event(event.id)["etag"]

    answer = person.get(f"/api/events/{event.id}", headers={"If-None-Match": etag})

    assert (answer.status_code, answer.json["id"]) == (200, str(event.id))
