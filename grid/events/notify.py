"""Who is told when a case moves: the next people in the loop, by permission and place; delivered by the worker."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from grid.accounts import holder
from grid.accounts.permission import Permission as P
from grid.db import db
from grid.events import rulebook
from grid.events.event import Event, EventLog
from grid.events.lifecycle import LABELS, VERIFIED
from grid.events.origin import EventOrigin
from grid.events.state import ON_THE_SPOT, State
from grid.job import job
from grid.notices import cause, notice
from grid.notices.cause import Cause
from grid.notices.outside import Outside
from grid.tasks.task import Task, TaskState

KIND = "event.moved"
ASKED = "request.moved"

# Who has the next word in each state; the worker who was sent to the spot is found by the task.
NEXT: dict[State, P] = {
    State.REPORTED: P.EVENT_ACCEPT,
    State.PENDING_FILING: P.EVENT_FILE,
    State.SELF_DONE: P.EVENT_ACCEPT,
    State.PENDING_DISPATCH: P.EVENT_DISPATCH,
    State.ARBITRATION: P.EVENT_ARBITRATE,
    State.PENDING_SIGN: P.ASSIGNMENT_HANDLE,
    State.HANDLED: P.ASSIGNMENT_CONFIRM,
    State.FEEDBACK: P.EVENT_REVIEW,
    State.PENDING_CHECK: P.EVENT_SEND_CHECK,
    State.PENDING_CLOSE: P.EVENT_CLOSE,
}

cause.offer(Cause.MOVED, {state.value: state.label for state in State})


@dataclass(frozen=True, slots=True)
class Circle:
    """Where a case lies, whose level has it, and the departments that have it: from that follows who is told."""

    area_path: str
    level: str
    departments: list[int]


def circle(event: Event) -> Circle:
    """The circle of a case now."""
    return Circle(event.area_path, event.level.value, [a.department_id for a in event.assignments if a.is_open])


def moved(event: Event, before: Circle | None = None) -> None:
    """Put "this case moved" into the outbox, in the transaction of the move.

    before: its circle, of a step after which it stands where it stood: whoever was in it knows already. Handed to
    another level it is another's turn, and everybody is told.
    """
    payload: dict[str, Any] = {
        "event_id": str(event.id),
        "seq": event.history_seq,
        "state": event.state.value,
    }
    if before is not None and before.level == event.level.value:
        payload["before"] = asdict(before)
    job.enqueue(KIND, key(event.id, event.history_seq), payload)


def asked(event: Event, request_id: UUID) -> None:
    """Put "this request was made, or decided" into the outbox; told by ``request_notice``."""
    job.enqueue(ASKED, key(event.id, event.history_seq, ASKED), {"request_id": str(request_id)})


def key(event_id: UUID, seq: int, kind: str = KIND) -> str:
    """The key of the job that tells of a step."""
    return f"{kind}:{event_id}:{seq}"


def deliver(payload: dict[str, Any]) -> None:
    """Tell the next people in the loop; safe to repeat (a notice has one key a person)."""
    event = db.session.get(Event, UUID(payload["event_id"]))
    if event is None:
        return  # a practice case, wiped meanwhile: the database lets no other go
    state = State(payload["state"])
    told_as = f"{event.id}:{payload['seq']}"
    told = outside(event, Cause.MOVED, state.value, state.label)
    title = f"{headline(event)} {_found(event, state, payload['seq'])}{state.label}"
    known = _known(payload.get("before"), state)
    ids = [user_id for user_id in _recipients(event, state) if user_id not in known]
    notice.tell(ids, told_as, title, event.description[:100], event.id, told)


def _found(event: Event, state: State, seq: int) -> str:
    """What was found on the spot, when that is what brought a case back to the desk."""
    if state is not State.REPORTED:
        return ""
    action = db.session.scalar(select(EventLog.action).where(EventLog.event_id == event.id, EventLog.seq == seq))
    return f"{LABELS[action]}，" if action in VERIFIED else ""


def headline(event: Event) -> str:
    """A case in a few words: 【演练】占道经营 · 大岭社区第1网格."""
    return f"{'【演练】' if event.is_practice else ''}{class_name(event)} · {event.area.name}"


def outside(event: Event, cause: Cause, key: str, what: str, *, urgent: bool = False) -> Outside:
    """What of a case may leave the house. key: one of the cause's. what: words of ours."""
    return Outside(
        cause,
        event.area_path,
        event.area.name,
        what,
        key,
        class_name=class_name(event),
        case_no=event.case_no,
        event_id=event.id,
        is_urgent=urgent,
        is_practice=event.is_practice,
    )


def class_name(event: Event) -> str:
    """What a case is, in the words of its class."""
    category = rulebook.current().by_id.get(event.category_id)
    return category.name if category else "事件"


def _recipients(event: Event, state: State) -> list[int]:
    if state in ON_THE_SPOT:
        open_tasks = select(Task.assignee_id).where(Task.subject_id == event.id, Task.state == TaskState.OPEN)
        return list(db.session.scalars(open_tasks))
    if state.is_final:
        # Who took it in from a caller calls them back.
        takers = db.session.scalars(select(EventOrigin.taker_id).where(EventOrigin.event_id == event.id))
        return sorted({event.reporter_id, *takers})
    return holders(event, NEXT[state]) if state in NEXT else []


def _known(before: dict[str, Any] | None, state: State) -> set[int]:
    """Who had the next word already."""
    return set(_of(Circle(**before), NEXT[state])) if before and state in NEXT else set()


def holders(event: Event, permission: P) -> list[int]:
    """The people who hold a permission where a case is; a department's only of those that have it."""
    return _of(circle(event), permission)


def _of(one: Circle, permission: P) -> list[int]:
    if permission in (P.ASSIGNMENT_HANDLE, P.ASSIGNMENT_CONFIRM):
        return holder.at(one.area_path, permission, one.departments)
    return holder.at(one.area_path, permission)
