"""Notice sheet (放假安排表): what each row of a table ``日期 类型 名称`` says, or why it cannot be taken."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from grid.calendars import calendar_day
from grid.errors import Invalid
from grid.imports.sheet import Formula, Row
from grid.worktime.day import Day, DayKind

HEADER_WITHIN = 10  # rows; some tables begin with a title
NAME_MAX = 40
DATES = (re.compile(r"(\d{4})[-/.年] ?(\d{1,2})[-/.月] ?(\d{1,2})日?"), re.compile(r"(\d{4})(\d\d)(\d\d)"))
COLUMNS = {
    "日期": "day",
    "day": "day",
    "date": "day",
    "类型": "kind",
    "kind": "kind",
    "名称": "name",
    "name": "name",
    "暂定": "is_provisional",
    "is_provisional": "is_provisional",
}
KINDS = {
    DayKind.HOLIDAY: ("放假", "节假日", "法定节假日", "假日", "休息", "休", "holiday"),
    DayKind.WORKDAY: ("调休上班", "上班", "调休", "补班", "工作日", "班", "workday"),
}
_BY_WORD = {word: kind for kind, words in KINDS.items() for word in words}


class Fate(StrEnum):
    """What becomes of a row of an import (处理结果)."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    SKIPPED = "skipped"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return _FATES[self]


_FATES = {
    Fate.NEW: "新增",
    Fate.CHANGED: "修改",
    Fate.UNCHANGED: "不变",
    Fate.REMOVED: "删除",
    Fate.SKIPPED: "跳过",
    Fate.REFUSED: "不能导入",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row as understood. number: its row in the file, 0 for a row that only the calendar has."""

    number: int
    fate: Fate
    day: Day | None
    reason: str = ""


def understand(rows: list[tuple[int, Row]], source: str) -> list[Line]:
    """Each row after the header: a day (its fate still open: NEW), or refused with the cell or the date.

    rows: with their numbers in the file. Raises Invalid when there is no header.
    """
    columns, body = _header(rows)
    lines = [_line(number, row, columns, source) for number, row in body]
    return _contradictions(lines)


def _header(rows: list[tuple[int, Row]]) -> tuple[dict[str, int], list[tuple[int, Row]]]:
    for place, (_, row) in enumerate(rows[:HEADER_WITHIN]):
        columns = {COLUMNS[word]: at for at, cell in enumerate(row) if (word := _words(cell).lower()) in COLUMNS}
        if {"day", "kind"} <= columns.keys():
            return columns, rows[place + 1 :]
    raise Invalid("找不到表头。第一行应有“日期”“类型”“名称”三列。什么都没有导入。", field="file")


def _line(number: int, row: Row, columns: dict[str, int], source: str) -> Line:
    cells = {name: row[at] if at < len(row) else None for name, at in columns.items()}
    formula = next((cell for cell in cells.values() if isinstance(cell, Formula)), None)
    if formula is not None:
        return Line(number, Fate.REFUSED, None, f"第 {number} 行有公式，请改成数值。")
    day = _date(cells["day"])
    if day is None:
        told = _words(cells["day"])[:20] or "空白"
        return Line(number, Fate.REFUSED, None, f"第 {number} 行的日期读不懂（{told}），应像 2027-02-05。")
    kind = _BY_WORD.get(_words(cells["kind"]).lower())
    if kind is None:
        told = _words(cells["kind"])[:20] or "空白"
        return Line(number, Fate.REFUSED, None, f"{day} 的类型读不懂（{told}），应是“放假”或“调休上班”。")
    name = _words(cells.get("name"))[:NAME_MAX]
    is_provisional = _words(cells.get("is_provisional")).lower() in ("yes", "是", "true", "1")
    found = Day(day, kind, name, source, is_provisional)
    reason = calendar_day.refusal(day, kind)
    return Line(number, Fate.REFUSED if reason else Fate.NEW, found, reason or "")


def _contradictions(lines: list[Line]) -> list[Line]:
    """Refuse a date that is said to be both; skip one that is said twice."""
    said: dict[date, list[Line]] = defaultdict(list)
    for line in lines:
        if line.day is not None:
            said[line.day.day].append(line)
    return [_judged(line, said[line.day.day]) if line.day is not None else line for line in lines]


def _judged(line: Line, twins: list[Line]) -> Line:
    kinds = {twin.day.kind for twin in twins if twin.day is not None}
    numbers = "、".join(str(twin.number) for twin in twins)
    if len(kinds) > 1 and line.day is not None:
        reason = f"{line.day.day} 自相矛盾：第 {numbers} 行既写放假又写上班，请只留一行。"
        return replace(line, fate=Fate.REFUSED, reason=reason)
    if line is not twins[0] and line.fate is Fate.NEW:
        return replace(line, fate=Fate.SKIPPED, reason=f"和第 {twins[0].number} 行是同一天，只算一次。")
    return line


def _words(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _date(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    parts = next((found for form in DATES if (found := form.fullmatch(_words(cell)))), None)
    if parts is None:
        return None
    try:
        return date(*map(int, parts.groups()))
    except ValueError:
        return None
