"""Importing a notice: a preview that changes nothing, then the whole of it at once."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from grid import revision
from grid.calendars import almanac, calendar_day, notice_import
from grid.calendars.notice_import import CalendarImport, ImportState
from grid.calendars.notice_sheet import Fate
from grid.db import db, transaction
from grid.errors import Conflict, Invalid
from grid.worktime.day import DayKind, shipped_days
from tests.factories.account import find_user
from tests.factories.notice import NOTICE_2027, notice_csv, notice_xlsx


def preview(data: bytes) -> CalendarImport:
    with transaction():
        return notice_import.preview(find_user("xt01"), data, "2027.csv", "2027年通知（测试）")


def fates(found: CalendarImport) -> dict[Fate, int]:
    return {fate: count for fate, count in found.counts.items() if count}


def apply(found: CalendarImport) -> None:
    with transaction():
        notice_import.apply(find_user("xt01"), notice_import.get(found.id))


def test_a_new_database_has_the_shipped_days(app: Flask) -> None:
    assert calendar_day.all_days() == sorted(shipped_days())
    assert almanac.gaps() == [2027]


@pytest.mark.parametrize("data", [notice_csv(), notice_xlsx()], ids=["csv", "xlsx"])
def test_a_preview_says_what_would_change_and_changes_nothing(app: Flask, data: bytes) -> None:
    found = preview(data)

    assert found.state is ImportState.PREVIEWED and found.years == [2027] and found.warnings == []
    # The 13 provisional days are all in the notice: confirmed by it, so changed.
    assert fates(found) == {Fate.NEW: len(NOTICE_2027) - 13, Fate.CHANGED: 13}
    assert calendar_day.all_days() == sorted(shipped_days())
    assert almanac.current().number == found.revision


def test_confirmed_the_notice_is_the_year(app: Flask) -> None:
    apply(preview(notice_csv()))

    now = almanac.current()
    assert 2027 in now.known_years and almanac.gaps() == []
    days = now.of_year(2027)
    assert [(str(day.day), day.kind.label, day.name) for day in days] == sorted(NOTICE_2027)
    assert {day.source for day in days} == {"2027年通知（测试）"}
    assert now.of_year(2026) == [day for day in shipped_days() if day.day.year == 2026]


def test_the_same_notice_again_changes_nothing(app: Flask) -> None:
    apply(preview(notice_csv()))

    assert fates(preview(notice_xlsx())) == {Fate.UNCHANGED: len(NOTICE_2027)}


def test_rows_the_notice_does_not_have_go(app: Flask) -> None:
    with transaction():
        calendar_day.put(find_user("xt01"), date(2027, 3, 1), DayKind.HOLIDAY, "猜的")
    found = preview(notice_csv())

    assert [line["day"] for line in found.lines if line["fate"] == Fate.REMOVED] == ["2027-03-01"]
    apply(found)
    assert date(2027, 3, 1) not in {day.day for day in almanac.current().days}


def test_a_few_single_days_are_no_notice(app: Flask) -> None:
    found = preview(notice_csv([("2027-02-09", "放假", "春节"), ("2026-12-31", "放假", "元旦")]))
    apply(found)

    assert found.years == [] and len(found.warnings) == 2
    assert almanac.gaps() == [2027]  # still no notice
    days = {day.day: day for day in almanac.current().days}
    assert days[date(2027, 2, 9)].is_provisional and not days[date(2026, 12, 31)].is_provisional
    assert len(almanac.current().of_year(2027)) == 14


def test_a_thin_notice_is_remarked_upon(app: Flask) -> None:
    found = preview(notice_csv([row for row in NOTICE_2027 if row[2] in ("春节", "元旦")]))

    assert found.years == [2027] and "只有 10 天放假" in found.warnings[0]


def test_one_refused_row_stops_the_whole_file(app: Flask) -> None:
    found = preview(notice_csv([*NOTICE_2027, ("2027-02-06", "上班", "矛盾")]))

    assert found.state is ImportState.REFUSED and found.counts[Fate.REFUSED] == 2
    with pytest.raises(Conflict, match="不能导入的行"):
        apply(found)
    assert calendar_day.all_days() == sorted(shipped_days())


def test_a_file_without_days_is_refused(app: Flask) -> None:
    with pytest.raises(Invalid, match="没有日期"):
        preview(notice_csv([]))


def test_a_preview_is_confirmed_once_and_only_while_the_calendar_stands(app: Flask) -> None:
    first, second = preview(notice_csv()), preview(notice_csv())
    apply(first)

    with pytest.raises(Conflict, match="已经导入过"):
        apply(first)
    with pytest.raises(Conflict, match="重新预览"):
        apply(second)


def test_a_failed_import_leaves_no_copy_behind(app: Flask) -> None:
    found = preview(notice_csv())

    with pytest.raises(RuntimeError), transaction():
        notice_import.apply(find_user("xt01"), notice_import.get(found.id))
        almanac.current()
        raise RuntimeError("the power went out")

    with transaction():
        calendar_day.put(find_user("xt01"), date(2027, 3, 1), DayKind.HOLIDAY, "别的")
    assert revision.current(revision.CALENDAR) == 2
    assert len(almanac.current().of_year(2027)) == 14


def test_days_set_by_hand_before_the_notice_are_provisional(app: Flask) -> None:
    with transaction():
        early = calendar_day.put(find_user("xt01"), date(2027, 2, 9), DayKind.HOLIDAY, "春节")
        late = calendar_day.put(find_user("xt01"), date(2026, 12, 24), DayKind.HOLIDAY, "台风停工")

    assert (early.is_provisional, late.is_provisional) == (True, False)
    assert not almanac.current().calendar(almanac.DEFAULT).is_workday(date(2026, 12, 24))
    with transaction():
        calendar_day.remove(find_user("xt01"), date(2026, 12, 24))
    assert almanac.current().calendar(almanac.DEFAULT).is_workday(date(2026, 12, 24))
    db.session.rollback()
