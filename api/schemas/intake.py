"""What people told the desk: who (masked), what they said, where it stands, what they were answered."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load, validate

from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.imports import sealer
from api.schemas.area import AreaRefSchema, area_ref
from api.schemas.event import EventSummarySchema
from api.schemas.origin import OriginSchema, origin_told
from api.schemas.photo import PromisedPhotoSchema
from api.schemas.spot import SpotSchema
from grid.areas import net
from grid.events.event import TAKEN_IN, Event, Source
from grid.events.origin import ORDER_NO_MAX, REPLY_MAX
from grid.events.place import ADDRESS_MAX
from grid.events.reporting import MAX_PHOTOS
from grid.intake import caller as callers
from grid.intake import taking
from grid.intake.caller import Caller
from grid.intake.order import Order
from grid.intake.place import Place
from grid.intake.register import Standing
from grid.intake.taking import Wish


class IntakeNewSchema(Schema):
    """What is to be taken in. position, or, when nobody knows better, area: code of a community.

    same_as: the case it is about; none is made then. client_id: the form's own, so that it is taken in once.
    """

    client_id = fields.UUID(required=True)
    source = fields.String(required=True, validate=one_of(sorted(TAKEN_IN)))
    said = Text(maximum=callers.SAID_MAX, minimum=2, required=True)
    name = Text(maximum=callers.NAME_MAX, load_default="")
    phone = Text(maximum=30, load_default="")
    wants_reply = fields.Boolean(load_default=False)
    category = Text(maximum=10, load_default="")
    position = fields.Nested(SpotSchema)
    area = Text(maximum=20, load_default="")
    address = Text(maximum=ADDRESS_MAX, load_default="")
    order_no = Text(maximum=ORDER_NO_MAX, load_default="")
    asked_at = Moment()
    reply_by = Moment()
    photos = fields.List(
        fields.Nested(PromisedPhotoSchema),
        load_default=list,
        validate=validate.Length(max=MAX_PHOTOS, error=f"一次最多 {MAX_PHOTOS} 张照片。"),
    )
    same_as = fields.UUID()

    @post_load
    def _wish(self, told: dict[str, Any], **kwargs: Any) -> Wish:
        caller = Caller(told.pop("name"), callers.read_phone(told.pop("phone")), told.pop("said"))
        source = Source(told.pop("source"))
        return Wish(source=source, caller=caller, **told)


class IntakeSchema(OriginSchema):
    """One who told it, and the case in which it goes on. waiting: it is settled; they can be called back."""

    case = fields.Nested(EventSummarySchema, required=True)
    waiting = fields.Boolean(required=True)


def intake_told(one: Standing) -> dict[str, Any]:
    """As IntakeSchema shows it."""
    return origin_told(one.row, sealer()) | {"case": one.case, "waiting": one.is_waiting}


class LikeCaseSchema(Schema):
    """A case that looks like what is being typed. distance_m: between the two."""

    case = fields.Nested(EventSummarySchema, required=True)
    distance_m = fields.Float(required=True)


class FoundPlaceSchema(Schema):
    """A place that words found. lon, lat: CGCS2000 degrees, a point of it."""

    kind = coded(required=True)
    name = fields.String(required=True)
    area = fields.Nested(AreaRefSchema, required=True)
    lon = fields.Float(required=True)
    lat = fields.Float(required=True)


def place_told(found: Place) -> dict[str, Any]:
    """As FoundPlaceSchema shows it."""
    area = area_ref(found.area, net.current().parent(found.area))
    return {"kind": found.kind, "name": found.name, "area": area, "lon": found.lon, "lat": found.lat}


class OrderTextSchema(Schema):
    """What was pasted."""

    text = Text(maximum=60_000, minimum=2, required=True)


class KnownOrderSchema(Schema):
    """The case an order became before."""

    id = fields.UUID(required=True)
    words = fields.String(required=True)


class HotlineOrderSchema(Schema):
    """An order as it was understood; null or empty: it does not say. unread: what was not understood."""

    order_no = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True)
    anonymous = fields.Boolean(attribute="is_anonymous", required=True)
    asked_at = Moment(allow_none=True, required=True)
    kind = fields.String(required=True)
    said = fields.String(required=True)
    address = fields.String(required=True)
    reply_by = Moment(allow_none=True, required=True)
    wants_reply = fields.Boolean(allow_none=True, required=True)
    unread = fields.List(fields.String(), required=True)
    known = fields.Nested(KnownOrderSchema, allow_none=True, required=True)


def order_told(order: Order, known: Event | None) -> dict[str, Any]:
    """As HotlineOrderSchema shows it. known: the case it became before."""
    names = "order_no name phone is_anonymous asked_at kind said address reply_by wants_reply unread"
    before = {"id": known.id, "words": f"{taking.called(known)}（{known.state.label}）"} if known else None
    return {name: getattr(order, name) for name in names.split()} | {"known": before}


class IntakeReplySchema(Schema):
    """What they were told."""

    words = Text(maximum=REPLY_MAX, minimum=2, required=True)


class WholeCallerSchema(Schema):
    """Who told it, whole."""

    name = fields.String(required=True)
    phone = fields.String(required=True)
    said = fields.String(required=True)
