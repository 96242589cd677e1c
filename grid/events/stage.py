"""Stages (环节): each post's step has a clock of its own. Here alone it is said where one begins and ends.

A report costs its reporter nothing for it: the worker starts the first clock, at the moment the case was made. Who
takes a step before the worker came by finds none; it is then made up from the history.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, inspect, or_, select, update

from grid.db import db, table
from grid.events import deadline, rulebook, step_clock, timing
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Event, EventLog
from grid.events.procedure_rule import Rule
from grid.events.state import State
from grid.events.step import Step
from grid.sync import change
from grid.worktime.limit import Limit

CLOCKS: dict[State, DeadlineKind] = {
    State.SELF_DONE: DeadlineKind.ACCEPT,
    State.REPORTED: DeadlineKind.ACCEPT,
    State.VERIFYING: DeadlineKind.VERIFY,
    State.PENDING_FILING: DeadlineKind.FILE,
    State.PENDING_DISPATCH: DeadlineKind.DISPATCH,
    State.FEEDBACK: DeadlineKind.REVIEW,
    State.PENDING_CHECK: DeadlineKind.SEND,
    State.CHECKING: DeadlineKind.CHECK,
    State.PENDING_CLOSE: DeadlineKind.CLOSE,
}
_ON_THE_SPOT = {DeadlineKind.VERIFY: Rule.VERIFY_LIMIT, DeadlineKind.CHECK: Rule.CHECK_LIMIT}
# The level above or below has its own time from now on; its next step begins with a clock again.
_OTHER_LEVEL = frozenset({"hand_up", "hand_down"})


def ensure(payload: dict[str, Any]) -> None:
    """The worker's part, of a case that moved: if it is new, its first clock begins. Safe to repeat."""
    found = select(Event).where(Event.id == UUID(payload["event_id"]))
    event = db.session.scalar(found)
    if event is None or event.state not in CLOCKS or payload["state"] != event.state:
        return
    locked = found.with_for_update(of=Event).execution_options(populate_existing=True)
    event = db.session.scalar(locked)
    if event is None or event.state not in CLOCKS or payload["state"] != event.state:
        return
    if _lacks_first(event, event.state):
        _begin_behind(event, CLOCKS[event.state])
        change.touched_rows([event])  # who read the new case has read it without this clock


def begin(event: Event, at: datetime) -> None:
    """Start the clock of the state a case stands in, if somebody at the desk or on the spot has it now."""
    kind = CLOCKS.get(event.state)
    if kind is not None:
        timing.start(event, kind, limit(event, kind), at)


def _begin_behind(event: Event, kind: DeadlineKind) -> None:
    """Start the clock of a new case; nobody who has read the case is told that it is another one now."""
    begun = deadline.make(kind, limit(event, kind), _entered(event, event.state), event.area_path)
    begun.event_id = event.id
    db.session.add(begun)
    rows = table(Event)
    db.session.execute(update(rows).where(rows.c.id == event.id).values(step_clock.columns(begun.of_step)))
    db.session.expire(event)


def tell(event: Event) -> None:
    """Let the case say what still times its step, after clocks ended."""
    if inspect(event).pending:
        return
    found = select(Deadline).where(
        Deadline.event_id == event.id,
        Deadline.state == DeadlineState.RUNNING,
        Deadline.kind.in_([kind for kind in DeadlineKind if kind.is_step]),
    )
    first = db.session.scalar(found.order_by(Deadline.due_at, Deadline.id).limit(1))
    event.step_clock = first.of_step if first else None


def leave(step: Step, action: str, target: State | None) -> None:
    """Before a step does what it does: the clock of the state it leaves ends."""
    event = step.event
    if inspect(event).pending or event.state not in CLOCKS:
        return  # still being made: see ``ensure``
    if action in _OTHER_LEVEL:
        timing.cancel(event.id, CLOCKS[event.state], step.at)
    elif target not in (None, event.state):
        _end(event, event.state, step.at)


def enter(step: Step, source: State) -> None:
    """After it: the clock of the state it entered begins."""
    if step.event.state is not source and not inspect(step.event).pending:
        begin(step.event, step.at)


def _end(event: Event, source: State, at: datetime) -> None:
    kind = CLOCKS[source]
    if not timing.finish(event.id, kind, at) and _lacks_first(event, source):
        begun = timing.start(event, kind, limit(event, kind), _entered(event, source))
        deadline.end(begun, at)


def _lacks_first(event: Event, state: State) -> bool:
    """Is the clock of a state missing? Only the first ever is; handed on, it would have been cancelled."""
    clocks = exists().where(Deadline.event_id == event.id, Deadline.kind == CLOCKS[state])
    handed = exists().where(
        EventLog.event_id == event.id, EventLog.action.in_(_OTHER_LEVEL), EventLog.source == state
    )
    return not db.session.scalar(select(or_(clocks, handed)))


def _entered(event: Event, state: State) -> datetime:
    """When a case came to stand in a state."""
    found = select(EventLog.at).where(EventLog.event_id == event.id, EventLog.target == state)
    return db.session.scalar(found.order_by(EventLog.seq).limit(1)) or event.reported_at


def limit(event: Event, kind: DeadlineKind) -> Limit:
    """How long a step may take where the case lies."""
    procedure = rulebook.current().procedure
    if kind in _ON_THE_SPOT:
        return procedure.limit(event.area_path, _ON_THE_SPOT[kind])
    return procedure.limit(event.area_path, Rule.STAGE_LIMIT, kind.value)
