"""The commands: rules and channels of a street, a trial, what was not delivered."""

from __future__ import annotations

import pytest
from flask import Flask

from fixtures.daling import STREET
from grid.notices import courier
from tests.factories.endpoint import deliver, let_rest, make_endpoint, make_rule
from tests.factories.event import make_event
from tests.harness.receiver import Reply, receiving

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_rule_is_set_shown_tried_and_what_was_refused_sent_again(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    with receiving() as receiver:
        out = make_endpoint(app, receiver.url)

        told = ["notice-rules", "set", STREET, "--cause", "moved", "--endpoint", str(out.id)]
        first, again = run(args=told), run(args=told)
        quiet = run(args=["notice-rules", "set", STREET, "--quiet", "03:00", "03:01"])
        shown = run(args=["notice-rules", "show", STREET])
        tried = run(args=["notice-rules", "test", str(out.id)])

        assert [done.exit_code for done in (first, again, quiet, shown, tried)] == [0, 1, 0, 0, 0], again.output
        assert "矛盾" in again.output and "免打扰 03:00—03:01" in shown.output
        assert "案卷流转 → 街道群（Webhook，全部）：发送" in shown.output
        assert len(receiver.got) == 1

        receiver.answering = lambda number, got: Reply(404)
        assert "对方不收（404）" in run(args=["notice-rules", "test", str(out.id)]).output
        make_event()
        for _ in range(courier.REFUSALS):
            deliver(app)
            let_rest()
        assert "没有送达" in run(args=["notices", "list", "--state", "dead"]).output
        receiver.answering = lambda number, got: Reply()
        assert "1 条会再发" in run(args=["notices", "retry", "--all"]).output
        assert "0 条会再发" in run(args=["notices", "retry", "--all"]).output
        assert run(args=["worker", "--once"]).exit_code == 0
        assert "已发" in run(args=["notices", "list"]).output


def test_half_a_rule_is_refused(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    make_rule(make_endpoint(app, "https://robot.example/"))

    assert run(args=["notice-rules", "set", STREET, "--cause", "moved"]).exit_code == 2
    assert run(args=["notice-rules", "show", "000000"]).exit_code == 1
    assert run(args=["notices", "retry"]).exit_code == 2
