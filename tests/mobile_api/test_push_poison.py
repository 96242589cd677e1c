"""Batches with something wrong in them: it is refused alone, kept for people to see, and harms no neighbour."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from grid.db import db
from grid.events.event import Event
from grid.sync.push import Kind
from grid.sync.quarantine import Quarantine
from mobile_api.ops import KINDS
from tests.factories.census import census
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem
from tests.factories.reader import count, look_again


def test_one_op_id_for_another_content_is_refused_and_kept(phone: Phone) -> None:
    op = phone.report_op()
    phone.push(op)

    other = op | {"entity_id": str(uuid4()), "payload": op["payload"] | {"description": "另一件事"}}
    results = [phone.push(other)[0] for _ in range(2)]

    assert [result["error"]["code"] for result in results] == ["op_id_reused"] * 2
    assert count(Event) == count(Quarantine) == 1
    [kept] = db.session.scalars(select(Quarantine))
    assert kept.raw["payload"]["description"] == "另一件事"


POISON: dict[str, Any] = {
    "nothing": None,
    "a number": 7,
    "a list": [],
    "an empty object": {},
    "no kind": {"kind": None},
    "an unknown kind": {"kind": "event.levitate"},
    "no op id": {"op_id": "seven"},
    "no time": {"occurred_at": "yesterday"},
    "another century": {"occurred_at": "1823-11-22T10:08:11+08:00"},
    "payload is text": {"payload": "hello"},
    "unknown category": {"payload": {"category": "no"}},
    "a place at sea": {"payload": {"position": {"lon": 0.0, "lat": 0.0, "datum": "wgs84"}}},
    "no place": {"payload": {"position": None}},
    "a place that is text": {"payload": {"position": "here"}},
    "a picture without a hash": {"media": [{"role": "near"}]},
    "a hash that is none": {"media": [{"role": "near", "sha256": "abc"}]},
    "too many pictures": {"media": [{"role": "near", "sha256": f"{n:064x}"} for n in range(7)]},
    "a novel": {"payload": {"description": "长" * 501}},
    "deep nesting": {
        "geo": {"a": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]},
        "kind": "x",
    },
}


def _poison(phone: Phone, told: Any) -> Any:
    if not isinstance(told, dict) or not told:
        return told
    right = phone.report_op()
    inner = told.get("payload")
    return right | told | ({"payload": right["payload"] | inner} if isinstance(inner, dict) else {})


def test_a_poison_op_harms_no_neighbour(phone: Phone) -> None:
    wrong = {}
    for number, (name, told) in enumerate(POISON.items(), 1):
        results = phone.push(phone.report_op(), _poison(phone, told), phone.report_op())

        statuses = [result["status"] for result in results]
        error = results[1].get("error", {})
        if statuses != ["applied", "rejected", "applied"] or not (error.get("code") and error.get("message")):
            wrong[name] = results[1]
        if (count(Event), count(Quarantine)) != (2 * number, number):
            wrong[name] = "rows"

    assert wrong == {}


def test_our_own_mistakes_and_the_databases_refusals_are_one_ops_too(
    app: Flask, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(actor: Any, asked: Any) -> Any:
        db.session.add(Event())  # the database refuses it at the flush
        if asked.payload.get("category") == "bug":
            raise ZeroDivisionError
        return None

    monkeypatch.setitem(KINDS, "test.breaks", Kind(breaks))
    ops = [
        phone.report_op(),
        phone.op("test.breaks", {"category": "bug"}),
        phone.report_op(),
        phone.op("test.breaks", {}),
        phone.report_op(),
    ]

    results = phone.push(*ops)

    assert [result["status"] for result in results] == ["applied", "rejected", "applied", "rejected", "applied"]
    assert "ZeroDivision" not in str(results)
    assert (count(Event), count(Quarantine)) == (3, 2)


def test_what_was_refused_is_refused_again_without_another_copy(phone: Phone) -> None:
    op = phone.report_op(payload={"category": "no"})

    results = [phone.push(op)[0] for _ in range(3)]

    assert {(result["status"], result["error"]["field"]) for result in results} == {("rejected", "category")}
    assert count(Quarantine) == 1


def test_signs_no_database_keeps_are_taken_out_and_rare_ones_stay(phone: Phone) -> None:
    words = "𠮷野家门口\x00有\ud800积水\x07😀㛃"

    [result] = phone.push(phone.report_op(payload={"description": words}))

    assert result["status"] == "applied", result
    look_again()
    [event] = db.session.scalars(select(Event))
    assert event.description == "𠮷野家门口有积水😀㛃"


def test_members_nobody_knows_here_do_no_harm(phone: Phone) -> None:
    op = phone.report_op(payload={"mood": "good"}) | {"colour": "red"}

    assert phone.statuses(op) == ["applied"]


def test_too_much_at_once_is_to_be_halved_and_nothing_of_it_is_kept(phone: Phone) -> None:
    many = [phone.report_op() for _ in range(51)]
    heavy = [phone.report_op(geo={"note": "x" * 30_000}) for _ in range(10)]
    before = census()

    for batch in (many, heavy):
        assert_problem(phone.send(*batch), 413, "request-entity-too-large")

    assert census() == before
    assert set(phone.statuses(*many[:25])) == {"applied"}
    assert set(phone.statuses(*heavy[:5])) == {"applied"}


def test_a_body_that_is_no_batch_is_a_problem_of_the_request(phone: Phone) -> None:
    for body in ({}, {"ops": "all"}, {"ops": [], "more": 1}, []):
        answer = phone.post("/mobile/v1/sync/push", json=body)

        assert_problem(answer, 422, "invalid")
