"""When too many phones synchronise at once, some are asked to come again; what they hold is not touched."""

from __future__ import annotations

import io
import json
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
    seen = desk.get("/api/events")
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


class Slow(io.BytesIO):
    """A body that comes over a bad line: nothing for a while, then all of it."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.is_asked, self.may_come = threading.Event(), threading.Event()

    def readinto(self, buffer: Any, /) -> int:
        self.is_asked.set()
        assert self.may_come.wait(20)
        return super().readinto(buffer)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_sends_slowly_takes_no_place_meanwhile(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "WAITING", 0)
    app.config["CROWD"] = 1
    slow, other = Phone(app), Phone(app, "wg02")
    body = json.dumps({"ops": [slow.report_op()]}).encode()
    line = Slow(body)
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    told = {"input_stream": line, "content_type": "application/json", "environ_overrides": chunked}
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(slow.post("/mobile/v1/sync/push", **told)))
    thread.start()
    assert line.is_asked.wait(20)

    meanwhile = other.send(other.report_op())
    line.may_come.set()
    thread.join(20)

    assert meanwhile.status_code == 200
    assert found[0].json["results"][0]["status"] == "applied"
