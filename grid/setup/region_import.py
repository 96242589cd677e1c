"""Import of regions (导入区域): provinces to communities and villages under their statistical codes, from a table.

Codes are those of the National Bureau of Statistics: 2, 4, 6, 9 or 12 digits by level, or 12 filled up with zeros.
Where a code does not begin with its parent's, as in development zones without a county code, the table names the
parent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from grid import clock, revision
from grid.accounts.user import User
from grid.areas import area as areas
from grid.areas import net
from grid.areas.area import Area, AreaCode, Level
from grid.db import db
from grid.errors import Invalid
from grid.imports import preview as previews
from grid.imports import table
from grid.imports.fate import Fate
from grid.imports.line import Line
from grid.imports.preview import ImportPreview
from grid.imports.table import Columns, Row
from grid.seal import Sealer
from grid.trail import entry as trail

KIND = "regions"
NAME_MAX = 100
COLUMNS = Columns(
    words={
        "code": ("代码", "区划代码", "统计用区划代码", "区域代码"),
        "name": ("名称", "区域名称", "区划名称"),
        "level": ("层级", "级别"),
        "parent": ("上级代码", "上级区划代码", "上级"),
    },
    required=("code", "name"),
)
DIGITS = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.STREET: 9,
    Level.COMMUNITY: 12,
    Level.VILLAGE: 12,
}
ORDER = tuple(DIGITS)
LEVELS = {
    "省": Level.PROVINCE, "自治区": Level.PROVINCE, "直辖市": Level.PROVINCE,
    "市": Level.CITY, "地级市": Level.CITY, "自治州": Level.CITY,
    "县": Level.COUNTY, "区": Level.COUNTY, "县区": Level.COUNTY, "县级市": Level.COUNTY,
    "街道": Level.STREET, "镇": Level.STREET, "乡": Level.STREET, "乡镇": Level.STREET, "街道办": Level.STREET,
    "社区": Level.COMMUNITY, "居委会": Level.COMMUNITY, "村": Level.VILLAGE, "村委会": Level.VILLAGE,
}  # fmt: skip
VILLAGES = ("2", "3", "5")  # 200–399 village committees, 500–599 what is like them


@dataclass(slots=True)
class Region:
    """A row understood: what it wants to be, and where."""

    code: str
    name: str
    level: Level
    parent: str


def compare(data: bytes) -> list[Line]:
    """A table against the net as it is; writes nothing. Raises Invalid for a file that is no such table."""
    book = table.read(data, COLUMNS)
    rows = [(found.title, row) for found in book.tables for row in found.rows if not row.is_blank]
    lines = [_line(number, title, row) for number, (title, row) in enumerate(rows, 1)]
    standing = _standing()
    _refuse_doubles(lines)
    used = set(db.session.scalars(select(AreaCode.code)))
    told = {line.told.code: line for line in lines if line.told is not None}
    for line in sorted((line for line in lines if line.told is not None), key=lambda line: _rank(line.told)):
        if line.fate is not Fate.REFUSED:
            _judge(line, line.told, standing, told, used)
    return lines


def draft(actor: User | None, data: bytes, file_name: str, sealer: Sealer) -> ImportPreview:
    """Keep what a table would do; the net stays as it is."""
    basis = previews.basis(revision.NET)
    return previews.keep(actor, KIND, data, file_name, compare(data), basis, sealer)


def confirm(
    actor: User | None, found: ImportPreview, chosen: Collection[int] | None, sealer: Sealer
) -> ImportPreview:
    """Take in the chosen rows, or all that can be. Raises Conflict, or Invalid for a row without its parent."""
    numbers = previews.choose(found, chosen)
    wanted = set(numbers)
    adopt(actor, [line for line in compare(previews.file(found, sealer)) if line.number in wanted])
    previews.settle(actor, found, numbers)
    return found


def adopt(actor: User | None, lines: Iterable[Line]) -> None:
    """Write new and renamed regions into the net, inside the caller's transaction."""
    by_code = {code: node.id for code, node in _standing().items()}
    today = clock.today()
    for line in sorted(lines, key=lambda line: _rank(line.told)):
        told: Region = line.told
        if line.fate is Fate.NEW:
            if told.parent and told.parent not in by_code:
                raise Invalid(f"{told.name} 的上级 {told.parent} 没有一起导入。", field="lines")
            parent = db.session.get_one(Area, by_code[told.parent]) if told.parent else None
            by_code[told.code] = areas.add(parent, told.level, told.name, told.code, None, today).id
        elif line.fate is Fate.CHANGED:
            area = db.session.get_one(Area, by_code[told.code])
            trail.record(actor, "area:rename", "area", told.code, area.path, before=area.name, after=told.name)
            area.name = told.name
    revision.bump(revision.NET)


def _standing() -> Mapping[str, net.Node]:
    return net.current().by_code if revision.current(revision.NET) else {}


