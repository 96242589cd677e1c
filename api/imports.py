"""The routes every import has: upload and preview, look, confirm. Each noun hangs them under its own address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from marshmallow import RAISE

from api import file
from api.auth import current_user
from api.fields import Schema
from api.file import BINARY
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.schemas.imports import (
    ImportChoiceSchema,
    ImportFileQuerySchema,
    ImportLinePageSchema,
    ImportLineQuerySchema,
    ImportPreviewSchema,
)
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import transaction
from grid.errors import Invalid
from grid.imports import marked, preview
from grid.imports.archive import Limits
from grid.imports.fate import Fate
from grid.imports.preview import ImportPreview
from grid.seal import Sealer
from grid.trail import entry as trail

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_TYPES = ("text/csv", XLSX, "application/octet-stream")

Chosen = list[int] | None
Draft = Callable[[User, bytes, dict[str, Any]], ImportPreview]
Confirm = Callable[[User, ImportPreview, Chosen, Any], dict[str, Any] | None]
Prepare = Callable[[User, ImportPreview], Any]


@dataclass(frozen=True, slots=True)
class Importer:
    """What is imported and how. draft: told is the query. prepare: slow work before the transaction.

    confirm: returns what its answer says beside the preview, for the first answer only, or None.
    is_own: for everybody else it does not exist.
    """

    kind: str
    permission: Permission
    draft: Draft
    confirm: Confirm
    prepare: Prepare = lambda actor, found: None
    query: type[Schema] = ImportFileQuerySchema
    shown: type[Schema] = ImportPreviewSchema
    types: tuple[str, ...] = SHEET_TYPES
    is_own: bool = False

    def find(self, import_id: UUID) -> ImportPreview:
        """One of its kind. Raises NotFound."""
        return preview.get(import_id, self.kind, current_user if self.is_own else None)


def sealer() -> Sealer:
    """The installation's."""
    found: Sealer = current_app.extensions["sealer"]
    return found


def error_sheet(found: ImportPreview, limits: Limits, action: str) -> Response:
    """The uploaded sheet with its faulty cells red and a column that says what is wrong. action: for the trail."""
    data = marked.with_problems(preview.file(found, sealer()), found.lines, limits)
    with transaction():
        trail.record(current_user, action, "import_preview", found.id)
    return file.saved(data, XLSX, "errors.xlsx")


def routes(blp: Blueprint, path: str, importer: Importer) -> None:
    """Give a blueprint ``path``/imports and what hangs below it."""
    kind, permission = importer.kind, importer.permission
    body = {"content": {one: {"schema": BINARY} for one in importer.types}}

    @blp.post(f"{path}/imports", endpoint=f"{kind}_import_open")
    @requires(permission)
    @blp.arguments(importer.query, location="query", unknown=RAISE)
    @blp.doc(requestBody={"required": True, **body})
    @blp.response(201, importer.shown)
    def import_open(told: dict[str, Any]) -> Any:
        """Upload a file and see what it would do; nothing is imported before it is confirmed."""
        if request.mimetype not in importer.types:
            raise Invalid("不支持这种文件。什么都没有导入。", field="file")
        with transaction():
            return importer.draft(current_user, request.get_data(), told)

    @blp.get(f"{path}/imports/<uuid:import_id>", endpoint=f"{kind}_import_show")
    @requires(permission)
    @blp.etag
    @blp.response(200, importer.shown)
    def import_show(import_id: UUID) -> Any:
        """One import."""
        found = importer.find(import_id)
        blp.set_etag({"version": found.version})
        return found

    @blp.get(f"{path}/imports/<uuid:import_id>/lines", endpoint=f"{kind}_import_lines")
    @requires(permission)
    @blp.arguments(ImportLineQuerySchema, location="query", unknown=RAISE)
    @blp.response(200, ImportLinePageSchema)
    def import_lines(told: dict[str, Any], import_id: UUID) -> dict[str, Any]:
        """What becomes of each row, with cell and reason."""
        fate = Fate(told["fate"]) if told["fate"] else None
        items, following = preview.page(importer.find(import_id), fate, told["after"], told["limit"])
        return {"items": [line | {"fate": Fate(line["fate"])} for line in items], "next": following}

    @blp.post(f"{path}/imports/<uuid:import_id>/confirm", endpoint=f"{kind}_import_confirm")
    @requires(permission)
    @blp.etag
    @blp.arguments(ImportChoiceSchema)
    @blp.response(200, importer.shown)
    def import_confirm(told: dict[str, Any], import_id: UUID) -> Any:
        """Import the previewed rows, all or the chosen, at once or not at all."""
        extra: dict[str, Any] = {}
        prepared = importer.prepare(current_user, importer.find(import_id))
        with transaction():
            found = importer.find(import_id)

            def work() -> dict[str, Any]:
                blp.check_etag({"version": found.version})
                extra.update(importer.confirm(current_user, found, told.get("lines"), prepared) or {})
                return {"import": str(import_id)}

            once(f"{kind}.confirm", {"import": import_id, **told}, work)
        blp.set_etag({"version": found.version})
        for name, value in extra.items():
            setattr(found, name, value)
        return found
