"""What one says with a step, and how events are filtered."""

from __future__ import annotations

from marshmallow import validate

from api.cursor import Cursor
from api.fields import Ids, Moment, Schema, Text, fields, one_of
from api.paging import MAX_LIMIT, page_limit
from api.schemas.photo import PromisedPhotoSchema
from api.schemas.spot import SpotSchema
from grid.events import lifecycle
from grid.events.order import Sort
from grid.events.queue import QUEUES
from grid.events.state import Stage, State
from grid.worktime.limit import Light

MAX_PHOTOS = 6
MAX_ASSIST = 10
EVENT_ACTIONS = dict.fromkeys(
    row.action for row in lifecycle.EVENT if row.permission is not None and not row.by_task
)


class AssignmentStepSchema(Schema):
    """A department's step. Which fields an action needs stands in the event's ``steps``."""

    action = fields.String(
        required=True, validate=one_of(r.action for r in lifecycle.ASSIGNMENT if r.permission is not None)
    )
    note = Text(maximum=500)
    handler = Text(maximum=40)
    photos = fields.List(
        fields.Nested(PromisedPhotoSchema),
        validate=validate.Length(max=MAX_PHOTOS, error=f"一次最多 {MAX_PHOTOS} 张照片。"),
    )


class EventStepSchema(Schema):
    """A step of the event. Which fields an action needs stands in the event's ``steps``."""

    action = fields.String(
        required=True,
        validate=one_of(
            dict.fromkeys(r.action for r in lifecycle.EVENT if r.permission is not None and not r.by_task)
        ),
    )
    note = Text(maximum=500)
    condition = fields.UUID()
    department = Text(maximum=40)
    assignee = Text(maximum=40)
    category = Text(maximum=10)
    assist = fields.List(
        Text(maximum=40, minimum=1),
        validate=validate.Length(max=MAX_ASSIST, error=f"最多 {MAX_ASSIST} 个协办部门。"),
    )
    assistant = Text(maximum=40)
    limit = Text(maximum=20)
    parent = fields.UUID()
    position = fields.Nested(SpotSchema)
    address = Text(maximum=200)


class EventFilterSchema(Schema):
    """Filters; leaving one out means any."""

    queue = fields.String(validate=one_of(queue.code for queue in QUEUES))
    state = fields.String(validate=one_of(State))
    stage = fields.String(validate=one_of(Stage))
    category = Text(maximum=10)
    area = Text(maximum=20)
    department = Text(maximum=40)
    open = fields.Boolean(metadata={"description": "true: not at its end yet"})
    overdue = fields.Boolean()
    light = fields.String(validate=one_of(Light))
    practice = fields.Boolean()
    q = Text(maximum=50, minimum=1)
    reported_from = Moment()
    reported_to = Moment()
    supervised = fields.Boolean(metadata={"description": "true: those a supervision presses; false: any"})


class SortSchema(Schema):
    """newest: what came last is first. due: open cases, what is due first."""

    sort = fields.String(load_default=Sort.NEWEST.value, validate=one_of(Sort))


class EventQuerySchema(SortSchema, EventFilterSchema):
    """The same, page after page. ids: of these cases only, with commas between."""

    after = Cursor(load_default=None, metadata={"description": "the ``next`` of the page before, or a mark"})
    until = Cursor(load_default=None, metadata={"description": "the mark where the page ends"})
    limit = page_limit()
    ids = Ids(most=MAX_LIMIT)


class EventMarksQuerySchema(SortSchema, EventFilterSchema):
    """Of which list."""
