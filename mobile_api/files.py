"""Files in pieces (tus 1.0.0): photos and voice notes over a bad network, each acknowledged by its own bytes.

When the last byte has come the file is checked and kept as PUT /photos/<sha256> does; who asks how far a file has
come that is whole but not yet kept, has it kept first.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID

from flask import Response, current_app, g, request

from api.auth import current_user
from api.mark import requires, streamed
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.errors import Invalid
from grid.uploads import finish
from grid.uploads import upload as uploads
from grid.uploads.draft import Draft, Drafts
from grid.uploads.upload import Upload
from mobile_api import seat, tus
from mobile_api.http import PREFIX, Unread, blueprint

blp = blueprint("files", "手机：断点续传", needs_seat=True)
blp.after_request(tus.mark)

_VERSION = {"name": "Tus-Resumable", "in": "header", "required": True, "schema": {"type": "string"}}
_LENGTH = {"name": "Upload-Length", "in": "header", "required": True, "schema": {"type": "integer"}}
_OFFSET = {"name": "Upload-Offset", "in": "header", "required": True, "schema": {"type": "integer"}}
_CHECKSUM = {"name": "Upload-Checksum", "in": "header", "schema": {"type": "string"}}
_METADATA = {"name": "Upload-Metadata", "in": "header", "required": True, "schema": {"type": "string"}}
_BODY = {"content": {tus.OFFSET_STREAM: {"schema": {"type": "string", "format": "binary"}}}}


@blp.post("/files")
@requires(Permission.PHOTO_UPLOAD)
@streamed
@seat.while_draining
@blp.doc(parameters=[_VERSION, _LENGTH, _METADATA], requestBody=_BODY)
@blp.response(201)
@blp.alt_response(412, description="problem: another version of tus")
@blp.alt_response(423, description="problem: another request is writing to it")
@blp.alt_response(460, description="problem: the checksum of this piece does not agree")
@blp.alt_response(507, description="problem: no room")
def begin() -> Response:
    """Begin an upload, or find the one begun before under this media_id; a body is its first piece."""
    tus.check_version()
    promise = tus.promise()
    with transaction():
        upload = uploads.begin(current_user, seat.current().id, promise)
    if request.content_length and not upload.is_done:
        # Whatever is cut off, the upload is there and says how far it has come.
        with contextlib.suppress(tus.Cut), _drafts().hold(upload.id) as draft:
            upload = _again(upload.id)
            if not upload.is_done and draft.size == 0:
                _take(upload, draft)
    answer = _answer(201, upload)
    answer.headers["Location"] = f"{PREFIX}/files/{upload.id}"
    return answer


@blp.route("/files/<uuid:upload_id>", methods=["HEAD"])
@requires(Permission.PHOTO_UPLOAD)
@seat.while_draining
@blp.doc(parameters=[_VERSION])
@blp.response(200)
@blp.alt_response(410, description="problem: expired")
@blp.alt_response(412, description="problem: another version of tus")
@blp.alt_response(423, description="problem: another request is writing to it")
@blp.alt_response(507, description="problem: no room")
def how_far(upload_id: UUID) -> Response:
    """How far one's own upload has come."""
    tus.check_version()
    upload = uploads.get(current_user, upload_id)
    if not upload.is_done and _drafts().size(upload_id) == upload.length:
        with _drafts().hold(upload_id) as draft:
            upload = _again(upload_id)
            if not upload.is_done:
                _finish(upload, draft)
    answer = _answer(200, upload)
    answer.headers["Upload-Length"] = str(upload.length)
    return answer


@blp.route("/files/<uuid:upload_id>", methods=["PATCH"])
@requires(Permission.PHOTO_UPLOAD)
@streamed
@seat.while_draining
@blp.doc(parameters=[_VERSION, _OFFSET, _CHECKSUM], requestBody=_BODY)
@blp.response(204)
@blp.alt_response(410, description="problem: expired")
@blp.alt_response(412, description="problem: another version of tus")
@blp.alt_response(423, description="problem: another request is writing to it")
@blp.alt_response(460, description="problem: the checksum does not agree; nothing of this piece was kept")
@blp.alt_response(507, description="problem: no room")
def piece(upload_id: UUID) -> Response:
    """Go on with an upload. What came before a connection breaks is kept; after the last byte, all is checked."""
    return _go_on(upload_id)


