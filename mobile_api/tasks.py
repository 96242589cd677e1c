"""Tasks on the handset (核实、核查): what is asked of me, and my answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.mark import requires
from api.paging import list_of
from api.schemas.event import EventSchema, EventSummarySchema
from api.schemas.photo import PromisedPhotoSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.errors import Stale
from grid.events import checking, reporting
from grid.sync import op
from grid.tasks import task as tasks
from grid.tasks.task import Task, TaskResult, TaskState
from mobile_api.http import blueprint
from mobile_api.reports import PositionSchema

blp = blueprint("tasks", "手机：任务")


class TaskSummarySchema(Schema):
    """A task in a list."""

    id = fields.UUID(required=True)
    kind = coded(required=True)
    state = coded(required=True)
    created_at = Moment(required=True)
    due_at = Moment(required=True)
    asked = fields.String(required=True, metadata={"description": "what to look for; often nothing"})
    result = coded(allow_none=True, required=True)
    note = fields.String(required=True)
    answered_at = Moment(allow_none=True, required=True)
    version = fields.Integer(required=True)
    event = fields.Nested(EventSummarySchema, required=True)


class TaskSchema(TaskSummarySchema):
    """A task with its whole case."""

    event = fields.Nested(EventSchema, required=True)


class TaskQuerySchema(Schema):
    """Open tasks, or done ones."""

    state = fields.String(load_default="open", validate=one_of(TaskState))


class SpotPhotoSchema(PromisedPhotoSchema):
    """A photo taken on the spot; its role is that of the task."""

    role = fields.String(validate=one_of(checking.PHOTOS.values()))


class AnswerSchema(Schema):
    """The answer on the spot: one of the results of the task's kind; a bad one needs a reason."""

    client_id = fields.UUID(required=True)
    result = fields.String(required=True, validate=one_of(TaskResult))
    note = Text(maximum=500, load_default="")
    position = fields.Nested(PositionSchema)
    photos = fields.List(
        fields.Nested(SpotPhotoSchema),
        load_default=list,
        validate=validate.Length(max=reporting.MAX_PHOTOS, error=f"一次最多 {reporting.MAX_PHOTOS} 张照片。"),
    )


@blp.get("/tasks")
@requires(Permission.TASK_READ)
@blp.arguments(TaskQuerySchema, location="query", unknown=RAISE)
@blp.response(200, list_of(TaskSummarySchema))
def task_list(told: dict[str, str]) -> dict[str, Any]:
    """My tasks."""
    found = tasks.listed(current_user, TaskState(told["state"]))
    events = checking.events_of(found)
    return {"items": [shown(task, events[task.subject_id]) for task in found]}


@blp.get("/tasks/<uuid:task_id>")
@requires(Permission.TASK_READ)
@blp.etag
@blp.response(200, TaskSchema)
def one(task_id: UUID) -> dict[str, Any]:
    """One of my tasks with its case."""
    task = tasks.get(current_user, task_id)
    blp.set_etag({"version": task.version})
    return shown(task, checking.events_of([task])[task.subject_id])


@blp.post("/tasks/<uuid:task_id>/answer")
@requires(Permission.TASK_ANSWER)
@blp.etag
@blp.arguments(AnswerSchema)
@blp.response(200, TaskSchema)
def answer(told: dict[str, Any], task_id: UUID) -> dict[str, Any]:
    """Answer a task. Safe to repeat with the same client_id."""
    client_id = told.pop("client_id")
    try:
        with transaction():
            task = checking.hold(current_user, task_id)

            def work() -> dict[str, Any]:
                blp.check_etag({"version": task.version})
                result = TaskResult(told["result"])
                checking.answer(current_user, task, result, told["note"], told["photos"], told.get("position"))
                return {"task": str(task_id)}

            op.once(current_user, client_id, "task.answer", {"task": task_id, **told}, work)
    except Stale as stale:
        current = tasks.get(current_user, task_id)
        stale.extra["current"] = TaskSchema().dump(
            shown(current, checking.events_of([current])[current.subject_id])
        )
        raise
    blp.set_etag({"version": task.version})
    return shown(task, checking.events_of([task])[task.subject_id])


def shown(task: Task, event: Any) -> dict[str, Any]:
    """A task with its case, as its schemas want it."""
    names = ("id", "kind", "state", "created_at", "due_at", "asked", "result", "note", "answered_at", "version")
    return {name: getattr(task, name) for name in names} | {"event": event}
