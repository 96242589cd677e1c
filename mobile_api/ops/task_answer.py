"""task.answer: the answer to a task, by the version of the task the worker saw; entity_id is the task."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, ValidationError

from grid.accounts.user import User
from grid.errors import Invalid, NotFound, Stale
from grid.events import checking
from grid.sync.push import Asked, Effect, Kind
from grid.tasks import task as tasks
from grid.tasks.task import TaskResult
from mobile_api.op import invalid
from mobile_api.ops import media
from mobile_api.tasks import AnswerSchema, TaskSummarySchema, shown

_SCHEMA = AnswerSchema()


def _apply(actor: User, asked: Asked) -> Effect:
    told = _told(asked)
    if asked.entity_id is None or asked.base_rev is None:
        raise Invalid("没有说是任务的哪一版，请同步后再办。", field="base_rev")
    task = checking.hold(actor, asked.entity_id)
    if task.version != asked.base_rev:
        raise Stale("这个任务已经变了，请看最新情况再办。")
    checking.answer(actor, task, TaskResult(told["result"]), told["note"], told["photos"], told.get("position"))
    return Effect(rev=asked.base_rev + 1)


def _told(asked: Asked) -> dict[str, Any]:
    payload = {name: value for name, value in (asked.payload or {}).items() if value is not None}
    payload |= {"client_id": str(asked.op_id), "photos": media.photos(asked, (), None)}
    try:
        told: dict[str, Any] = _SCHEMA.load(payload, unknown=EXCLUDE)
    except ValidationError as error:
        raise invalid(error) from None
    return told


def _current(actor: User, asked: Asked) -> dict[str, Any] | None:
    if asked.entity_id is None:
        return None
    try:
        task = tasks.get(actor, asked.entity_id)
    except NotFound:
        return None
    copy: dict[str, Any] = TaskSummarySchema().dump(shown(task, checking.events_of([task])[task.subject_id]))
    return copy


KIND = Kind(_apply, _current)
