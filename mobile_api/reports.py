"""Reports from the handset: in, exactly once; and what became of one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE, ValidationError, post_load, validate, validates

from api.auth import current_user
from api.fields import Degrees, Moment, Schema, Text, fields, one_of
from api.mark import requires
from api.paging import PageQuerySchema, page_of
from api.schemas.event import EventSchema, EventSummarySchema
from api.schemas.photo import PromisedPhotoSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events import handling, query, reporting
from grid.events.event import Event
from grid.events.place import DESK, Position
from grid.events.reporting import Report
from grid.geo.crs import DEGREES, Datum
from mobile_api.http import blueprint
from mobile_api.receipt import ReceiptSchema, receipts

blp = blueprint("reports", "手机：上报")


class PositionSchema(Schema):
    """Where: degrees in the declared datum; accuracy as a radius in metres."""

    lon = Degrees(limit=180, required=True)
    lat = Degrees(limit=90, required=True)
    datum = fields.String(
        required=True,
        validate=one_of(DEGREES),
        metadata={"description": "the frame the numbers are in; never guessed"},
    )
    accuracy_m = fields.Float(
        allow_none=True, validate=validate.Range(0, 100_000, error="应在 0 到 100000 米之间。")
    )
    provider = Text(maximum=20)
    fixed_at = Moment(allow_none=True)

    @validates("provider")
    def _check(self, told: str, **kwargs: Any) -> None:
        if told == DESK:
            raise ValidationError("这是中心定的位置才有的说法，手机不能用。")


class ReportSchema(Schema):
    """A report. client_id: made on the phone, unique for ever. practice: an exercise, which counts nowhere."""

    client_id = fields.UUID(required=True)
    category = Text(maximum=10, required=True)
    description = Text(maximum=500)
    address = Text(maximum=200)
    occurred_at = Moment(required=True)
    position = fields.Nested(PositionSchema, required=True)
    is_practice = fields.Boolean(data_key="practice")
    self_handled = fields.Boolean()
    same_as = fields.UUID()
    photos = fields.List(
        fields.Nested(PromisedPhotoSchema),
        validate=validate.Length(
            max=reporting.MAX_PHOTOS + reporting.MAX_VOICES,
            error=f"一次最多 {reporting.MAX_PHOTOS} 张照片、一条语音。",
        ),
    )

    @post_load
    def _report(self, told: dict[str, Any], **kwargs: Any) -> Report:
        place = told.pop("position")
        place["datum"] = Datum(place["datum"])
        return Report(position=Position(**place), **told)


@blp.post("/reports")
@requires(Permission.EVENT_REPORT)
@blp.arguments(ReportSchema)
@blp.response(201, ReceiptSchema)
@blp.alt_response(200, schema=ReceiptSchema, description="a replay: the stored receipt")
def report(told: Report) -> Any:
    """Report something. Safe to repeat: the same client_id with the same body answers the stored receipt."""
    with transaction():
        outcome = reporting.submit(current_user, told)
        [receipt] = receipts([outcome.result])
    if outcome.is_replay:
        return receipt, 200, {"Idempotent-Replay": "true"}
    return receipt, 201, {}


@blp.get("/reports")
@requires(Permission.EVENT_REPORT)
@blp.arguments(PageQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(EventSummarySchema))
def mine(told: dict[str, Any]) -> dict[str, Any]:
    """My reports, newest first."""
    items, following = query.reported_by(current_user, told["after"], told["limit"])
    return {"items": items, "next": following}


@blp.get("/reports/<uuid:event_id>")
@requires(Permission.EVENT_READ)
@blp.response(200, EventSchema)
def one(event_id: UUID) -> Event:
    """One report and what became of it."""
    return handling.get(current_user, event_id)
