"""Days and moments at the ends of the calendar, which arithmetic runs over: answered or refused, never a fault."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.factories.event import make_event
from tests.factories.person import Person
from tests.gates.stage import Known

ENDS = {
    "date": (date.min.isoformat(), date.max.isoformat()),
    "date-time": (f"{datetime.min.isoformat()}+14:00", f"{datetime.max.isoformat()}-12:00"),
}
MONTHS = ("2000-01", "2999-12")
READERS = ("dd01", "xt01", "cg01", "ld01")
# What some lists want to be told besides.
BESIDES = {"user": "wg01", "purpose": "核对巡查", "figure": "received"}


def _ends(one: dict[str, Any]) -> tuple[str, ...]:
    """The first and the last day, moment, month or year a parameter takes; none if it is about something else."""
    schema = one["schema"]
    if one["name"] == "month":
        return MONTHS
    if one["name"] == "year":
        return str(schema["minimum"]), str(schema["maximum"])
    return ENDS.get(schema.get("format"), ())


def _queries(document: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Lists and reports that take a time in their query: path and query, for each end."""
    known = Known(document)
    return [
        (path.format_map(known), {**_besides(asked), one["name"]: end})
        for path, methods in document["paths"].items()
        for asked in [[*methods.get("parameters", []), *methods.get("get", {}).get("parameters", [])]]
        for one in asked
        if "get" in methods and one.get("in") == "query"
        for end in _ends(one)
    ]


def _besides(asked: list[dict[str, Any]]) -> dict[str, str]:
    """What must be told with it."""
    return {one["name"]: BESIDES[one["name"]] for one in asked if one.get("required") and one["name"] in BESIDES}


def test_no_query_runs_over_the_ends_of_the_calendar(app: Flask) -> None:
    readers = [Person(app, who) for who in READERS]
    queries = _queries(readers[0].get("/api/openapi.json").json)
    assert {"/api/events", "/api/workload/month", "/api/workload/cases", "/api/calendar", "/api/tracks"} <= {
        path for path, _ in queries
    }

    told = [
        (path, query, reader.get(path, query_string=query).status_code)
        for reader in readers
        for path, query in queries
    ]

    assert [what for what in told if what[-1] >= 500] == []
    # They were asked for what they take, and not refused for something else.
    assert {"/api/workload/month", "/api/workload/cases", "/api/calendar"} <= {
        path for path, _, status in told if status == 200
    }


@pytest.mark.parametrize("day", ENDS["date"])
def test_a_day_in_an_address_may_be_an_end_of_the_calendar(app: Flask, day: str) -> None:
    admin = Person(app, "xt01")
    seen = {"If-Match": admin.get("/api/calendar").headers["ETag"]}

    answers = [
        admin.put(f"/api/calendar/{day}", json={"kind": "holiday", "name": "末日"}, headers=seen),
        admin.delete(f"/api/calendar/{day}", headers=seen),
    ]

    assert [answer.status_code for answer in answers] == [422, 404]  # no such day may be set, so none was


@pytest.mark.parametrize("day", ENDS["date"])
def test_nothing_that_is_written_runs_over_the_ends_of_the_calendar(app: Flask, day: str) -> None:
    event = make_event(state="handling", department="cg")
    clerk, admin, desk = (Person(app, who) for who in ("cg01", "xt01", "dd01"))
    asked = {"kind": "suspension", "until": day, "note": "等资金"}
    row = {"code": "E0401", "name": "无照游商", "condition": "游商聚集", "limit": "2小时", "valid_from": day}
    of_case, of_rules = (
        {"If-Match": person.get(path).headers["ETag"], "Idempotency-Key": str(uuid4())}
        for person, path in ((clerk, f"/api/events/{event.id}"), (admin, "/api/standards/rows"))
    )

    answers = [
        clerk.post(f"/api/events/{event.id}/requests", json=asked, headers=of_case),
        admin.post("/api/procedures", json={"rule": "extension_max", "value": 3, "valid_from": day}),
        admin.post("/api/quiet-hours", json={"begins": "22:00", "ends": "07:00", "valid_from": day}),
        admin.post("/api/standards/rows", json=row, headers=of_rules),
        desk.get(f"/api/tracks?user=wg01&day={day}&purpose=核对巡查"),
    ]

    assert [answer.status_code for answer in answers] == [422] * len(answers)


def test_what_is_no_day_is_refused_in_our_words(app: Flask) -> None:
    answer = Person(app, "dd01").get("/api/intakes?on=tomorrow")

    assert answer.status_code == 422
    assert answer.json["errors"]["query"]["on"] == ["日期应写成 2026-11-23 这样。"]
