"""Two streets in one installation: each is offered, and may take, its own departments and workers only."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from grid.accounts import department as departments
from grid.areas import net
from grid.db import db, transaction
from grid.errors import Invalid
from grid.events import handling, rulebook
from grid.events.event import Event
from grid.events.sending import workers
from tests.factories import street
from tests.factories.account import make_user
from tests.factories.event import desk_of, make_event, spot
from tests.factories.person import Person, make_report
from tests.factories.problem import assert_problem

HERE = "441323002001001"


@pytest.fixture(autouse=True)
def streets(app: Flask) -> None:
    street.make_second_street()


def field(shown: dict[str, Any], name: str) -> set[str]:
    """The values a step offers for a field."""
    [found] = [f for step in shown["steps"] for f in step["fields"] if f["name"] == name]
    return {option["value"] for option in found["options"]}


def case(state: str, area: str) -> Event:
    reporter = "wg01" if area == HERE else street.WORKER
    department = "cg" if area == HERE else street.DEPARTMENT
    return make_event(state=state, reporter=reporter, area=area, department=department)


def test_each_street_is_offered_its_own_departments(app: Flask) -> None:
    ours, theirs = case("pending_dispatch", HERE), case("pending_dispatch", street.GRID)

    here = field(Person(app, "dd01").event(ours.id), "department")
    there = field(Person(app, street.DESK).event(theirs.id), "department")

    assert there == {street.DEPARTMENT, street.SECOND_DEPARTMENT}
    assert "cg" in here and not here & there


def test_another_streets_department_is_not_taken(app: Flask) -> None:
    theirs, desk = case("pending_dispatch", street.GRID), Person(app, street.DESK)

    answer = desk.step(desk.event(theirs.id), "dispatch", department="cg")

    assert "没有这个部门" in assert_problem(answer, 422, "invalid")["detail"]


def test_each_street_is_offered_its_own_workers(app: Flask) -> None:
    ours, theirs = case("pending_check", HERE), case("pending_check", street.GRID)

    assert field(Person(app, street.DESK).event(theirs.id), "assignee") == {street.WORKER}
    here = field(Person(app, "dd01").event(ours.id), "assignee")
    assert "wg01" in here and street.WORKER not in here
    assert [user.username for user in workers(net.current().find(HERE).path)][0] == "wg01"


def test_another_streets_worker_is_not_sent(app: Flask) -> None:
    theirs, desk = case("pending_check", street.GRID), Person(app, street.DESK)

    answer = desk.step(desk.event(theirs.id), "send_check", assignee="wg01")

    assert "本街道" in assert_problem(answer, 422, "invalid")["detail"]


def test_rules_of_one_street_neither_suggest_nor_dispatch_in_another(app: Flask) -> None:
    """The rows of Daling's list name no area, so they would fit everywhere."""
    lon, lat = spot(street.GRID)
    worker, desk = Person(app, street.WORKER), Person(app, street.DESK)

    told = make_report(category="E0406", position={"lon": lon, "lat": lat, "datum": "cgcs2000"})
    shown = desk.event(worker.post("/mobile/v1/reports", json=told).json["id"])

    assert shown["department"] is None
    category = rulebook.current().find("E0406")
    assert rulebook.choose_department(category, None, net.current().find(street.GRID).path) is None
    assert rulebook.choose_department(category, None, net.current().find(HERE).path) is not None


def test_who_stands_above_the_streets_serves_both(app: Flask) -> None:
    with transaction():
        county = net.current().find(street.COUNTY)
        db.session.add(departments.Department(code="xj", name="县城管局", area_id=county.id))
    make_user("xc01", "grid_worker", area=street.COUNTY)

    for area in (HERE, street.GRID):
        path = net.current().find(area).path
        assert "xj" in {department.code for department in departments.active(path)}
        assert "xc01" in {user.username for user in workers(path)}
    event = case("pending_dispatch", street.GRID)
    with transaction():
        handling.move(desk_of(event), event, "dispatch", department="xj")
    with pytest.raises(Invalid):
        departments.find("cg", net.current().find(street.GRID).path)
