"""Handling (办理): the only place that moves a case. One call = state, history, clocks, audit and outbox together.

``told`` is what the caller says with a step: note, condition (id), department (code), assignee (user name),
category (code), photos [(sha256, role)]. Which of them a step needs or knows stands in the lifecycle tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from grid import clock
from grid.accounts import department as departments
from grid.accounts import user as users
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.calendars import almanac
from grid.db import db, new_id
from grid.errors import Forbidden, Invalid, NotFound
from grid.events import deadline, lifecycle, notify, rulebook
from grid.events.case_number import issue
from grid.events.deadline import DeadlineKind
from grid.events.event import Assignment, Event, EventLog
from grid.events.lifecycle import Transition
from grid.events.photo import EventPhoto, PhotoRole
from grid.events.scope import may, visible
from grid.events.state import AssignmentRole, AssignmentState, State
from grid.tasks import task as tasks
from grid.tasks.task import TaskKind
from grid.trail import entry as trail


@dataclass(frozen=True, slots=True)
class Step:
    """A step being taken."""

    actor: User
    event: Event
    told: dict[str, Any]
    at: datetime


def get(actor: User, event_id: UUID) -> Event:
    """An event in the caller's scope, with its assignments. Raises NotFound."""
    return _there(db.session.scalar(_one(actor, event_id)))


def hold(actor: User, event_id: UUID) -> Event:
    """The same, locked until the commit: of two who move a case, the second sees all the first did."""
    locked = _one(actor, event_id).with_for_update(of=Event)
    return _there(db.session.scalar(locked, execution_options={"populate_existing": True}))


def _one(actor: User, event_id: UUID) -> Select[Event]:
    return select(Event).where(Event.id == event_id, visible(actor)).options(selectinload(Event.assignments))


def _there(event: Event | None) -> Event:
    if event is None:
        raise NotFound("没有这个事件，或不在你的范围里。")
    return event


def move(actor: User, event: Event, action: str, **told: Any) -> Event:
    """Take one step of the event's lifecycle.

    Raises IllegalTransition when the table has no such step, Forbidden without the right to it here, Invalid when
    something needed is missing or something unknown is told.
    """
    row = lifecycle.step(lifecycle.EVENT, event.state, action)
    if row.by_task:
        raise Forbidden("核查结果由核查的网格员在任务里填写。")
    _check_right(actor, row, event)
    return _take(row, Step(actor, event, _checked(row, told), clock.now()))


def conclude(actor: User, event: Event, action: str, **told: Any) -> Event:
    """Take the step that answering a check task leads to (pass or fail)."""
    row = lifecycle.step(lifecycle.EVENT, event.state, action)
    _check_right(actor, row, event)
    return _take(row, Step(actor, event, _checked(row, told), clock.now()))


def move_assignment(actor: User, event: Event, assignment_id: UUID, action: str, **told: Any) -> Event:
    """Take one step of one department's assignment; the event's state follows. Raises as ``move``."""
    assignment = next((a for a in event.assignments if a.id == assignment_id), None)
    if assignment is None:
        raise NotFound("这个事件没有这张派遣单。")
    row = lifecycle.step(lifecycle.ASSIGNMENT, assignment.state, action)
    if assignment.department_id != actor.department_id:
        raise Forbidden("这张派遣单不是派给你们部门的。")
    _check_right(actor, row, event)
    step = Step(actor, event, _checked(row, told), clock.now())
    before = assignment.state
    _shift(assignment, row, step)
    lead = event.lead
    others = [a.state for a in event.assignments if a.is_open]
    state = lifecycle.derive(lead.state if lead else None, others)
    data = {"department": assignment.department.name, "from": before.label, "to": assignment.state.label}
    _enter(step, action, state, data, assignment.id)
    return event


def _check_right(actor: User, row: Transition[Any], event: Event) -> None:
    if row.permission is None or not may(actor, row.permission, event):
        raise Forbidden(f"你的岗位不能做“{row.label}”。")


