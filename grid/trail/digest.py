"""Digest (摘要): SHA-256 over canonical JSON (RFC 8785) with a domain word, so that hashes cannot change roles."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import rfc8785


def digest(domain: str, record: dict[str, Any]) -> str:
    """64 hex digits. record: text, numbers, booleans, None, UUIDs, aware times; lists, dicts, dataclasses."""
    return hashlib.sha256(domain.encode() + b"\0" + rfc8785.dumps(_plain(record))).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return value
