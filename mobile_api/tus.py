"""tus 1.0.0 (https://tus.io/protocols/resumable-upload): what its headers say; bodies kept as far as they come."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, current_app, g, request
from marshmallow import EXCLUDE, ValidationError, post_load, validate
from werkzeug.exceptions import ClientDisconnected

from api.fields import Schema, fields, one_of
from grid.errors import Conflict, DomainError, Invalid
from grid.events.photo import PhotoRole
from grid.media.image import BYTES_MAX
from grid.uploads import voice
from grid.uploads.draft import Draft
from grid.uploads.upload import Promise
from mobile_api.http import TooLarge, Unread
from mobile_api.op import invalid

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
ALGORITHMS = ("sha1", "sha256")
OFFSET_STREAM = "application/offset+octet-stream"
PIECE = 16 * 1024  # what is lost at most when a connection dies in the middle
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")


class OtherVersion(DomainError):
    """Another version of the protocol."""

    slug = "tus-version"
    title = "协议版本不支持"
    status = 412


class OtherType(DomainError):
    """A piece that is not said to be one."""

    slug = "unsupported-media-type"
    title = "格式不支持"
    status = 415


class ChecksumMismatch(DomainError):
    """A piece was damaged on its way; it is not kept."""

    slug = "checksum-mismatch"
    title = "校验值不一致"
    status = 460


class Cut(DomainError):
    """The connection broke; what had come is kept."""

    slug = "cut"
    title = "连接中断"
    status = 400


class MetadataSchema(Schema):
    """Upload-Metadata. Names nobody knows here are left alone: clients add some of their own."""

    class Meta:
        unknown = EXCLUDE

    media_id = fields.UUID(required=True)
    sha256 = fields.String(
        required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="应是 64 位小写十六进制的 SHA-256。")
    )
    mime = fields.String(required=True)
    role = fields.String(required=True, validate=one_of(PhotoRole))
    op_id = fields.UUID(load_default=None)

    @post_load
    def _plain(self, told: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        told["mime"] = told["mime"].split(";")[0].strip().lower()
        told["role"] = PhotoRole(told["role"])
        return told


def check_version() -> None:
    """Raises OtherVersion for a client that speaks another one."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise OtherVersion(f"要用 tus {VERSION}（请求头 Tus-Resumable）。")


def mark(response: Response) -> Response:
    """Say the version on every answer, and what is offered where that is asked."""
    response.headers["Tus-Resumable"] = VERSION
    if request.method == "OPTIONS" or response.status_code == 412:
        response.headers["Tus-Version"] = VERSION
    if request.method == "OPTIONS":
        response.headers["Tus-Extension"] = EXTENSIONS
        response.headers["Tus-Max-Size"] = str(BYTES_MAX)
        response.headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
    if "upload_offset" in g:
        response.headers["Upload-Offset"] = str(g.upload_offset)
    return response


def promise() -> Promise:
    """What a creation promises. Raises Invalid, TooLarge, Unread."""
    length = number("Upload-Length")
    try:
        told = MetadataSchema().load(_metadata(request.headers.get("Upload-Metadata", "")))
    except ValidationError as error:
        raise invalid(error, "Upload-Metadata") from None
    is_voice = told["role"] is PhotoRole.VOICE
    if told["mime"] not in (voice.TYPES if is_voice else IMAGE_TYPES):
        raise Invalid(f"{told['role'].label}不能是 {told['mime'][:40]}。", field="Upload-Metadata.mime")
    most = voice.BYTES_MAX if is_voice else BYTES_MAX
    if length > most:
        raise TooLarge(f"最大 {most // 1024 // 1024} MB。")
    if length == 0:
        raise Invalid("是空文件，请重新拍摄或录音。", field="Upload-Length")
    return Promise(length=length, **told)


def _metadata(header: str) -> dict[str, str]:
    """ "name base64,name base64" as text."""
    try:
        pairs = [(part.split() + [""])[:2] for part in header.split(",") if part.strip()]
        return {name: base64.b64decode(value, validate=True).decode() for name, value in pairs}
    except (binascii.Error, ValueError):
        raise Unread("Upload-Metadata 读不懂。") from None


def number(name: str) -> int:
    """A header that is a number of bytes. Raises Unread."""
    told = request.headers.get(name, "")
    if not (told.isascii() and told.isdigit() and len(told) <= 15):
        raise Unread(f"请求头 {name} 应是字节数。")
    return int(told)


def check_offset(size: int) -> None:
    """Raises Conflict when the client would go on elsewhere than the file ends; the answer says where that is."""
    told = number("Upload-Offset")
    g.upload_offset = size
    if told != size:
        raise Conflict(f"已收到 {size} 字节，请从那里继续。", offset=size)


def receive(draft: Draft, length: int) -> None:
    """Take the body in at the end of the draft, durably, as far as it comes.

    With a checksum, all of it or nothing. Raises TooLarge, ChecksumMismatch, Cut, StorageFull.
    """
    if request.mimetype != OFFSET_STREAM:
        raise OtherType(f"要用 {OFFSET_STREAM}。")
    room = length - draft.size
    if (request.content_length or 0) > room:
        raise TooLarge(f"只差 {room} 字节，发来的更多。")
    told = request.headers.get("Upload-Checksum")
    with _patience():
        try:
            if told is not None:
                draft.append(_checked(told, room))
            else:
                for piece in _pieces(room):
                    draft.append(piece)
        finally:
            draft.sync()


def _checked(told: str, room: int) -> bytes:
    """The body, if it is what its checksum says."""
    name, _, value = told.partition(" ")
    if name not in ALGORITHMS:
        raise Unread(f"校验只支持 {'、'.join(ALGORITHMS)}。")
    try:
        wanted = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Unread("Upload-Checksum 读不懂。") from None
    body = b"".join(_pieces(room))
    if not hmac.compare_digest(hashlib.new(name, body).digest(), wanted):
        raise ChecksumMismatch("这一段传坏了，没有保存，请重发。")
    return body


def _pieces(room: int) -> Iterator[bytes]:
    """The body piece by piece. Raises Cut when it ends before it was said to, TooLarge when it does not end."""
    came, said = 0, request.content_length
    while said is None or came < said:
        try:
            piece = request.stream.read(min(PIECE, room - came + 1 if said is None else said - came))
        except (ClientDisconnected, OSError):
            piece = b""
            said = -1 if said is None else said
        if not piece:
            break
        if came + len(piece) > room:
            raise TooLarge("发来的比说好的多。")
        came += len(piece)
        yield piece
    if said is not None and came != said:
        raise Cut("连接中断，已收到的部分保留了，请继续上传。")


@contextmanager
def _patience() -> Iterator[None]:
    """Wait no longer than WANGGE_UPLOAD_SILENCE seconds for the next bytes: a phone that went into a tunnel would
    else keep its own next try out, for as long as the operating system takes to notice.
    """
    socket = request.environ.get("gunicorn.socket")
    if socket is None:
        yield
        return
    before = socket.gettimeout()
    socket.settimeout(float(current_app.config["UPLOAD_SILENCE"]))
    try:
        yield
    finally:
        socket.settimeout(before)
