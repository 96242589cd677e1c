"""Sending somebody to the spot (派人到现场): to verify (核实) before filing, or to check (核查) after handling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import or_, select

from grid.accounts import post as posts
from grid.accounts import user as users
from grid.accounts.permission import Permission as P
from grid.accounts.scope import is_within, within
from grid.accounts.user import User, UserPost
from grid.areas import net
from grid.areas.area import Area
from grid.db import db
from grid.errors import Invalid, NotFound
from grid.events import stage
from grid.events.deadline_kind import DeadlineKind
from grid.events.event import Event
from grid.events.state import State
from grid.events.step import Step
from grid.tasks import task as tasks
from grid.tasks.task import TaskKind

# What is asked of whoever is sent, from where the case stands.
KINDS: dict[State, TaskKind] = {State.REPORTED: TaskKind.VERIFY, State.PENDING_CHECK: TaskKind.CHECK}
ACTIONS = frozenset({"send_verify", "send_check"})
_CLOCKS = {TaskKind.VERIFY: DeadlineKind.VERIFY, TaskKind.CHECK: DeadlineKind.CHECK}

Finder = Callable[[User, Event, Sequence[User]], User | None]
_FINDERS: list[Finder] = []


def nearest_by(find: Finder) -> None:
    """A package above knows where people are: what to ask for the nearest of some, for somebody, to a case."""
    _FINDERS[:] = [find]


def send(step: Step) -> dict[str, Any]:
    """To whom the step names; else to who is responsible for the place, else to the nearest on duty.

    Raises Invalid when that is nobody who may be sent.
    """
    event, kind = step.event, KINDS[step.event.state]
    worker = _named(event, step.told["assignee"]) if "assignee" in step.told else _found(step.actor, event)
    limit = stage.limit(event, _CLOCKS[kind])
    tasks.send(kind, event.id, event.area_path, worker, limit, step.told.get("note", ""))
    return {"assignee": worker.name}


def recall(step: Step) -> dict[str, Any]:
    """Nobody needs to go there any more."""
    recalled = tasks.cancel(step.event.id, step.at)
    return {"assignee": "、".join(task.assignee.name for task in recalled)}


def candidates(event: Event) -> list[User]:
    """Who may be sent, those of the place's own grid first. Nobody verifies what they reported themselves."""
    is_own = KINDS[event.state] is TaskKind.VERIFY
    return [user for user in workers(event.area_path) if not (is_own and user.id == event.reporter_id)]


def responsible(event: Event, people: Sequence[User]) -> User | None:
    """Whom to propose: a check goes back to who reported it; a verification to who has the grid."""
    if KINDS[event.state] is TaskKind.CHECK:
        return next((user for user in people if user.id == event.reporter_id), next(iter(people), None))
    return next((user for user in people if any(_has_grid(held, event) for held in user.posts)), None)


def _has_grid(held: UserPost, event: Event) -> bool:
    return held.area_id == event.area_id and P.TASK_ANSWER in posts.find(held.post).grants


def workers(area_path: str) -> list[User]:
    """People of the street who can answer a task, those of the place's own grid first."""
    home = net.current().home(area_path)
    above = [int(part) for part in home.strip("/").split("/")]
    held = db.session.execute(
        select(User, Area.path)
        .join(UserPost, UserPost.user_id == User.id)
        .join(Area, Area.id == UserPost.area_id)
        .where(UserPost.post.in_(posts.holding(P.TASK_ANSWER)), User.is_active)
        .where(or_(within(Area.path, home), Area.id.in_(above)))
        .order_by(UserPost.id)
    ).all()
    near = sorted(held, key=lambda row: -_shared(row.path, area_path))
    return list(dict.fromkeys(row.User for row in near))


def _shared(path: str, other: str) -> int:
    pairs = zip(path.split("/"), other.split("/"), strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), len(path))


def _named(event: Event, username: str) -> User:
    kind = KINDS[event.state].label
    try:
        worker = users.find(username)
    except NotFound:
        raise Invalid("没有这个人，请从名单里选。", field="assignee") from None
    if not worker.has(P.TASK_ANSWER):
        raise Invalid(f"这个人不是网格员，不能{kind}。请另选。", field="assignee")
    home = net.current().home
    if not any(is_within(event.area_path, home(grant.path)) for grant in worker.grants(P.TASK_ANSWER)):
        raise Invalid(f"这个人不在本街道，不能{kind}。请从名单里选。", field="assignee")
    if KINDS[event.state] is TaskKind.VERIFY and worker.id == event.reporter_id:
        raise Invalid("这是他自己报的，请派别人去核实。", field="assignee")
    return worker


def _found(actor: User, event: Event) -> User:
    people = candidates(event)
    worker = responsible(event, people)
    for find in _FINDERS:
        worker = worker or find(actor, event, people)
    if worker is None:
        raise Invalid("本格没有可派的网格员，在岗的人里也没有知道位置的，请选一个人。", field="assignee")
    return worker
