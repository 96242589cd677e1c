"""Handling (办理): the only place that moves a case. One call = state, history, clocks, audit and outbox together.

``told`` is what the caller says with a step. Which of it a step needs or knows stands in the lifecycle tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from grid import clock
from grid.accounts.user import User
from grid.calendars import almanac
from grid.db import new_id
from grid.errors import Forbidden, Invalid, NotFound
from grid.events import (
    arbitration,
    assigning,
    guard,
    history,
    levels,
    lifecycle,
    locating,
    merging,
    notify,
    request_rule,
    rulebook,
    sending,
    stage,
    timing,
)
from grid.events.case_number import issue
from grid.events.deadline_kind import DeadlineKind
from grid.events.event import Assignment, Event
from grid.events.lifecycle import Transition
from grid.events.notify import Circle
from grid.events.photo import EventPhoto, PhotoRole
from grid.events.scope import visible
from grid.events.state import DERIVED, State
from grid.events.step import Step
from grid.row import get_row, hold_row
from grid.tasks import task as tasks
from grid.trail import entry as trail

MISSING = "没有这个事件，或不在你的范围里。"
log = history.log


def get(actor: User, event_id: UUID) -> Event:
    """An event in the caller's scope, with its assignments. Raises NotFound."""
    return get_row(_one(actor, event_id), MISSING)


def hold(actor: User, event_id: UUID) -> Event:
    """The same, locked until the commit: of two who move a case, the second sees all the first did."""
    return hold_row(_one(actor, event_id), MISSING)


def _one(actor: User, event_id: UUID) -> Select[Event]:
    return select(Event).where(Event.id == event_id, visible(actor)).options(selectinload(Event.assignments))


def move(actor: User, event: Event, action: str, **told: Any) -> Event:
    """Take one step of the event's lifecycle.

    Raises IllegalTransition when the table has no such step, Forbidden without the right to it here, Invalid when
    something needed is missing or something unknown is told.
    """
    row = lifecycle.step(lifecycle.EVENT, event.state, action)
    if row.by_task:
        raise Forbidden("现场结果由去的网格员在任务里填写。")
    _check_right(actor, row, event)
    guard.check(action, event)
    return _take(row, Step(actor, event, _checked(row, told), clock.now()))


def conclude(actor: User, event: Event, action: str, **told: Any) -> Event:
    """Take the step that answering a task leads to: named like its result."""
    row = lifecycle.step(lifecycle.EVENT, event.state, action)
    _check_right(actor, row, event)
    return _take(row, Step(actor, event, _checked(row, told), clock.now()))


def carry_out(actor: User, event: Event, action: str, **told: Any) -> Event:
    """Take a step that follows from something decided elsewhere, by who decided it."""
    row = lifecycle.step(lifecycle.EVENT, event.state, action)
    return _take(row, Step(actor, event, told, clock.now()))


def carry_out_part(actor: User, event: Event, assignment: Assignment, action: str, **told: Any) -> Event:
    """The same of one department's part."""
    row = lifecycle.step(lifecycle.ASSIGNMENT, assignment.state, action)
    return _take_part(row, assignment, Step(actor, event, told, clock.now()))


def move_assignment(actor: User, event: Event, assignment_id: UUID, action: str, **told: Any) -> Event:
    """Take one step of one department's assignment; the event's state follows. Raises as ``move``."""
    assignment = next((a for a in event.assignments if a.id == assignment_id), None)
    if assignment is None:
        raise NotFound("这个事件没有这张派遣单。")
    row = lifecycle.step(lifecycle.ASSIGNMENT, assignment.state, action)
    if assignment.department_id != actor.department_id:
        raise Forbidden("这张派遣单不是派给你们部门的。")
    _check_right(actor, row, event)
    guard.check(action, event, assignment)
    step = Step(actor, event, _checked(row, told), clock.now())
    photos = _of_the_work_done(step.told.get("photos", []))
    _take_part(row, assignment, step)
    add_photos(actor, event, photos)
    return event


def _check_right(actor: User, row: Transition[Any], event: Event) -> None:
    if row.permission is None or not levels.may_take(actor, row, event):
        raise Forbidden(f"你的岗位不能做“{row.label}”。")


def _checked(row: Transition[Any], told: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in told.items() if _is_told(row, name, value)}
    for name in row.needs:
        if name not in told:
            raise Invalid(f"“{row.label}”必须填写{FIELDS[name]}。", field=name)
    for name in told:
        if name not in row.fields and name not in EXPLANATION:
            raise Invalid(f"“{row.label}”不需要{FIELDS[name]}，请去掉。", field=name)
    return told


def _is_told(row: Transition[Any], name: str, value: Any) -> bool:
    """Is something said? Nothing is not; but an address told as nothing is taken away."""
    return value not in (None, "", []) or (value == "" and name in MAY_BE_EMPTY and name in row.fields)