def _checked(row: Transition[Any], told: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in told.items() if value not in (None, "", [])}
    for name in row.needs:
        if name not in told:
            raise Invalid(f"“{row.label}”必须填写{FIELDS[name]}。", field=name)
    for name in told:
        if name not in row.fields and name not in EXPLANATION:
            raise Invalid(f"“{row.label}”不需要{FIELDS[name]}，请去掉。", field=name)
    return told


FIELDS = {
    "note": "说明",
    "condition": "立案条件",
    "department": "处置部门",
    "assignee": "核查人",
    "category": "类别",
    "photos": "照片",
}
EXPLANATION = ("rule", "alternatives", "on_the_spot")  # kept in the history beside what the table knows


def _take(row: Transition[State], step: Step) -> Event:
    effect = EFFECTS.get(row.action)
    data = effect(step) if effect else {}
    _enter(step, row.action, row.target, data, None)
    return step.event


def _enter(step: Step, action: str, target: State, data: dict[str, Any], assignment_id: UUID | None) -> None:
    """Set the state; write history, audit and outbox."""
    event, source = step.event, step.event.state
    event.state = target
    if target.is_final:
        event.closed_at = step.at
    data |= {name: step.told[name] for name in EXPLANATION if name in step.told}
    log(step.actor, event, action, source, step.at, step.told.get("note", ""), data, assignment_id)
    trail.record(step.actor, f"event:{action}", "event", event.id, event.area_path, seq=event.history_seq)
    notify.moved(event)


def log(
    actor: User,
    event: Event,
    action: str,
    source: State | None,
    at: datetime,
    note: str = "",
    data: dict[str, Any] | None = None,
    assignment_id: UUID | None = None,
) -> None:
    """Append one entry to the history of a case."""
    event.history_seq += 1
    row = EventLog(
        event_id=event.id,
        seq=event.history_seq,
        at=at,
        action=action,
        source=source,
        target=event.state,
        assignment_id=assignment_id,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_post=actor.post_label(),
        actor_department=actor.department.name if actor.department else "",
        note=note,
        data=data or {},
    )
    row.seal()
    db.session.add(row)


def add_photos(actor: User, event: Event, photos: list[dict[str, Any]]) -> None:
    """Give a case more photos. photos: {sha256, role, shot_at?}; their bytes may come later."""
    start = len(event.photos)
    for offset, photo in enumerate(photos):
        event.photos.append(
            EventPhoto(
                id=new_id(),
                ordinal=start + offset,
                sha256=photo["sha256"],
                role=PhotoRole(photo["role"]),
                uploader_id=actor.id,
                shot_at=photo.get("shot_at"),
            )
        )


# -- what the steps do beside moving ------------------------------------------------------------------------------


def _accept(step: Step) -> dict[str, Any]:
    if "category" not in step.told:
        return {}
    before = rulebook.current().by_id.get(step.event.category_id)
    chosen = rulebook.current().find(step.told["category"])
    step.event.category_id = chosen.id
    return {"category": {"from": before.name if before else "", "to": chosen.name}}


def _file(step: Step) -> dict[str, Any]:
    event = step.event
    category = rulebook.current().by_id.get(event.category_id)
    if category is None:
        raise Invalid("这个类别已停用，请先退回受理，换一个类别。", field="category")
    condition = category.condition(step.told["condition"])
    event.condition_id = condition.id
    event.filed_at = step.at
    event.case_no = event.case_no or issue(event.area_path, step.at, event.is_practice)
    if event.due_at is not None:
        deadline.cancel(event.id, DeadlineKind.CASE, step.at)  # filed before, sent back since
    deadline.start(event, DeadlineKind.CASE, condition.limit, step.at)
    words = almanac.current().policy(event.area_path).words(condition.limit)
    return {"condition": condition.text, "limit": words, "case_no": event.case_no}


