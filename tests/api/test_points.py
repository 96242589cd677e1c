"""Points of the map: exactly the cases of the same list, in few statements; nothing when nothing moved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from grid.events import points
from grid.events.order import Sort
from grid.events.query import Filters
from tests.conftest import Clock
from tests.factories import street
from tests.factories.account import find_user
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.practice import deliver
from tests.factories.problem import assert_problem

POINTS = "/api/events/points"
COLUMNS = ("id", "lon", "lat", "light", "category", "reported", "practice")


def read(person: Person, **query: Any) -> dict[str, dict[str, Any]]:
    """The points by id, each as a row, its codes spelt out."""
    told = person.get(POINTS, query_string=query).json
    rows = zip(*(told[name] for name in COLUMNS), strict=True)
    return {
        row[0]: dict(zip(COLUMNS, row, strict=True))
        | {"light": told["lights"][row[3]], "category": told["categories"][row[4]]["code"]}
        for row in rows
    }


def listed(person: Person, **query: Any) -> list[str]:
    return [item["id"] for item in person.get("/api/events", query_string={"limit": 100, **query}).json["items"]]


def test_everybody_sees_the_points_of_the_cases_of_their_list_and_no_others(app: Flask) -> None:
    street.make_second_street()
    make_event(reporter="wg01")
    make_event(reporter="wg02", state="pending_sign", department="cg")
    make_event(reporter="wg03", state="checking", department="ga", checker="wg01")
    make_event(reporter=street.WORKER, state="pending_sign", department=street.DEPARTMENT)

    seen = {}
    for name in ("wg01", "wg02", "cg01", "ga01", "xf01", "dd01", "ld01", street.DESK, street.WORKER):
        person = Person(app, name)
        seen[name] = len(read(person))
        assert list(read(person)) == listed(person), name
        assert list(read(person, sort="due")) == listed(person, sort="due"), name

    here = {"wg01": 2, "wg02": 1, "cg01": 1, "ga01": 1, "xf01": 0, "dd01": 3, "ld01": 3}
    assert seen == here | {street.DESK: 1, street.WORKER: 1}


def test_who_may_not_read_cases_gets_no_points(app: Flask) -> None:
    assert_problem(Person(app, "xt01").get(POINTS), 403, "forbidden")


def test_a_point_says_where_of_what_kind_how_pressing_and_since_when(app: Flask, time: Clock) -> None:
    late = make_event(state="handling")
    waiting = make_event(category="E0406")
    deliver()
    time.move(days=30)
    fresh = make_event(state="handling", reporter="wg02")
    untimed = make_event(reporter="wg02")
    desk = Person(app, "dd01")

    found = read(desk)

    lights = [found[str(one.id)]["light"] for one in (late, waiting, fresh, untimed)]
    assert lights == ["red", "red", "green", "none"]
    assert [found[str(one.id)]["category"] for one in (late, waiting)] == ["E0410", "E0406"]
    point = found[str(late.id)]
    assert (point["lon"], point["lat"]) == (round(late.lon, 6), round(late.lat, 6))
    assert (point["reported"], point["practice"]) == (int(late.reported_at.timestamp()), False)
    assert {one["id"]: one["light"]["code"] for one in desk.get("/api/events").json["items"]} == {
        case_id: one["light"] for case_id, one in found.items()
    }


@pytest.mark.parametrize(
    "query",
    [
        {"state": "reported"},
        {"queue": "accept"},
        {"category": "E0406"},
        {"area": "441323002001002"},
        {"department": "ga"},
        {"overdue": "true"},
        {"light": "red"},
        {"open": "true"},
        {"q": "卖水果"},
        {"reported_from": "2026-11-24T00:00:00+08:00"},
        {"state": "handling", "area": "441323002001"},
        {"sort": "due"},
    ],
)
def test_filters_choose_as_they_do_for_the_list(app: Flask, time: Clock, query: dict[str, str]) -> None:
    make_event(reporter="wg01")
    make_event(reporter="wg02", category="E0406", description="占道卖水果", state="pending_dispatch")
    make_event(reporter="wg01", state="closed")
    make_event(reporter="wg02", state="handling")
    time.move(days=20)
    make_event(reporter="wg03", state="handling", department="ga")
    desk = Person(app, "dd01")

    found = list(read(desk, **query))

    assert found == listed(desk, **query)
    assert 0 < len(found) < 5


def test_an_unknown_filter_is_refused(app: Flask) -> None:
    assert_problem(Person(app, "dd01").get(POINTS, query_string={"limit": 5}), 422, "invalid")


def test_more_than_a_map_carries_is_cut_and_said_so(app: Flask) -> None:
    made = [make_event() for _ in range(4)]
    desk = find_user("dd01")

    cut, whole = (points.points(desk, Filters(), Sort.NEWEST, most) for most in (3, 4))

    assert ([row.id for row in cut.rows], cut.is_cut) == ([one.id for one in made[:0:-1]], True)
    assert (len(whole.rows), whole.is_cut) == (4, False)
    assert Person(app, "dd01").get(POINTS).json["cut"] is False


def test_of_open_cases_the_most_pressing_are_kept(app: Flask, time: Clock) -> None:
    first = make_event(state="handling")
    time.move(hours=1)
    make_event(state="handling")
    make_event()

    [kept] = points.points(find_user("dd01"), Filters(), Sort.DUE, 1).rows

    assert kept.id == first.id


def test_nothing_is_sent_while_nothing_moves_and_all_of_it_when_a_light_turns(app: Flask, time: Clock) -> None:
    make_event(state="handling")
    desk = Person(app, "dd01")
    tag = desk.get(POINTS).headers["ETag"]
    known = {"If-None-Match": tag}

    same = desk.get(POINTS, headers=known)
    time.move(days=30)
    turned = desk.get(POINTS, headers=known)
    make_event()
    grown = desk.get(POINTS, headers={"If-None-Match": turned.headers["ETag"]})

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert (turned.status_code, len(turned.json["id"])) == (200, 1)
    assert (grown.status_code, len(grown.json["id"])) == (200, 2)


def test_the_tag_of_one_caller_says_nothing_to_another(app: Flask) -> None:
    make_event(reporter="wg01")
    make_event(reporter="wg02", state="handling", department="cg")
    tag = Person(app, "dd01").get(POINTS).headers["ETag"]

    answer = Person(app, "cg01").get(POINTS, headers={"If-None-Match": tag})

    assert (answer.status_code, len(answer.json["id"])) == (200, 1)


@pytest.mark.parametrize("sort", ["newest", "due"])
def test_many_points_take_as_few_statements_as_one(
    app: Flask, count_queries: Callable[[], AbstractContextManager[list[str]]], sort: str
) -> None:
    desk = Person(app, "dd01")
    counted = []
    for _ in range(2):
        for state in ("reported", "handling", "checking"):
            make_event(state=state)
        desk.get(POINTS)  # rules and net are in memory from here on
        with count_queries() as statements:
            assert desk.get(POINTS, query_string={"sort": sort}).status_code == 200
        counted.append(len(statements))

    assert counted[0] == counted[1] <= 5
