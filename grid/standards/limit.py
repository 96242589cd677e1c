"""Reading a time limit (处置时限) as cities write it: 4小时, 2天, 1紧急工作时制止, 三个工作日内."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from grid.errors import Invalid
from grid.worktime.limit import Limit, Unit

# Longer words first: 紧急工作时 is not 工作时, 工作时 is not 时.
WORDS = {
    "紧急工作时": Unit.URGENT_HOUR,
    "紧急工时": Unit.URGENT_HOUR,
    "紧急小时": Unit.URGENT_HOUR,
    "紧急工作日": Unit.NATURAL_DAY,
    "紧急分钟": Unit.URGENT_MINUTE,
    "自然日": Unit.NATURAL_DAY,
    "日历天": Unit.NATURAL_DAY,
    "日历日": Unit.NATURAL_DAY,
    "工作小时": Unit.WORK_HOUR,
    "工作时": Unit.WORK_HOUR,
    "工作日": Unit.WORK_DAY,
    "工作天": Unit.WORK_DAY,
    "小时": Unit.WORK_HOUR,
    "分钟": Unit.URGENT_MINUTE,
    "天": Unit.WORK_DAY,
    "日": Unit.WORK_DAY,
    "时": Unit.WORK_HOUR,
    "分": Unit.URGENT_MINUTE,
}
DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
NUMBER = rf"\d{{1,5}}(?:\.\d{{1,2}})?|[{''.join(DIGITS)}十半]{{1,3}}"
PATTERN = re.compile(rf"(?P<number>{NUMBER})个?(?P<unit>{'|'.join(WORDS)})(?:之内|以内|内)?(?P<rest>.*)")
BEFORE = re.compile(r"^(?:自?立案(?:之日)?(?:起|后)|限时|限期|限|在|≤|<)+")
HALF_DAY_H = 4
SECOND = re.compile(rf"\d|小时|工作|自然|天|(?:{NUMBER})个?(?:{'|'.join(WORDS)})")  # another limit after the first
LONGEST_S = 3660 * 24 * 3600  # ten years: longer ones are slips of the finger


@dataclass(frozen=True, slots=True)
class Reading:
    """A limit as read, and the words that were glued to it (制止), which are no part of it."""

    limit: Limit
    rest: str = ""


def read(text: str, unit: Unit | None = None) -> Reading:
    """The limit a cell means. unit: what a bare number counts in, when the heading says so.

    Raises Invalid: no number, no unit, nought, two limits in one cell.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).strip("、,;:。.()")
    plain = BEFORE.sub("", plain)
    if unit is not None and re.fullmatch(NUMBER, plain):
        return Reading(_limit(plain, unit, text))
    found = PATTERN.fullmatch(plain)
    if found is None:
        is_bare = re.fullmatch(NUMBER, plain)
        raise _refusal(text, "没有写单位" if is_bare else "要写成数字加单位，如 4小时、2天、1紧急工作时")
    rest = found["rest"].strip("、,;:。.()")
    if SECOND.search(rest):
        raise _refusal(text, "一格里有两个时限，请分开")
    return Reading(_limit(found["number"], WORDS[found["unit"]], text), rest)


def unit_in(heading: str) -> Unit | None:
    """The unit a heading names in brackets: 处置时限（小时）."""
    found = re.search(r"[（(](.+?)[)）]", heading)
    return WORDS.get(found[1].strip()) if found else None


def _limit(number: str, unit: Unit, text: str) -> Limit:
    value = _value(number)
    if value == int(value):
        return _checked(int(value), unit, text)
    hours = value * 2 * HALF_DAY_H
    if unit is not Unit.WORK_DAY or hours != int(hours):
        raise _refusal(text, "要用整数，半天写成 4小时")
    return _checked(int(hours), Unit.WORK_HOUR, text)


def _checked(value: int, unit: Unit, text: str) -> Limit:
    if value < 1:
        raise _refusal(text, "时限要大于零")
    limit = Limit(value, unit)
    if limit.seconds > LONGEST_S:
        raise _refusal(text, "时限太长")
    return limit


def _value(number: str) -> float:
    if number[0].isdecimal():
        return float(number)
    if number == "半":
        return 0.5
    if "半" in number:
        return 0
    tens, ten, ones = number.rpartition("十")
    units = DIGITS.get(ones, 0) if len(ones) < 2 else 0
    return 10 * (DIGITS.get(tens, 0) if tens else 1) + units if ten else units


def _refusal(text: str, reason: str) -> Invalid:
    return Invalid(f"处置时限“{text[:20]}”看不懂：{reason}", field="limit")
