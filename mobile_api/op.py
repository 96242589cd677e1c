"""An op on the wire: read one by one, so that one nobody can read does not spoil its neighbours."""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from typing import Any
from uuid import UUID, uuid5

from marshmallow import EXCLUDE, ValidationError, validate

from api.fields import Moment, Schema, fields
from grid.errors import Invalid
from grid.sync.push import Asked

NAMELESS = UUID("5d6f2a0e-9b7c-4f39-8a38-0f6f6f1c1d20")  # ids of ops that came without a right one
DEPTH = 30
# What an op asks for; its number and what the phone knew of its clock may differ from one try to the next.
ASKED = ("kind", "entity_id", "base_rev", "depends_on", "occurred_at", "geo", "form", "payload", "media")


class OpFormSchema(Schema):
    """The form a payload follows."""

    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True)
    version = fields.Integer(required=True, data_key="ver")


class OpSchema(Schema):
    """An op. What stands in ``payload`` follows from ``kind``. Members nobody knows here are left alone."""

    class Meta:
        unknown = EXCLUDE

    op_id = fields.UUID(required=True)
    seq = fields.Integer(load_default=0, validate=validate.Range(0, 2**53))
    kind = fields.String(required=True, validate=validate.Length(1, 40))
    entity_id = fields.UUID(required=True)
    base_rev = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**31 - 1))
    depends_on = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=50))
    occurred_at = Moment(required=True)
    clock_offset_ms = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(-(2**53), 2**53))
    geo = fields.Dict(load_default=None, allow_none=True, metadata={"additionalProperties": True})
    form = fields.Nested(OpFormSchema, load_default=None, allow_none=True)
    payload = fields.Dict(load_default=dict, metadata={"additionalProperties": True})
    media = fields.List(
        fields.Dict(metadata={"additionalProperties": True}), load_default=list, validate=validate.Length(max=20)
    )


_SCHEMA = OpSchema()


def read(told: Any) -> Asked:
    """The op, or one with a flaw that says what is wrong with it."""
    raw = clean(told)
    asked = {name: raw.get(name) for name in ASKED} if isinstance(raw, dict) else raw
    sha256 = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    try:
        op = _SCHEMA.load(raw)
    except ValidationError as error:
        return _flawed(raw, sha256, invalid(error))
    return Asked(
        sha256=sha256,
        raw=raw,
        named=raw["op_id"],
        **op | {"depends_on": tuple(op["depends_on"]), "media": tuple(op["media"])},
    )


def _flawed(raw: Any, sha256: str, flaw: Invalid) -> Asked:
    told = raw if isinstance(raw, dict) else {}
    named = str(told.get("op_id") or "")[:100]
    try:
        op_id = UUID(named)
    except ValueError:
        op_id = uuid5(NAMELESS, sha256)
    kind = told["kind"] if isinstance(told.get("kind"), str) else ""
    return Asked(op_id=op_id, sha256=sha256, raw=raw, named=named, kind=kind, flaw=flaw)


def invalid(error: ValidationError, prefix: str = "") -> Invalid:
    """The first thing wrong, and where, as the domain says such things."""
    place, words = _first(error.normalized_messages())
    return Invalid(words, field=".".join(part for part in (prefix, *place) if part not in ("", "_schema")))


def _first(told: Any) -> tuple[list[str], str]:
    if isinstance(told, dict):
        name, inner = next(iter(told.items()))
        place, words = _first(inner)
        return [str(name), *place], words
    if isinstance(told, list) and told:
        return _first(told[0])
    return [], str(told)


def clean(value: Any, depth: int = 0) -> Any:
    """The same without what no database keeps: control signs, halves of characters, numbers that are none.

    Nesting past all use is cut off.
    """
    if isinstance(value, str):
        return "".join(
            sign for sign in value if sign in "\n\r\t" or unicodedata.category(sign) not in ("Cc", "Cs")
        )
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, dict | list):
        return value
    if depth >= DEPTH:
        return None
    if isinstance(value, list):
        return [clean(member, depth + 1) for member in value]
    return {clean(name): clean(member, depth + 1) for name, member in value.items()}
