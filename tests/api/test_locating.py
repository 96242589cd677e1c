"""定位置: the desk puts a case where it really is; its grid follows, and what was doubtful is no more."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from grid.db import db
from grid.trail.entry import TrailEntry
from tests.factories import street
from tests.factories.account import make_user
from tests.factories.event import make_event, spot
from tests.factories.intake import take_in
from tests.factories.person import Person, report
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again

COMMUNITY, GRID = "441323002002", "441323002002001"
OTHER_COMMUNITY = "441323002001"


def _vague(desk: Person) -> dict[str, Any]:
    told = take_in(desk, position=None, area=COMMUNITY, address="")
    return desk.event(told["case"]["id"])


def _at(area: str) -> dict[str, Any]:
    lon, lat = spot(area)
    return {"lon": lon, "lat": lat, "datum": "cgcs2000"}


def _worker_of(area: str) -> str:
    make_user("wg99", "grid_worker", area=area)
    return "wg99"


def test_a_vague_place_becomes_a_point_in_its_grid(app: Flask) -> None:
    desk, worker = Person(app, "dd01"), Person(app, _worker_of(GRID))
    case = _vague(desk)
    offered = next(one for one in case["steps"] if one["action"] == "locate")
    assert [(one["name"], one["kind"], one["required"]) for one in offered["fields"]] == [
        ("position", "place", True),
        ("address", "line", False),
        ("note", "text", False),
    ]
    assert worker.get(f"/api/events/{case['id']}").status_code == 404

    answer = desk.step(case, "locate", position=_at(GRID), address="富祥路12号后巷", note="来电人补充")

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
    case = desk.steps(_vague(desk)["id"], ("locate", {"position": _at(GRID)}), ("locate", {"position": _at(GRID)}))

    assert [entry["action"]["code"] for entry in case["history"]] == ["report", "locate", "locate"]


def test_a_bad_fix_of_a_phone_is_set_right_and_a_good_one_stands(app: Flask) -> None:
    desk, worker = Person(app, "dd01"), Person(app, "wg01")
    bad = desk.event(report(worker, position={"accuracy_m": 900.0})["id"])
    good = desk.event(make_event(reporter="wg01").id)

    mended = desk.steps(bad["id"], ("locate", {"position": _at(GRID)}))

    assert "low_accuracy" in [flag["code"] for flag in bad["flags"]]
    assert "low_accuracy" not in [flag["code"] for flag in mended["flags"]]
    assert mended["place"]["accuracy_m"] is None
    assert "locate" not in [one["action"] for one in good["steps"]]
    assert_problem(desk.step(good, "locate", position=_at(GRID)), 409, "rule-forbids")


def test_a_department_goes_on_while_the_place_is_set_right(app: Flask) -> None:
    desk = Person(app, "dd01")
    case = _vague(desk)
    files = next(one for one in desk.steps(case["id"], "accept")["steps"] if one["action"] == "file")
    condition = files["fields"][0]["options"][0]["value"]
    desk.steps(case["id"], ("file", {"condition": condition}), ("dispatch", {"department": "cg"}))
    Person(app, "cg01").steps(case["id"], "sign")

    now = desk.steps(case["id"], ("locate", {"position": _at(GRID)}))

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
    case = _vague(desk)
    told = {} if position is None else {"position": position}

    assert_problem(desk.step(case, "locate", **told), status, slug)
    assert desk.event(case["id"])["version"] == case["version"]


def test_not_into_another_street_nor_out_of_the_actors_area(app: Flask) -> None:
    street.make_second_street()
    make_user("dd98", "dispatcher", area=street.COUNTY)
    make_user("dd99", "dispatcher", area=COMMUNITY)
    desk, above, below = (Person(app, who) for who in ("dd01", "dd98", "dd99"))
    case = desk.steps(_vague(desk)["id"], ("hand_down", {"note": "先由社区看"}))

    away = above.step(above.event(case["id"]), "locate", position=_at(street.GRID))
    assert "别的街道" in assert_problem(away, 422, "invalid", "position")["detail"]
    out = below.step(below.event(case["id"]), "locate", position=_at(f"{OTHER_COMMUNITY}001"))
    assert "不在你的范围里" in assert_problem(out, 422, "invalid", "position")["detail"]
    assert desk.event(case["id"])["version"] == case["version"]


def test_who_may_not_and_who_comes_too_late(app: Flask) -> None:
    desk = Person(app, "dd01")
    case = _vague(desk)
    leader = Person(app, "ld01")

    assert_problem(leader.step(leader.event(case["id"]), "locate", position=_at(GRID)), 403, "forbidden")
    desk.steps(case["id"], ("locate", {"position": _at(GRID)}))
    assert_problem(desk.step(case, "locate", position=_at(GRID)), 412, "stale")
