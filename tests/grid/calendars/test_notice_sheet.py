"""What each row of a notice says, or why it cannot be taken."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from grid.calendars.notice_sheet import Fate, Line, understand
from grid.errors import Invalid
from grid.imports.sheet import Formula
from grid.worktime.day import DayKind
from tests.conftest import Clock

HEADER = ("日期", "类型", "名称")


def lines(*rows: tuple[Any, ...], header: tuple[Any, ...] = HEADER) -> list[Line]:
    return understand(list(enumerate((header, *rows), 1)), "测试通知")


@pytest.mark.parametrize(
    "cell",
    [
        "2027-02-05",
        "2027/2/5",
        "2027.2.5",
        "2027年2月5日",
        "20270205",
        datetime(2027, 2, 5),
        date(2027, 2, 5),
        " 2027-2-5 ",
    ],
)
def test_dates_are_read_as_people_write_them(time: Clock, cell: Any) -> None:
    [line] = lines((cell, "放假", "春节"))

    assert line.fate is Fate.NEW and line.day is not None and line.day.day == date(2027, 2, 5)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("放假", DayKind.HOLIDAY),
        ("休", DayKind.HOLIDAY),
        ("holiday", DayKind.HOLIDAY),
        ("Holiday", DayKind.HOLIDAY),
    ]
    + [("调休上班", DayKind.WORKDAY), ("补班", DayKind.WORKDAY), ("班", DayKind.WORKDAY)],
)
def test_kinds_are_read_as_people_write_them(time: Clock, word: str, kind: DayKind) -> None:
    [line] = lines(("2027-02-20", word, "春节"))

    assert line.day is not None and line.day.kind is kind


def test_the_header_may_sit_below_a_title_and_in_any_order(time: Clock) -> None:
    rows = [("2027年放假安排", None, None), ("名称", "日期", "类型"), ("春节", "2027-02-05", "放假")]

    [line] = understand(list(enumerate(rows, 1)), "")

    assert (line.number, line.fate) == (3, Fate.NEW)
    assert line.day is not None and line.day.name == "春节"


def test_without_a_header_nothing_is_read(time: Clock) -> None:
    with pytest.raises(Invalid, match="表头"):
        lines(("2027-02-05", "放假", "春节"), header=("a", "b", "c"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("2027-02-30", "放假", ""), "第 2 行的日期读不懂"),
        ((None, "放假", "春节"), "第 2 行的日期读不懂"),
        ((46423, "放假", "春节"), "第 2 行的日期读不懂"),
        (("2027121", "放假", "元旦"), "第 2 行的日期读不懂"),  # 1 December or 21 January?
        (("2027-02-05", "过年", "春节"), "2027-02-05 的类型读不懂"),
        (("2027-02-05", None, "春节"), "2027-02-05 的类型读不懂"),
        (("2027-02-05",), "2027-02-05 的类型读不懂"),
        ((Formula("=A1"), "放假", "春节"), "第 2 行有公式"),
        (("2027-02-05", "放假", Formula("=A1")), "第 2 行有公式"),
        (("2062-02-05", "放假", "春节"), "2062-02-05 不在"),
        (("2027-02-08", "调休上班", ""), "2027-02-08 是星期一，本来就上班"),
        (("2027-10-02", "调休上班", ""), "2027-10-02 是法定节假日"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_date(
    time: Clock, row: tuple[Any, ...], words: str
) -> None:
    [line] = lines(row)

    assert line.fate is Fate.REFUSED and line.reason.startswith(words)


def test_a_date_that_is_said_to_be_both_is_refused_with_the_date(time: Clock) -> None:
    one, two, three = lines(
        ("2027-02-20", "放假", "春节"), ("2027-02-21", "放假", "春节"), ("2027-02-20", "上班", "调休")
    )

    assert [line.fate for line in (one, two, three)] == [Fate.REFUSED, Fate.NEW, Fate.REFUSED]
    assert one.reason == three.reason == "2027-02-20 自相矛盾：第 2、4 行既写放假又写上班，请只留一行。"


def test_a_date_said_twice_counts_once(time: Clock) -> None:
    one, two = lines(("2027-02-05", "放假", "春节"), ("2027-02-05", "放假", "除夕"))

    assert (one.fate, two.fate) == (Fate.NEW, Fate.SKIPPED)
    assert "第 2 行" in two.reason
