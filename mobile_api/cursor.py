"""The cursor of a pull: where a phone stands, signed, so that nobody makes one up."""

from __future__ import annotations

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from grid.errors import Invalid
from grid.handset.page import Place


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["JWT_SECRET_KEY"], salt="wangge/sync/1")


def write(place: Place) -> str:
    """The place in a word."""
    after = place.after.hex if place.after else None
    told = [place.epoch, place.stamp, place.seq, place.part, place.step, after]
    return str(_serializer().dumps(told))


def read(word: str) -> Place:
    """The place a word of ours stands for. Raises Invalid."""
    try:
        epoch, stamp, seq, part, step, after = _serializer().loads(word)
    except (BadSignature, ValueError, UnicodeError):
        raise Invalid("同步的位置不对，请从头同步（不带 cursor）。", field="cursor") from None
    return Place(epoch, stamp, seq, part, step, UUID(after) if after else None)
