"""Commands of reports: `wangge report brief`, `case` and `order` write a brief or a paper of a case to a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from grid.accounts import user as users
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import db, transaction
from grid.errors import DomainError, NotFound
from grid.events import handling
from grid.events.event import Event
from grid.events.scope import visible
from grid.media.store import MediaStore
from reports import brief, export
from reports.papers import case_sheet, order, taker
from reports.papers.taker import Paper, Taker

Maker = Callable[[Taker, Event, MediaStore], Paper]
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


def _paper(command: Any) -> Any:
    """What every paper of a case is told: its number, where it goes, and whose it is."""
    out = click.Path(dir_okay=False, path_type=Path)
    command = click.pass_obj(command)
    command = click.option("--as", "username", help="以谁的名义和权限；不给时以自动规则的名义。")(command)
    command = click.option("--out", required=True, type=out, help="写到哪个 .pdf。")(command)
    return click.argument("case_no")(command)


@group.command("case")
@_paper
def write_case(info: Any, case_no: str, out: Path, username: str | None) -> None:
    """Write the case sheet (案卷单) of a case."""
    sealer = info.load_app().extensions["sealer"]
    _write(
        info, case_no, out, username, "sheet", lambda who, event, store: case_sheet.make(who, event, store, sealer)
    )


@group.command("order")
@click.option("--department", help="只写这个部门的，如 cg；不给时每个承办部门一页。")
@_paper
def write_order(info: Any, department: str | None, case_no: str, out: Path, username: str | None) -> None:
    """Write the dispatch order (派遣单) of a case."""
    _write(
        info, case_no, out, username, "order", lambda who, event, store: order.make(who, event, store, department)
    )


def _write(info: Any, case_no: str, out: Path, username: str | None, code: str, make: Maker) -> None:
    app = info.load_app()
    try:
        actor = users.find(username) if username else users.automaton()
        event = _numbered(actor, case_no)
        paper = make(Taker(actor, app.config["DEMO"], app.config["ADDRESS"]), event, app.extensions["media_store"])
        with transaction():
            taker.record(actor, event, code)
        out.write_bytes(paper.data)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    except OSError as error:
        raise click.ClickException(f"写不了 {out}：{error.strerror}。") from error
    if code == "order" and not app.config["ADDRESS"]:
        click.echo("没有设置 WANGGE_ADDRESS，派遣单上没有印二维码。", err=True)
    click.echo(f"已写 {out}：{taker.number(event.case_no)}。")


def _numbered(actor: User, case_no: str) -> Event:
    """The case with this number, blanks aside, in the actor's scope. Raises NotFound."""
    plain = "".join(case_no.split()).upper()
    found = db.session.scalar(select(Event.id).where(Event.case_no == plain, visible(actor)))
    if found is None:
        raise NotFound(handling.MISSING)
    return handling.get(actor, found)
