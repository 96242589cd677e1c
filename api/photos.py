"""Photos: bytes in by their hash, re-encoded pictures out, each in the scope of its case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from marshmallow import RAISE

from api import file
from api.auth import current_user
from api.fields import Schema, fields, one_of
from api.file import BINARY
from api.http import Blueprint
from api.mark import requires
from api.schemas.photo import PhotoClaimSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.errors import Invalid
from grid.events import gallery
from grid.media.store import NAME, MediaKind

IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")


class StoredPhotoSchema(Schema):
    """A photo whose bytes are durable; width and height in pixels, size in bytes."""

    sha256 = fields.String(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    size = fields.Integer(required=True)
    claimed = fields.Nested(PhotoClaimSchema, allow_none=True, required=True)


class PhotoSizeSchema(Schema):
    """full: long edge at most 1600 px; thumb: 320 px."""

    size = fields.String(load_default="full", validate=one_of(["full", "thumb"]))


def put(sha256: str) -> tuple[Any, int]:
    """Store the body under its hash. The acknowledgement means: durable, and the hash agrees."""
    if not NAME.fullmatch(sha256):
        raise Invalid("照片地址应是 64 位小写十六进制的 SHA-256，没有保存。", field="sha256")
    if request.mimetype not in IMAGE_TYPES:
        raise Invalid("照片要用 JPEG、PNG 或 WebP 格式，没有保存。", field="photo")
    data = request.get_data()
    store = current_app.extensions["media_store"]
    decoded = gallery.check(data, sha256)
    gallery.keep(store, data, decoded)
    with transaction():
        media, is_new = gallery.register(current_user, sha256, len(data), decoded)
    return media, 201 if is_new else 200


def show(photo_id: UUID, size: str) -> Response:
    """A re-encoded picture, never the bytes as sent."""
    return picture(gallery.get(current_user, photo_id).sha256, size)


def picture(sha256: str, size: str) -> Response:
    """The answer with a kept photo, as JPEG, for whoever may see it."""
    store = current_app.extensions["media_store"]
    data = store.read(sha256, MediaKind.THUMB if size == "thumb" else MediaKind.FULL)
    response = file.shown(data, "image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def routes(blp: Blueprint) -> None:
    """Give a blueprint the photo routes."""
    body = {"content": {kind: {"schema": BINARY} for kind in IMAGE_TYPES}}

    @blp.put("/photos/<string(length=64):sha256>")
    @requires(Permission.PHOTO_UPLOAD)
    @blp.doc(requestBody={"required": True, **body})
    @blp.response(200, StoredPhotoSchema)
    @blp.alt_response(201, schema=StoredPhotoSchema, description="stored for the first time")
    @blp.alt_response(507, description="no room; nothing was stored")
    def photo_put(sha256: str) -> Any:
        """Upload a photo's bytes; its address is the SHA-256 of the body."""
        return put(sha256)

    @blp.get("/photos/<uuid:photo_id>")
    @requires(Permission.EVENT_READ)
    @blp.arguments(PhotoSizeSchema, location="query", unknown=RAISE)
    @blp.response(200, BINARY, content_type="image/jpeg")
    def photo_get(told: dict[str, str], photo_id: UUID) -> Response:
        """A photo of a case one may see, re-encoded as JPEG."""
        return show(photo_id, told["size"])


blp = Blueprint("photos", __name__, url_prefix="/api", description="照片")
routes(blp)