@blp.route("/files/<uuid:upload_id>", methods=["DELETE"])
@requires(Permission.PHOTO_UPLOAD)
@seat.while_draining
@blp.doc(parameters=[_VERSION])
@blp.response(204)
@blp.alt_response(410, description="problem: expired")
@blp.alt_response(412, description="problem: another version of tus")
@blp.alt_response(423, description="problem: another request is writing to it")
def end(upload_id: UUID) -> Response:
    """Give an upload up. A photo that is kept already stays."""
    return _give_up(upload_id)


@blp.post("/files/<uuid:upload_id>")
@requires(Permission.PHOTO_UPLOAD)
@streamed
@seat.while_draining
@blp.doc(
    parameters=[
        _VERSION,
        {
            "name": "X-HTTP-Method-Override",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "enum": ["PATCH", "DELETE"]},
        },
    ],
    requestBody=_BODY,
)
@blp.response(204)
@blp.alt_response(410, description="problem: expired")
@blp.alt_response(412, description="problem: another version of tus")
@blp.alt_response(423, description="problem: another request is writing to it")
@blp.alt_response(460, description="problem: the checksum does not agree; nothing of this piece was kept")
@blp.alt_response(507, description="problem: no room")
def instead(upload_id: UUID) -> Response:
    """PATCH or DELETE, for networks that let only GET and POST through."""
    wanted = request.headers.get("X-HTTP-Method-Override", "").upper()
    if wanted == "PATCH":
        return _go_on(upload_id)
    if wanted == "DELETE":
        return _give_up(upload_id)
    raise Unread("请求头 X-HTTP-Method-Override 应是 PATCH 或 DELETE。")


def _go_on(upload_id: UUID) -> Response:
    tus.check_version()
    upload = uploads.get(current_user, upload_id)
    if upload.is_done:
        tus.check_offset(upload.length)
        return _answer(204, upload)
    with _drafts().hold(upload_id) as draft:
        upload = _again(upload_id)
        tus.check_offset(upload.length if upload.is_done else draft.size)
        if not upload.is_done:
            _take(upload, draft)
    return _answer(204, upload)


def _take(upload: Upload, draft: Draft) -> None:
    """Take the body in, if there is one, and finish what is whole."""
    try:
        if request.content_length != 0:
            tus.receive(draft, upload.length)
    finally:
        g.upload_offset = draft.size
    if draft.size == upload.length:
        _finish(upload, draft)


def _finish(upload: Upload, draft: Draft) -> None:
    """Check a whole file and keep it. One that is not what was promised is gone, and Invalid says why."""
    try:
        decoded = finish.keep(current_app.extensions["media_store"], upload, draft.read())
    except Invalid as error:
        with transaction():
            uploads.drop(current_user, upload.id, error.slug)
        _drafts().remove(upload.id)
        raise
    with transaction():
        finish.register(current_user, upload, decoded)
    _drafts().remove(upload.id)


def _give_up(upload_id: UUID) -> Response:
    tus.check_version()
    uploads.get(current_user, upload_id)
    with _drafts().hold(upload_id), transaction():
        uploads.drop(current_user, upload_id, "given up")
    _drafts().remove(upload_id)
    return current_app.response_class(status=204)


def _again(upload_id: UUID) -> Upload:
    """The upload as it is now that nobody else writes to it: whoever did may have finished it or given it up."""
    with transaction():
        return uploads.get(current_user, upload_id)


def _answer(status: int, upload: Upload) -> Response:
    response: Response = current_app.response_class(status=status)
    size = upload.length if upload.is_done else _drafts().size(upload.id)
    response.headers["Upload-Offset"] = str(size)
    response.headers["Upload-Expires"] = _http_date(upload.expires_at)
    return response


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _drafts() -> Drafts:
    drafts: Drafts = current_app.extensions["drafts"]
    return drafts
