"""Value (填写值): what a field of a form holds, read by its type; refused in plain words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from grid.errors import Invalid
from grid.geo.crs import DEGREES

if TYPE_CHECKING:
    from grid.forms.form import Field

TEXT_MAX, LONGTEXT_MAX, PHOTOS_MAX = 200, 2000, 6
_PHOTO = re.compile(r"[0-9a-f]{64}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{2,19}")
_ID_NO = re.compile(r"[0-9]{17}[0-9X]")


def refused(name: str, words: str) -> Invalid:
    """What a person is told of a field."""
    return Invalid(words, field=name)


def read(field: Field, told: Any) -> Any:
    """The value as it is kept. Raises Invalid, naming the field."""
    return _READERS[field.type](field, told)


def _text(field: Field, told: Any) -> str:
    longest = int(field.max or (LONGTEXT_MAX if field.type == "longtext" else TEXT_MAX))
    if not isinstance(told, str) or len(told.strip()) > longest:
        raise refused(field.name, f"{field.label}应是文字，最多 {longest} 个字。")
    return told.strip()


def _number(field: Field, told: Any) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or not math.isfinite(told):
        raise refused(field.name, f"{field.label}应是数字。")
    if field.type == "integer" and told != int(told):
        raise refused(field.name, f"{field.label}应是整数。")
    low, high = field.min if field.min is not None else -1e12, field.max if field.max is not None else 1e12
    if not low <= told <= high:
        raise refused(field.name, f"{field.label}应在 {low:g} 到 {high:g} 之间。")
    return int(told) if field.type == "integer" else told


def _choice(field: Field, told: Any) -> str:
    if told not in field.options:
        raise refused(field.name, f"{field.label}请从选项里选。")
    return str(told)


def _multi(field: Field, told: Any) -> list[str]:
    if not isinstance(told, list) or any(one not in field.options for one in told):
        raise refused(field.name, f"{field.label}请从选项里选。")
    return [option for option in field.options if option in told]


def _date(field: Field, told: Any) -> str:
    try:
        return date.fromisoformat(told).isoformat()
    except (TypeError, ValueError):
        raise refused(field.name, f"{field.label}应是日期，像 2026-11-22。") from None


def _datetime(field: Field, told: Any) -> str:
    try:
        moment = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise refused(field.name, f"{field.label}应是带时区的时间。")
    return moment.isoformat()


def _boolean(field: Field, told: Any) -> bool:
    if not isinstance(told, bool):
        raise refused(field.name, f"{field.label}应是“是”或“否”。")
    return told


def _photo(field: Field, told: Any) -> list[str]:
    most = int(field.max or PHOTOS_MAX)
    if not isinstance(told, list) or len(told) > most:
        raise refused(field.name, f"{field.label}最多 {most} 张。")
    if any(not isinstance(one, str) or not _PHOTO.fullmatch(one) for one in told):
        raise refused(field.name, f"{field.label}没有认出来，请重新拍。")
    return list(dict.fromkeys(told))


def _place(field: Field, told: Any) -> dict[str, Any]:
    if not isinstance(told, dict) or told.get("datum") not in DEGREES:
        raise refused(field.name, f"{field.label}请重新定位。")
    lon, lat, accuracy_m = told.get("lon"), told.get("lat"), told.get("accuracy_m")
    if not (_is_between(lon, 180) and _is_between(lat, 90)):
        raise refused(field.name, f"{field.label}请重新定位。")
    return {
        "lon": lon,
        "lat": lat,
        "datum": str(told["datum"]),
        "accuracy_m": accuracy_m if _is_between(accuracy_m, 100_000) else None,
        "address": str(told.get("address") or "")[:200],
    }


def _is_between(number: Any, limit: float) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and -limit <= number <= limit


def _pattern(pattern: re.Pattern[str], words: str) -> Callable[[Any, Any], str]:
    def read_(field: Any, told: Any) -> str:
        if not isinstance(told, str) or not pattern.fullmatch(told.strip()):
            raise refused(field.name, f"{field.label}{words}")
        return told.strip()

    return read_


_READERS: dict[str, Callable[[Any, Any], Any]] = {
    "text": _text,
    "longtext": _text,
    "number": _number,
    "integer": _number,
    "choice": _choice,
    "multi": _multi,
    "date": _date,
    "datetime": _datetime,
    "boolean": _boolean,
    "photo": _photo,
    "place": _place,
    "phone": _pattern(_PHONE, "应是电话号码。"),
    "id_no": _pattern(_ID_NO, "应是 18 位身份证号。"),
}
