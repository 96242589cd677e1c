"""Who may take which step of a case, where: every step × post × place, as authz.yaml alone tells it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from grid.db import db, transaction
from grid.events import handling, lifecycle, place, rulebook
from grid.events.event import Event
from grid.events.lifecycle import Transition
from tests.api.matrix.people import GRID, PEOPLE, Who, granted, make_streets
from tests.api.matrix.thing import Thing
from tests.factories import street
from tests.factories.event import desk_of, make_event
from tests.factories.person import Person
from tests.harness.databases import MOSTLY_SQLITE

STEPS = (*lifecycle.EVENT, *lifecycle.ASSIGNMENT)
ROWS = [row for row in STEPS if row.permission is not None and not row.by_task]


@MOSTLY_SQLITE
def test_every_step_answers_every_post_as_authz_says(app: Flask) -> None:
    make_streets()
    people = {who: Person(app, who.username) for who in PEOPLE}
    readers = {GRID: Person(app, "ld01"), street.GRID: Person(app, street.DESK)}
    differences = []
    for row in ROWS:
        for area, department in ((GRID, "cg"), (GRID, "ga"), (street.GRID, street.DEPARTMENT)):
            event, etag = None, ""
            for who, person in people.items():
                if event is None:
                    event = _before(row, area, department)
                    etag = readers[area].event(event.id)["etag"]
                answer = _take(person, event, etag, row)
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
            case "locate":
                event.provider = place.DESK
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
        "position": {"lon": event.lon, "lat": event.lat, "datum": "cgcs2000"},
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
    readable = granted(who.post, "event:read")
    if readable is None:
        return 403
    relations = {"any"} | thing.relations(who)
    if not relations & readable:
        return 404
    return 200 if relations & (granted(who.post, str(row.permission)) or set()) else 403
