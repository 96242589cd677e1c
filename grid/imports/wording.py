"""Wording (文字整理): the words of a cell as they should have been typed. Cleaning twice changes nothing."""

from __future__ import annotations

import re
import unicodedata

CJK = "\u2e80-\u2fff\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
FULL = "，、；：。？！（）《》“”"
# Letters and digits in full width, and unit signs that few fonts have, in plain letters.
PLAIN = {
    code: code - 0xFEE0
    for base, size in ((0xFF10, 10), (0xFF21, 26), (0xFF41, 26))
    for code in range(base, base + size)
}
UNITS = str.maketrans(
    {"㎡": "m²", "㎥": "m³", "㎝": "cm", "㎜": "mm", "㎞": "km", "㎏": "kg", "％": "%", "．": "."}
)
WIDE = str.maketrans({"(": "（", ")": "）", ";": "；", "?": "？", "!": "！", "｡": "。", "､": "、"})

_BETWEEN_DIGITS = re.compile(r"(?<!\d)([,:])|([,:])(?!\d)")
_SPACE = re.compile(r"\s+")
_SPACE_AT_CJK = re.compile(rf"(?<=[{CJK}{FULL}]) | (?=[{CJK}{FULL}])")
_RUN = re.compile(r"([，、；：。])[，、；：。]+")
_HAS_CJK = re.compile(f"[{CJK}]")
_EDGE = " ，、；：。·,.;:"


def clean(text: str) -> str:
    """Spaces, widths and stray punctuation put right; line ends become spaces."""
    before = None
    while text != before:
        before, text = text, _once(text)
    return text


def _once(text: str) -> str:
    text = text.replace("_x000D_", " ").translate(PLAIN).translate(UNITS)
    text = "".join(_visible(sign) for sign in text)
    if _HAS_CJK.search(text):
        text = _BETWEEN_DIGITS.sub(lambda m: "，" if "," in m[0] else "：", text.translate(WIDE))
    text = _SPACE_AT_CJK.sub("", _SPACE.sub(" ", text))
    return _RUN.sub(r"\1", text).strip(_EDGE)


def _visible(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if category == "Cf" else sign


def is_legible(text: str) -> bool:
    """No replacement or private signs, which only the font of one machine could show."""
    return all(sign != "\ufffd" and unicodedata.category(sign) not in ("Co", "Cs") for sign in text)


def loose(text: str) -> str:
    """What remains of words when punctuation, width and case do not count; for comparing."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LN")


def pairs(text: str) -> set[str]:
    """Neighbouring signs, two by two: how Chinese words are compared without a dictionary."""
    plain = loose(text)
    return {plain[n : n + 2] for n in range(len(plain) - 1)} or set(plain)


def likeness(signs: set[str], others: set[str]) -> float:
    """Dice over pairs: twice what is shared over all there is; 1 for the same, 0 for nothing in common."""
    return 2 * len(signs & others) / (len(signs) + len(others) or 1)
