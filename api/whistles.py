"""Whistles (街道吹哨、部门报到): call departments, report in, score."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Degrees, Moment, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.kinds import LimitedKindSchema, LimitQuerySchema, limited
from api.mark import requires
from api.paging import PageQuerySchema, page_of
from api.schemas.named import NamedSchema
from api.schemas.person import PersonRefSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events import whistle
from grid.events.procedure_rule import Rule
from grid.events.whistle import Score, Whistle, WhistleKind
from grid.geo.crs import DEGREES, Datum

blp = Blueprint("whistles", __name__, url_prefix="/api/whistles", description="吹哨报到")


class WhistleCallSchema(Schema):
    """One department that was called; in_time null: it may still come in time."""

    department = fields.Nested(NamedSchema, required=True)
    due_at = Moment(required=True)
    reported_in_at = Moment(allow_none=True, required=True)
    reporter = fields.Nested(PersonRefSchema, allow_none=True, required=True)
    lon = fields.Float(allow_none=True, required=True)
    lat = fields.Float(allow_none=True, required=True)
    accuracy_m = fields.Float(allow_none=True, required=True)
    in_time = fields.Boolean(attribute="is_in_time", allow_none=True, required=True)
    score = fields.Integer(allow_none=True, required=True)
    note = fields.String(required=True)


class WhistlePlaceSchema(Schema):
    """Where the case is: CGCS2000 degrees."""

    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    address = fields.String(required=True)


class WhistleSchema(Schema):
    """A whistle with its calls; closed_at null: still open."""

    id = fields.UUID(required=True)
    event_id = fields.UUID(allow_none=True, required=True)
    place = fields.Nested(WhistlePlaceSchema, allow_none=True, required=True)
    area_name = fields.String(attribute="area.name", required=True)
    kind = coded(required=True)
    words = fields.String(required=True)
    blower = fields.Nested(PersonRefSchema, required=True)
    blown_at = Moment(required=True)
    closed_at = Moment(allow_none=True, required=True)
    calls = fields.List(fields.Nested(WhistleCallSchema), required=True)
    version = fields.Integer(required=True)


class BlowSchema(Schema):
    """Whom to call, and why. event: the case; else area: where."""

    kind = fields.String(required=True, validate=one_of(WhistleKind))
    words = Text(maximum=500, minimum=1, required=True)
    departments = fields.List(
        Text(maximum=40, minimum=1),
        required=True,
        validate=validate.Length(1, whistle.MOST, error=f"要叫 1 到 {whistle.MOST} 个部门。"),
    )
    event = fields.UUID()
    area = Text(maximum=20)


class ReportInSchema(Schema):
    """Where the department is: degrees in the declared datum."""

    lon = Degrees(limit=180, required=True)
    lat = Degrees(limit=90, required=True)
    datum = fields.String(required=True, validate=one_of(DEGREES))
    accuracy_m = fields.Float(validate=validate.Range(0, 100_000, error="应在 0 到 100000 米之间。"))


class ScoreSchema(Schema):
    """What the street says of a department."""

    department = Text(maximum=40, minimum=1, required=True)
    score = fields.Integer(required=True, validate=validate.Range(0, 5, error="应在 0 到 5 之间。"))
    note = Text(maximum=200)


class CloseSchema(Schema):
    """A score for each department that was called."""

    scores = fields.List(fields.Nested(ScoreSchema), required=True, validate=validate.Length(1, whistle.MOST))


class WhistleWordsSchema(Schema):
    """Kinds to blow for, with the time departments have to come."""

    kinds = fields.List(fields.Nested(LimitedKindSchema), required=True)


class WhistleQuerySchema(PageQuerySchema):
    """event: only those blown for this case."""

    event = fields.UUID(load_default=None)


@blp.get("")
@requires(Permission.WHISTLE_READ)
@blp.arguments(WhistleQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(WhistleSchema))
def whistles(told: dict[str, Any]) -> dict[str, Any]:
    """Whistles in the caller's scope, newest first."""
    items, following = whistle.listed(current_user, told["after"], told["limit"], told["event"])
    return {"items": items, "next": following}


@blp.get("/words")
@requires(Permission.WHISTLE_READ)
@blp.arguments(LimitQuerySchema, location="query", unknown=RAISE)
@blp.response(200, WhistleWordsSchema)
@blp.alt_response(404, description="no such area")
def words(told: dict[str, str]) -> dict[str, Any]:
    """The words to choose from when blowing."""
    return {"kinds": limited(WhistleKind, Rule.WHISTLE_LIMIT, told["area"])}


@blp.get("/<uuid:whistle_id>")
@requires(Permission.WHISTLE_READ)
@blp.etag
@blp.response(200, WhistleSchema)
def one(whistle_id: UUID) -> Whistle:
    """One whistle."""
    found = whistle.get(current_user, whistle_id)
    blp.set_etag({"version": found.version})
    return found


@blp.post("")
@requires(Permission.WHISTLE_BLOW)
@blp.arguments(BlowSchema)
@blp.response(201, WhistleSchema)
def blow(told: dict[str, Any]) -> Whistle:
    """Call departments; each must report in within the street's limit for this kind."""
    made: list[UUID] = []

    def work() -> dict[str, Any]:
        kind, where = WhistleKind(told["kind"]), (told.get("event"), told.get("area"))
        made.append(whistle.blow(current_user, kind, told["words"], told["departments"], *where).id)
        return {"whistle": str(made[0])}

    with transaction():
        result = once("whistle.blow", told, work)
    return whistle.get(current_user, made[0] if made else UUID(result["whistle"]))


@blp.post("/<uuid:whistle_id>/report-ins")
@requires(Permission.WHISTLE_ANSWER)
@blp.etag
@blp.arguments(ReportInSchema)
@blp.response(200, WhistleSchema)
def report_in(told: dict[str, Any], whistle_id: UUID) -> Whistle:
    """Say that the caller's department is there."""
    with transaction():
        found = whistle.hold(current_user, whistle_id)
        blp.check_etag({"version": found.version})
        place = (told["lon"], told["lat"], Datum(told["datum"]), told.get("accuracy_m"))
        whistle.report_in(current_user, found, *place)
    blp.set_etag({"version": found.version})
    return found


@blp.post("/<uuid:whistle_id>/close")
@requires(Permission.WHISTLE_BLOW)
@blp.etag
@blp.arguments(CloseSchema)
@blp.response(200, WhistleSchema)
def close(told: dict[str, Any], whistle_id: UUID) -> Whistle:
    """End a whistle; each department that was called is scored 0 to 5."""
    with transaction():
        found = whistle.hold(current_user, whistle_id)
        blp.check_etag({"version": found.version})
        whistle.close(current_user, found, [Score(**one) for one in told["scores"]])
    blp.set_etag({"version": found.version})
    return found
