"""Hand-over (交接): somebody's open tasks become another's: of a sick worker, or of one who moves on."""

from __future__ import annotations

from sqlalchemy import select

from grid.accounts.user import User
from grid.db import db
from grid.tasks.task import Task, TaskState
from grid.trail import entry as trail


def hand_over(actor: User, leaver: User, successor: User) -> int:
    """Give all open tasks of one person to another; how many. What was answered stays whose it is."""
    waiting = select(Task).where(Task.assignee_id == leaver.id, Task.state == TaskState.OPEN)
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
