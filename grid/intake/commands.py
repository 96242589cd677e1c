"""Commands of the intake desk: `wangge import orders`."""

from __future__ import annotations

from pathlib import Path

import click

from grid.accounts import user as users
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import db, transaction
from grid.errors import DomainError
from grid.imports import preview
from grid.imports.commands import FILE, sealer, tell
from grid.imports.commands import group as import_group
from grid.intake import order_import


@import_group.command("orders")
@click.argument("file", type=FILE)
@click.option("--as", "username", required=True, help="以哪个受理员的账号登记。")
@click.option("--yes", is_flag=True, help="不再询问，直接导入。")
def import_orders(file: Path, username: str, yes: bool) -> None:
    """Import 12345 orders from a csv or xlsx (工单编号, 诉求内容, 事发地址 …): preview, then confirm."""
    try:
        with transaction():
            kept = order_import.draft(_acceptor(username), file.read_bytes(), file.name, sealer())
        tell(kept)
        if not yes:
            db.session.rollback()  # the question may stand for hours
            click.confirm("登记这些工单？", abort=True)
        with transaction():
            found = preview.get(kept.id, order_import.KIND)
            number = order_import.confirm(_acceptor(username), found, None, sealer())
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已登记 {number} 张工单。")


def _acceptor(username: str) -> User:
    actor = users.find(username)
    if not actor.has(Permission.EVENT_INTAKE):
        raise click.ClickException(f"{username} 的岗位不能登记来电、来访和工单。")
    return actor


COMMANDS = (import_group,)
