"""Import of a notice (导入放假安排): first a preview that is kept, then, confirmed, the whole of it at once.

A file with a whole notice of a year replaces that year's rows; a few single rows only add to it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts.user import User
from grid.calendars import calendar_day
from grid.calendars.notice_sheet import Fate, Line, understand
from grid.db import Base, Coded, UTCDateTime, Versioned, db, new_id
from grid.errors import Conflict, Invalid, NotFound
from grid.imports import sheet
from grid.imports.archive import Limits
from grid.trail import entry as trail
from grid.worktime.day import Day, DayKind

# What a calendar may need; more is no calendar.
MB = 1024 * 1024
CALENDAR = Limits(size=MB, unpacked=16 * MB, parts=200, rows=1000, lines=1000, columns=12)
NOTICE_HOLIDAYS = 7  # the seven festivals: with fewer days a file is no year's notice
STATUTORY_HOLIDAYS = 13  # 全国年节及纪念日放假办法, since 2025


class ImportState(StrEnum):
    """State of an import (导入状态)."""

    PREVIEWED = "previewed"
    REFUSED = "refused"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> str:
        return {"previewed": "待确认", "refused": "不能导入", "confirmed": "已导入"}[self]


class CalendarImport(Versioned, Base):
    """Calendar import (日历导入): a file, what it would do to the calendar at ``revision``, and what was done.

    lines: {number, fate, day, kind, name, is_provisional, reason}.
    """

    __tablename__ = "calendar_import"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(120))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    years: Mapped[list[int]] = mapped_column(JSON)  # those the file holds the notice of
    warnings: Mapped[list[str]] = mapped_column(JSON)
    revision: Mapped[int]
    state: Mapped[ImportState] = mapped_column(Coded(ImportState))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def counts(self) -> dict[Fate, int]:
        """How many rows have each fate."""
        found = Counter(Fate(line["fate"]) for line in self.lines)
        return {fate: found[fate] for fate in Fate}


def preview(actor: User | None, data: bytes, file_name: str, source: str = "") -> CalendarImport:
    """Read a file and keep what it would do; the calendar stays as it is. Raises Invalid for a file beyond use."""
    source = source or _source(data) or file_name
    number = calendar_day.lock()
    lines = understand(sheet.first(data, CALENDAR), source)
    if not lines:
        raise Invalid("表里没有日期。什么都没有导入。", field="file")
    years = _noticed(lines)
    lines = _compared(lines, years)
    is_refused = any(line.fate is Fate.REFUSED for line in lines)
    found = CalendarImport(
        id=new_id(),
        file_name=file_name,
        sha256=hashlib.sha256(data).hexdigest(),
        source=source,
        lines=[_told(line) for line in lines],
        years=years,
        warnings=_warnings(lines, years),
        revision=number,
        state=ImportState.REFUSED if is_refused else ImportState.PREVIEWED,
        made_by=actor.id if actor else None,
        made_at=clock.now(),
    )
    db.session.add(found)
    trail.record(actor, "calendar:preview", "calendar_import", found.id, sha256=found.sha256)
    return found


def get(import_id: UUID) -> CalendarImport:
    """An import. Raises NotFound."""
    found = db.session.get(CalendarImport, import_id, populate_existing=True)
    if found is None:
        raise NotFound("没有这次导入，请重新预览。")
    return found


def apply(actor: User | None, found: CalendarImport) -> None:
    """Write all its rows into the calendar. Raises Conflict: refused, done already, or the calendar has moved."""
    number = calendar_day.lock()
    if found.state is ImportState.REFUSED:
        raise Conflict("这份表里有不能导入的行，请改好后重新预览。")
    if found.state is ImportState.CONFIRMED:
        raise Conflict("这份表已经导入过了。")
    if found.revision != number:
        raise Conflict("预览以后日历被改过，请重新预览再确认。")
    days = [_day(line, found.source) for line in found.lines if line["fate"] in (Fate.NEW, Fate.CHANGED)]
    gone = [date.fromisoformat(line["day"]) for line in found.lines if line["fate"] == Fate.REMOVED]
    calendar_day.replace(days, gone)
    found.state, found.confirmed_at = ImportState.CONFIRMED, clock.now()
    counts = {fate.value: count for fate, count in found.counts.items() if count}
    trail.record(actor, "calendar:import", "calendar_import", found.id, years=found.years, counts=counts)


def _source(data: bytes) -> str:
    first = data[:400].decode("utf-8", "ignore").lstrip("\ufeff").splitlines()[:1]
    return first[0].removeprefix("# source: ").strip()[:120] if first and first[0].startswith("# source: ") else ""


def _noticed(lines: list[Line]) -> list[int]:
    """The years whose whole notice these lines are."""
    days = [line.day for line in lines if line.day is not None and line.fate is Fate.NEW]
    holidays = Counter(day.day.year for day in days if day.kind is DayKind.HOLIDAY and not day.is_provisional)
    return sorted(year for year, count in holidays.items() if count >= NOTICE_HOLIDAYS)


def _compared(lines: list[Line], years: list[int]) -> list[Line]:
    """The lines with their fates against the calendar as it is, and the rows it would lose."""
    held = {day.day: day for day in calendar_day.all_days()}
    known = {day.day.year for day in held.values() if not day.is_provisional} | set(years)
    compared = [_fated(line, held, known) for line in lines]
    told = {line.day.day for line in lines if line.day is not None}
    return compared + [
        Line(0, Fate.REMOVED, day, "通知里没有这一天，原来的设置删除。")
        for day in held.values()
        if day.day.year in years and day.day not in told
    ]


def _fated(line: Line, held: dict[date, Day], known: set[int]) -> Line:
    if line.fate is not Fate.NEW or line.day is None:
        return line
    # A few rows of a year without its notice are no notice.
    day = line.day._replace(is_provisional=line.day.is_provisional or line.day.day.year not in known)
    old = held.get(day.day)
    if old is None:
        return Line(line.number, Fate.NEW, day)
    is_same = (old.kind, old.name, old.is_provisional) == (day.kind, day.name, day.is_provisional)
    reason = "" if is_same else f"原来：{old.kind.label} {old.name}{'（暂定）' if old.is_provisional else ''}"
    return Line(line.number, Fate.UNCHANGED if is_same else Fate.CHANGED, day, reason)


def _warnings(lines: list[Line], years: list[int]) -> list[str]:
    told = [line.day for line in lines if line.day is not None and line.number]
    warnings = []
    for year in sorted({day.day.year for day in told} - set(years)):
        warnings.append(f"{year} 年只有零星几天，不当作全年的放假通知：只改这几天，其余不动。")
    for year in years:
        count = len({day.day for day in told if day.day.year == year and day.kind is DayKind.HOLIDAY})
        if count < STATUTORY_HOLIDAYS:
            warnings.append(f"{year} 年只有 {count} 天放假，少于法定的 {STATUTORY_HOLIDAYS} 天，请核对是否漏了。")
    return warnings


def _told(line: Line) -> dict[str, Any]:
    day = line.day
    return {
        "number": line.number,
        "fate": line.fate.value,
        "day": day.day.isoformat() if day else None,
        "kind": day.kind.value if day else None,
        "name": day.name if day else "",
        "is_provisional": day.is_provisional if day else False,
        "reason": line.reason,
    }


def _day(line: dict[str, Any], source: str) -> Day:
    return Day(
        date.fromisoformat(line["day"]), DayKind(line["kind"]), line["name"], source, line["is_provisional"]
    )
