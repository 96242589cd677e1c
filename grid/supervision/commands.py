"""Commands of supervision: ladders of a street, matters handed down."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select

from grid import clock
from grid.areas import net
from grid.db import db, transaction
from grid.errors import DomainError
from grid.events import ladder, procedure_rule, rulebook
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.ladder import DEFAULTS, Wanted
from grid.supervision.matter import Matter, MatterState

ladder_group = click.Group("ladder", help="催办升级：每种时限什么时候提醒谁。")
matter_group = click.Group("matter", help="督办事项（13710）。")


@ladder_group.command("show")
@click.argument("area")
def ladder_show(area: str) -> None:
    """Show the ladders that hold in an area (its code), and their dated rows."""
    try:
        street = procedure_rule.home(net.current().find(area).path)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    now = rulebook.current().ladders
    for kind in DEFAULTS:
        held = now.of(street.path, kind)
        click.echo(f"{kind.value:<16}{kind.label}  {held}{'' if held.number else '（系统默认）'}")
    for row in ladder.rows(street.path):
        click.echo(f"{row.id}  {row.label}")


@ladder_group.command("set")
@click.argument("area")
@click.argument("kind", type=click.Choice([kind.value for kind in DEFAULTS]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="生效日期，不填为今天。")
@click.option("--replace", is_flag=True, help="接替现行的一条，旧的到生效日为止。")
def ladder_set(area: str, kind: str, file: Path, since: datetime | None, replace: bool) -> None:
    """Add a ladder to a street: a JSON list of {moment, value, unit, act, whom}. A contradiction is refused."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(told, list):
            raise ValueError("not a list")
        wanted = Wanted(DeadlineKind(kind), told, since.date() if since else None, replace=replace)
        with transaction():
            row = ladder.put(None, procedure_rule.home(net.current().find(area).path), wanted)
            label = row.label
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException("文件不对：应是 JSON 列表，每级有 moment、value、unit、act、whom。") from error
    click.echo(f"已保存：{label}")


@matter_group.command("list")
@click.option("--all", "every", is_flag=True, help="连已销号的一起列。")
def matter_list(every: bool) -> None:
    """List the matters handed down, oldest first, with what is due next."""
    found = select(Matter).order_by(Matter.id)
    if not every:
        found = found.where(Matter.state != MatterState.CLOSED)
    now = clock.now()
    for matter in db.session.scalars(found):
        running = [one for one in matter.clocks if one.state is DeadlineState.RUNNING]
        following = min(running, key=lambda one: one.due_at, default=None)
        late = " 已超期" if following and following.due_at < now else ""
        end = f"{following.kind.label} {clock.local(following.due_at):%m-%d %H:%M}{late}" if following else ""
        units = "、".join(unit.department.name for unit in matter.units)
        click.echo(f"{matter.state.label}  {matter.kind.label}  {matter.title}  {units}  {end}".rstrip())


COMMANDS = (ladder_group, matter_group)
