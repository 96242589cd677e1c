"""Commands of calendars and practice: import a notice, show a year, wipe practice cases."""

from __future__ import annotations

from pathlib import Path

import click

from grid.calendars import almanac, calendar_day, notice_import
from grid.calendars.notice_import import CalendarImport, ImportState
from grid.calendars.notice_sheet import Fate
from grid.calendars.policy import Policy
from grid.db import db, transaction
from grid.errors import DomainError
from grid.events import practice, redating
from grid.worktime.day import DayKind

calendar = click.Group("calendar", help="工作日历：查看一年，导入放假通知。")
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


COMMANDS = (calendar, practice_group)
