"""A client of tus 1.0.0, and files to send with it."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from tests.factories.phone import Phone
from tests.factories.photo import jpeg

TUS = {"Tus-Resumable": "1.0.0"}
STREAM = "application/offset+octet-stream"
PHOTO = jpeg(3, (640, 480))
WEBM = (
    b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm"
    + bytes(900)
)


def metadata(data: bytes, **told: Any) -> str:
    values = {
        "media_id": str(uuid4()),
        "sha256": hashlib.sha256(data).hexdigest(),
        "mime": "image/jpeg",
        "role": "near",
        "filename": "照片.jpg",
    }
    pairs = (values | told).items()
    return ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in pairs)


class Tus:
    """A tus client that does what it is told, right or wrong."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    def create(
        self, data: bytes, *, length: int | None = None, body: bytes | None = None, **told: Any
    ) -> TestResponse:
        headers = TUS | {"Upload-Length": str(len(data) if length is None else length)}
        headers["Upload-Metadata"] = metadata(data, **told)
        more = {} if body is None else {"data": body, "content_type": STREAM}
        return self.phone.post("/mobile/v1/files", headers=headers, **more)

    def begin(self, data: bytes, **told: Any) -> str:
        answer = self.create(data, **told)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def head(self, where: str) -> TestResponse:
        return self.phone.open("HEAD", where, headers=TUS)

    def offset(self, where: str) -> int:
        answer = self.head(where)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def patch(self, where: str, offset: int, data: bytes, **headers: str) -> TestResponse:
        told = TUS | {"Upload-Offset": str(offset)} | {name.replace("_", "-"): v for name, v in headers.items()}
        return self.phone.open("PATCH", where, headers=told, data=data, content_type=STREAM)

    def whole(self, data: bytes, **told: Any) -> str:
        where = self.begin(data, **told)
        assert self.patch(where, 0, data).status_code == 204
        return where


def stored(app: Flask, data: bytes) -> bytes:
    name = hashlib.sha256(data).hexdigest()
    found: bytes = app.extensions["media_store"].read(name)
    return found
