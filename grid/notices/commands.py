"""Commands of notices: the rules and channels of a street, a trial of one, what was sent and what was not."""

from __future__ import annotations

from datetime import datetime, time
from typing import cast
from uuid import UUID

import click

from grid.accounts import department as departments
from grid.areas import net
from grid.areas.net import Node
from grid.db import db, transaction
from grid.errors import DomainError
from grid.notices import delivery, endpoint, notice_rule, quiet_hours, ruling
from grid.notices.cause import Cause
from grid.notices.courier import Courier
from grid.notices.delivery import DeliveryState
from grid.notices.notice_rule import NoticeRule, Wanted, Way
from grid.notices.quiet_hours import QuietHours
from grid.trail import entry as trail

rules_group = click.Group("notice-rules", help="通知规则：哪些通知发到站外，发到哪里，什么时段不打扰。")
notices_group = click.Group("notices", help="通知发送：看发送情况，再发没有送达的。")
HOURS = click.DateTime(["%H:%M"])
DAY = click.DateTime(["%Y-%m-%d"])


def courier() -> Courier:
    """The installation's, as the application holds it."""
    return cast(Courier, click.get_current_context().obj.load_app().extensions["courier"])


@rules_group.command("show")
@click.argument("area")
def show(area: str) -> None:
    """Show the channels, rules and quiet hours of a street (its code) and of the areas above it."""
    street = _street(area)
    for one in endpoint.listed(None, street.path):
        off = "" if one.is_active else "  已停用"
        click.echo(f"{one.id}  {one.channel.label}  {one.name}  {one.host}{off}")
    for rule in ruling.rows(None, NoticeRule, street.path):
        click.echo(f"{rule.id}  {rule.label}")
    for hours in ruling.rows(None, QuietHours, street.path):
        click.echo(f"{hours.id}  {hours.label}")
    click.echo("站内通知总是发；没有规则的，不发到站外。")


@rules_group.command("set")
@click.argument("area")
@click.option("--cause", type=click.Choice([cause.value for cause in Cause]), help="通知事由。")
@click.option("--key", default="", help="事由里的一种，不填为全部。")
@click.option("--endpoint", "endpoint_id", type=click.UUID, help="渠道编号，见 show。")
@click.option("--post", default="", help="只发给这个岗位的人。")
@click.option("--department", "code", default="", help="只发给这个部门的人。")
@click.option("--way", type=click.Choice([way.value for way in Way]), default=Way.SEND.value, show_default=True)
@click.option("--quiet", type=HOURS, nargs=2, help="改设免打扰时段：开始和结束，如 22:00 07:00。")
@click.option("--from", "since", type=DAY, help="生效日期，不填为今天。")
@click.option("--replace", is_flag=True, help="接替现行的一条，旧的到生效日为止。")
def set_(
    area: str,
    cause: str | None,
    key: str,
    endpoint_id: UUID | None,
    post: str,
    code: str,
    way: str,
    quiet: tuple[datetime, datetime] | None,
    since: datetime | None,
    replace: bool,
) -> None:
    """Add a dated rule, or quiet hours, to a street. One that contradicts another is refused, both named."""
    day = since.date() if since else None
    try:
        with transaction():
            street = _street(area)
            row: NoticeRule | QuietHours
            if quiet:
                hours: list[time] = [moment.time() for moment in quiet]
                row = quiet_hours.put(None, street, hours[0], hours[1], day, replace=replace)
            elif cause is None or endpoint_id is None:
                raise click.UsageError("请写 --cause 和 --endpoint，或者 --quiet。")
            else:
                whose = departments.find(code, street.path) if code else None
                out = endpoint.get(None, endpoint_id)
                wanted = Wanted(Cause(cause), out, Way(way), key, post, whose, day, None, replace)
                row = notice_rule.put(None, street, wanted)
            label = row.label
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已保存：{label}")


@rules_group.command("test")
@click.argument("endpoint_id", type=click.UUID)
@click.option("--mobile", default="", help="短信渠道：发到这个手机号。")
def test(endpoint_id: UUID, mobile: str) -> None:
    """Send a word of trial through a channel, and say what became of it."""
    try:
        with transaction():
            row = endpoint.get(None, endpoint_id)
            trail.record(None, "endpoint:test", "notice_endpoint", row.id, row.area_path)
            channel = row.channel
        db.session.rollback()  # the other side may take its time
        outcome = courier().try_out(row, mobile)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    if not outcome.is_sent:
        raise click.ClickException(f"{channel.label}没有发出：{outcome.words}")
    click.echo(f"{channel.label}已发出。")


@notices_group.command("list")
@click.option("--state", type=click.Choice([state.value for state in DeliveryState]))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_(state: str | None, limit: int) -> None:
    """List what was sent outside, newest first."""
    found, more = delivery.listed(None, DeliveryState(state) if state else None, None, limit)
    for row in found:
        click.echo(f"{row.id}  {row.state.label}  {row.endpoint.name}  {row.words}  {row.error}".rstrip())
    if more:
        click.echo(f"只列出最新的 {limit} 条。", err=True)


@notices_group.command("retry")
@click.argument("delivery_id", type=click.UUID, required=False)
@click.option("--all", "is_all", is_flag=True, help="所有没有送达的。")
def retry(delivery_id: UUID | None, is_all: bool) -> None:
    """Send again what was given up."""
    if (delivery_id is None) != is_all:
        raise click.UsageError("请写一个编号，或者 --all。")
    count = 0
    try:
        with transaction():
            for one in [delivery_id] if delivery_id else delivery.dead():
                delivery.retry(None, one)
                count += 1
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"{count} 条会再发。")


def _street(area: str) -> Node:
    try:
        node = net.current().find(area)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    home = net.current().home(node.path)
    return next(one for one in net.current().by_id.values() if one.path == home)


COMMANDS = (rules_group, notices_group)
