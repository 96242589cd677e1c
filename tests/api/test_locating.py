"""定位置: the desk puts a case where it really is; its grid follows, and what was doubtful is no more."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from fixtures.daling import STREET
from grid.accounts.department import Department
from grid.areas import net
from grid.db import db, transaction
from grid.trail.entry import TrailEntry
from tests.factories import street
from tests.factories.account import make_user
from tests.factories.event import make_event, spot
from tests.factories.locating import (
    COMMUNITY,
    GRID,
    NEXT_GRID,
    OTHER_GRID,
    at,
    dispatch,
    locate,
    make_vague,
)
from tests.factories.person import Person, make_report, report
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again


def _worker_of(area: str) -> str:
    make_user("wg99", "grid_worker", area=area)
    return "wg99"


def test_a_vague_place_becomes_a_point_in_its_grid(app: Flask) -> None:
    desk, worker = Person(app, "dd01"), Person(app, _worker_of(GRID))
    case = make_vague(desk)
    offered = next(one for one in case["steps"] if one["action"] == "locate")
    assert [(one["name"], one["kind"], one["required"]) for one in offered["fields"]] == [
        ("position", "place", True),
        ("address", "line", False),
        ("note", "text", False),
    ]
    assert worker.get(f"/api/events/{case['id']}").status_code == 404

    answer = desk.step(case, "locate", position=at(GRID), address="富祥路12号后巷", note="来电人补充")

    assert answer.status_code == 200, answer.text
    now = answer.json
    assert (now["area"]["code"], now["area"]["level"]["code"]) == (GRID, "grid")
    assert (now["place"]["lon"], now["place"]["lat"]) == pytest.approx(spot(GRID))
    assert (now["place"]["address"], now["flags"], now["state"]["code"]) == ("富祥路12号后巷", [], "reported")
    entry = now["history"][-1]
    assert (entry["action"]["label"], entry["note"]) == ("定位置", "来电人补充")
    assert entry["data"]["place"]["from"]["area"] == case["area"]["name"]
    assert entry["data"]["place"]["from"]["lon"] == case["place"]["lon"]
    assert entry["data"]["place"]["to"]["area"] == now["area"]["name"]
    assert worker.event(case["id"])["place"] == now["place"]
    look_again()
    trail = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "event:locate")).one()
    assert trail.object_id == case["id"]


def test_what_the_desk_chose_can_be_chosen_again(app: Flask) -> None:
    desk = Person(app, "slr01")
    case = desk.steps(
        make_vague(desk)["id"], ("locate", {"position": at(GRID)}), ("locate", {"position": at(GRID)})
    )

    assert [entry["action"]["code"] for entry in case["history"]] == ["report", "locate", "locate"]


def test_a_bad_fix_of_a_phone_is_set_right_and_a_good_one_stands(app: Flask) -> None:
    desk, worker = Person(app, "dd01"), Person(app, "wg01")
    bad = desk.event(report(worker, position={"accuracy_m": 900.0})["id"])
    good = desk.event(make_event(reporter="wg01").id)

    mended = desk.steps(bad["id"], ("locate", {"position": at(GRID)}))

    assert "low_accuracy" in [flag["code"] for flag in bad["flags"]]
    assert "low_accuracy" not in [flag["code"] for flag in mended["flags"]]
    assert mended["place"]["accuracy_m"] is None
    assert "locate" not in [one["action"] for one in good["steps"]]
    assert_problem(desk.step(good, "locate", position=at(GRID)), 409, "rule-forbids")


def test_a_department_goes_on_while_the_place_is_set_right(app: Flask) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)
    dispatch(desk, case, "cg")
    Person(app, "cg01").steps(case["id"], "sign")

    now = desk.steps(case["id"], ("locate", {"position": at(GRID)}))

    assert (now["state"]["code"], now["area"]["code"]) == ("handling", GRID)
    assert now["assignments"][0]["state"]["code"] == "handling"


@pytest.mark.parametrize(
    ("position", "status", "slug"),
    [
        (None, 422, "invalid"),
        ({"lon": 0, "lat": 0, "datum": "cgcs2000"}, 422, "invalid"),
        ({"lon": 116.39, "lat": 39.9, "datum": "cgcs2000"}, 422, "invalid"),
        ({"lon": 114.7}, 422, "invalid"),
    ],
)
def test_no_place_or_an_absurd_one_is_refused(app: Flask, position: Any, status: int, slug: str) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)
    told = {} if position is None else {"position": position}

    assert_problem(desk.step(case, "locate", **told), status, slug)
    assert desk.event(case["id"])["version"] == case["version"]


def test_not_into_another_street_nor_out_of_the_actors_area(app: Flask) -> None:
    street.make_second_street()
    make_user("dd98", "dispatcher", area=street.COUNTY)
    make_user("dd99", "dispatcher", area=COMMUNITY)
    desk, above, below = (Person(app, who) for who in ("dd01", "dd98", "dd99"))
    case = desk.steps(make_vague(desk)["id"], ("hand_down", {"note": "先由社区看"}))

    away = above.step(above.event(case["id"]), "locate", position=at(street.GRID))
    assert "别的街道" in assert_problem(away, 422, "invalid", "position")["detail"]
    out = below.step(below.event(case["id"]), "locate", position=at(OTHER_GRID))
    assert "不在你的范围里" in assert_problem(out, 422, "invalid", "position")["detail"]
    assert desk.event(case["id"])["version"] == case["version"]


def test_who_may_not_and_who_comes_too_late(app: Flask) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)
    leader = Person(app, "ld01")

    assert_problem(leader.step(leader.event(case["id"]), "locate", position=at(GRID)), 403, "forbidden")
    desk.steps(case["id"], ("locate", {"position": at(GRID)}))
    assert_problem(desk.step(case, "locate", position=at(GRID)), 412, "stale")


def test_a_department_that_has_nobody_there_keeps_its_case(app: Flask) -> None:
    with transaction():
        db.session.add(Department(code="qj", name="富祥清洁队", area_id=net.current().find(STREET).id))
    make_user("qj01", "clerk", "department_head", area=COMMUNITY, department="qj")
    desk, clerk = Person(app, "dd01"), Person(app, "qj01")
    case = make_vague(desk)
    dispatch(desk, case, "qj")
    clerk.steps(case["id"], "sign")

    away = desk.step(desk.event(case["id"]), "locate", position=at(OTHER_GRID))

    detail = assert_problem(away, 422, "invalid", "position")["detail"]
    assert "富祥清洁队" in detail
    assert "先退回或改派" in detail
    assert clerk.event(case["id"])["area"]["code"] == COMMUNITY
    locate(desk, case, GRID)
    assert clerk.event(case["id"])["area"]["code"] == GRID


@pytest.mark.parametrize(("reported_in", "moved_to"), [(GRID, OTHER_GRID), (OTHER_GRID, GRID)])
def test_whether_it_lies_in_its_reporters_grid_is_asked_anew(app: Flask, reported_in: str, moved_to: str) -> None:
    desk, worker = Person(app, "dd01"), Person(app, "wg01")  # who works in OTHER_GRID
    case = report(worker, position=at(reported_in) | {"accuracy_m": 900.0})
    was = desk.event(case["id"])

    now = locate(desk, case, moved_to)

    flags = [flag["code"] for flag in was["flags"]]
    assert flags == ["low_accuracy"] + (["outside_mine"] if reported_in == GRID else [])
    assert [flag["code"] for flag in now["flags"]] == (["outside_mine"] if moved_to == GRID else [])


def test_the_history_keeps_all_of_the_phones_own_fix(app: Flask) -> None:
    desk, worker = Person(app, "dd01"), Person(app, "wg01")
    fix = {"lon": 114.7326, "lat": 22.9489, "datum": "gcj02", "accuracy_m": 900.0, "provider": "network"}
    case = report(worker, position=fix | {"fixed_at": "2026-11-23T08:57:30+08:00"}, address="富祥路口")
    was = desk.event(case["id"])

    entry = locate(desk, case, OTHER_GRID, address="")["history"][-1]["data"]["place"]

    assert entry["from"] == {
        "area": was["area"]["name"],
        "area_code": was["area"]["code"],
        "lon": was["place"]["lon"],
        "lat": was["place"]["lat"],
        "raw_lon": 114.7326,
        "raw_lat": 22.9489,
        "datum": "gcj02",
        "accuracy_m": 900.0,
        "provider": "network",
        "fixed_at": "2026-11-23T00:57:30+00:00",
        "address": "富祥路口",
        "flags": {"low_accuracy": "误差约 900 米"} | {"outside_mine": ""},
    }
    assert (entry["to"]["area_code"], entry["to"]["provider"], entry["to"]["flags"]) == (OTHER_GRID, "desk", {})


def test_an_address_is_what_was_told_and_stays_where_nothing_was(app: Flask) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk, address="富祥路12号")

    kept = locate(desk, case, GRID)["place"]["address"]
    cleared = locate(desk, case, NEXT_GRID, address="")["place"]["address"]

    assert (kept, cleared) == ("富祥路12号", "")
    # To a step that asks for none it says nothing.
    assert desk.step(desk.event(case["id"]), "accept", address="").status_code == 200


def test_nobodys_number_is_to_be_read_in_the_address_of_a_call(app: Flask) -> None:
    desk = Person(app, "dd01")
    words = "富祥路12号（陈先生 100 1234 0001）"

    told = locate(desk, make_vague(desk), GRID, address=words)
    seen = locate(desk, report(Person(app, "wg01"), position={"accuracy_m": 900.0}), GRID, address=words)

    assert "1234" not in str(told["place"]) + str(told["history"])
    assert told["place"]["address"].startswith("富祥路12号（陈先生")
    assert seen["place"]["address"] == words  # a worker's case has no caller


def test_not_in_bulk_for_no_two_cases_have_one_place(app: Flask) -> None:
    desk = Person(app, "dd01")
    case = make_vague(desk)
    items = [{"id": case["id"], "version": case["version"]}]

    for told in ({"action": "locate"}, {"action": "accept", "position": at(GRID)}):
        assert_problem(desk.post("/api/events/bulk", json=told | {"items": items}), 422, "invalid")
    assert desk.event(case["id"])["version"] == case["version"]


def test_a_phone_does_not_say_that_the_desk_chose_its_place(app: Flask) -> None:
    told = make_report(position={"provider": "desk"})

    assert_problem(Person(app, "wg01").post("/mobile/v1/reports", json=told), 422, "invalid")
