"""Forms by version: a draft keeps the version it was begun with."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, current_app

from api.fields import Schema, fields
from api.mark import requires
from grid.accounts.permission import Permission
from grid.forms import form as forms
from mobile_api import seat
from mobile_api.http import blueprint

blp = blueprint("forms", "手机：表单")


class FormRefSchema(Schema):
    """A form in the version that is filled in now; sha256 of the file ``GET /forms/<id>/<version>`` answers."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    sha256 = fields.String(required=True)


class CatalogueSchema(Schema):
    """All forms there are to fill in."""

    items = fields.List(fields.Nested(FormRefSchema), required=True)


class FormFieldSchema(Schema):
    """One thing a form asks."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    type = fields.String(required=True)
    is_required = fields.Boolean(required=True, data_key="required")
    options = fields.List(fields.Dict(metadata={"additionalProperties": True}))
    hint = fields.String()
    min = fields.Float()
    max = fields.Float()
    show_if = fields.Dict(metadata={"additionalProperties": True})


class FormSchema(Schema):
    """A form in one version; it never changes."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    fields_ = fields.List(fields.Nested(FormFieldSchema), required=True, data_key="fields")
    list_ = fields.Dict(required=True, data_key="list", metadata={"additionalProperties": True})


@blp.get("/forms")
@requires(Permission.SYNC_USE)
@blp.response(200, CatalogueSchema)
@blp.alt_response(426, description="problem: the app is too old")
def catalogue() -> Any:
    """The forms a worker fills in, each in its newest version. The ETag says whether anything is new."""
    seat.check_app()
    found = forms.newest()
    tag = hashlib.sha256("".join(form.sha256 for form in found).encode()).hexdigest()[:32]
    return {"items": found}, 200, {"ETag": f'"{tag}"'}


@blp.get("/forms/<string:form_id>/<int:version>")
@requires(Permission.SYNC_USE)
@blp.response(200, FormSchema)
def one(form_id: str, version: int) -> Response:
    """One version of a form, byte for byte as it was released."""
    form = forms.find(form_id, version)
    response: Response = current_app.response_class(form.text, mimetype="application/json")
    response.headers["ETag"] = f'"{form.sha256}"'
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