FIELDS = {
    "note": "说明",
    "condition": "立案条件",
    "department": "处置部门",
    "assist": "协办部门",
    "assistant": "协办部门",
    "limit": "办理时限",
    "handler": "经办人",
    "assignee": "去现场的人",
    "category": "类别",
    "parent": "主案",
    "photos": "照片",
    "position": "位置",
    "address": "地址",
}
MAY_BE_EMPTY = ("address",)
EXPLANATION = ("rule", "alternatives", "on_the_spot")  # kept in the history beside what the table knows


def _take(row: Transition[State], step: Step) -> Event:
    stage.leave(step, row.action, row.target)
    before = notify.circle(step.event)
    effect = EFFECTS.get(row.action)
    data = effect(step) if effect else {}
    _enter(step, row.action, row.target or _settled(step.event), data, before)
    return step.event


def _take_part(row: Transition[Any], assignment: Assignment, step: Step) -> Event:
    before, stood = notify.circle(step.event), assignment.state
    assigning.move(assignment, row, step)
    data = {"department": assignment.department.name, "from": stood.label, "to": assignment.state.label}
    _enter(step, row.action, _settled(step.event), data, before, assignment.id)
    return step.event


def _settled(event: Event) -> State:
    """Where its departments stand, while they have it; else where it stood."""
    if event.state not in DERIVED:
        return event.state
    lead = event.lead
    return lifecycle.derive(lead.state if lead else None, [a.state for a in event.assignments if a.is_open])


def _enter(
    step: Step,
    action: str,
    target: State,
    data: dict[str, Any],
    before: Circle,
    assignment_id: UUID | None = None,
) -> None:
    """Set the state; write history, audit and outbox."""
    event, source = step.event, step.event.state
    stage.tell(event)
    event.state = target
    stage.enter(step, source)
    data |= {name: step.told[name] for name in EXPLANATION if name in step.told}
    if event.pending_requests and (lapsed := request_rule.lapse(event, step.at)):
        data["lapsed"] = "、".join(lapsed)
    log(step.actor, event, action, source, step.at, step.told.get("note", ""), data, assignment_id)
    if target.is_final:
        event.closed_at = step.at
        merging.close_children(step)
    trail.record(step.actor, f"event:{action}", "event", event.id, event.area_path, seq=event.history_seq)
    notify.moved(event, before if target is source else None)


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
    timing.cancel(event.id, DeadlineKind.CASE, step.at)  # filed before, sent back since
    timing.start(event, DeadlineKind.CASE, condition.limit, step.at)
    words = almanac.current().policy(event.area_path).words(condition.limit)
    return {"condition": condition.text, "limit": words, "case_no": event.case_no}


def _drop(step: Step) -> dict[str, Any]:
    """Nobody works on it any more, and nothing is timed."""
    assigning.all_open(step, "cancel")
    tasks.cancel(step.event.id, step.at)
    timing.cancel(step.event.id, None, step.at)
    return {}


def _refer_back(step: Step) -> dict[str, Any]:
    assigning.all_open(step, "cancel")
    timing.cancel(step.event.id, DeadlineKind.HANDLE, step.at)
    return {}


def _dispatch(step: Step) -> dict[str, Any]:
    timing.finish(step.event.id, DeadlineKind.LEVEL, step.at)
    return assigning.dispatch(step)


def _suspend(step: Step) -> dict[str, Any]:
    step.event.suspended_until = step.told["until"]
    assigning.all_open(step, "suspend")
    timing.pause(step.event, step.at, step.told["note"])
    return {"until": clock.local(step.told["until"]).isoformat(timespec="minutes")}


def _resume(step: Step) -> dict[str, Any]:
    step.event.suspended_until = None
    assigning.all_open(step, "resume")
    timing.resume(step.event, step.at)
    return {}


def _close(step: Step) -> dict[str, Any]:
    timing.finish(step.event.id, DeadlineKind.CASE, step.at)
    timing.cancel(step.event.id, None, step.at)  # of departments that gave it back
    return {}


def _force_close(step: Step) -> dict[str, Any]:
    step.event.suspended_until = None
    tasks.cancel(step.event.id, step.at)
    assigning.all_open(step, "cancel")
    return _close(step)


EFFECTS: dict[str, Callable[[Step], dict[str, Any]]] = {
    "accept": _accept,
    "file": _file,
    "dispatch": _dispatch,
    "arbitrate": arbitration.decide,
    "add_assist": assigning.assist,
    "drop_assist": assigning.drop,
    "refer_back": _refer_back,
    "reject": _drop,
    "void": _drop,
    "recall": assigning.recall,
    "suspend": _suspend,
    "resume": _resume,
    "locate": locating.locate,
    "hand_up": levels.hand_up,
    "hand_down": levels.hand_down,
    "merge": merging.merge,
    "split": merging.split,
    "rework": assigning.rework,
    "fail": assigning.rework,
    "send_verify": sending.send,
    "recall_verify": sending.recall,
    "send_check": sending.send,
    "recall_check": sending.recall,
    "close": _close,
    "force_close": _force_close,
}


def _of_the_work_done(photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if any(PhotoRole(photo["role"]) is not PhotoRole.AFTER for photo in photos):
        raise Invalid("处置照片的种类应是处置后。", field="photos")
    return photos
