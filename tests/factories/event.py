"""Events in any state, brought there by the domain itself, step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from fixtures.daling import STREET
from grid import clock
from grid.accounts import user as users
from grid.accounts.user import User
from grid.areas import net
from grid.db import db, transaction
from grid.events import checking, handling, reporting, rulebook
from grid.events.event import Event
from grid.events.place import Position
from grid.events.reporting import Report
from grid.events.state import State
from grid.geo.crs import Datum
from grid.tasks.task import TaskResult
from tests.factories import street
from tests.factories.account import find_user
from tests.factories.reader import look_again

# The straight road of a case; the states off it hang on one of its states.
ROAD = ("accept", "file", "dispatch", "sign", "submit", "confirm", "forward", "send_check", "pass", "close")
ASIDE = {
    State.REJECTED: (State.REPORTED, "reject"),
    State.VOIDED: (State.PENDING_FILING, "void"),
    State.SUSPENDED: (State.HANDLING, "suspend"),
    State.ARBITRATION: (State.PENDING_DISPATCH, "escalate"),
    State.FORCE_CLOSED: (State.PENDING_FILING, "force_close"),
    State.MERGED: (State.REPORTED, "merge"),
    State.VERIFYING: (State.REPORTED, "send_verify"),
}


def spot(area: str) -> tuple[float, float]:
    """A point (lon, lat; CGCS2000 degrees) well inside an area."""
    boundary = net.current().find(area).boundary
    assert boundary is not None
    point = boundary.representative_point()
    return point.x, point.y


def make_event(
    *,
    state: State | str = State.REPORTED,
    reporter: str = "wg01",
    area: str | None = None,
    department: str = "cg",
    checker: str | None = None,
    category: str = "E0410",
    description: str = "路口停了一排电动车",
    photos: list[dict[str, Any]] | None = None,
) -> Event:
    """A case in ``state``, in ``area`` or the reporter's own; once dispatched, in the hands of ``department``."""
    author = find_user(reporter)
    place = area or net.current().by_id[author.posts[0].area_id].code
    lon, lat = spot(place)
    told = Report(
        uuid4(), category, Position(lon, lat, Datum.CGCS2000, 8.0), clock.now(), description, photos=photos or []
    )
    with transaction():
        outcome = reporting.submit(author, told)
        event = db.session.get_one(Event, UUID(outcome.result["id"]))
        advance(event, State(state), department, checker or _checker(event, reporter))
    return event


def advance(event: Event, state: State, department: str = "cg", checker: str = "wg01") -> None:
    """Take the steps that lead to ``state``, each by somebody who may, inside the caller's transaction."""
    if state in ASIDE:
        before, action = ASIDE[state]
        advance(event, before, department, checker)
        told: dict[str, Any] = {"note": "不归本街道管"}
        if state is State.VERIFYING:
            told = {"assignee": checker if checker != event.reporter.username else "wg02", "note": "看看还在不在"}
        if state is State.SUSPENDED:
            told["until"] = clock.now() + timedelta(days=30)
        if state is State.MERGED:
            told["parent"] = str(_another(event).id)
        # As what is decided elsewhere: these hang on approvals, on rules, or on another's rights.
        handling.carry_out(desk_of(event), event, action, **told)
        return
    if state is State.SELF_DONE:
        event.state = state  # as a report begins that its reporter has dealt with
        return
    for action in ROAD:
        if event.state is state:
            return
        take(event, action, department, checker)
    assert event.state is state, f"no road to {state}"


def take(event: Event, action: str, department: str = "cg", checker: str = "wg01") -> None:
    """Take one step of the straight road, if the case stands before it."""
    match action:
        case "sign" | "submit" | "confirm":
            assert event.lead is not None
            clerk = users.find(f"{event.lead.department.code}01")
            handling.move_assignment(clerk, event, event.lead.id, action, note="已处置")
        case "pass":
            task = event.tasks[-1]
            checking.answer(task.assignee, task, TaskResult.PASS)
        case _:
            handling.move(desk_of(event), event, action, **_told(event, action, department, checker))


def _another(event: Event) -> Event:
    """An open case beside this one."""
    told = Report(uuid4(), "E0410", Position(event.lon, event.lat, Datum.CGCS2000, 8.0), clock.now())
    return db.session.get_one(Event, UUID(reporting.submit(event.reporter, told).result["id"]))


def _told(event: Event, action: str, department: str, checker: str) -> dict[str, Any]:
    match action:
        case "file":
            return {"condition": rulebook.current().by_id[event.category_id].conditions[0].id}
        case "dispatch":
            return {"department": department}
        case "send_check":
            return {"assignee": checker}
        case _:
            return {}


def _checker(event: Event, reporter: str) -> str:
    """The reporter, or in the second street somebody who works there."""
    home = net.current().find(STREET).path
    return reporter if event.area_path.startswith(home) else street.WORKER


def desk_of(event: Event) -> User:
    """The dispatching desk of the street an event lies in."""
    home = net.current().find(STREET).path
    return users.find("dd01" if event.area_path.startswith(home) else street.DESK)


def fresh(event: Event) -> Event:
    """The event as the database has it now."""
    look_again()
    return db.session.get_one(Event, event.id)
