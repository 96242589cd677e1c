"""No query leaves a person's scope: the guard watches every request of the suite; here it is watched itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import and_, exists, false, func, or_, select, text, true
from sqlalchemy.orm import Session, aliased

from grid.accounts import scope
from grid.db import db
from grid.events import query
from grid.events.event import Assignment, Event, EventLog
from grid.notices.notice import Notice
from grid.tasks import task as tasks
from grid.tasks.task import Task
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.harness.queryguard import SCOPED, Caller, Guard, is_proven

ME = Caller(7, 3, ("/1/12/",))
MINE = Event.reporter_id == 7
HERE = scope.within(Event.area_path, "/1/12/")
OURS = exists().where(Assignment.event_id == Event.id, Assignment.department_id == 3)
MY_TASK = exists().where(Task.subject_id == Event.id, Task.assignee_id == 7)
OTHER = aliased(Event)

PROVEN = {
    "one's own": select(Event).where(MINE),
    "one's place": select(Event).where(HERE),
    "a place inside one's place": select(Event).where(scope.within(Event.area_path, "/1/12/5/")),
    "one's department's": select(Event).where(OURS),
    "one's task's": select(Event).where(MY_TASK),
    "any of these": select(Event).where(Event.state == "closed", or_(MINE, HERE, and_(OURS, HERE), MY_TASK)),
    "nothing": select(Event).where(false()),
    "from the assignments": select(Event).where(
        Event.id.in_(select(Assignment.event_id).where(Assignment.department_id == 3))
    ),
    "what hangs on it": select(EventLog).join(Event, Event.id == EventLog.event_id).where(HERE),
    "counted": select(func.count()).select_from(Event).where(HERE),
    "of a part that is proven": select(func.count()).select_from(select(Event.id).where(HERE).subquery()),
    "one's notices": select(Notice).where(Notice.user_id == 7, Notice.id == uuid4()),
    "another name": select(OTHER).where(OTHER.reporter_id == 7),
}
UNPROVEN = {
    "all": select(Event),
    "by its key": select(Event).where(Event.id == uuid4()),
    "somebody else's": select(Event).where(Event.reporter_id == 8),
    "another place": select(Event).where(scope.within(Event.area_path, "/1/13/")),
    "the place above": select(Event).where(scope.within(Event.area_path, "/1/")),
    "half a range": select(Event).where(Event.area_path >= "/1/12/"),
    "a range too wide": select(Event).where(Event.area_path >= "/1/12/", Event.area_path < "/2"),
    "or anything": select(Event).where(or_(MINE, Event.state == "closed")),
    "not one's own": select(Event).where(Event.reporter_id != 7),
    "true": select(Event).where(true()),
    "another department's": select(Event).where(
        exists().where(Assignment.event_id == Event.id, Assignment.department_id == 4)
    ),
    "a department's of anything": select(Event).where(exists().where(Assignment.department_id == 3)),
    "beside what is proven": select(Event, Task).where(HERE),
    "of a part that is not": select(func.count()).select_from(select(Event.id).subquery()),
    "another's notices": select(Notice).where(Notice.id == uuid4()),
    "another name": select(OTHER).where(OTHER.id == uuid4()),
    "the one and the other": select(Event.id).where(MINE).union(select(Event.id)),
    "by hand": text("SELECT * FROM event"),
}


@pytest.mark.parametrize("statement", PROVEN.values(), ids=PROVEN.keys())
def test_what_stays_in_the_scope_is_proven(statement: Any) -> None:
    assert is_proven(statement, ME, Session())


@pytest.mark.parametrize("statement", UNPROVEN.values(), ids=UNPROVEN.keys())
def test_what_could_leave_the_scope_is_not(statement: Any) -> None:
    assert not is_proven(statement, ME, Session())


def test_every_table_the_guard_knows_is_there() -> None:
    known = {table.name: {column.name for column in table.columns} for table in db.metadatas[None].sorted_tables}

    for name, belonging in SCOPED.items():
        named = belonging.owners | belonging.paths | belonging.departments | belonging.reached
        assert named <= known[name], name


def _unscoped_notices(user: Any) -> list[Notice]:
    return list(db.session.scalars(select(Notice)))


LEAKS: dict[str, tuple[Any, str, Any, Callable[[Event], str]]] = {
    "list": (scope, "rows", lambda *told: true(), lambda event: "/api/events"),
    "queues": (scope, "rows", lambda *told: true(), lambda event: "/api/queues"),
    "one": (scope, "rows", lambda *told: true(), lambda event: f"/api/events/{event.id}"),
    "place": (scope, "within", lambda *told: true(), lambda event: "/api/events"),
    "photo": (scope, "rows", lambda *told: true(), lambda event: f"/api/photos/{event.photos[0].id}"),
    "tasks": (tasks, "rows", lambda *told: true(), lambda event: "/mobile/v1/tasks"),
    "list, one filter more": (
        query,
        "visible",
        lambda actor: Event.state != "closed",
        lambda event: "/api/events",
    ),
    "brief": (scope, "within", lambda *told: true(), lambda event: "/api/reports/brief"),
}


@pytest.mark.parametrize(("where", "name", "instead", "path"), LEAKS.values(), ids=LEAKS.keys())
def test_a_scope_that_falls_away_is_noticed(
    app: Flask,
    guard: Guard,
    monkeypatch: pytest.MonkeyPatch,
    where: Any,
    name: str,
    instead: Any,
    path: Callable[[Event], str],
) -> None:
    event = make_event(state="checking", photos=[{"sha256": "a" * 64, "role": "near"}])
    asked = path(event)
    person = Person(app, "wg01" if "mobile" in asked else "dd01")
    assert person.get(asked).status_code in (200, 404)
    assert guard.found == [] and guard.proven
    for module in (where, query) if hasattr(query, name) else (where,):
        monkeypatch.setattr(module, name, instead)

    answer = person.get(asked)

    assert answer.status_code == 500
    assert guard.found
    guard.found.clear()
