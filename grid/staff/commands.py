"""Commands of staff: import departments and people, a new password, an account stopped."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path

import click

from grid.db import db, transaction
from grid.errors import DomainError
from grid.imports import preview
from grid.imports.commands import FILE, sealer, tell
from grid.imports.commands import group as import_group
from grid.staff import account, department_import, staff_import
from grid.staff.staff_import import Initial

user_group = click.Group("user", help="账号。")


@import_group.command("departments")
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="不再询问，直接导入。")
def import_departments(file: Path, yes: bool) -> None:
    """Import departments from a csv or xlsx file (代码, 名称, 所属区域): preview, then confirm."""
    try:
        with transaction():
            kept = department_import.draft(None, file.read_bytes(), file.name, sealer())
        tell(kept)
        _ask("导入这些部门？", yes)
        with transaction():
            found = preview.get(kept.id, department_import.KIND)
            done = department_import.confirm(None, found, None, sealer())
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已导入 {len(done)} 个部门。")


@import_group.command("staff")
@click.argument("file", type=FILE)
@click.option(
    "--passwords",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("initial-passwords.csv"),
    show_default=True,
    help="新账号的初始密码写到这里（仅本人可读）；文件不能已经存在。",
)
@click.option("--yes", is_flag=True, help="不再询问，直接导入。")
def import_staff(file: Path, passwords: Path, yes: bool) -> None:
    """Import people from a csv or xlsx (账号, 姓名, 手机号, 岗位, 负责区域, 部门, 状态): preview, then confirm."""
    if passwords.exists():
        raise click.ClickException(f"{passwords} 已经存在，请换一个文件名。什么都没有导入。")
    try:
        with transaction():
            kept = staff_import.draft(None, file.read_bytes(), file.name, sealer())
        tell(kept)
        _ask("导入这些人员？", yes)
        found = preview.get(kept.id, staff_import.KIND)
        prepared = staff_import.prepare(None, found, sealer())
        with transaction():
            found = preview.get(kept.id, staff_import.KIND)
            first = staff_import.confirm(None, found, None, prepared, sealer())
            if first:
                write_passwords(passwords, first)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已导入 {len(found.taken)} 人，其中新账号 {len(first)} 个。")
    if first:
        click.echo(f"初始密码在 {passwords}，请当面交给本人后删除。首次登录必须改密码。")


def write_passwords(path: Path, first: Iterable[Initial]) -> None:
    """账号, 姓名, 初始密码 as a csv that only its owner reads; on disk before the accounts are."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("账号", "姓名", "初始密码"))
        writer.writerows((one.username, one.name, one.password) for one in first)
        file.flush()
        os.fsync(file.fileno())


def _ask(question: str, yes: bool) -> None:
    if not yes:
        db.session.rollback()  # the question may stand for hours
        click.confirm(question, abort=True)


@user_group.command("reset-password")
@click.argument("username")
def reset_password(username: str) -> None:
    """Give somebody a new initial password; it is shown once and must be changed at the next sign-in."""
    try:
        with transaction():
            password = account.reset_password(None, account.get(username))
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"{username} 的初始密码：{password}")
    click.echo("请当面交给本人。首次登录必须改密码。", err=True)


@user_group.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Stop an account; its sessions end at once."""
    try:
        with transaction():
            account.disable(None, account.get(username))
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已停用 {username}。")


COMMANDS = (user_group,)
