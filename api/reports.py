"""Reports: the daily brief for the screen, as PDF and as Excel; one set of numbers."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
from marshmallow import RAISE

from api import file
from api.auth import current_user
from api.fields import Day, Schema, Text, fields, one_of
from api.file import BINARY
from api.http import Blueprint
from api.mark import requires
from grid.accounts.permission import Permission
from grid.db import transaction
from reports import brief, export, screen
from reports.dataset import Kind, Report

blp = Blueprint("reports", __name__, url_prefix="/api/reports", description="报表")


class BriefQuerySchema(Schema):
    """day: a local day, today when left out. area: its code, the caller's own area when left out."""

    day = Day()
    area = Text(minimum=1, maximum=20)


class FigureSchema(Schema):
    """A headline number. value: null when there is none (a rate of nothing); text: as printed everywhere."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    kind = fields.String(required=True, validate=one_of(Kind))
    value = fields.Raw(required=True, allow_none=True)
    text = fields.String(required=True)
    bad = fields.Boolean(required=True)


class ColumnSchema(Schema):
    """A column of a section. kind: span is in seconds, ratio a part of one, moment ISO 8601."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    kind = fields.String(required=True, validate=one_of(Kind))


class CellSchema(Schema):
    """A value and its text, as printed everywhere."""

    value = fields.Raw(required=True, allow_none=True)
    text = fields.String(required=True)


class SectionSchema(Schema):
    """A dataset under its finding. option: for ECharts. geojson: outlines to register as the map "brief" first."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    finding = fields.String(required=True)
    note = fields.String(required=True)
    columns = fields.List(fields.Nested(ColumnSchema), required=True)
    rows = fields.List(fields.List(fields.Nested(CellSchema)), required=True)
    option = fields.Dict(required=True, allow_none=True, metadata={"additionalProperties": True})
    geojson = fields.Dict(required=True, allow_none=True, metadata={"additionalProperties": True})


class DefinitionSchema(Schema):
    """What a number counts."""

    term = fields.String(required=True)
    text = fields.String(required=True)


class LabelledSchema(Schema):
    """A code and its label."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class BriefAreaSchema(Schema):
    """The area a brief is of."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.Nested(LabelledSchema, required=True)
    parent_name = fields.String(required=True)


class BriefSchema(Schema):
    """The daily brief (日报). as_of: the moment of its data."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    day = fields.String(required=True, metadata={"format": "date"})
    period = fields.String(required=True)
    area = fields.Nested(BriefAreaSchema, required=True)
    as_of = fields.String(required=True, metadata={"format": "date-time"})
    as_of_text = fields.String(required=True)
    demo = fields.Boolean(required=True)
    headline = fields.List(fields.Nested(FigureSchema), required=True)
    sections = fields.List(fields.Nested(SectionSchema), required=True)
    definitions = fields.List(fields.Nested(DefinitionSchema), required=True)


@blp.get("/brief")
@requires(Permission.REPORT_READ)
@blp.arguments(BriefQuerySchema, location="query", unknown=RAISE)
@blp.response(200, BriefSchema)
@blp.alt_response(404, description="no such area, or not the caller's")
def brief_show(told: dict[str, Any]) -> dict[str, Any]:
    """The daily brief of an area for the screen."""
    return screen.document(_report(told))


@blp.get("/brief.pdf")
@requires(Permission.REPORT_READ)
@blp.arguments(BriefQuerySchema, location="query", unknown=RAISE)
@blp.response(200, BINARY, content_type=export.FORMS["pdf"].media_type)
@blp.alt_response(404, description="no such area, or not the caller's")
def brief_pdf(told: dict[str, Any]) -> Response:
    """The daily brief on paper; who took it is printed on it and kept in the trail."""
    return _file(told, "pdf")


@blp.get("/brief.xlsx")
@requires(Permission.REPORT_READ)
@blp.arguments(BriefQuerySchema, location="query", unknown=RAISE)
@blp.response(200, BINARY, content_type=export.FORMS["xlsx"].media_type)
@blp.alt_response(404, description="no such area, or not the caller's")
def brief_xlsx(told: dict[str, Any]) -> Response:
    """The daily brief as a workbook; who took it is printed on it and kept in the trail."""
    return _file(told, "xlsx")


def _report(told: dict[str, Any]) -> Report:
    place = brief.place(current_user, told.get("area"))
    return brief.make(current_user, place, told.get("day"), current_app.config["DEMO"])


def _file(told: dict[str, Any], code: str) -> Response:
    report, form = _report(told), export.FORMS[code]
    data = form.render(report)
    with transaction():
        export.record(current_user, report, form)
    plain = f"{report.code}-{report.place.code}-{report.period.first}.{form.code}"
    return file.saved(data, form.media_type, plain, export.file_name(report, form))
