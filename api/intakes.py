"""The intake desk: calls, visits and 12345 orders come in; who told them is called back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import RAISE

from api import imports
from api.auth import current_user
from api.fields import Day, Degrees, Schema, Text, fields
from api.file import BINARY
from api.http import Blueprint
from api.idempotency import once
from api.imports import XLSX, Importer, sealer
from api.mark import requires
from api.paging import PageQuerySchema, list_of, page_of
from api.schemas.intake import (
    FoundPlaceSchema,
    HotlineOrderSchema,
    IntakeNewSchema,
    IntakeReplySchema,
    IntakeSchema,
    LikeCaseSchema,
    OrderTextSchema,
    WholeCallerSchema,
    intake_told,
    order_told,
    place_told,
)
from api.schemas.person import RevealSchema
from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import transaction
from grid.events import query, rulebook, similar
from grid.events.origin import EventOrigin
from grid.events.similar import Draft
from grid.imports import preview
from grid.imports.preview import ImportPreview
from grid.intake import hotline, order_import, order_sheet, place, register, taking
from grid.intake.caller import Caller
from grid.intake.register import Filters
from grid.intake.taking import Wish

blp = Blueprint("intakes", __name__, url_prefix="/api/intakes", description="受理台")


class IntakeQuerySchema(PageQuerySchema):
    """mine: taken in by the caller. on: a local day. waiting: to be called back now."""

    mine = fields.Boolean(load_default=False)
    on = Day(load_default=None)
    waiting = fields.Boolean(load_default=False)


class LikeQuerySchema(Schema):
    """Class and place of what is being typed; degrees, CGCS2000."""

    category = Text(maximum=10, minimum=1, required=True)
    lon = Degrees(limit=180, required=True)
    lat = Degrees(limit=90, required=True)


class PlaceQuerySchema(Schema):
    """q: words of an address."""

    q = Text(maximum=60, minimum=1, required=True)


@blp.post("")
@requires(Permission.EVENT_INTAKE)
@blp.arguments(IntakeNewSchema)
@blp.response(201, IntakeSchema)
@blp.alt_response(404, description="no such area")
@blp.alt_response(409, description="the order is here already; the case it is about is closed")
def intake_add(wish: Wish) -> dict[str, Any]:
    """Take in what somebody told: a case is made, and goes on as the rules say, or one more joins a case."""
    with transaction():
        origin_id = taking.take_in(current_user, wish, sealer())
    return _shown(register.get(current_user, origin_id))


@blp.get("")
@requires(Permission.EVENT_INTAKE)
@blp.arguments(IntakeQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(IntakeSchema))
def intake_list(told: dict[str, Any]) -> dict[str, Any]:
    """What was taken in, newest first, and where each stands."""
    after, limit = told.pop("after"), told.pop("limit")
    found, following = register.page(current_user, Filters(**told), after, limit)
    return {"items": [intake_told(one) for one in register.standing(current_user, found)], "next": following}


@blp.get("/<uuid:intake_id>")
@requires(Permission.EVENT_INTAKE)
@blp.etag
@blp.response(200, IntakeSchema)
def intake_show(intake_id: UUID) -> dict[str, Any]:
    """One of them."""
    row = register.get(current_user, intake_id)
    blp.set_etag({"version": row.version})
    return _shown(row)


@blp.post("/<uuid:intake_id>/reply")
@requires(Permission.EVENT_INTAKE)
@blp.etag
@blp.arguments(IntakeReplySchema)
@blp.response(200, IntakeSchema)
@blp.alt_response(409, description="they were called back already")
def intake_reply(told: dict[str, str], intake_id: UUID) -> dict[str, Any]:
    """Write down that they were called back, and what they were told."""
    with transaction():
        row = register.hold(current_user, intake_id)

        def work() -> dict[str, Any]:
            blp.check_etag({"version": row.version})
            register.reply(current_user, row, told["words"])
            return {"intake": str(intake_id)}

        once("intake.reply", {"intake": intake_id, **told}, work)
    blp.set_etag({"version": row.version})
    return _shown(row)


@blp.post("/<uuid:intake_id>/reveal")
@requires(Permission.CALLER_REVEAL)
@blp.arguments(RevealSchema)
@blp.response(200, WholeCallerSchema)
def intake_reveal(told: dict[str, str], intake_id: UUID) -> Caller:
    """Who told it, whole, for a purpose; the look is in the trail before it leaves."""
    with transaction():
        return register.reveal(current_user, intake_id, told["purpose"], sealer())


@blp.get("/similar")
@requires(Permission.EVENT_INTAKE)
@blp.arguments(LikeQuerySchema, location="query", unknown=RAISE)
@blp.response(200, list_of(LikeCaseSchema))
def intake_similar(told: dict[str, Any]) -> dict[str, Any]:
    """Open cases of the same class near there, of the last day, the nearest first."""
    category = rulebook.current().find(told["category"])
    like = similar.to(Draft(told["lon"], told["lat"], category.id, clock.now()), current_user)
    cases = query.by_ids(current_user, [one.event.id for one in like])
    shown = [{"case": cases[one.event.id], "distance_m": round(one.distance_m, 1)} for one in like]
    return {"items": shown}


@blp.get("/places")
@requires(Permission.EVENT_INTAKE)
@blp.arguments(PlaceQuerySchema, location="query", unknown=RAISE)
@blp.response(200, list_of(FoundPlaceSchema))
def intake_places(told: dict[str, str]) -> dict[str, Any]:
    """Places whose name has all parts of the words, the likest first."""
    return {"items": [place_told(found) for found in place.search(current_user, told["q"])]}


@blp.post("/read")
@requires(Permission.EVENT_INTAKE)
@blp.arguments(OrderTextSchema)
@blp.response(200, list_of(HotlineOrderSchema))
def intake_read(told: dict[str, str]) -> dict[str, Any]:
    """Pasted orders as fields; nothing is stored."""
    orders = hotline.read(told["text"])
    known = taking.known(current_user, [order.order_no for order in orders])
    return {"items": [order_told(order, known.get(order.order_no)) for order in orders]}


@blp.get("/orders/imports/<uuid:import_id>/errors.xlsx")
@requires(Permission.EVENT_INTAKE)
@blp.response(200, BINARY, content_type=XLSX)
def order_import_errors(import_id: UUID) -> Response:
    """The uploaded sheet with its faulty cells red and a column that says what is wrong."""
    found = preview.get(import_id, order_import.KIND, current_user)
    return imports.error_sheet(found, order_sheet.LIMITS, "orders:error_sheet")


def _shown(row: EventOrigin) -> dict[str, Any]:
    return intake_told(register.standing(current_user, [row])[0])


def _confirm(actor: User, found: ImportPreview, chosen: list[int] | None, prepared: Any) -> None:
    order_import.confirm(actor, found, chosen, sealer())


imports.routes(
    blp,
    "/orders",
    Importer(
        kind=order_import.KIND,
        permission=Permission.EVENT_INTAKE,
        draft=lambda actor, data, told: order_import.draft(actor, data, told["name"], sealer()),
        confirm=_confirm,
        is_own=True,
    ),
)
