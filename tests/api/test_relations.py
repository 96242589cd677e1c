"""Reports that look the same, merging and splitting, and one step for many cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask

from grid.db import transaction
from grid.events import similar
from grid.events.event import Event
from tests.conftest import Clock
from tests.factories.event import fresh, make_event
from tests.factories.person import make_report
from tests.factories.problem import assert_problem
from tests.factories.request import person, step


def _similar(app: Flask, event: Event) -> set[UUID]:
    return {UUID(one["id"]) for one in person(app, "dd01").event(event.id)["similar"]}


def test_the_same_class_near_and_soon_looks_the_same(app: Flask, time: Clock) -> None:
    old = make_event()
    time.move(hours=25)
    near, other_class = make_event(), make_event(category="E0126")
    elsewhere = make_event(reporter="wg02")
    time.move(hours=1)
    event = make_event()

    assert _similar(app, event) == {near.id}
    assert not {old.id, other_class.id, elsewhere.id} & _similar(app, event)


def test_beyond_fifty_metres_it_is_another_matter(app: Flask) -> None:
    event, other = make_event(), make_event()
    with transaction():
        moved = fresh(other)
        moved.lat = event.lat + 51 / 111_195

    assert similar.to(fresh(event)) == []


def test_it_is_asked_for_in_one_statement(app: Flask, count_queries: Any) -> None:
    event = make_event()
    for _ in range(3):
        make_event()
    event = fresh(event)
    assert similar.to(event)  # with the rules read

    with count_queries() as statements:
        assert len(similar.to(event)) == 3

    assert len(statements) == 1


def test_the_phone_is_told_with_the_receipt(app: Flask) -> None:
    worker = person(app, "wg01")
    first = worker.post("/mobile/v1/reports", json=make_report()).json
    second = worker.post("/mobile/v1/reports", json=make_report()).json

    assert (first["similar"], [one["id"] for one in second["similar"]]) == ([], [first["id"]])


def test_a_merged_report_keeps_its_thread_and_ends_with_the_other(app: Flask) -> None:
    parent, child = make_event(state="handling"), make_event(reporter="wg01")

    answer = step(app, "dd01", child, "merge", parent=str(parent.id))

    assert answer.json["state"]["code"] == "merged"
    assert answer.json["relations"][0] | {"case_no": ""} == {
        "id": str(parent.id),
        "how": {"code": "merged_into", "label": "并入了"},
        "case_no": "",
        "state": {"code": "handling", "label": "处置中"},
        "words": "路口停了一排电动车",
    }
    step(app, "ld01", parent, "force_close", note="上级要求")
    thread = fresh(child).history
    assert [entry.action for entry in thread] == ["report", "merge", "close_with"]
    assert all(entry.is_intact() for entry in thread)
    assert fresh(child).closed_at == fresh(parent).closed_at


def test_it_is_taken_apart_again_while_the_other_is_open(app: Flask) -> None:
    parent, child = make_event(state="handling"), make_event()
    step(app, "dd01", child, "merge", parent=str(parent.id))

    assert step(app, "dd01", child, "split", note="不是一件事").json["state"]["code"] == "reported"
    step(app, "dd01", child, "merge", parent=str(parent.id))
    step(app, "ld01", parent, "force_close", note="上级要求")
    assert_problem(step(app, "dd01", child, "split", note="不是一件事"), 409, "rule-forbids")


def test_nothing_is_merged_into_what_is_over_or_into_itself(app: Flask) -> None:
    closed, child = make_event(state="closed"), make_event()

    assert_problem(step(app, "dd01", child, "merge", parent=str(closed.id)), 409, "rule-forbids")
    assert_problem(step(app, "dd01", child, "merge", parent=str(child.id)), 422, "invalid", "parent")


def test_many_cases_one_step_one_answer_each(app: Flask) -> None:
    good, moved = make_event(), make_event()
    wrong = make_event(state="pending_filing")
    foreign = {"id": str(UUID(int=7)), "version": 1}
    items = [{"id": str(e.id), "version": fresh(e).version} for e in (good, moved, wrong)]
    items[1]["version"] -= 1

    answer = person(app, "dd01").post("/api/events/bulk", json={"action": "accept", "items": [*items, foreign]})

    assert [one["status"] for one in answer.json["items"]] == [200, 412, 409, 404]
    assert answer.json["done"] == 1
    assert [fresh(e).state.value for e in (good, moved, wrong)] == ["pending_filing", "reported", "pending_filing"]


def test_a_department_signs_many_at_once_and_only_its_own(app: Flask) -> None:
    ours, done = make_event(state="pending_sign"), make_event(state="handling")
    theirs = make_event(state="pending_sign", department="ga")
    items = [{"id": str(e.id), "version": fresh(e).version} for e in (ours, done, theirs)]

    answer = person(app, "cg01").post("/api/events/bulk", json={"action": "sign", "items": items})

    assert [one["status"] for one in answer.json["items"]] == [200, 409, 404]
    assert fresh(ours).state.value == "handling"
