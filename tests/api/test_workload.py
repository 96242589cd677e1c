"""A department's table and its month: its own and nobody else's, what is due first, one number one list."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from grid.db import db, transaction
from grid.events import caseload, handling
from grid.events.event import Assignment, Event
from grid.events.lot import Lot
from grid.events.state import AssignmentState, State
from reports.workload import figures as month_figures
from tests.conftest import Clock
from tests.factories.account import find_user, make_user
from tests.factories.event import desk_of, fresh, make_event
from tests.factories.person import Person
from tests.factories.practice import make_practice
from tests.factories.problem import assert_problem
from tests.factories.request import ask, decide, step

COUNTED = ("received", "done", "on_time", "late", "missed", "open", "overdue", "sent_back", "reworked", "extended")


def table(app: Flask, who: str = "cg01", **query: str) -> dict[str, Any]:
    answer = Person(app, who).get("/api/workload", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def month(app: Flask, who: str = "cg01", **query: str) -> dict[str, Any]:
    answer = Person(app, who).get("/api/workload/month", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def figures(app: Flask, **query: str) -> dict[str, str]:
    return {one["code"]: one["text"] for one in month(app, **query)["figures"]}


def lots(app: Flask, who: str = "cg01") -> dict[str, int]:
    return {lot["code"]: lot["count"] for lot in table(app, who)["lots"]}


def ids(told: dict[str, Any]) -> list[str]:
    return [item["event"]["id"] for item in told["items"]]


def rework(event: Event) -> None:
    with transaction():
        held = handling.hold(desk_of(event), event.id)
        handling.move(desk_of(event), held, "rework", note="没有办干净")


def test_what_is_due_first_by_the_departments_own_clocks_stands_on_top(app: Flask, time: Clock) -> None:
    handled = make_event(state=State.HANDLING, category="E0406")
    time.move(minutes=30)
    waiting = make_event(state=State.PENDING_SIGN, reporter="wg02")
    later = make_event(state=State.HANDLING, reporter="wg03")
    with transaction():
        later_part = db.session.get_one(Assignment, later.assignments[0].id)
        assert later_part.due_at is not None
        later_part.due_at += timedelta(days=9)

    told = table(app)

    due = [
        min(item["sign"]["due_at"] if item["sign"] else item["handle"]["due_at"], "9") for item in told["items"]
    ]
    assert due[:2] == sorted(due[:2]) and ids(told)[2] == str(later.id)
    assert set(ids(told)) == {str(handled.id), str(waiting.id), str(later.id)}


def test_each_lot_counts_what_it_lists_and_a_case_can_lie_in_several(app: Flask) -> None:
    make_event(state=State.PENDING_SIGN)
    make_event(state=State.HANDLING, reporter="wg02")
    make_event(state=State.HANDLED, reporter="wg03")
    back = make_event(state=State.FEEDBACK, reporter="wg04")
    rework(back)

    counted = lots(app)

    assert counted == {
        "": 4,
        "sign": 2,
        "handle": 1,
        "confirm": 1,
        "back": 1,
        "assist": 0,
        "asked": 0,
        "suspended": 0,
    }
    for lot in Lot:
        found = table(app, lot=lot.value)["items"]
        assert len(found) == counted[lot.value]
        assert all(lot.value in [one["code"] for one in item["lots"]] for item in found)
    [item] = table(app, lot="back")["items"]
    assert (item["event"]["id"], item["why"], item["assignment"]["round"]) == (str(back.id), "没有办干净", 2)
    assert [lot["code"] for lot in item["lots"]] == ["sign", "back"]


def test_the_lots_of_a_part_in_hand_are_those_of_the_query(app: Flask) -> None:
    for number, state in enumerate((State.PENDING_SIGN, State.HANDLING, State.HANDLED, State.SUSPENDED), start=1):
        make_event(state=state, reporter=f"wg0{number}")
    actor = find_user("cg01")

    everything, is_more = caseload.parts(actor)

    assert len(everything) == 4 and not is_more
    for lot in Lot:
        listed = {part.assignment.id for part in caseload.parts(actor, lot)[0]}
        assert listed == {part.assignment.id for part in everything if lot in part.lots}


def test_a_departments_count_is_that_of_the_queue_of_the_same_name(app: Flask) -> None:
    make_event(state=State.PENDING_SIGN)
    make_event(state=State.HANDLING, reporter="wg02")
    queues = {one["code"]: one["count"] for one in Person(app, "cg01").get("/api/queues").json["items"]}

    counted = lots(app)

    assert {code: counted[code] for code in ("sign", "handle", "confirm")} == {
        code: queues[code] for code in ("sign", "handle", "confirm")
    }


def test_another_departments_cases_are_on_another_table(app: Flask) -> None:
    theirs = make_event(state=State.PENDING_SIGN, department="xf")

    assert ids(table(app, "cg01")) == [] and lots(app, "cg01")[""] == 0
    assert ids(table(app, "xf01")) == [str(theirs.id)]


def test_who_belongs_to_no_department_has_an_empty_table(app: Flask) -> None:
    make_event(state=State.PENDING_SIGN)

    told = table(app, "ld01")

    assert (told["department"], told["items"], told["lots"]) == (None, [], [])


def test_what_assists_and_what_is_asked_says_so(app: Flask) -> None:
    event = make_event(state=State.HANDLING)
    assert step(app, "dd01", event, "add_assist", assist=["xf"]).status_code == 200
    assert ask(app, "cg01", event, "extension").status_code == 200

    [lead], [helper] = table(app, "cg01")["items"], table(app, "xf01")["items"]

    assert [lot["code"] for lot in lead["lots"]] == ["handle", "asked"]
    assert [request["kind"]["code"] for request in lead["requests"]] == ["extension"]
    assert [lot["code"] for lot in helper["lots"]] == ["sign", "assist"]
    assert helper["assignment"]["department"]["code"] == "xf" and helper["requests"] == []


def test_practice_is_shown_and_counted_apart(app: Flask) -> None:
    event = make_practice(app)
    with transaction():
        held = db.session.get_one(Event, event.id)
        assert held.is_practice
    told = {one["code"]: one for one in table(app, _holder(held))["lots"]} if held.assignments else {}

    assert not told or (told[""]["count"], told[""]["practice"]) == (0, 1)


def _holder(event: Event) -> str:
    return f"{event.assignments[0].department.code}01"


def test_the_table_takes_few_statements_however_long_it_is(
    app: Flask, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    for number in range(1, 7):
        make_event(state=State.HANDLING, reporter=f"wg0{number}")
    clerk = Person(app, "cg01")
    clerk.get("/api/workload")

    with count_queries() as statements:
        assert len(clerk.get("/api/workload").json["items"]) == 6

    assert len(statements) <= 14, "\n\n".join(statements)


@pytest.fixture
def busy(app: Flask, time: Clock) -> list[Event]:
    """A month with something behind each figure of the department."""
    on_time = make_event(state=State.CLOSED)
    reworked = make_event(state=State.FEEDBACK, reporter="wg02")
    rework(reworked)
    returned = make_event(state=State.PENDING_SIGN, reporter="wg03")
    part = str(returned.assignments[0].id)
    assert step(app, "cg01", returned, "return", part, note="不归我们").status_code == 200
    extended = make_event(state=State.HANDLING, reporter="wg04")
    assert ask(app, "cg01", extended, "extension").status_code == 200
    assert decide(app, "dd01", extended).status_code == 200
    late = make_event(state=State.HANDLING, reporter="wg05")
    overdue = make_event(state=State.HANDLING, reporter="wg06")
    make_event(state=State.HANDLING, reporter="wg07", department="xf")
    time.move(days=4)
    part = str(late.assignments[0].id)
    assert step(app, "cg01", late, "submit", part, note="办了").status_code == 200
    assert step(app, "cg01", late, "confirm", part).status_code == 200
    return [on_time, reworked, returned, extended, late, overdue]


def test_every_figure_counts_exactly_the_cases_it_lists(app: Flask, busy: list[Event]) -> None:
    clerk = Person(app, "cg01")
    counted = figures(app)

    listed = {
        code: clerk.get("/api/workload/cases", query_string={"figure": code}).json["items"] for code in COUNTED
    }

    for code, items in listed.items():
        if code in counted:
            assert counted[code] == str(len(items)), code
    assert {
        code: len(items) for code, items in listed.items() if code in ("received", "sent_back", "reworked")
    } == {
        "received": 6,
        "sent_back": 1,
        "reworked": 1,
    }
    assert [one["event_id"] for one in listed["late"]] == [str(busy[4].id)]
    assert [one["event_id"] for one in listed["extended"]] == [str(busy[3].id)]
    assert str(busy[5].id) in [one["event_id"] for one in listed["overdue"]]


def test_the_rate_is_what_was_done_in_time_of_all_that_was_due(app: Flask, busy: list[Event]) -> None:
    clerk = Person(app, "cg01")
    parts = {
        code: len(clerk.get("/api/workload/cases", query_string={"figure": code}).json["items"])
        for code in ("on_time", "missed")
    }

    rate = figures(app)["rate"]

    assert parts["on_time"] and parts["missed"]
    assert rate == f"{100 * parts['on_time'] / (parts['on_time'] + parts['missed']):.1f}%"


def test_the_mean_leaves_the_time_out_in_which_the_clock_stood_still(app: Flask, time: Clock) -> None:
    event = make_event(state=State.HANDLING)
    part = str(event.assignments[0].id)
    assert ask(app, "cg01", event, "suspension", until="2026-12-30").status_code == 200
    assert decide(app, "cg01", event, "withdraw", note="").status_code == 200
    time.move(hours=1)
    assert step(app, "cg01", event, "submit", part, note="办了").status_code == 200
    assert step(app, "cg01", event, "confirm", part).status_code == 200

    assert figures(app)["mean"] == "1小时"


def test_the_figures_of_the_brief_and_of_the_department_agree(app: Flask, busy: list[Event]) -> None:
    brief = Person(app, "ld01").get("/api/reports/brief").json
    [row] = [
        {column["code"]: cell["value"] for column, cell in zip(section["columns"], row, strict=True)}
        for section in brief["sections"]
        if section["code"] == "departments"
        for row in section["rows"]
        if row[0]["value"] == "大岭城管中队"
    ]

    counted = figures(app)

    assert (counted["open"], counted["overdue"]) == (str(row["open"]), str(row["overdue"]))


def test_a_month_without_anything_has_no_rate(app: Flask) -> None:
    told = {one["code"]: one for one in month(app, month="2026-10")["figures"]}

    assert (told["received"]["value"], told["rate"]["text"], told["mean"]["text"]) == (0, "—", "—")
    assert len(month(app, month="2026-10")["trend"]["rows"]) == 6


def test_another_departments_figures_do_not_exist_for_a_clerk(app: Flask, busy: list[Event]) -> None:
    clerk = Person(app, "cg01")

    for path in ("month", "cases"):
        query = {"department": "xf"} | ({"figure": "received"} if path == "cases" else {})
        assert_problem(clerk.get(f"/api/workload/{path}", query_string=query), 404, "not-found")


def test_a_leader_reads_every_department_of_the_street_and_names_it(app: Flask, busy: list[Event]) -> None:
    leader = Person(app, "ld01")

    told = leader.get("/api/workload/month", query_string={"department": "xf"}).json

    assert (told["department"]["code"], told["figures"][0]["text"]) == ("xf", "1")
    assert_problem(leader.get("/api/workload/month"), 404, "not-found")


def test_practice_cases_count_nowhere(app: Flask) -> None:
    make_practice(app)

    assert all(figures(app, department=code)["received"] == "0" for code in ("cg",))


def test_a_list_says_that_it_is_cut_only_when_it_is(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(month_figures, "MOST", 2)
    asked = {"query_string": {"figure": "received"}}
    for _ in range(2):
        make_event(state="handling", department="cg")
    whole = Person(app, "cg01").get("/api/workload/cases", **asked).json
    make_event(state="handling", department="cg")
    cut = Person(app, "cg01").get("/api/workload/cases", **asked).json

    assert (len(whole["items"]), whole["more"]) == (2, False)
    assert (len(cut["items"]), cut["more"]) == (2, True)


@pytest.mark.parametrize("told", ["2026-13", "26-01", "2026-1", "x", "2099-01"])
def test_a_month_that_is_none_or_has_not_begun_is_refused(app: Flask, told: str) -> None:
    assert_problem(
        Person(app, "cg01").get("/api/workload/month", query_string={"month": told}), 422, "invalid", "month"
    )


def test_the_suspended_lie_on_the_table_without_a_running_clock(app: Flask) -> None:
    event = make_event(state=State.SUSPENDED)

    [item] = table(app)["items"]

    assert item["event"]["id"] == str(event.id) and item["handle"]["light"]["code"] == "none"
    assert fresh(event).assignments[0].state is AssignmentState.SUSPENDED


def test_a_colleague_sees_whose_it_is(app: Flask) -> None:
    make_user("jb09", "clerk", department="cg")
    event = make_event(state=State.HANDLING)
    assert step(app, "cg01", event, "assign", str(event.assignments[0].id), handler="jb09").status_code == 200

    [item] = table(app, "jb09")["items"]

    assert item["assignment"]["handler"]["name"] == "测试jb09"
    assert db.session.scalar(select(Assignment.handler_id).where(Assignment.event_id == event.id)) is not None
