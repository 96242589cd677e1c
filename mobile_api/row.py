"""A row as a phone keeps it: short, and without asking the database again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from api.fields import Moment, Schema, coded, fields
from api.notices import NoticeSchema
from api.schemas.checkpoint import CheckpointSchema
from api.schemas.event import EventSummarySchema
from grid.events import lifecycle
from grid.events.event import Event, EventLog
from grid.handset.page import Item
from mobile_api.record import RecordSchema
from mobile_api.tasks import TaskSummarySchema, shown


class StepSchema(Schema):
    """One step of a case, as its reporter is told."""

    at = Moment(required=True)
    action = coded(required=True)
    target = coded(data_key="to", required=True)
    note = fields.String(required=True)


class CasePhotoSchema(Schema):
    """A photo of the case a task is about."""

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    role = coded(required=True)
    arrived = fields.Boolean(attribute="has_arrived", required=True)
    shot_at = Moment(allow_none=True, required=True)


_EVENT, _STEPS, _TASK = EventSummarySchema(), StepSchema(many=True), TaskSummarySchema()
_PHOTOS, _NOTICE, _RECORD = CasePhotoSchema(many=True), NoticeSchema(), RecordSchema()
_CHECKPOINT = CheckpointSchema()

Data = dict[str, Any]


def _event(event: Event, events: dict[UUID, Event]) -> Data:
    told: Data = _EVENT.dump(event)
    return told | {
        "client_id": str(event.client_id),
        "history": _STEPS.dump([_step(row) for row in event.history]),
    }


def _step(row: EventLog) -> Data:
    labels = lifecycle.ASSIGNMENT_LABELS if row.assignment_id else lifecycle.LABELS
    action = {"value": row.action, "label": labels[row.action]}
    return {"at": row.at, "action": action, "target": row.target, "note": row.note}


def _task(task: Any, events: dict[UUID, Event]) -> Data:
    event = events[task.subject_id]
    told: Data = _TASK.dump(shown(task, event))
    return told | {"photo_items": _PHOTOS.dump(event.photos)}


_WRITERS: dict[str, Callable[[Any, dict[UUID, Event]], Data]] = {
    "event": _event,
    "task": _task,
    "notice": lambda notice, events: _NOTICE.dump(notice),
    "record": lambda record, events: _RECORD.dump(record),
    "checkpoint": lambda point, events: _CHECKPOINT.dump(point),
}


def change(item: Item, events: dict[UUID, Event]) -> Data:
    """One change of a page on the wire."""
    told: Data = {"c": item.collection, "id": str(item.id), "rev": item.rev, "op": item.op.value}
    return told | ({"data": _WRITERS[item.collection](item.row, events)} if item.row is not None else {})
