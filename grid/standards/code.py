"""Codes of classes (类别代码) as workbooks have them: big and small class in a column each, often as numbers.

Numbered classes (GB/T 30428.2) carry the letter of their kind, C or E: 04 and 06 of the events make E0406. Schemes
without kinds number under a letter of their own: M and 01 make M01.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from grid.errors import Invalid

LETTERS = {"component": "C", "event": "E"}
KINDS = {"部件": "component", "事件": "event"}
LABELS = {kind: label for label, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Parts:
    """A code taken apart, as the workbook has it."""

    kind: str
    big: str
    small: str


def join(kind: str | None, big: str, small: str) -> tuple[str, str]:
    """Code and kind of a class. Raises Invalid."""
    big, small = _plain(big), _plain(small)
    letter = re.fullmatch(r"([CE])(\d{1,2})", big)
    if letter:
        kind, big = next(k for k, sign in LETTERS.items() if sign == letter[1]), letter[2]
    if re.fullmatch(r"[ABDF-Z]", big):
        return f"{big}{_two(small.removeprefix(big), '小类代码')}", kind or "event"
    if kind is None:
        raise Invalid("看不出是部件还是事件，请加一列“类型”，或分成两张表", field="kind")
    big = _two(big, "大类代码")
    if re.fullmatch(r"\d{3,4}", small):
        if small.zfill(4)[:2] != big:
            raise Invalid(f"小类代码“{small}”不在大类 {big} 里", field="small_code")
        small = small.zfill(4)[2:]
    return f"{LETTERS[kind]}{big}{_two(small, '小类代码')}", kind


def split(code: str, kind: str) -> Parts:
    """What ``join`` put together."""
    return Parts(kind, code[1:-2] or code[0], code[-2:])


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[^0-9A-Z.]", "", plain).strip(".").removesuffix(".0")


def _two(text: str, what: str) -> str:
    if not re.fullmatch(r"\d{1,2}", text) or not int(text):
        field = "big_code" if what == "大类代码" else "small_code"
        raise Invalid(f"{what}应是 01 到 99，现在是“{text}”", field=field)
    return text.zfill(2)
