"""Days that differ from the plain Monday-to-Friday week (节假日、调休), as rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from importlib.resources import files
from typing import NamedTuple

from grid.errors import Invalid

SOURCE_MARK = "# source: "


class DayKind(StrEnum):
    """What a row makes of its day: holiday 节假日 or workday 调休上班."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"

    @property
    def label(self) -> str:
        """Words for people."""
        return {"holiday": "放假", "workday": "调休上班"}[self]


class Day(NamedTuple):
    """One row of the calendar (日历): a holiday or a make-up working day.

    source: the paper it stands in. is_provisional: set down before the year's notice is out.
    """

    day: date
    kind: DayKind
    name: str
    source: str = ""
    is_provisional: bool = False


def read_days(lines: Iterable[str]) -> list[Day]:
    """The rows of a calendar file: ``day,kind,name[,is_provisional]``; the comment ``# source:`` names the paper.

    Raises Invalid with the row's number for a row that is no day, has no known kind or repeats a day.
    """
    told = list(lines)
    source = next((line.removeprefix(SOURCE_MARK).strip() for line in told if line.startswith(SOURCE_MARK)), "")
    reader = csv.DictReader(line for line in told if not line.startswith("#"))
    days: dict[date, Day] = {}
    for number, row in enumerate(reader, start=1):
        day = _read_row(number, row, source)
        if day.day in days:
            raise Invalid(f"日历第 {number} 行：{day.day} 重复出现，请只保留一行。", field="day")
        days[day.day] = day
    return list(days.values())


def _read_row(number: int, row: dict[str, str], source: str) -> Day:
    try:
        is_provisional = row.get("is_provisional") == "yes"
        return Day(date.fromisoformat(row["day"]), DayKind(row["kind"]), row["name"] or "", source, is_provisional)
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(
            f"日历第 {number} 行读不懂：日期应写成 2026-02-14，类型应为 holiday（放假）或 workday（上班）。",
            field="day",
        ) from error


def shipped_days() -> list[Day]:
    """All rows that come with the product, one file a year, oldest first."""
    folder = files("grid.worktime") / "holidays"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".csv"))
    return [day for name in names for day in read_days((folder / name).read_text("utf-8").splitlines())]
