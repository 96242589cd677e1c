"""Hand-over (交接): somebody's open tasks become another's: of a sick worker, or of one who moves on."""

from __future__ import annotations

from sqlalchemy import or_, select

from grid.accounts.permission import Permission
from grid.accounts.scope import within
from grid.accounts.user import User
from grid.db import db
from grid.tasks.task import Task, TaskState
from grid.trail import entry as trail


def hand_over(actor: User, leaver: User, successor: User) -> int:
    """Give the open tasks of one person to another, one's own or those of places one manages; how many.

    What was answered stays whose it is.
    """
    managed = [within(Task.area_path, grant.path) for grant in actor.grants(Permission.DELEGATION_MANAGE)]
    reached = or_(Task.assignee_id == actor.id, *managed)
    waiting = select(Task).where(Task.assignee_id == leaver.id, Task.state == TaskState.OPEN, reached)
    found = list(db.session.scalars(waiting.with_for_update(of=Task)))
    for task in found:
        task.assignee = successor
        trail.record(
            actor,
            "task:hand_over",
            "task",
            task.id,
            task.area_path,
            from_user=leaver.username,
            to_user=successor.username,
        )
    return len(found)
