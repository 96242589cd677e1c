"""Phone and server compare what they hold; a phone that was damaged is repaired, and only there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grid.db import transaction
from grid.handset import page as pages
from grid.notices import notice
from tests.factories.account import find_user
from tests.factories.event import make_event
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem

COLLECTIONS = ("event", "task", "notice", "record")


@pytest.fixture
def phone(app: Flask) -> Phone:
    phone = Phone(app)
    for _ in range(3):
        make_event(state="checking")
    mine = find_user("wg01").id
    with transaction():
        for number in range(3):
            notice.tell([mine], f"k{number}", "标题", "内容", None)
    phone.push(*(phone.diary_op() for _ in range(3)))
    phone.pull()
    return phone


@pytest.fixture
def whole(phone: Phone) -> dict[tuple[str, str], dict[str, Any]]:
    """What the phone rightly holds."""
    return dict(phone.held)


def compare(phone: Phone) -> dict[str, str]:
    asked = {name: phone.fingerprint(name) for name in COLLECTIONS}
    answer = phone.post("/mobile/v1/sync/check", json={"collections": asked})
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json["collections"]
    return told


def repair(phone: Phone, *names: str) -> bool:
    """Ask what differs and do it; whether there was more."""
    items = {
        name: [[key, row["rev"]] for (collection, key), row in phone.held.items() if collection == name]
        for name in names
    }
    answer = phone.post("/mobile/v1/sync/check", json={"items": items})
    assert answer.status_code == 200, answer.text
    phone.apply(answer.json["changes"])
    more: bool = answer.json["has_more"]
    return more


def test_a_phone_that_was_told_everything_holds_the_same(phone: Phone) -> None:
    assert compare(phone) == dict.fromkeys(COLLECTIONS, "same")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_found_and_repaired(phone: Phone, whole: Any, data: st.DataObject) -> None:
    right = whole
    phone.held = dict(right)
    keys = sorted(right)
    for key in data.draw(st.sets(st.sampled_from(keys))):
        del phone.held[key]
    for key in data.draw(st.sets(st.sampled_from(keys))):
        if key in phone.held:
            phone.held[key] = phone.held[key] | {"rev": 999}
    for name in data.draw(st.lists(st.sampled_from(COLLECTIONS), max_size=3)):
        strange = str(uuid4())
        phone.held[name, strange] = {"c": name, "id": strange, "rev": 1, "op": "put"}
    wrong = {
        name
        for name in COLLECTIONS
        if {k: v["rev"] for k, v in right.items() if k[0] == name}
        != {k: v["rev"] for k, v in phone.held.items() if k[0] == name}
    }

    found = {name for name, verdict in compare(phone).items() if verdict == "differs"}
    repair(phone, *found)

    assert found == wrong
    assert compare(phone) == dict.fromkeys(COLLECTIONS, "same")
    assert {key: row["rev"] for key, row in phone.held.items()} == {key: row["rev"] for key, row in right.items()}


def test_a_large_repair_comes_in_parts(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "CHECKED", 2)
    right, phone.held = dict(phone.held), {}

    rounds = 1
    while repair(phone, *COLLECTIONS):
        rounds += 1

    assert rounds == 6
    assert phone.held.keys() == right.keys()


def test_what_is_no_list_of_ids_is_refused(phone: Phone) -> None:
    for items in ({"event": [["x", 1]]}, {"event": [[str(uuid4())]]}, {"secrets": []}, {"event": [[None, None]]}):
        answer = phone.post("/mobile/v1/sync/check", json={"items": items})

        assert_problem(answer, 422, "invalid")
