"""When too many phones synchronise at once, some are asked to come again; what they hold is not touched."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from grid.sync import push as pushing
from mobile_api import crowd
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_comes_on_top_is_told_when_to_come_again_and_the_desk_is_served(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "WAITING", 0)
    app.config["CROWD"] = 1
    slow, other, desk = Phone(app), Phone(app, "wg02"), Person(app, "dd01")
    is_inside, may_go = threading.Event(), threading.Event()
    push, first = pushing.push, slow.report_op()

    def held(*told: Any) -> Any:
        is_inside.set()
        assert may_go.wait(20)
        return push(*told)

    monkeypatch.setattr(pushing, "push", held)
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend(slow.statuses(first)))
    thread.start()
    assert is_inside.wait(20)
    monkeypatch.setattr(pushing, "push", push)

    turned_away = other.send(op := other.report_op())
    seen = desk.get("/healthz")
    may_go.set()
    thread.join(20)
    later = other.send(op)

    assert_problem(turned_away, 503, "crowded")
    assert crowd.SOONEST_S <= int(turned_away.headers["Retry-After"]) <= crowd.LATEST_S
    assert turned_away.headers["X-WG-Api"] == "1"
    assert seen.status_code == 200
    assert found == ["applied"] and later.json["results"][0]["status"] == "applied"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_place_is_given_back_whatever_became_of_the_request(app: Flask) -> None:
    app.config["CROWD"] = 1
    phone = Phone(app)

    answers = [phone.post("/mobile/v1/sync/push", data=b"{", content_type="application/json") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert phone.statuses(phone.report_op()) == ["applied"]
