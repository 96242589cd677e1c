"""Cursors of the list of cases: opaque words that hold a place in an order, and say which order it is."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from api.fields import Word, in_our_time
from grid.events.order import Key, Sort

UNREADABLE = "读不懂这个位置，请从头看起。"


class Cursor(Word):
    """A key of an order, as a word that only we read."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        """value: a Key, or None where there is no next page."""
        if value is None:
            return None
        due = value.due_at.astimezone(UTC).isoformat() if value.due_at else ""
        return urlsafe_b64encode(f"{value.sort} {value.id.hex} {due}".encode()).decode()

    def read(self, word: str) -> Key:
        try:
            sort, key, due = urlsafe_b64decode(word).decode("ascii").split(" ")
            due_at = in_our_time(datetime.fromisoformat(due)) if due else None
            found = Key(Sort(sort), UUID(key), due_at)
        except (ValueError, binascii.Error) as error:
            raise ValidationError(UNREADABLE) from error
        if due_at is not None and (due_at.tzinfo is None or found.sort is not Sort.DUE):
            raise ValidationError(UNREADABLE)
        return found
