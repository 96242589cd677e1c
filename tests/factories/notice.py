"""Notices of public holidays, as files a person uploads."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import openpyxl

HEADER = ("日期", "类型", "名称")

# An invented notice for 2027: the statutory days with the days off around them, and the Sundays worked for them.
NOTICE_2027 = [
    *((f"2027-01-{day:02}", "放假", "元旦") for day in (1, 2, 3)),
    ("2027-01-31", "调休上班", "春节调休"),
    *((f"2027-02-{day:02}", "放假", "春节") for day in range(5, 12)),
    ("2027-02-20", "调休上班", "春节调休"),
    *((f"2027-04-{day:02}", "放假", "清明节") for day in (3, 4, 5)),
    *((f"2027-05-{day:02}", "放假", "劳动节") for day in range(1, 6)),
    ("2027-05-08", "调休上班", "劳动节调休"),
    ("2027-06-09", "放假", "端午节"),
    ("2027-09-15", "放假", "中秋节"),
    *((f"2027-10-{day:02}", "放假", "国庆节") for day in range(1, 8)),
    ("2027-10-09", "调休上班", "国庆节调休"),
]


def notice_csv(rows: Iterable[tuple[Any, ...]] = NOTICE_2027, *, encoding: str = "utf-8-sig") -> bytes:
    """The rows as csv."""
    return "\r\n".join(",".join(map(str, row)) for row in (HEADER, *rows)).encode(encoding)


def notice_xlsx(rows: Iterable[tuple[Any, ...]] = NOTICE_2027, *, above: Iterable[tuple[Any, ...]] = ()) -> bytes:
    """The rows as a workbook, below the lines ``above``."""
    book = openpyxl.Workbook()
    for row in (*above, HEADER, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
