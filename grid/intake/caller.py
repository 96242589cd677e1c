"""Caller (来电人): a person who told the desk something. Class L3: sealed, masked, revealed one at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from grid.errors import Invalid
from grid.events.origin import EventOrigin
from grid.mask import hidden_name, hidden_numbers, hidden_phone
from grid.seal import Sealer

NAME_MAX = 30
SAID_MAX = 2000
# A mobile number, one of a fixed line with or without its area code and extension, or of a service.
PHONE = re.compile(r"1\d{10}|(0\d{2,3}-?)?[1-9]\d{6,7}(-\d{1,6})?|1\d{4}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who told it; empty where they would not say. said: their own words (原话), as they are."""

    name: str = ""
    phone: str = ""
    said: str = ""

    @property
    def is_anonymous(self) -> bool:
        return not (self.name or self.phone)

    @property
    def masked(self) -> Caller:
        """As whoever reads the case sees it: 陈**, 138****0001, no number whole in what was said."""
        return Caller(hidden_name(self.name), hidden_phone(self.phone), hidden_numbers(self.said))


def read_phone(told: str) -> str:
    """A number as people type it, without what only spaces it. Raises Invalid."""
    digits = re.sub(r"[\s()（）]", "", re.sub(r"[－—–]", "-", told)).removeprefix("+86")
    if digits.startswith("1"):
        digits = digits.replace("-", "")
    if digits and not (digits.isascii() and PHONE.fullmatch(digits)):
        raise Invalid("电话应是 11 位手机号，或带区号的固定电话。", field="phone")
    return digits


def write(row: EventOrigin, caller: Caller, sealer: Sealer) -> None:
    """Seal who told it into a row that has its id."""
    row.name = _sealed(row, "name", caller.name, sealer) if caller.name else None
    row.phone = _sealed(row, "phone", caller.phone, sealer) if caller.phone else None
    row.said = _sealed(row, "said", caller.said, sealer)


def opened(row: EventOrigin, sealer: Sealer) -> Caller:
    """Who told it, whole. Who opens it either masks it at once or writes down why."""
    fields = {"name": row.name, "phone": row.phone, "said": row.said}
    told = {
        name: sealer.open(value, _about(row.id, name)).decode()
        for name, value in fields.items()
        if value is not None
    }
    return Caller(**told)


def fingerprint(caller: Caller, sealer: Sealer) -> str:
    """Equal for equal callers: the ledger's own digest has no key, and numbers could be guessed from it."""
    return sealer.blind("caller", "\0".join((caller.name, caller.phone, caller.said)))


def _sealed(row: EventOrigin, field: str, words: str, sealer: Sealer) -> bytes:
    return sealer.seal(words.encode(), _about(row.id, field))


def _about(origin_id: UUID, field: str) -> bytes:
    """Words copied into another row or field do not open."""
    return f"event_origin.{field}:".encode() + origin_id.bytes
