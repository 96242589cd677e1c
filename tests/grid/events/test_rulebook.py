"""Choosing by the rules: the most specific row wins, ties need a person, and only what is in force counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from grid import revision
from grid.accounts import department as departments
from grid.areas import net
from grid.db import db, transaction
from grid.errors import Invalid
from grid.events import rulebook
from grid.events.category import Category
from grid.events.responsibility import Responsibility
from grid.events.rulebook import Choice
from tests.conftest import Clock

GRID_1, GRID_5 = "441323002001001", "441323002005001"


def _department(category: str, area: str = GRID_1, condition: int | None = None) -> Choice | None:
    found = rulebook.current().find(category)
    condition_id = None if condition is None else found.conditions[condition].id
    return rulebook.choose_department(found, condition_id, net.current().find(area).path)


def _add(number: int, category: str, department: str, **told: Any) -> None:
    """Another row of the responsibility list, from 2026 on unless told otherwise."""
    area = told.pop("area", None)
    with transaction():
        row = db.session.scalars(select(Category).where(Category.code == category)).one()
        db.session.add(
            Responsibility(
                number=number,
                category_id=row.id,
                area_id=net.current().find(area).id if area else None,
                department_id=departments.find(department).id,
                **({"valid_from": date(2026, 1, 1), "is_certain": True} | told),
            )
        )
        revision.bump(revision.RULES)
    db.session.info.clear()


def _code(choice: Choice | None) -> str | None:
    return choice.value.department_code if choice else None


def test_a_row_for_the_place_beats_one_for_everywhere(app: Flask) -> None:
    assert (_code(_department("E0406", GRID_1)), _code(_department("E0406", GRID_5))) == ("cg", "sj")


def test_a_row_for_a_smaller_place_beats_one_for_a_larger(app: Flask) -> None:
    _add(901, "E0406", "yj", area=GRID_5)

    assert _code(_department("E0406", GRID_5)) == "yj"


def test_a_row_for_the_condition_beats_one_for_any_even_in_a_smaller_place(app: Flask) -> None:
    _add(901, "E0410", "yj", area=GRID_1)

    assert _code(_department("E0410", condition=0)) == "ga"
    assert _code(_department("E0410", condition=1)) == "yj"


def test_a_row_for_another_place_or_condition_does_not_count(app: Flask) -> None:
    _add(901, "E0410", "yj", area=GRID_5)

    assert _code(_department("E0410", condition=1)) == "cg"


def test_equally_specific_rows_with_different_departments_need_a_person(app: Flask) -> None:
    choice = _department("E0126")

    assert choice is not None
    assert (_code(choice), choice.is_certain) == ("hb", False)
    assert "大岭水务站" in choice.reason
    assert [entry.department_code for entry, _ in choice.alternatives] == ["sw"]


def test_equally_specific_rows_with_the_same_department_are_no_tie(app: Flask) -> None:
    _add(901, "E0406", "cg")

    choice = _department("E0406", GRID_1)

    assert choice is not None
    assert (choice.is_certain, choice.alternatives) == (True, ())


def test_a_row_that_says_so_is_not_certain_even_alone(app: Flask) -> None:
    choice = _department("E0101", condition=1)

    assert choice is not None
    assert (_code(choice), choice.is_certain) == ("zj", False)


def test_the_reason_names_the_row_and_what_else_was_possible(app: Flask) -> None:
    choice = _department("E0406", GRID_5)

    assert choice is not None
    assert "第 16 条" in choice.reason
    assert [(entry.department_code, "第 15 条" in words) for entry, words in choice.alternatives] == [("cg", True)]


@pytest.mark.parametrize(
    "since, until, counts",
    [
        (date(2026, 11, 23), None, True),
        (date(2026, 11, 24), None, False),
        (date(2026, 1, 1), date(2026, 11, 24), True),
        (date(2026, 1, 1), date(2026, 11, 23), False),
    ],
)
def test_a_row_counts_from_its_first_day_to_the_day_before_its_last(
    app: Flask, since: date, until: date | None, counts: bool
) -> None:
    _add(901, "E0406", "yj", area=GRID_1, valid_from=since, valid_to=until)

    assert (_code(_department("E0406", GRID_1)) == "yj") is counts


def test_rules_turn_at_local_midnight(app: Flask, time: Clock) -> None:
    _add(901, "E0406", "yj", area=GRID_1, valid_from=date(2026, 11, 24))
    time.move(hours=14, minutes=59)
    before = _code(_department("E0406", GRID_1))
    time.move(minutes=1)

    assert (before, _code(_department("E0406", GRID_1))) == ("cg", "yj")


def test_a_retired_class_cannot_be_chosen(app: Flask) -> None:
    with transaction():
        db.session.scalars(select(Category).where(Category.code == "E0406")).one().valid_to = date(2026, 11, 23)
        revision.bump(revision.RULES)
    db.session.info.clear()

    with pytest.raises(Invalid):
        rulebook.current().find("E0406")


def test_one_certain_condition_is_certain_and_several_are_not(app: Flask) -> None:
    single = rulebook.choose_condition(rulebook.current().find("E0406"))
    several = rulebook.choose_condition(rulebook.current().find("E0410"))

    assert single is not None and several is not None
    assert (single.is_certain, several.is_certain) == (True, False)
    assert len(several.alternatives) == 1


def test_the_same_question_gets_the_same_answer(app: Flask) -> None:
    answers = {(_code(c), c.is_certain, c.reason) for c in [_department("E0126") for _ in range(5)] if c}
    rulebook.forget()
    again = _department("E0126")

    assert again is not None
    assert answers == {(_code(again), again.is_certain, again.reason)}
