"""The daily brief's numbers, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy.event as sql
from flask import Flask

from fixtures.daling import STREET
from grid import clock
from grid.areas import net
from grid.db import db, transaction
from grid.errors import Invalid, NotFound
from grid.events import handling
from grid.events.event import Event
from grid.events.state import State
from reports import brief
from reports.dataset import Report
from tests.conftest import Clock
from tests.factories import street
from tests.factories.account import find_user, make_user
from tests.factories.event import ROAD, desk_of, fresh, make_event, take

MONDAY = date(2026, 11, 23)
STOPS = tuple(
    State(name)
    for name in (
        "reported pending_filing pending_dispatch pending_sign handling handled feedback pending_check checking"
        " pending_close"
    ).split()
)


def of(day: date | None = None, reader: str = "ld01", area: str = STREET) -> Report:
    """A brief, freshly read."""
    db.session.rollback()
    actor = find_user(reader)
    return brief.make(actor, brief.place(actor, area), day, is_demo=True)


def figures(report: Report) -> dict[str, str]:
    return {figure.code: figure.text for figure in report.headline}


def rows(report: Report, code: str) -> list[tuple[Any, ...]]:
    return list(report.dataset(code).rows)


def finish(event: Event) -> None:
    """Take a case on to its end."""
    with transaction():
        case = db.session.merge(event)
        for action in ROAD[STOPS.index(case.state) :]:
            take(case, action)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=clock.LOCAL)


def test_a_day_without_anything_has_noughts_and_no_rates(app: Flask) -> None:
    report = of()

    assert figures(report) == {
        "reported": "0",
        "filed": "0",
        "closed": "0",
        "on_time_rate": "—",
        "open": "0",
        "overdue": "0",
        "reworked": "0",
    }
    assert [count for _, count in rows(report, "hours")] == [0] * 24
    assert rows(report, "categories") == rows(report, "departments") == rows(report, "late") == []
    assert {row[3] for row in rows(report, "grids")} == {0}
    assert [str(row[2].value) for row in rows(report, "closing")] == ["None", "None"]


def test_every_number_of_a_mixed_day(app: Flask, time: Clock) -> None:
    closed = make_event(state=State.CLOSED)  # on time
    make_event(state=State.REJECTED)
    make_event(state=State.REPORTED, reporter="wg05", category="E0406")
    handled = make_event(state=State.HANDLING, category="E0406", reporter="wg05")
    slow = make_event(state=State.PENDING_SIGN, reporter="wg06", category="E0406")
    time.move(days=9)
    finish(slow)  # late

    report = of(MONDAY + timedelta(days=9))
    first = of(MONDAY)

    assert figures(first) == {
        "reported": "5",
        "filed": "3",
        "closed": "1",
        "on_time_rate": "33.3%",  # one closed on time, two due after two hours and not closed
        "open": "3",
        "overdue": "2",
        "reworked": "0",
    }
    assert figures(report) == {
        "reported": "0",
        "filed": "0",
        "closed": "1",
        "on_time_rate": "—",  # what was closed today was due long ago, and nothing is due today
        "open": "2",
        "overdue": "1",
        "reworked": "0",
    }
    assert [row[1] for row in rows(report, "closing")] == [0, 1]
    assert [row[0] for row in rows(report, "late")] == [fresh(handled).case_no]
    assert rows(report, "late")[0][3] == "大岭城管中队"
    assert [row[0] for row in rows(first, "categories")] == ["E0406", "E0410"]
    assert first.dataset("categories").finding == "占道经营占六成，集中在富祥社区"
    assert fresh(closed).state is State.CLOSED


def test_the_rate_counts_each_case_once_where_it_was_settled(app: Flask, time: Clock) -> None:
    early = make_event(state=State.CLOSED)
    late = make_event(state=State.PENDING_SIGN)
    due = fresh(late).due_at
    assert due is not None
    time.at = due + timedelta(days=3)
    finish(late)

    settled = {}
    day = clock.local(fresh(early).reported_at).date()
    while day <= clock.local(time.at).date():
        settled[day] = of(day).headline[3].value
        day += timedelta(days=1)

    assert sum(ratio.part for ratio in settled.values()) == 1
    assert sum(ratio.whole for ratio in settled.values()) == 2
    assert settled[clock.local(due).date()].whole >= 1
    assert settled[clock.local(time.at).date()].whole == 0  # closed late: it was counted when it was due


def test_yesterdays_brief_does_not_change_when_today_goes_on(app: Flask, time: Clock) -> None:
    events = [make_event(state=state) for state in (State.REPORTED, State.HANDLING, State.FEEDBACK, State.CLOSED)]
    with transaction():
        refused = db.session.merge(events[2])
        handling.move(desk_of(refused), refused, "rework", note="没有清干净")
    time.at = at(MONDAY, 23, 59, 59)
    before = of(MONDAY)
    time.move(days=1)

    for event in events[:3]:
        finish(event)
    void = make_event(state=State.VOIDED)

    after = of(MONDAY)
    assert figures(after) == figures(before)
    for code in ("hours", "categories", "grids", "closing", "departments"):
        assert rows(after, code) == rows(before, code)
    assert figures(before)["reworked"] == "1"
    assert fresh(void).state is State.VOIDED


def test_hours_break_at_local_midnight(app: Flask, time: Clock) -> None:
    for moment in (
        at(date(2026, 11, 22), 23, 59, 59),
        at(MONDAY, 0),
        at(MONDAY, 0, 59, 59),
        at(MONDAY, 8),
        at(MONDAY, 23, 59, 59),
        at(date(2026, 11, 24), 0),
    ):
        time.at = moment
        make_event()

    def hours(day: date) -> dict[int, int]:
        return {hour: count for hour, count in rows(of(day), "hours") if count}

    assert hours(date(2026, 11, 22)) == {23: 1}
    assert hours(MONDAY) == {0: 2, 8: 1, 23: 1}
    assert hours(date(2026, 11, 24)) == {0: 1}


def test_each_view_of_the_intake_adds_up_to_the_headline(app: Flask) -> None:
    for worker, category in (("wg01", "E0406"), ("wg01", "E0410"), ("wg05", "E0406"), ("wg14", "C0137")):
        make_event(reporter=worker, category=category)

    report = of()

    assert figures(report)["reported"] == "4"
    for code, column in (("hours", "count"), ("categories", "count"), ("grids", "count")):
        assert sum(report.dataset(code).column(column)) == 4


def test_departments_show_what_they_got_did_and_hold(app: Flask, time: Clock) -> None:
    make_event(state=State.PENDING_SIGN)
    make_event(state=State.HANDLED)
    make_event(state=State.CLOSED)
    make_event(state=State.HANDLING, department="ga")

    [cg, ga] = sorted(rows(of(), "departments"), key=lambda row: -row[1])

    assert cg == ("大岭城管中队", 3, 2, 2, 0)
    assert ga == ("大岭派出所", 1, 0, 1, 0)
    time.move(days=20)
    assert rows(of(), "departments")[0] == ("大岭城管中队", 0, 0, 2, 2)


def test_a_report_in_a_village_without_grids_is_on_the_map(app: Flask) -> None:
    village = "441323002201"
    make_event(area=village)

    [first, *_] = rows(of(), "grids")

    assert first == (village, "大洲村", "大岭街道", 1)
    assert village in of().dataset("grids").shapes


def test_a_brief_of_one_community_counts_only_what_lies_in_it(app: Flask) -> None:
    make_event(reporter="wg01")
    make_event(reporter="wg05")

    report = of(area="441323002003")

    assert figures(report)["reported"] == "1"
    assert len(rows(report, "grids")) == 2
    assert report.dataset("categories").finding == "非机动车乱停放占全部"


def test_another_streets_leader_sees_nothing_of_ours(app: Flask) -> None:
    street.make_second_street()
    make_user("ld51", "leader", area=street.STREET)
    make_event()
    make_event(reporter=street.WORKER)

    assert figures(of(reader="ld51", area=street.STREET))["reported"] == "1"
    assert figures(of())["reported"] == "1"
    for reader, area in (("ld51", STREET), ("ld51", street.COUNTY), ("ld01", street.GRID), ("ld01", "nowhere")):
        with pytest.raises(NotFound):
            of(reader=reader, area=area)


def test_the_callers_own_area_is_taken_when_none_is_named(app: Flask) -> None:
    assert brief.place(find_user("ld01"), None).code == STREET
    with pytest.raises(NotFound):
        brief.place(find_user("cg01"), None)


def test_a_day_to_come_is_refused(app: Flask) -> None:
    with pytest.raises(Invalid):
        of(MONDAY + timedelta(days=1))


def test_the_number_of_queries_does_not_grow_with_the_events(app: Flask) -> None:
    def count() -> int:
        seen: list[str] = []

        def hook(*args: Any) -> None:
            seen.append(args[2])

        net.current()
        sql.listen(db.engine, "before_cursor_execute", hook)
        of()
        sql.remove(db.engine, "before_cursor_execute", hook)
        return len(seen)

    make_event(state=State.HANDLING)
    few = count()
    for worker in ("wg02", "wg03", "wg04"):
        make_event(reporter=worker, state=State.HANDLING, category="E0406")

    assert count() == few


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("later", ["split", "closed with its main case"])
def test_what_was_merged_waits_for_nobody_whatever_comes_later(app: Flask, time: Clock, later: str) -> None:
    main, child = make_event(), make_event()
    with transaction():
        case = fresh(child)
        handling.move(desk_of(case), case, "merge", parent=str(main.id))
    said = figures(of(MONDAY))["open"]
    time.move(days=1)

    if later == "split":
        with transaction():
            case = fresh(child)
            handling.move(desk_of(case), case, "split", note="不是同一件事")
    else:
        finish(fresh(main))

    assert (said, figures(of(MONDAY))["open"]) == ("1", "1")
    assert figures(of())["open"] == ("2" if later == "split" else "0")
