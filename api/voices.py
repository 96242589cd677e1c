"""Voice notes of cases: the bytes as they came, so they are never shown in a page, only handed over as a file."""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app

from api import file
from api.auth import current_user
from api.file import BINARY
from api.http import Blueprint
from api.mark import requires
from grid.accounts.permission import Permission
from grid.errors import NotFound
from grid.events import gallery
from grid.events.photo import PhotoRole
from grid.uploads.voice import TYPES


def show(photo_id: UUID) -> Response:
    """A voice note of a case the caller may see. Raises NotFound, also for a photo."""
    photo = gallery.get(current_user, photo_id)
    media = photo.media
    if photo.role is not PhotoRole.VOICE or media is None or media.mime not in TYPES:
        raise NotFound("没有这张照片，或还没有传到。")  # in the words for what is out of reach
    data = current_app.extensions["media_store"].read(photo.sha256)
    response = file.saved(data, media.mime, f"voice.{media.mime.removeprefix('audio/')}")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def routes(blp: Blueprint) -> None:
    """Give a blueprint the voice route."""

    @blp.get("/voices/<uuid:photo_id>")
    @requires(Permission.EVENT_READ)
    @blp.response(200, BINARY, content_type="audio/webm")
    @blp.alt_response(404, description="problem: no such voice note in the caller's scope")
    def voice_get(photo_id: UUID) -> Response:
        """A voice note of a case one may see (WebM, Ogg or MP4), to be played by way of a blob."""
        return show(photo_id)


blp = Blueprint("voices", __name__, url_prefix="/api", description="语音")
routes(blp)
