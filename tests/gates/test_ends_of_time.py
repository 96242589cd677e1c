"""Days and moments at the ends of the calendar, which arithmetic runs over: answered or refused, never a fault."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask import Flask

from tests.factories.event import make_event
from tests.factories.person import Person

ENDS = {
    "date": (date.min.isoformat(), date.max.isoformat()),
    "date-time": (f"{datetime.min.isoformat()}+14:00", f"{datetime.max.isoformat()}-12:00"),
}
READERS = ("dd01", "xt01", "cg01", "ld01")


def _queries(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Lists and reports that take a day or a moment in their query: path, name, format."""
    return [
        (path, one["name"], one["schema"]["format"])
        for path, methods in document["paths"].items()
        for one in methods.get("get", {}).get("parameters", [])
        if "{" not in path and one.get("in") == "query" and one["schema"].get("format") in ENDS
    ]


def test_no_query_runs_over_the_ends_of_the_calendar(app: Flask) -> None:
    readers = [Person(app, who) for who in READERS]
    queries = _queries(readers[0].get("/api/openapi.json").json)
    assert len(queries) > 5

    told = [
        (path, name, moment, reader.get(f"{path}?{name}={quote(moment)}"))
        for reader in readers
        for path, name, kind in queries
        for moment in ENDS[kind]
    ]

    assert [(*what, answer.status_code) for *what, answer in told if answer.status_code >= 500] == []


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
