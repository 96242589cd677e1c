"""Who is told when a case moves: the next people in the loop, by permission and place; delivered by the worker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from grid.accounts import delegation
from grid.accounts import post as posts
from grid.accounts.permission import Permission as P
from grid.accounts.user import User, UserPost
from grid.db import db
from grid.events import rulebook
from grid.events.event import Event
from grid.events.state import State
from grid.job import job
from grid.notices import notice
from grid.tasks.task import Task, TaskState

KIND = "event.moved"
ASKED = "request.moved"

# Who has the next word in each state; the worker who checks is found by the task.
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


def moved(event: Event) -> None:
    """Put "this case moved" into the outbox, in the transaction of the move."""
    payload = {"event_id": str(event.id), "seq": event.history_seq, "state": event.state.value}
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
    category = rulebook.current().by_id.get(event.category_id)
    practice = "【演练】" if event.is_practice else ""
    what = f"{practice}{category.name if category else '事件'} · {event.area.name}"
    notice.tell(_recipients(event, state), told_as, f"{what} {state.label}", event.description[:100], event.id)


def _recipients(event: Event, state: State) -> list[int]:
    if state is State.CHECKING:
        open_tasks = select(Task.assignee_id).where(Task.subject_id == event.id, Task.state == TaskState.OPEN)
        return list(db.session.scalars(open_tasks))
    if state.is_final:
        return [event.reporter_id]
    return holders(event, NEXT[state]) if state in NEXT else []


def holders(event: Event, permission: P) -> list[int]:
    """The people who hold a permission where a case is; a department's only of those that have it."""
    ancestors = [int(part) for part in event.area_path.strip("/").split("/")]
    found = (
        select(UserPost.user_id)
        .join(User, User.id == UserPost.user_id)
        .where(UserPost.post.in_(_people_posts(permission)), UserPost.area_id.in_(ancestors), User.is_active)
    )
    if permission in (P.ASSIGNMENT_HANDLE, P.ASSIGNMENT_CONFIRM):
        found = found.where(User.department_id.in_([a.department_id for a in event.assignments if a.is_open]))
    return [*db.session.scalars(found), *_borrowers(event, permission)]


def _borrowers(event: Event, permission: P) -> list[int]:
    """Those who have such a post for a while."""
    ids = delegation.borrowers(_people_posts(permission), event.area_path)
    if not ids or permission not in (P.ASSIGNMENT_HANDLE, P.ASSIGNMENT_CONFIRM):
        return ids
    ours = [a.department_id for a in event.assignments if a.is_open]
    return list(db.session.scalars(select(User.id).where(User.id.in_(ids), User.department_id.in_(ours))))


def _people_posts(permission: P) -> list[str]:
    return [code for code in posts.holding(permission) if not posts.find(code).is_internal]
