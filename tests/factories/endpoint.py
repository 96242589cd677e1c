"""Endpoints and rules of Daling, for tests: where notices go outside, and what of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from fixtures.daling import STREET
from grid import clock
from grid.areas import net
from grid.commands import HANDLERS
from grid.db import db, transaction
from grid.job import worker
from grid.job.errand import Errand
from grid.notices import endpoint, notice_rule
from grid.notices.cause import Cause
from grid.notices.channel import Channel
from grid.notices.endpoint import NoticeEndpoint, Wish
from grid.notices.notice_rule import Wanted
from tests.factories.reader import look_again

SECRET = "a-secret-of-some-length"
SMS_BODY = '{"to": "{mobile}", "text": "{text}", "id": "{id}"}'


def make_endpoint(
    app: Flask, url: str, channel: Channel = Channel.WEBHOOK, name: str = "街道群", area: str = STREET
) -> NoticeEndpoint:
    """A way out of a street."""
    settings = {
        Channel.WEBHOOK: {"url": url, "secret": SECRET},
        Channel.WECOM: {"url": url},
        Channel.DINGTALK: {"url": url, "secret": SECRET},
        Channel.SMS: {"url": url, "encoding": "json", "body": SMS_BODY},
    }[channel]
    courier = app.extensions["courier"]
    with transaction():
        wish = Wish(name, settings)
        made = endpoint.create(None, net.current().find(area), channel, wish, courier.sealer, courier.gate)
    return made


def make_rule(to: NoticeEndpoint, cause: Cause = Cause.MOVED, area: str = STREET, **told: Any) -> None:
    """A rule of a street in force today."""
    look_again()
    with transaction():
        out = db.session.get_one(NoticeEndpoint, to.id)
        notice_rule.put(None, net.current().find(area), Wanted(cause, out, **told))


def deliver(app: Flask) -> None:
    """One worker, until nothing is due."""
    look_again()
    post = app.extensions["courier"]
    worker.run_due(HANDLERS, (), (Errand("notice.send", post.take, post.carry, post.settle),))
    look_again()


def let_rest() -> None:
    """As if the endpoints had rested, and every lease had ended."""
    look_again()
    before = clock.real_now() - timedelta(seconds=1)
    with transaction():
        moved = update(NoticeEndpoint).values(rests_until=before, lease_until=before)
        db.session.execute(moved.execution_options(synchronize_session=False))
