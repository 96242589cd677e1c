"""Trying the rules says what would happen, and does nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from grid import clock
from grid.areas import net
from grid.db import db, transaction
from grid.errors import Invalid, NotFound
from grid.events import reporting, rulebook
from grid.events.event import Event
from grid.events.photo import PhotoRole
from grid.events.place import Position
from grid.events.reporting import Report
from grid.events.state import State
from grid.geo.crs import Datum
from grid.standards import batch, mapping, trial
from tests.factories.account import find_user
from tests.factories.census import census
from tests.factories.event import spot
from tests.factories.workbook import BURNING, make_line, make_workbook

GRID, DONGXING = "441323002001001", "441323002005001"


def test_class_and_place_lead_to_a_department_a_row_and_a_due_moment(app: Flask) -> None:
    friday = datetime(2026, 11, 27, 17, 0, tzinfo=clock.LOCAL)

    found = trial.run(category="E0110", area=GRID, at=friday)

    assert found.dispatch is not None and found.condition is not None
    assert (found.dispatch.value.department_code, found.dispatch.value.number) == ("cg", 8)
    assert str(found.condition.limit) == "4小时"
    assert found.due_at == datetime(2026, 11, 30, 11, 0, tzinfo=clock.LOCAL)
    assert found.is_automatic
    assert found.reasons == (
        "“暴露生活垃圾”只有一条立案条件：生活垃圾堆在收集容器外，4小时内处置",
        "暴露生活垃圾 · 责任清单第 8 条",
    )


def test_the_row_for_the_area_beats_the_row_for_everywhere(app: Flask) -> None:
    here, there = (trial.run(category="E0406", area=area).dispatch for area in (DONGXING, GRID))

    assert here is not None and there is not None
    assert (here.value.department_code, here.value.number) == ("sj", 16)
    assert (there.value.department_code, there.value.number) == ("cg", 15)


def test_a_tie_is_said_and_is_not_automatic(app: Flask) -> None:
    found = trial.run(category="E0126", area=GRID)

    assert not found.is_automatic
    assert "同级条目还有 大岭水务站，需人工确认" in found.reasons[1]


@pytest.mark.parametrize("category", ["E0110", "E0126", "E0410", "E0101", "E0406", "C0137"])
def test_what_is_said_is_what_happens(app: Flask, category: str) -> None:
    place = Position(*spot(GRID), Datum.CGCS2000, 8.0)
    said = trial.run(category=category, position=place)

    report = Report(uuid4(), category, place, clock.now(), photos=[{"sha256": "a" * 64, "role": PhotoRole.NEAR}])
    with transaction():
        receipt = reporting.submit(find_user("wg01"), report).result
    event = db.session.get_one(Event, UUID(receipt["id"]))

    assert said.is_automatic is (event.state is State.PENDING_SIGN)
    if said.is_automatic:
        assert said.dispatch is not None and said.condition is not None
        assert event.assignments[0].department.code == said.dispatch.value.department_code
        assert (event.condition_id, event.due_at) == (said.condition.id, said.due_at)


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("路上井盖不见了，差点掉进去", "C0101"),
        ("楼道里给电动车充电", "E0199"),
        ("煤气管道漏气，闻到燃气味", "E0502"),
        ("几十个工人讨薪堵门", "M02"),
        ("大树倒了，挡住道路", "C0402"),
        ("遛狗不牵绳，犬粪没清", "E0184"),
    ],
)
def test_words_find_a_class_among_the_likeliest(app: Flask, words: str, category: str) -> None:
    found = trial.run(text=words, area=GRID)

    assert category in [guess.category.code for guess in found.guesses]
    assert found.category == found.guesses[0].category
    assert all(0 < guess.likeness <= 1 for guess in found.guesses)


def test_words_that_fit_another_condition_are_pointed_out(app: Flask) -> None:
    found = trial.run(text="遛犬没有牵绳", category="E0184", area=GRID)

    assert found.condition is not None and found.condition.text == "犬只伤人，或无人看管"
    assert "描述更像“遛犬不牵绳，犬粪不清理”（1个工作日），请核对" in found.reasons


def test_a_chosen_condition_has_its_own_limit_and_department(app: Flask) -> None:
    missing = rulebook.current().find("C0402").conditions[1]

    found = trial.run(category="C0402", condition=missing.id, area=GRID)

    assert found.condition == missing
    assert found.dispatch is not None and found.dispatch.value.number == 5
    assert not found.is_automatic


def test_rules_of_a_later_day_are_tried_before_they_hold(app: Flask) -> None:
    later = clock.local(clock.now()) + timedelta(days=3)
    drafted = batch.draft(make_workbook(make_line(BURNING, limit="1紧急工作时")), "urban", valid_from=later.date())
    with transaction():
        batch.confirm(None, batch.keep(None, drafted))

    now, then = (trial.run(category="E0120", area=GRID, at=at) for at in (None, later))

    assert [str(found.condition.limit) for found in (now, then) if found.condition] == [
        "2紧急工作时",
        "1紧急工作时",
    ]


def test_a_point_outside_the_grids_is_not_automatic(app: Flask) -> None:
    found = trial.run(category="E0110", position=Position(114.86, 22.95, Datum.CGCS2000))

    assert found.located is not None and not found.located.is_inside
    assert not found.is_automatic
    assert "位置不在网格里，不会自动立案" in found.reasons


def test_a_point_in_a_village_without_grid_is_not_automatic(app: Flask) -> None:
    village = next(node for node in net.current().by_id.values() if node.level == "village")

    found = trial.run(category="E0110", area=village.code)

    assert not found.is_automatic


def test_trying_writes_nothing(app: Flask) -> None:
    before = census()

    trial.run(text="井盖不见了", area=GRID)

    assert census() == before


def test_what_cannot_be_tried_is_refused(app: Flask) -> None:
    with pytest.raises(Invalid, match="请给出位置或区域"):
        trial.run(category="E0110")
    with pytest.raises(Invalid, match="看不出是哪个类别"):
        trial.run(text="你好", area=GRID)
    with pytest.raises(Invalid):
        trial.run(category="X9999", area=GRID)
    with pytest.raises(NotFound):
        trial.run(category="E0110", area="999999")


def test_hazards_and_urban_classes_are_mapped_while_both_are_in_force(app: Flask) -> None:
    pairs = mapping.in_force()
    assert ("H06", "E0496") in [(pair.left.code, pair.right.code) for pair in pairs]

    drafted = batch.draft(make_workbook(BURNING), "urban", is_complete=True)
    with transaction():
        batch.confirm(None, batch.keep(None, drafted))

    assert [(pair.left.code, pair.right.code) for pair in mapping.in_force()] == [("H07", "E0120")]
