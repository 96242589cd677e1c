"""Merging (并案): reports of one matter become one case. Each reporter keeps a thread; all end together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from grid.accounts.user import User
from grid.db import db
from grid.errors import Invalid, RuleForbids
from grid.events import assigning, history, holding, lifecycle, notify, timing
from grid.events.event import Event
from grid.events.scope import visible
from grid.events.state import State
from grid.events.step import Step
from grid.tasks import task as tasks
from grid.trail import entry as trail

# Steps that move more than their own case: out of its parent, into one, or to an end its children share.
_TOGETHER = {row.action for row in lifecycle.EVENT if row.target is not None and row.target.is_final} | {"split"}


def lock(actor: User, event_id: UUID, action: str, parent: UUID | None = None) -> None:
    """Before a step is decided, hold every case it may move. parent: the one it is to be merged into."""
    if action not in _TOGETHER:
        return
    event = db.session.scalar(select(Event).where(Event.id == event_id, visible(actor)))
    if event is None:
        return  # who takes the step is told so
    family = or_(Event.id.in_({event.id, event.merged_into_id or event.id}), Event.merged_into_id == event.id)
    holding.in_order(or_(family, and_(Event.id == parent, visible(actor))) if parent else family)


def merge(step: Step) -> dict[str, Any]:
    """Into a case that is open, in the caller's scope, and not itself merged. Raises Invalid."""
    event = step.event
    parent = _parent(step, step.told["parent"])
    if _children(event.id):
        raise RuleForbids("这个案卷自己有并入的案卷，请先拆出，再并案。")
    if parent.is_practice != event.is_practice:
        raise Invalid("演练案卷和真实案卷不能并在一起。", field="parent")
    assigning.all_open(step, "cancel")  # departments that assist may be at work while the lead gave it back
    tasks.cancel(event.id, step.at)
    timing.cancel(event.id, None, step.at)
    event.due_at = event.yellow_at = None
    event.merged_into_id = parent.id
    told = {"child": str(event.id), "no": event.case_no or ""}
    history.log(step.actor, parent, "absorb", parent.state, step.at, step.told.get("note", ""), told)
    trail.record(step.actor, "event:absorb", "event", parent.id, parent.area_path, seq=parent.history_seq)
    return {"parent": str(parent.id), "no": parent.case_no or ""}


def split(step: Step) -> dict[str, Any]:
    """Out of the case it was merged into, which is still open; it begins anew."""
    event = step.event
    parent = db.session.get_one(Event, event.merged_into_id, with_for_update=True, populate_existing=True)
    if parent.state.is_final:
        raise RuleForbids("主案已经办结，不能再拆出；有不同意见请重开。")
    event.merged_into_id = event.closed_at = event.filed_at = event.condition_id = None
    told = {"child": str(event.id)}
    history.log(step.actor, parent, "release", parent.state, step.at, step.told.get("note", ""), told)
    trail.record(step.actor, "event:release", "event", parent.id, parent.area_path, seq=parent.history_seq)
    return {"parent": str(parent.id)}


def close_children(step: Step) -> None:
    """What was merged into a case ends with it: the threads of their reporters are told so."""
    for child in _children(step.event.id):
        child.closed_at = step.at
        told = {"parent": str(step.event.id), "no": step.event.case_no or "", "state": step.event.state.label}
        history.log(step.actor, child, "close_with", child.state, step.at, data=told)
        trail.record(step.actor, "event:close_with", "event", child.id, child.area_path, seq=child.history_seq)
        notify.moved(child)


def _children(event_id: UUID) -> list[Event]:
    # Reached through their parent, which the caller holds.
    found = select(Event).where(Event.merged_into_id == event_id, Event.state == State.MERGED)
    return list(db.session.scalars(found.with_for_update(of=Event)))


def _parent(step: Step, told: Any) -> Event:
    try:
        parent_id = UUID(str(told))
    except ValueError:
        raise Invalid("没有这个主案，请从名单里选。", field="parent") from None
    wanted = select(Event).where(Event.id == parent_id, Event.id != step.event.id, visible(step.actor))
    parent = db.session.scalar(wanted.with_for_update(of=Event), execution_options={"populate_existing": True})
    if parent is None:
        raise Invalid("没有这个主案，或不在你的范围里。", field="parent")
    if parent.state.is_final:
        raise RuleForbids(f"主案{parent.state.label}，不能再并入。")
    return parent
