"""Lists: pages that together are exactly what one may see, filters, and the same few statements for any length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.factories import street
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.reader import look_again

CountQueries = Callable[[], AbstractContextManager[list[str]]]
EVENTS = "/api/events"


def _pages(person: Person, path: str = EVENTS, limit: int = 3, **query: Any) -> Iterator[list[dict[str, Any]]]:
    after = None
    for _ in range(200):  # a page that repeats itself would never end
        told = query | {"limit": limit} | ({"after": after} if after else {})
        page = person.get(path, query_string=told).json
        yield page["items"]
        after = page["next"]
        if after is None:
            return
    raise AssertionError("the pages do not end")


def _ids(person: Person, path: str = EVENTS, **query: Any) -> list[str]:
    return [item["id"] for page in _pages(person, path, **query) for item in page]


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7, 100])
def test_the_pages_are_every_event_once_newest_first(app: Flask, limit: int) -> None:
    made = [str(make_event(reporter=f"wg{1 + n % 3:02}").id) for n in range(6)]

    assert _ids(Person(app, "dd01"), limit=limit) == made[::-1]


def test_no_page_is_longer_than_asked_and_only_the_last_is_shorter(app: Flask) -> None:
    for _ in range(7):
        make_event()

    assert [len(page) for page in _pages(Person(app, "dd01"), limit=3)] == [3, 3, 1]


def test_events_that_arrive_while_one_pages_shift_nothing(app: Flask) -> None:
    made = [str(make_event().id) for _ in range(4)]
    desk = Person(app, "dd01")
    pages = _pages(desk, limit=2)
    first = next(pages)
    make_event()

    assert [item["id"] for item in [*first, *next(pages)]] == made[::-1]


def test_everybody_gets_exactly_what_they_may_see(app: Flask) -> None:
    street.make_second_street()
    mine = make_event(reporter="wg01")
    dispatched = make_event(reporter="wg02", state="pending_sign", department="cg")
    check = make_event(reporter="wg03", state="checking", department="ga", checker="wg01")
    foreign = make_event(reporter=street.WORKER, state="pending_sign", department=street.DEPARTMENT)
    all_here = {mine.id, dispatched.id, check.id}

    seen = {
        name: {UUID(found) for found in _ids(Person(app, name), limit=2)}
        for name in ("wg01", "wg02", "cg01", "ga01", "xf01", "dd01", "ld01", street.DESK, street.WORKER)
    }

    assert seen == {
        "wg01": {mine.id, check.id},
        "wg02": {dispatched.id},
        "cg01": {dispatched.id},
        "ga01": {check.id},
        "xf01": set(),
        "dd01": all_here,
        "ld01": all_here,
        street.DESK: {foreign.id},
        street.WORKER: {foreign.id},
    }


def test_filters_choose_and_add_up(app: Flask, time: Clock) -> None:
    street.make_second_street()
    parked = make_event(reporter="wg01", description="路口停满了车 100%")
    stall = make_event(reporter="wg02", category="E0406", description="占道 卖水果_西瓜", state="pending_dispatch")
    time.move(hours=2)
    handled = make_event(reporter="wg03", state="handling", department="ga")
    desk = Person(app, "dd01")
    number = desk.event(stall.id)["case_no"]

    def found(**query: Any) -> set[str]:
        return {
            name
            for name, event in (("parked", parked), ("stall", stall), ("handled", handled))
            if str(event.id) in _ids(desk, **query)
        }

    assert found() == {"parked", "stall", "handled"}
    assert found(state="reported") == {"parked"}
    assert found(stage="handle") == {"handled"}
    assert found(queue="accept") == {"parked"}
    assert found(queue="dispatch") == {"stall"}
    assert found(category="E0406") == {"stall"}
    assert found(area="441323002001") == {"parked", "stall"}
    assert found(area="441323002001002") == {"stall"}
    assert found(area=street.GRID) == set()
    assert found(department="ga") == {"handled"}
    assert found(department="cg") == set()
    assert found(q="停满") == {"parked"}
    assert found(q="100%") == {"parked"}
    assert found(q="%") == {"parked"}
    assert found(q="_") == {"stall"}
    assert found(q=number) == {"stall"}
    assert found(q=number[:9]) == {"stall", "handled"}
    assert found(reported_from="2026-11-23T10:00:00+08:00") == {"handled"}
    assert found(reported_to="2026-11-23T10:00:00+08:00") == {"parked", "stall"}
    assert found(state="handling", department="ga", area="441323002001") == set()


def test_overdue_is_what_is_late_and_not_done(app: Flask, time: Clock) -> None:
    late, closed = make_event(state="handling"), make_event(state="closed")
    time.move(days=30)
    young = make_event(state="handling")
    desk = Person(app, "dd01")

    assert _ids(desk, overdue="true") == [str(late.id)]
    assert set(_ids(desk, overdue="false")) == {str(closed.id), str(young.id)}


def test_queues_count_what_the_caller_can_do_next(app: Flask, time: Clock) -> None:
    street.make_second_street()
    for state in ("reported", "reported", "pending_dispatch", "checking", "closed"):
        make_event(state=state)
    make_event(state="handling", department="cg")
    make_event(state="handling", department="ga")
    make_event(reporter=street.WORKER)
    time.move(days=30)

    def counts(name: str) -> dict[str, tuple[int, int]]:
        items = Person(app, name).get("/api/queues").json["items"]
        return {item["code"]: (item["count"], item["overdue"]) for item in items if item["count"]}

    assert counts("dd01") == {"accept": (2, 0), "dispatch": (1, 1), "checking": (1, 1)}
    assert counts("slr01") == {"accept": (2, 0), "checking": (1, 1)}
    assert counts("cg01") == {"handle": (1, 1)}
    assert counts("wg01") == {}
    assert Person(app, "xt01").get("/api/queues").status_code == 403


def test_a_queue_is_as_long_as_its_count_says(app: Flask) -> None:
    for state in ("reported", "pending_filing", "pending_sign", "handled", "feedback", "pending_check"):
        make_event(state=state, department="cg")
    for name in ("dd01", "cg01", "pqy01"):
        person = Person(app, name)
        for queue in person.get("/api/queues").json["items"]:
            assert len(_ids(person, queue=queue["code"])) == queue["count"], (name, queue)


def test_my_reports_are_mine_alone(app: Flask) -> None:
    mine = make_event(reporter="wg01", area="441323002005001")
    make_event(reporter="wg02", area="441323002001001")

    assert _ids(Person(app, "wg01"), "/mobile/v1/reports") == [str(mine.id)]


def test_my_tasks_are_mine_alone_and_move_from_open_to_done(app: Flask) -> None:
    open_task = make_event(state="checking", checker="wg01").tasks[0]
    done_task = make_event(state="pending_close", checker="wg01").tasks[0]
    make_event(state="checking", checker="wg02")
    worker = Person(app, "wg01")

    def ids(state: str) -> list[str]:
        return [item["id"] for item in worker.get("/mobile/v1/tasks", query_string={"state": state}).json["items"]]

    assert (ids("open"), ids("done")) == ([str(open_task.id)], [str(done_task.id)])


LISTS = [
    ("dd01", EVENTS, {}),
    ("dd01", EVENTS, {"q": "电动车", "area": "441323002", "overdue": "false"}),
    ("cg01", EVENTS, {"queue": "handle"}),
    ("wg01", EVENTS, {}),
    ("wg01", "/mobile/v1/reports", {}),
    ("wg01", "/mobile/v1/tasks", {}),
    ("dd01", "/api/queues", {}),
]


def test_a_list_takes_as_many_statements_for_a_hundred_rows_as_for_twenty(
    app: Flask, count_queries: CountQueries
) -> None:
    people = {name: Person(app, name) for name in ("dd01", "cg01", "wg01")}
    numbers: list[list[int]] = []
    for start, end in ((0, 20), (20, 100)):
        for number in range(start, end):
            photos = [{"sha256": f"{number:064x}", "role": "near"}]
            make_event(state="handling", reporter="wg01", photos=photos)
            make_event(state="checking", reporter="wg01", checker="wg01")
        look_again()
        counted = []
        for name, path, query in LISTS:
            people[name].get(path, query_string=query)  # rules and net are in memory from here on
            with count_queries() as statements:
                answer = people[name].get(path, query_string=query | _limit(path, end))
            assert answer.status_code == 200, answer.text
            counted.append(len(statements))
            if "items" in answer.json and path == EVENTS and query.get("queue") is None:
                assert len(answer.json["items"]) == min(100, end)
        numbers.append(counted)

    assert numbers[0] == numbers[1]
    assert all(number <= 8 for number in numbers[0]), list(zip(LISTS, numbers[0], strict=True))


def _limit(path: str, rows: int) -> dict[str, int]:
    return {"limit": rows} if path in (EVENTS, "/mobile/v1/reports") else {}