def _line(number: int, title: str, row: Row) -> Line:
    place = f"{title} 第 {row.number} 行".strip()
    line = Line(number, place, row.text("code"), row.text("name"))
    for cell in row.cells.values():
        if cell.fault:
            line.refuse(cell.address, cell.fault)
    try:
        line.told = _region(row)
        line.key = line.told.code
    except Invalid as error:
        named = row.cells.get(error.field or "code")
        line.refuse(named.address if named else "", error.detail)
    return line


def _region(row: Row) -> Region:
    code, name, level, parent = (row.text(each) for each in ("code", "name", "level", "parent"))
    if not re.fullmatch(r"[1-9][0-9]{1,11}", code):
        raise Invalid("代码应是 2、4、6、9 或 12 位数字。", field="code")
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise Invalid(f"名称要有 1 到 {NAME_MAX} 个可显示的字。", field="name")
    if level not in LEVELS and level not in {each.value for each in DIGITS} and level:
        raise Invalid(f"层级“{level[:20]}”不认识，应是 省、市、县区、街道、社区 或 村。", field="level")
    found = LEVELS.get(level) or (Level(level) if level else _level(code))
    short = _short(code, found)
    if parent and not parent.isdigit():
        raise Invalid("上级代码应是数字。", field="parent")
    return Region(short, name, found, _bare(parent) if parent else "")


def _level(code: str) -> Level:
    """The level a code's length says; the last three digits tell villages from communities."""
    bare = _bare(code)
    level = next((level for level, digits in DIGITS.items() if digits == len(bare)), None)
    if level is None:
        raise Invalid(f"代码有 {len(code)} 位，应是 2、4、6、9 或 12 位。", field="code")
    return Level.VILLAGE if level is Level.COMMUNITY and bare[9] in VILLAGES else level


def _short(code: str, level: Level) -> str:
    digits = DIGITS[level]
    if len(code) == 12 and not code[digits:].strip("0"):
        code = code[:digits]
    if len(code) != digits or not code[-3:].strip("0") and digits > 6:
        raise Invalid(f"{level.label}的代码应是 {digits} 位，这里是 {len(code)} 位。", field="code")
    return code


def _bare(code: str) -> str:
    """A code of 12 digits without the zeros that fill it up."""
    if len(code) != 12:
        return code
    return next((code[:digits] for digits in (2, 4, 6, 9) if not code[digits:].strip("0")), code)


def _rank(told: Region) -> tuple[int, str]:
    return ORDER.index(told.level), told.code


def _refuse_doubles(lines: Iterable[Line]) -> None:
    first: dict[str, Line] = {}
    for line in lines:
        if line.told is None:
            continue
        if line.told.code in first:
            line.refuse("", f"代码 {line.told.code} 与{first[line.told.code].place}重复。")
        else:
            first[line.told.code] = line


def _judge(
    line: Line, told: Region, standing: Mapping[str, net.Node], rows: Mapping[str, Line], used: Collection[str]
) -> None:
    """The fate of a row, once those above it are settled."""
    node = standing.get(told.code)
    if node is not None:
        if node.level is not told.level:
            line.refuse("", f"现有的 {told.code} 是{node.level.label}“{node.name}”，层级不能改。")
        else:
            line.compare([("名称", node.name, told.name)])
        return
    if told.code in used:
        line.refuse("", f"代码 {told.code} 用过并已停用，不能再用。")
        return
    _judge_parent(line, told, standing, rows)


def _judge_parent(line: Line, told: Region, standing: Mapping[str, net.Node], rows: Mapping[str, Line]) -> None:
    is_said = bool(told.parent)
    told.parent = told.parent or _above(told, standing, rows)
    parent = rows.get(told.parent)
    level = standing[told.parent].level if told.parent in standing else parent.told.level if parent else None
    if told.level is Level.PROVINCE:
        line.refuse("", "省没有上级，请去掉上级代码。") if is_said else None
    elif level is None:
        words = (
            f"上级 {told.parent} 不在表里，也还没有导入。" if told.parent else "没有上级：表里没有它的上级区域。"
        )
        line.refuse("", words)
    elif min(ORDER.index(level), 4) >= min(ORDER.index(told.level), 4):
        line.refuse("", f"上级 {told.parent} 是{level.label}，不能是{told.level.label}的上级。")
    elif parent is not None and parent.fate is Fate.REFUSED:
        line.refuse("", f"上级 {told.parent} 被拒绝。")
    elif not told.code.startswith(told.parent):
        line.note("", f"代码不以上级 {told.parent} 开头，按表里写的上级导入。")
    line.fate = line.fate or Fate.NEW


def _above(told: Region, standing: Mapping[str, net.Node], rows: Mapping[str, Line]) -> str:
    """The region one level up whose code this one begins with; whoever skips a level says so in the table."""
    code = next((told.code[:digits] for digits in (9, 6, 4, 2) if digits < len(told.code)), "")
    return code if code in standing or code in rows else ""
