"""Drawing (图): the outlines of a GeoJSON file from outside, each with what it says of itself and what is wrong.

A feature is a unit grid unless its ``level`` says community, village or street. Property names may be Chinese.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from numpy.typing import NDArray

from grid.areas.area import Level
from grid.errors import Invalid
from grid.geo import frame, shapes
from grid.geo.crs import Datum
from grid.geo.shapes import Shape

MAX_BYTES = 20 * 1024 * 1024
MAX_FEATURES = 5_000
MAX_POINTS = 20_000  # of one outline
MAX_ALL_POINTS = 400_000
LEAST_M2 = 1.0
TEXT_MAX = {"code": 20, "name": 100, "parent": 20}

NAMES: dict[str, tuple[str, ...]] = {
    "level": ("level", "层级"),
    "code": ("code", "代码", "网格代码", "网格编码"),
    "name": ("name", "名称", "网格名称"),
    "parent": ("community", "parent", "社区代码", "所属社区代码", "上级代码"),
    "kind": ("kind", "类型", "网格类型"),
}
LEVELS = {level.value: level for level in (Level.STREET, Level.COMMUNITY, Level.VILLAGE, Level.GRID)} | {
    "": Level.GRID,
    "网格": Level.GRID,
    "单元网格": Level.GRID,
    "社区": Level.COMMUNITY,
    "村": Level.VILLAGE,
    "街道": Level.STREET,
    "镇": Level.STREET,
}
KINDS = {
    "": "basic",
    "basic": "basic",
    "基础": "basic",
    "基础网格": "basic",
    "special": "special",
    "专属": "special",
    "专属网格": "special",
}


@dataclass(slots=True)
class Outline:
    """One feature: the ``number``-th of the file. shape: CGCS2000 degrees, None when a fault keeps it unread."""

    number: int
    level: Level = Level.GRID
    code: str = ""
    name: str = ""
    parent: str = ""
    kind: str = "basic"
    shape: Shape | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """How to speak of it."""
        return f"第 {self.number} 个{f'（{self.name or self.code}）' if self.name or self.code else ''}"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The outlines of a file and the datum their numbers were in."""

    datum: Datum
    outlines: list[Outline]


def read(data: bytes, chosen: Datum | None = None) -> Drawing:
    """What is in a file. Raises Invalid for a file that is no drawing; single faults stand with their outline."""
    told = _parsed(data)
    features = told.get("features")
    if told.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise _refusal("应是 GeoJSON 的 FeatureCollection")
    if not features:
        raise _refusal("里面没有任何图形")
    if len(features) > MAX_FEATURES:
        raise _refusal(f"超过 {MAX_FEATURES} 个图形，请分街道导入")
    datum = frame.settle(told.get("crs"), chosen)
    left = [MAX_ALL_POINTS]
    place = partial(_place, datum, left)
    return Drawing(datum, [_outline(number, each, place) for number, each in enumerate(features, 1)])


def _parsed(data: bytes) -> Mapping[str, Any]:
    if len(data) > MAX_BYTES:
        raise _refusal(f"超过 {MAX_BYTES // 1024 // 1024} MB")
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _refusal("不是 UTF-8 编码的 GeoJSON，请重新导出") from None
    except (ValueError, RecursionError):
        raise _refusal("不是完整的 GeoJSON（JSON 读不懂），请重新导出") from None
    if not isinstance(told, Mapping):
        raise _refusal("应是 GeoJSON 的 FeatureCollection")
    return told


def _outline(number: int, feature: Any, place: Any) -> Outline:
    found = Outline(number)
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        found.faults.append("不是 GeoJSON 的 Feature。")
        return found
    told = feature.get("properties")
    _describe(found, told if isinstance(told, Mapping) else {})
    try:
        shape = shapes.read(feature.get("geometry"), place)
        if shapes.area_m2(shape) < LEAST_M2:
            raise Invalid("面积不到 1 平方米，请检查。")
        found.shape = shape
    except Invalid as error:
        if error.field == "file":
            raise
        if error.field == frame.FIELD:  # the same for every outline
            raise Invalid(f"{found.words}：{error.detail}没有导入任何内容。", field=frame.FIELD) from error
        found.faults.append(error.detail)
    return found


def _describe(found: Outline, told: Mapping[Any, Any]) -> None:
    words = {name: _word(told, aliases) for name, aliases in NAMES.items()}
    for name, most in TEXT_MAX.items():
        if len(words[name]) > most:
            found.faults.append(f"{NAMES[name][1]}太长：{len(words[name])} 个字，最多 {most} 个。")
        setattr(found, name, words[name][:most])
    if not "".join(words.values()).isprintable():
        found.faults.append("名称或代码里有不能显示的字符。")
    if words["level"] not in LEVELS:
        found.faults.append(f"层级“{words['level'][:20]}”不认识，应是 街道、社区、村 或 网格。")
    if words["kind"] not in KINDS:
        found.faults.append(f"类型“{words['kind'][:20]}”不认识，应是 基础网格 或 专属网格。")
    found.level = LEVELS.get(words["level"], Level.GRID)
    found.kind = KINDS.get(words["kind"], "basic")


def _word(told: Mapping[Any, Any], aliases: tuple[str, ...]) -> str:
    """The first of these properties that is there, as text; programs write codes as numbers."""
    value = next((told[name] for name in aliases if told.get(name) not in (None, "")), "")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        value = int(value)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _place(datum: Datum, left: list[int], points: NDArray[Any]) -> NDArray[Any]:
    if len(points) > MAX_POINTS:
        raise Invalid(f"边界有 {len(points)} 个点，最多 {MAX_POINTS} 个，请先抽稀。")
    left[0] -= len(points)
    if left[0] < 0:
        raise _refusal(f"所有边界加起来超过 {MAX_ALL_POINTS} 个点，请先抽稀")
    # Not rounded: that could make a valid outline cross itself. The same numbers come to the same place.
    return frame.store(frame.check(points, datum), datum)


def _refusal(reason: str) -> Invalid:
    return Invalid(f"文件{reason}。没有导入任何内容。", field="file")
