"""Commands of reports: `wangge report brief` writes a daily brief to a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from grid.accounts import user as users
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.errors import DomainError
from reports import brief, export

group = click.Group("report", help="报表：写成 PDF、Excel 或 JSON 文件。")


@group.command("brief")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="哪一天，如 2026-11-23；不给时是今天。")
@click.option("--area", required=True, help="区域代码，如 441323002。")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到 .pdf、.xlsx 或 .json。"
)
@click.option("--as", "username", help="以谁的名义和权限；不给时以自动规则的名义，看全部案卷。")
@click.pass_obj
def write_brief(info: Any, day: datetime | None, area: str, out: Path, username: str | None) -> None:
    """Write the daily brief (日报) of an area."""
    form = export.FORMS.get(out.suffix.removeprefix("."))
    if form is None:
        raise click.BadParameter("文件名要以 .pdf、.xlsx 或 .json 结尾。", param_hint="--out")
    is_demo = info.load_app().config["DEMO"]
    try:
        actor = users.find(username) if username else users.automaton()
        # The rules' own account reads every case, and holds no right to reports: it is no person.
        place = brief.place(actor, area, Permission.REPORT_READ if username else Permission.EVENT_READ)
        report = brief.make(actor, place, day and day.date(), is_demo)
        data = form.render(report)
        with transaction():
            export.record(actor, report, form)
        out.write_bytes(data)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    except OSError as error:
        raise click.ClickException(f"写不了 {out}：{error.strerror}。") from error
    click.echo(f"已写 {out}：{report.title} {report.period.first}，数据截至 {report.as_of}。")