def _dispatch(step: Step) -> dict[str, Any]:
    event = step.event
    department = departments.find(step.told["department"])
    if any(a.is_open and a.department_id == department.id for a in event.assignments):
        raise Invalid(f"已经派给{department.name}了。", field="department")
    assignment = Assignment(
        id=new_id(),
        event_id=event.id,
        department_id=department.id,
        department=department,
        role=AssignmentRole.LEAD,
        state=AssignmentState.PENDING_SIGN,
        dispatched_at=step.at,
    )
    limit = _limit(event)
    # The clock refers to the assignment, so the row must be there first.
    event.assignments.append(assignment)
    deadline.start(event, DeadlineKind.HANDLE, limit, step.at, assignment)
    return {"department": department.name}


def _limit(event: Event) -> Any:
    category = rulebook.current().by_id.get(event.category_id)
    filed = category.filed_under(event.condition_id) if category else None
    if filed is None:
        raise Invalid("还没有立案条件，请先退回立案。", field="condition")
    return filed.limit


def _drop(step: Step) -> dict[str, Any]:
    if step.event.due_at is not None:
        deadline.cancel(step.event.id, DeadlineKind.CASE, step.at)
    return {}


def _recall(step: Step) -> dict[str, Any]:
    for assignment in step.event.assignments:
        if assignment.state is AssignmentState.PENDING_SIGN:
            row = lifecycle.step(lifecycle.ASSIGNMENT, assignment.state, "cancel")
            _shift(assignment, row, step)
    return {}


def _rework(step: Step) -> dict[str, Any]:
    step.event.rework_no += 1
    for assignment in step.event.assignments:
        if assignment.state is AssignmentState.CONFIRMED:
            _shift(assignment, lifecycle.step(lifecycle.ASSIGNMENT, assignment.state, "rework"), step)
    return {"rework_no": step.event.rework_no}


def _send_check(step: Step) -> dict[str, Any]:
    try:
        worker = users.find(step.told["assignee"])
    except NotFound:
        raise Invalid("没有这个人，请从名单里选。", field="assignee") from None
    if not worker.has(Permission.TASK_ANSWER):
        raise Invalid("这个人不是网格员，不能核查。请另选。", field="assignee")
    tasks.send(TaskKind.CHECK, step.event.id, step.event.area_path, worker)
    return {"assignee": worker.name}


def _close(step: Step) -> dict[str, Any]:
    deadline.finish(step.event.id, DeadlineKind.CASE, step.at)
    return {}


EFFECTS: dict[str, Callable[[Step], dict[str, Any]]] = {
    "accept": _accept,
    "file": _file,
    "dispatch": _dispatch,
    "reject": _drop,
    "void": _drop,
    "recall": _recall,
    "rework": _rework,
    "fail": _rework,
    "send_check": _send_check,
    "close": _close,
}


def _of_the_work_done(photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if any(PhotoRole(photo["role"]) is not PhotoRole.AFTER for photo in photos):
        raise Invalid("处置照片的种类应是处置后。", field="photos")
    return photos


def _shift(assignment: Assignment, row: Transition[AssignmentState], step: Step) -> None:
    """Move an assignment along its table, with its stamps and its clock."""
    assignment.state = row.target
    match row.action:
        case "sign":
            assignment.signed_at = step.at
        case "submit":
            assignment.handled_at = step.at
            add_photos(step.actor, step.event, _of_the_work_done(step.told.get("photos", [])))
        case "confirm":
            assignment.confirmed_at = step.at
            deadline.finish(step.event.id, DeadlineKind.HANDLE, step.at, assignment.id)
        case "return" | "cancel":
            deadline.cancel(step.event.id, DeadlineKind.HANDLE, step.at, assignment.id)
        case "rework":
            assignment.round += 1
            assignment.signed_at = assignment.handled_at = assignment.confirmed_at = None
            deadline.start(step.event, DeadlineKind.HANDLE, _limit(step.event), step.at, assignment)
