"""Commands of synchronisation."""

from __future__ import annotations

from flask import Flask

from grid import revision
from grid.db import db
from tests.conftest import Clock
from tests.factories.event import make_event
from tests.factories.phone import Phone
from tests.factories.reader import look_again


def run(app: Flask, *arguments: str) -> str:
    told = app.test_cli_runner().invoke(args=list(arguments))
    look_again()
    return told.output


def test_phones_are_listed_and_taken_back_with_a_trail(app: Flask) -> None:
    phone = Phone(app)
    line = run(app, "device", "list")
    seat_id = line.split()[0]

    nobody = run(app, "device", "revoke", seat_id, "--by", "nobody", "--reason", "丢了")
    desk = run(app, "device", "revoke", seat_id, "--by", "dd01", "--reason", "丢了", "--wipe")
    admin = run(app, "device", "revoke", seat_id, "--by", "xt01", "--reason", "丢了", "--wipe")

    assert "wg01" in line and "红米 12C" in line and "在用" in line
    assert "没有这个用户" in nobody and "只有系统管理员" in desk and "已清除" in admin
    assert phone.pull_page().headers["X-WG-Device-State"] == "wipe"
    assert run(app, "device", "list", "--light", "lost") == ""


def test_the_change_log_is_pruned_and_the_epoch_renewed(app: Flask, time: Clock) -> None:
    make_event()
    before = revision.current(revision.EPOCH)
    time.move(days=91)
    make_event()

    assert "清掉 1 条" in run(app, "sync", "prune")
    assert "重新同步" in run(app, "sync", "renew", "--yes")
    db.session.info.clear()
    assert revision.current(revision.EPOCH) != before
    assert before > 0
