"""The tables of the demo: complete, consistent, and open about being invented."""

import re
from collections import Counter

import pytest

from fixtures import daling
from fixtures.sighting import outlines, sightings
from grid.accounts import post
from grid.worktime.limit import Limit, Unit

TABLES = sorted((daling.HERE / "daling").rglob("*.csv"))


def table(name):
    return list(daling.table(name))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_every_table_names_its_source_and_says_that_it_is_demo_content(path):
    assert path.read_text(encoding="utf-8").startswith("# source: demo content")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_every_row_has_every_column(path):
    rows = list(daling.rows(path))

    assert rows
    assert all(None not in row and None not in row.values() for row in rows)


def test_a_table_without_a_source_is_refused(tmp_path):
    path = tmp_path / "rumour.csv"
    path.write_text("code,name\n1,x\n", encoding="utf-8")

    with pytest.raises(ValueError, match="names no source"):
        list(daling.rows(path))


def test_there_are_eight_departments_and_each_has_a_person_who_hands_in_and_confirms():
    departments = {row["code"] for row in table("departments")}
    clerks = {row["department"]: row["posts"] for row in table("people") if row["department"]}

    assert len(departments) == 8
    assert clerks == dict.fromkeys(departments, "clerk department_head")


def test_every_grid_has_one_worker():
    workers = {row["username"]: row["area"] for row in table("people") if row["posts"] == "grid_worker"}

    assert sorted(workers) == [f"wg{n:02}" for n in range(1, 15)]
    assert sorted(workers.values()) == sorted(outlines("grid"))


def test_posts_are_known_and_no_account_holds_two_of_the_separate_ones():
    for row in table("people"):
        held = [post.find(code) for code in row["posts"].split()]

        assert held
        assert sum(one.is_separate for one in held) <= 1


def test_limits_use_every_unit():
    limits = [Limit(int(row["limit_value"]), Unit(row["limit_unit"])) for row in table("conditions")]

    assert {limit.unit for limit in limits} == set(Unit)


def test_every_category_can_be_filed_and_dispatched():
    categories = [row["code"] for row in table("categories")]

    assert len(set(categories)) == len(categories) >= 12
    assert all(re.fullmatch(r"[CE]\d{4}", code) for code in categories)
    assert {row["category"] for row in table("conditions")} == set(categories)
    assert {row["category"] for row in table("responsibilities")} == set(categories)


def test_conditions_are_numbered_from_one_in_each_category():
    numbers = {}
    for row in table("conditions"):
        numbers.setdefault(row["category"], []).append(int(row["ordinal"]))

    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert {len(found) for found in numbers.values()} >= {1, 2, 3}


def test_only_single_conditions_are_certain():
    counts = Counter(row["category"] for row in table("conditions"))

    assert all(counts[row["category"]] == 1 for row in table("conditions") if row["is_certain"] == "yes")


def test_responsibilities_are_numbered_and_refer_to_what_there_is():
    rows = table("responsibilities")
    conditions = {(row["category"], row["ordinal"]) for row in table("conditions")}
    departments = {row["code"] for row in table("departments")}

    assert [int(row["number"]) for row in rows] == list(range(1, len(rows) + 1))
    assert {row["department"] for row in rows} == departments
    assert all((row["category"], row["condition"]) in conditions for row in rows if row["condition"])
    assert any(row["area"] for row in rows)


def test_what_is_reported_belongs_to_a_category_and_words_fit_their_fields():
    assert {one.category for one in sightings()} <= {row["code"] for row in table("categories")}
    assert all(0 < len(words) <= 500 for one in sightings() for words in (one.description, one.done, one.remains))


def test_the_urban_scheme_is_large_enough_to_work_with_and_keeps_local_classes_apart():
    codes = {row["code"] for row in table("categories")}

    assert len(codes) >= 60
    assert len(list(table("conditions"))) >= 120
    assert {"C0199", "E0197", "E0198", "E0199"} <= codes  # a city's own count down from 99


def test_the_social_scheme_has_13_kinds_of_disputes_and_14_of_hazards():
    rows = table("social/categories")
    codes = [row["code"] for row in rows]

    assert codes == [f"H{n:02}" for n in range(1, 15)] + [f"M{n:02}" for n in range(1, 14)]
    assert {row["big_name"] for row in rows} == {"矛盾纠纷", "问题隐患"}
    assert {row["category"] for row in table("social/conditions")} == set(codes)
    assert {row["category"] for row in table("social/responsibilities")} == set(codes)


def test_numbers_of_responsibilities_run_through_both_schemes():
    rows = [*table("responsibilities"), *table("social/responsibilities")]

    assert [int(row["number"]) for row in rows] == list(range(1, len(rows) + 1))


def test_mappings_lead_from_known_classes_to_known_classes():
    known = {"urban": table("categories"), "social": table("social/categories")}
    codes = {scheme: {row["code"] for row in rows} for scheme, rows in known.items()}

    assert all(
        row["left"] in codes[row["left_scheme"]] and row["right"] in codes[row["right_scheme"]]
        for row in table("mappings")
    )
