"""The calendar over HTTP: days, import, working policies, lights."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from grid.clock import LOCAL
from grid.worktime.limit import Light
from tests.conftest import Clock
from tests.factories import street
from tests.factories.census import census
from tests.factories.event import make_event
from tests.factories.notice import NOTICE_2027, notice_csv, notice_xlsx
from tests.factories.person import Person
from tests.factories.practice import deliver
from tests.factories.problem import assert_problem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def admin(app: Flask) -> Person:
    return Person(app, "xt01")


def etag(person: Person, path: str) -> dict[str, str]:
    return {"If-Match": person.get(path).headers["ETag"]}


def upload(admin: Person, data: bytes, kind: str = "text/csv") -> Any:
    return admin.post("/api/calendar/imports?name=2027.csv&source=2027年通知", data=data, content_type=kind)


def test_a_year_has_its_days_and_the_streets_policy(app: Flask) -> None:
    shown = Person(app, "wg01").get("/api/calendar?year=2026").json

    assert shown["has_notice"] and shown["workdays"] == 248
    assert shown["days"][3] == {
        "day": "2026-01-04",
        "kind": {"code": "workday", "label": "调休上班"},
        "name": "元旦调休",
        "source": "国务院办公厅关于2026年部分节假日安排的通知",
        "provisional": False,
    }
    assert shown["policy"]["area"]["name"] == "大岭街道" and shown["policy"]["default"]
    assert shown["policy"]["slots"] == [{"start": "08:00", "end": "12:00"}, {"start": "14:00", "end": "18:00"}]


def test_this_year_when_none_is_named_and_a_year_without_notice_says_so(app: Flask, admin: Person) -> None:
    assert admin.get("/api/calendar").json["year"] == 2026
    assert admin.get("/api/calendar?year=2027").json["has_notice"] is False
    assert admin.get("/api/calendar?year=2030").json["days"] == []
    assert_problem(admin.get("/api/calendar?year=1912"), 422, "invalid", "year")


def test_a_day_is_set_and_unset_by_hand(app: Flask, admin: Person) -> None:
    path, before = "/api/calendar/2026-12-24", admin.get("/api/calendar?year=2026").json
    told = {"kind": "holiday", "name": "台风停工"}

    put = admin.put(path, json=told, headers=etag(admin, "/api/calendar?year=2026"))
    assert put.status_code == 200 and put.json["source"] == "手工设置"
    assert admin.get("/api/calendar?year=2026").json["workdays"] == before["workdays"] - 1
    assert put.headers["ETag"] == admin.get("/api/calendar?year=2026").headers["ETag"]

    assert admin.delete(path, headers={"If-Match": put.headers["ETag"]}).status_code == 204
    assert admin.get("/api/calendar?year=2026").json == before
    assert_problem(admin.delete(path, headers=etag(admin, "/api/calendar")), 404, "not-found")


@pytest.mark.parametrize(
    ("day", "told", "status", "field"),
    [
        ("2026-12-24", {"kind": "workday", "name": "x"}, 422, "day"),
        ("2027-10-01", {"kind": "workday", "name": "x"}, 422, "day"),
        ("2062-12-24", {"kind": "holiday", "name": "x"}, 422, "day"),
        ("2026-12-24", {"kind": "feast", "name": "x"}, 422, "kind"),
        ("2026-12-24", {"kind": "holiday", "name": ""}, 422, "name"),
        ("2026-12-24", {"kind": "holiday"}, 422, "name"),
        ("2026-12-24", {"kind": "holiday", "name": "x", "is_provisional": True}, 422, "is_provisional"),
        ("2026-02-30", {"kind": "holiday", "name": "x"}, 404, None),
        ("tomorrow", {"kind": "holiday", "name": "x"}, 404, None),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    app: Flask, admin: Person, day: str, told: dict[str, Any], status: int, field: str | None
) -> None:
    before = census()

    answer = admin.put(f"/api/calendar/{day}", json=told, headers=etag(admin, "/api/calendar"))

    assert_problem(answer, status, "not-found" if status == 404 else "invalid", field)
    assert census() == before


def test_nobody_writes_blind(app: Flask, admin: Person) -> None:
    preview = upload(admin, notice_csv()).json["id"]
    hours = {"slots": [{"start": "09:00", "end": "17:00"}], "workday_mode": "hours8"}
    writes = [
        ("PUT", "/api/calendar/2026-12-24", {"json": {"kind": "holiday", "name": "x"}}),
        ("DELETE", "/api/calendar/2026-01-01", {}),
        ("POST", f"/api/calendar/imports/{preview}/confirm", {}),
        ("PUT", "/api/work-policy", {"json": hours}),
    ]
    before = census()

    for method, path, told in writes:
        assert_problem(admin.open(method, path, **told), 428, "precondition-required")
        assert_problem(admin.open(method, path, **told, headers={"If-Match": '"0"'}), 412, "stale")

    assert census() == before


@pytest.mark.parametrize(
    ("data", "kind"), [(notice_csv(), "text/csv"), (notice_xlsx(), XLSX)], ids=["csv", "xlsx"]
)
def test_a_notice_is_previewed_then_confirmed(app: Flask, admin: Person, data: bytes, kind: str) -> None:
    before = admin.get("/api/calendar?year=2027").json
    preview = upload(admin, data, kind)

    assert preview.status_code == 201
    assert preview.json["state"] == {"code": "previewed", "label": "待确认"}
    assert preview.json["counts"]["changed"] == 13 and preview.json["counts"]["refused"] == 0
    assert preview.json["lines"][0]["fate"] == {"code": "changed", "label": "修改"}
    assert preview.json["lines"][0]["reason"] == "原来：放假 元旦（暂定）"
    assert admin.get("/api/calendar?year=2027").json == before

    path = f"/api/calendar/imports/{preview.json['id']}"
    done = admin.post(f"{path}/confirm", headers=etag(admin, path))

    assert done.status_code == 200 and done.json["state"]["code"] == "confirmed" and done.json["moved"] == 0
    after = admin.get("/api/calendar?year=2027").json
    assert after["has_notice"] and len(after["days"]) == len(NOTICE_2027)
    again = admin.post(f"{path}/confirm", headers={"If-Match": done.headers["ETag"]})
    assert_problem(again, 409, "conflict")


def test_a_contradictory_notice_is_refused_with_the_date(app: Flask, admin: Person) -> None:
    preview = upload(admin, notice_csv([*NOTICE_2027, ("2027-02-06", "上班", "")])).json
    path = f"/api/calendar/imports/{preview['id']}"

    assert preview["state"]["code"] == "refused"
    assert [line["day"] for line in preview["lines"] if line["fate"]["code"] == "refused"] == ["2027-02-06"] * 2
    assert_problem(admin.post(f"{path}/confirm", headers=etag(admin, path)), 409, "conflict")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "text/csv"),
        (b"a,b,c\n1,2,3", "text/csv"),
        (notice_xlsx()[:900], XLSX),
        (b"{}", "application/json"),
        (b"<html>", "text/html"),
        (notice_csv(), "image/png"),
    ],
)
def test_a_file_that_is_no_notice_leaves_nothing(app: Flask, admin: Person, data: bytes, kind: str) -> None:
    before = census()

    assert_problem(upload(admin, data, kind), 422, "invalid", "file")

    assert census() == before


def test_the_notice_moves_a_case_and_the_case_tells(app: Flask, admin: Person, time: Clock) -> None:
    time.at = datetime(2027, 2, 4, 15, tzinfo=LOCAL)
    event, desk = make_event(state="handling", category="C0137"), Person(app, "dd01")
    admin.sign_in()
    before = desk.event(event.id)
    preview = upload(admin, notice_csv())
    path = f"/api/calendar/imports/{preview.json['id']}"

    done = admin.post(f"{path}/confirm", headers=etag(admin, path))

    after = desk.event(event.id)
    assert (preview.json["waiting"], done.json["moved"]) == (2, 2)
    assert (before["due_at"][:16], before["due_provisional"]) == ("2027-02-10T15:00", True)
    assert (after["due_at"][:16], after["due_provisional"]) == ("2027-02-15T15:00", False)
    assert after["history"][-1]["action"] == {"code": "redate", "label": "时限重算"}
    assert after["history"][-1]["actor"]["name"] == admin.get("/api/me").json["name"]


def test_a_street_gets_hours_of_its_own(app: Flask, admin: Person) -> None:
    street.make_second_street()
    path, told = (
        "/api/work-policy?area=441323002",
        {
            "slots": [{"start": "09:00", "end": "12:00"}, {"start": "14:30", "end": "17:30"}],
            "workday_mode": "whole_day_next",
            "wording": {"work_day": "天"},
        },
    )

    put = admin.put(path, json=told, headers=etag(admin, path))

    assert put.status_code == 200, put.text
    assert put.json["slots"] == told["slots"] and put.json["workday_mode"]["code"] == "whole_day_next"
    assert {"code": "work_day", "label": "天", "default": "个工作日"} in put.json["units"]
    assert admin.get(path).json == put.json
    assert admin.get("/api/work-policy?area=441323002001001").json == put.json  # anything in the street
    assert admin.get(f"/api/work-policy?area={street.STREET}").json["default"]
    event = make_event(state="pending_dispatch", category="C0137")
    shown = Person(app, "dd01").event(event.id)
    assert shown["condition"]["limit"] == "2天" and shown["due_at"][:16] == "2026-11-25T17:30"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"slots": []}, "slots"),
        ({"slots": [{"start": "12:00", "end": "09:00"}]}, "slots"),
        ({"slots": [{"start": "9", "end": "12:00"}]}, "start"),
        ({"slots": [{"start": "09:00", "end": "24:00"}]}, "end"),
        ({"workday_mode": "never"}, "workday_mode"),
        ({"wording": {"fortnight": "旬"}}, "wording"),
        ({"wording": {"work_day": ""}}, "wording"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(app: Flask, admin: Person, told: dict[str, Any], field: str) -> None:
    right = {"slots": [{"start": "09:00", "end": "17:00"}], "workday_mode": "hours8"}

    answer = admin.put("/api/work-policy", json=right | told, headers=etag(admin, "/api/work-policy"))

    assert_problem(answer, 422, "invalid", field)
    assert admin.get("/api/work-policy").json["default"]


def test_a_policy_is_a_streets(app: Flask, admin: Person) -> None:
    assert_problem(admin.get("/api/work-policy?area=4413"), 422, "invalid", "area")
    assert_problem(admin.get("/api/work-policy?area=999"), 404, "not-found")


def test_the_light_filter_and_the_light_shown_agree(app: Flask, time: Clock) -> None:
    make_event(state="reported")
    make_event(state="rejected")
    for hours in (0, 5, 2):  # limits of 2 urgent hours, 4 and 2 working hours
        for category in ("E0406", "E0110", "E0410"):
            make_event(state="closed" if hours == 5 else "handling", category=category)
        time.move(hours=hours)
    for minutes in (3, 13, 0):  # a step of 15 minutes: late, soon, and just begun
        make_event()
        deliver()
        time.move(minutes=minutes)
    make_event()  # whose clock has not begun
    desk = Person(app, "dd01")
    every = {item["id"]: item["light"]["code"] for item in desk.get("/api/events?limit=100").json["items"]}

    for light in Light:
        found = desk.get(f"/api/events?limit=100&light={light}").json["items"]
        assert {item["id"] for item in found} == {key for key, code in every.items() if code == light}, light
    assert set(every.values()) == set(Light)
    assert_problem(desk.get("/api/events?light=blue"), 422, "invalid", "light")


def test_the_light_turns_at_80_and_after_100_percent_of_working_time(app: Flask, time: Clock) -> None:
    event, desk = make_event(state="handling", category="E0110"), Person(app, "dd01")  # 4 hours from Monday 9:00
    shown = []
    for moment in ("09:00", "12:00", "14:11", "14:12", "15:00", "15:01"):
        hour, minute = map(int, moment.split(":"))
        time.at = datetime(2026, 11, 23, hour, minute, tzinfo=LOCAL)
        desk.sign_in()
        shown.append(desk.event(event.id)["light"]["code"])

    assert shown == ["green", "green", "green", "yellow", "yellow", "red"]
