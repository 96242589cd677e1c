"""Records of the field: the photos they show, each in the scope of its record."""

from __future__ import annotations

from uuid import UUID

from flask import Response
from marshmallow import RAISE

from api.auth import current_user
from api.file import BINARY
from api.http import Blueprint
from api.mark import requires
from api.photos import PhotoSizeSchema, picture
from grid.accounts.permission import Permission
from grid.records import record as records


def routes(blp: Blueprint) -> None:
    """Give a blueprint the route of record photos."""

    @blp.get("/records/<uuid:record_id>/photos/<string(length=64):sha256>")
    @requires(Permission.RECORD_READ)
    @blp.arguments(PhotoSizeSchema, location="query", unknown=RAISE)
    @blp.response(200, BINARY, content_type="image/jpeg")
    @blp.alt_response(404, description="problem: no such photo in the caller's scope, or not yet here")
    def record_photo(told: dict[str, str], record_id: UUID, sha256: str) -> Response:
        """A photo that some version of a record shows, re-encoded as JPEG."""
        return picture(records.photo_of(current_user, record_id, sha256), told["size"])


blp = Blueprint("records", __name__, url_prefix="/api", description="记录")
routes(blp)
