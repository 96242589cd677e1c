"""Papers: case sheet, dispatch order, list of a queue as PDF; in the scope of who prints, and in the trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from marshmallow import RAISE

from api import file
from api.auth import current_user
from api.fields import Schema, Text
from api.file import BINARY
from api.http import Blueprint
from api.imports import sealer
from api.listing import filters_of
from api.mark import requires
from api.schemas.step import EventMarksQuerySchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events import handling
from grid.events.order import Sort
from reports.papers import case_sheet, listing, order, taker
from reports.papers.taker import Paper, Taker

blp = Blueprint("papers", __name__, url_prefix="/api/events", description="打印")
NOWHERE = "no such case, or not the caller's"


class OrderQuerySchema(Schema):
    """department: only its order; left out: of each department that has the case, as far as the caller's."""

    department = Text(maximum=40, minimum=1)


@blp.get("/<uuid:event_id>/sheet.pdf")
@requires(Permission.EVENT_READ)
@blp.response(200, BINARY, content_type=Paper.media_type)
@blp.alt_response(404, description=NOWHERE)
def sheet(event_id: UUID) -> Response:
    """The whole case on paper; that it was printed is kept in the trail."""
    event = handling.get(current_user, event_id)
    paper = case_sheet.make(_taker(), event, current_app.extensions["media_store"], sealer())
    with transaction():
        taker.record(current_user, event, "sheet")
    return _answer(paper)


@blp.get("/<uuid:event_id>/order.pdf")
@requires(Permission.EVENT_READ)
@blp.arguments(OrderQuerySchema, location="query", unknown=RAISE)
@blp.response(200, BINARY, content_type=Paper.media_type)
@blp.alt_response(404, description=f"{NOWHERE}; or no department of the caller's has it")
def dispatch_order(told: dict[str, str], event_id: UUID) -> Response:
    """The dispatch order of each department that has the case, or of the caller's own."""
    event = handling.get(current_user, event_id)
    paper = order.make(_taker(), event, current_app.extensions["media_store"], told.get("department"))
    with transaction():
        taker.record(current_user, event, "order", **told)
    return _answer(paper)


@blp.get("/list.pdf")
@requires(Permission.EVENT_READ)
@blp.arguments(EventMarksQuerySchema, location="query", unknown=RAISE)
@blp.response(200, BINARY, content_type=Paper.media_type)
@blp.alt_response(404, description="no such area")
def queue_list(told: dict[str, Any]) -> Response:
    """The events of a list, filtered as on the page, on paper."""
    who, sort = _taker(), Sort(told.pop("sort"))
    filters = filters_of(told)
    paper = listing.make(who, filters, sort)
    with transaction():
        listing.record(who, filters)
    return _answer(paper)


def _taker() -> Taker:
    """Without an address of the house, the one the caller came by: the code is read where it was printed."""
    address = str(current_app.config["ADDRESS"]) or request.host_url
    return Taker(current_user, current_app.config["DEMO"], address)


def _answer(paper: Paper) -> Response:
    return file.saved(paper.data, Paper.media_type, "paper.pdf", paper.name)
