"""A file as an answer (文件): its bytes and its name. Whatever is in it, a browser runs nothing of it."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app

BINARY = {"type": "string", "format": "binary"}


def shown(data: bytes, media_type: str) -> Response:
    """A file that a page shows."""
    return _confined(data, media_type, "inline")


def saved(data: bytes, media_type: str, plain: str, name: str = "") -> Response:
    """A file to be kept. plain: its name in ASCII, for programs that read no other; name: as people call it."""
    told = {"filename": plain, **({"filename*": "UTF-8''" + quote(name, safe="")} if name else {})}
    return _confined(data, media_type, "attachment", **told)


def _confined(data: bytes, media_type: str, disposition: str, **told: str) -> Response:
    response: Response = current_app.response_class(data, mimetype=media_type)
    response.headers.set("Content-Disposition", disposition, **told)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
