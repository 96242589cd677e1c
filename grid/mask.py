"""Mask (遮掩): names and numbers of people as those read them who need not know them whole."""

from __future__ import annotations

import re

# In words, as people group and widen the signs (\d has the wide ones): mobile, fixed line, identity card.
_GAP = r"[ \u00a0\u3000\-－–—]?"
IN_TEXT = re.compile(
    rf"(?<!\d)(?:[1１]\d{{2}}{_GAP}\d{{4}}{_GAP}\d{{4}}|[1１]\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{4}}"
    rf"|[0０]\d{{2,3}}{_GAP}[1-9１-９]\d{{2,3}}{_GAP}\d{{4}}|\d{{6}}{_GAP}\d{{8}}{_GAP}\d{{3}}[\dXxＸｘ])(?!\d)"
)


def hidden_name(name: str) -> str:
    """The family name and as many stars as follow."""
    return name[:1] + "*" * (len(name) - 1)


def hidden_phone(number: str) -> str:
    """The first three and the last four signs of a long number, the last two of a short one."""
    tail = 4 if len(number) > 8 else 2
    head = 3 if len(number) > 8 else 0
    return f"{number[:head]}****{number[-tail:]}" if number else ""


def hidden_numbers(words: str) -> str:
    """Words in which telephone and id numbers are masked."""
    return IN_TEXT.sub(lambda found: hidden_phone(found[0]), words)
