"""Commands of calendars, rules of procedure and practice: a notice, a year, a rule, practice cases to wipe."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from grid.areas import net
from grid.calendars import almanac, calendar_day, notice_import
from grid.calendars.notice_import import CalendarImport, ImportState
from grid.calendars.notice_sheet import Fate
from grid.calendars.policy import Policy
from grid.db import db, transaction
from grid.errors import DomainError
from grid.events import practice, procedure_rule, redating, rulebook
from grid.events.procedure_rule import DEFAULTS, Rule, Wanted
from grid.worktime.day import DayKind
from grid.worktime.limit import Unit

calendar = click.Group("calendar", help="工作日历：查看一年，导入放假通知。")
policy_group = click.Group("policy", help="办理规定：延期、挂账、签收、退回、申诉等。")
practice_group = click.Group("practice", help="演练案卷。")


@calendar.command("show")
@click.argument("year", type=click.IntRange(2000, 2100))
def show(year: int) -> None:
    """Show the days of a year that do not follow the week."""
    now = almanac.current()
    has_notice = year in now.known_years
    workdays = now.calendar(Policy()).workdays(year)
    click.echo(f"{year} 年：{workdays} 个工作日{'' if has_notice else '（暂定：没有通知）'}")
    for day in now.of_year(year):
        weekday = calendar_day.WEEKDAYS[day.day.weekday()]
        provisional = "  暂定" if day.is_provisional else ""
        click.echo(f"{day.day} 星期{weekday}  {day.kind.label}  {day.name}{provisional}")
    if not has_notice:
        click.echo("没有这一年的放假通知，时限都是暂定的。通知发布后请用 wangge calendar import 导入。", err=True)


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="通知的名称，记入日历。")
@click.option("--yes", is_flag=True, help="不再询问，直接导入。")
def import_(file: Path, source: str, yes: bool) -> None:
    """Import a notice from a csv or xlsx file with the columns 日期 类型 名称."""
    try:
        with transaction():
            found = notice_import.preview(None, file.read_bytes(), file.name, source)
        _tell(found)
        if found.state is ImportState.REFUSED:
            raise click.ClickException("有不能导入的行，什么都没有导入。请改好后再试。")
        if not yes:
            click.confirm("导入这些日子？", abort=True)
        with transaction():
            found = notice_import.get(found.id)
            moved = redating.confirm(None, found)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已导入。{moved} 个时限重算后有变动。")


def _tell(found: CalendarImport) -> None:
    """What the import would do, row by row."""
    for line in found.lines:
        fate = Fate(line["fate"])
        if fate is not Fate.UNCHANGED:
            kind = DayKind(line["kind"]).label if line["kind"] else ""
            click.echo(f"{fate.label}  {line['day'] or ''} {kind} {line['name']}  {line['reason']}".rstrip())
    click.echo("，".join(f"{fate.label} {count} 行" for fate, count in found.counts.items() if count))
    for warning in found.warnings:
        click.echo(f"注意：{warning}", err=True)
    click.echo(f"{redating.waiting()} 个在走的时限等着重算。")


@practice_group.command("wipe")
@click.option("--yes", is_flag=True, help="不再询问，直接清除。")
def wipe(yes: bool) -> None:
    """Remove every practice case and all that hangs on it."""
    waiting = practice.count()
    db.session.rollback()  # the question may stand for hours
    if waiting and not yes:
        click.confirm(f"清除 {waiting} 个演练案卷和它们的全部记录？不能恢复。", abort=True)
    with transaction():
        gone = practice.wipe(None)
    click.echo(f"已清除 {gone['events']} 个演练案卷、{gone['history']} 条流转记录、{gone['notices']} 条通知。")


@policy_group.command("show")
@click.argument("area")
def policy_show(area: str) -> None:
    """Show the rules of procedure that hold in an area (its code), and their dated rows."""
    try:
        street = procedure_rule.home(net.current().find(area).path)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    now = rulebook.current().procedure
    for rule, key in DEFAULTS:
        saying = now.says(street.path, rule, key)
        about = f"·{procedure_rule.key_words(rule, key)}" if key else ""
        click.echo(f"{rule.value:<18}{key:<10}{rule.label}{about}  {procedure_rule.words(saying or 0)}")
    for row in procedure_rule.rows(street.path):
        click.echo(f"{row.id}  {row.label}")


@policy_group.command("set")
@click.argument("area")
@click.argument("rule", type=click.Choice([rule.value for rule in Rule]))
@click.argument("value", type=int, required=False)
@click.option("--unit", type=click.Choice([unit.value for unit in Unit]))
@click.option("--key", default="", help="哪一种（逐级、吹哨），或类别代码。")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="生效日期，不填为今天。")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="终止日期（当日不含）。")
@click.option("--replace", is_flag=True, help="接替现行的一条，旧的到生效日为止。")
def policy_set(
    area: str,
    rule: str,
    value: int | None,
    unit: str | None,
    key: str,
    since: datetime | None,
    until: datetime | None,
    replace: bool,
) -> None:
    """Add a dated rule of procedure to a street. One that contradicts another is refused, both named."""
    days = [moment.date() if moment else None for moment in (since, until)]
    wanted = Wanted(Rule(rule), key, value, unit, days[0], days[1], replace)
    try:
        with transaction():
            row = procedure_rule.put(None, procedure_rule.home(net.current().find(area).path), wanted)
            label = row.label
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已保存：{label}")


COMMANDS = (calendar, practice_group, policy_group)
