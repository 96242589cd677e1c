"""Standards (立结案标准): import with preview, export, mapping between schemes, trying the rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import RAISE, ValidationError, validate, validates_schema

from api import file
from api.auth import current_user
from api.fields import Day, Degrees, Moment, Schema, Text, coded, fields, one_of
from api.file import BINARY
from api.http import Blueprint
from api.idempotency import once
from api.imports import XLSX
from api.mark import requires
from api.paging import list_of
from api.schemas.event import ConditionSchema
from api.schemas.imports import (
    ImportChangeSchema,
    ImportChoiceSchema,
    ImportCountSchema,
    ImportLineQuerySchema,
    ImportReasonSchema,
)
from api.schemas.named import NamedSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.errors import Invalid
from grid.events.category import NAME_MAX
from grid.events.place import Position
from grid.events.rulebook import Choice, Condition
from grid.geo.crs import DEGREES, Datum
from grid.imports.fate import Fate
from grid.standards import batch, code, mapping, sheet, trial
from grid.standards.batch import SCHEME_CODE_MAX, ImportBatch
from grid.standards.trial import Guess, Trial

blp = Blueprint("standards", __name__, url_prefix="/api", description="立结案标准与权责清单")

SHEET_TYPES = (XLSX, "application/octet-stream")
_scheme_code = validate.Regexp(r"\A[a-z][a-z0-9_]*\Z", error="用小写字母开头的字母、数字或下划线。")


class StandardsUploadSchema(Schema):
    """scheme: code; scheme_name: only for a new one. complete: classes the workbook lacks are to end."""

    scheme = Text(maximum=SCHEME_CODE_MAX, minimum=1, load_default="urban")
    scheme_name = Text(maximum=NAME_MAX, load_default="")
    valid_from = Day(metadata={"description": "today if left out"})
    complete = fields.Boolean(load_default=False)
    name = Text(maximum=200, load_default="")

    @validates_schema
    def _check(self, told: dict[str, Any], **kwargs: Any) -> None:
        try:
            _scheme_code(told["scheme"])
        except ValidationError as error:
            raise ValidationError({"scheme": error.messages}) from None


class HandlingUnitSchema(Schema):
    """A department; area: the code of the only area it is meant for."""

    department = fields.String(required=True)
    area = fields.String(allow_none=True, required=True)


class StandardLineSchema(Schema):
    """A row of the workbook; row 0: in force, and no longer in the workbook. limit: in words."""

    number = fields.Integer(required=True)
    sheet = fields.String(required=True)
    row = fields.Integer(required=True)
    fate = coded(required=True)
    code = fields.String(required=True)
    kind = fields.Function(lambda line: code.LABELS.get(line.kind, ""), metadata={"type": "string"})
    name = fields.String(required=True)
    big_name = fields.String(required=True)
    condition = fields.String(required=True)
    closing = fields.String(required=True)
    limit = fields.Function(lambda line: str(line.limit or ""), metadata={"type": "string"})
    units = fields.List(fields.Nested(HandlingUnitSchema), allow_none=True, required=True)
    reasons = fields.List(fields.Nested(ImportReasonSchema), required=True)
    changes = fields.List(fields.Nested(ImportChangeSchema), required=True)


class StandardLinePageSchema(Schema):
    """Lines in the order of the workbook."""

    items = fields.List(fields.Nested(StandardLineSchema), required=True)
    next = fields.Integer(allow_none=True, required=True)


class ImportBatchSchema(Schema):
    """An import: a preview until it is confirmed. taken: how many lines were taken in."""

    id = fields.UUID(required=True)
    scheme = fields.Function(
        lambda found: {"code": found.scheme_code, "name": found.scheme_name},
        metadata={"type": "object", "additionalProperties": True},
    )
    file_name = fields.String(required=True)
    sha256 = fields.String(required=True)
    state = coded(required=True)
    valid_from = fields.Date(required=True)
    complete = fields.Boolean(attribute="is_complete", required=True)
    counts = fields.List(fields.Nested(ImportCountSchema), attribute="fate_counts", required=True)
    notes = fields.List(fields.String(), required=True)
    taken = fields.Function(lambda found: len(found.taken), metadata={"type": "integer"})
    created_at = Moment(required=True)
    confirmed_at = Moment(allow_none=True, required=True)
    version = fields.Integer(required=True)


@blp.get("/standards/imports")
@requires(Permission.RULES_MANAGE)
@blp.response(200, list_of(ImportBatchSchema))
def import_list() -> dict[str, Any]:
    """The newest imports."""
    return {"items": batch.recent()}


@blp.post("/standards/imports")
@requires(Permission.RULES_MANAGE)
@blp.arguments(StandardsUploadSchema, location="query", unknown=RAISE)
@blp.doc(
    requestBody={
        "required": True,
        "content": {kind: {"schema": BINARY} for kind in SHEET_TYPES},
    }
)
@blp.response(201, ImportBatchSchema)
def import_open(told: dict[str, Any]) -> ImportBatch:
    """Upload a workbook (.xlsx) and see what it would change; nothing is taken in before it is confirmed."""
    if request.mimetype not in SHEET_TYPES:
        raise Invalid("请上传 .xlsx 工作簿。没有导入任何内容。", field="file")
    drafted = batch.draft(
        request.get_data(),
        told["scheme"],
        scheme_name=told["scheme_name"],
        file_name=told["name"],
        valid_from=told.get("valid_from"),
        is_complete=told["complete"],
    )
    with transaction():
        return batch.keep(current_user, drafted)


@blp.get("/standards/imports/<uuid:batch_id>")
@requires(Permission.RULES_MANAGE)
@blp.etag
@blp.response(200, ImportBatchSchema)
def import_show(batch_id: UUID) -> ImportBatch:
    """One import."""
    found = batch.get(batch_id)
    blp.set_etag({"version": found.version})
    return found


@blp.get("/standards/imports/<uuid:batch_id>/lines")
@requires(Permission.RULES_MANAGE)
@blp.arguments(ImportLineQuerySchema, location="query", unknown=RAISE)
@blp.response(200, StandardLinePageSchema)
def import_lines(told: dict[str, Any], batch_id: UUID) -> dict[str, Any]:
    """What becomes of each row, with cell and reason."""
    fate = Fate(told["fate"]) if told["fate"] else None
    items, following = batch.lines(batch.get(batch_id), fate, told["after"], told["limit"])
    return {"items": items, "next": following}


@blp.post("/standards/imports/<uuid:batch_id>/confirm")
@requires(Permission.RULES_MANAGE)
@blp.etag
@blp.arguments(ImportChoiceSchema)
@blp.response(200, ImportBatchSchema)
def import_confirm(told: dict[str, Any], batch_id: UUID) -> ImportBatch:
    """Take in the previewed rows, all or the chosen, as one dated version."""
    with transaction():
        found = batch.get(batch_id)

        def work() -> dict[str, Any]:
            blp.check_etag({"version": found.version})
            batch.confirm(current_user, found, told.get("lines"))
            return {"batch": str(batch_id)}

        once("standards.confirm", {"batch": batch_id, **told}, work)
    blp.set_etag({"version": found.version})
    return found


class StandardsExportQuerySchema(Schema):
    """scheme: code."""

    scheme = Text(maximum=SCHEME_CODE_MAX, minimum=1, load_default="urban")


@blp.get("/standards/export.xlsx")
@requires(Permission.RULES_MANAGE)
@blp.arguments(StandardsExportQuerySchema, location="query", unknown=RAISE)
@blp.response(200, BINARY, content_type=XLSX)
@blp.alt_response(404, description="no such scheme")
def export(told: dict[str, str]) -> Response:
    """A scheme as a workbook that can be imported again."""
    with transaction():
        data = sheet.export(current_user, told["scheme"])
    return file.saved(data, XLSX, "standards.xlsx")


class ClassRefSchema(Schema):
    """A class of a scheme."""

    scheme = fields.Nested(NamedSchema, required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)


class CategoryMappingSchema(Schema):
    """right is the same as left, or a part of it."""

    left = fields.Nested(ClassRefSchema, required=True)
    right = fields.Nested(ClassRefSchema, required=True)
    relation = coded(required=True)


@blp.get("/categories/mappings")
@requires(Permission.CATEGORY_READ)
@blp.response(200, list_of(CategoryMappingSchema))
def mapping_list() -> dict[str, Any]:
    """Which classes of two schemes mean the same."""
    return {"items": mapping.in_force()}


class TrialPositionSchema(Schema):
    """A point: degrees in the declared datum."""

    lon = Degrees(limit=180, required=True)
    lat = Degrees(limit=90, required=True)
    datum = fields.String(load_default=Datum.CGCS2000, validate=one_of(DEGREES))


class TryRulesSchema(Schema):
    """A made-up report. One of position and area; category may be left to the text."""

    text = Text(maximum=500, load_default="")
    category = Text(maximum=10)
    condition = fields.UUID()
    position = fields.Nested(TrialPositionSchema)
    area = Text(maximum=20)
    at = Moment()


class TrialChoiceSchema(Schema):
    """What a rule says, why, and what else was possible. certain: the rule would act by itself."""

    certain = fields.Boolean(attribute="is_certain", required=True)
    reason = fields.String(required=True)
    alternatives = fields.List(fields.String(), required=True)


class TrialDispatchSchema(TrialChoiceSchema):
    """Who handles it, by which row of the responsibility list."""

    department = fields.Nested(NamedSchema, required=True)
    number = fields.Integer(required=True)


class GuessSchema(Schema):
    """A class and condition the words sound like; likeness 0 to 1."""

    category = fields.Nested(NamedSchema, required=True)
    condition = fields.Nested(ConditionSchema, required=True)
    likeness = fields.Float(required=True)


class TrialSchema(Schema):
    """What would happen with such a report, and why."""

    at = Moment(required=True)
    category = fields.Nested(ClassRefSchema, required=True)
    area = fields.Nested(NamedSchema, required=True)
    inside = fields.Boolean(required=True)
    condition = fields.Nested(ConditionSchema, allow_none=True, required=True)
    filing = fields.Nested(TrialChoiceSchema, allow_none=True, required=True)
    dispatch = fields.Nested(TrialDispatchSchema, allow_none=True, required=True)
    due_at = Moment(allow_none=True, required=True)
    automatic = fields.Boolean(required=True)
    guesses = fields.List(fields.Nested(GuessSchema), required=True)
    reasons = fields.List(fields.String(), required=True)


@blp.post("/rules/try")
@requires(Permission.RULES_TRY)
@blp.arguments(TryRulesSchema)
@blp.response(200, TrialSchema)
@blp.alt_response(404, description="no such area")
def rules_try(told: dict[str, Any]) -> dict[str, Any]:
    """Ask the rules about a made-up report: who, by which row, until when. Nothing is stored."""
    position = told.pop("position", None)
    if position is not None:
        told["position"] = Position(position["lon"], position["lat"], Datum(position["datum"]))
    return _trial(trial.run(**told))


def _trial(found: Trial) -> dict[str, Any]:
    return {
        "at": found.at,
        "category": found.category,
        "area": found.area,
        "inside": found.located is None or found.located.is_inside,
        "condition": found.condition and _condition(found.condition),
        "filing": found.filing and _choice(found.filing),
        "dispatch": found.dispatch and _dispatch(found.dispatch),
        "due_at": found.due_at,
        "automatic": found.is_automatic,
        "guesses": [_guess(one) for one in found.guesses],
        "reasons": list(found.reasons),
    }


def _condition(found: Condition) -> dict[str, Any]:
    return {"id": found.id, "text": found.text, "limit": str(found.limit), "closing": found.closing}


def _choice(found: Choice) -> dict[str, Any]:
    words = [words for _, words in found.alternatives]
    return {"is_certain": found.is_certain, "reason": found.reason, "alternatives": words}


def _dispatch(found: Choice) -> dict[str, Any]:
    entry = found.value
    department = {"code": entry.department_code, "name": entry.department_name}
    return _choice(found) | {"department": department, "number": entry.number}


def _guess(found: Guess) -> dict[str, Any]:
    return {
        "category": found.category,
        "condition": _condition(found.condition),
        "likeness": round(found.likeness, 2),
    }
