"""A way on (可办步骤): something a person may do with a case now, and what it asks for; shown as it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step asks for. options: (value, words).

    kind: text, line, choice, choices, date, photos or place.
    """

    name: str
    label: str
    kind: str
    is_required: bool
    options: tuple[tuple[str, str], ...] = ()
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A step one may take now. way: where it is sent, seen from the case."""

    action: str
    label: str
    way: str
    is_danger: bool
    is_primary: bool
    fields: tuple[Field, ...]


def note(is_required: bool, label: str = "说明") -> Field:
    """A few words."""
    return Field("note", label, "text", is_required)
