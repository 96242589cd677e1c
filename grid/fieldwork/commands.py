"""Commands of fieldwork: let go of tracks that are no longer needed."""

from __future__ import annotations

from datetime import timedelta

import click

from grid import clock
from grid.db import transaction
from grid.fieldwork import retention

group = click.Group("tracks", help="巡查轨迹：清理过期的轨迹。")


@group.command("prune")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1), help="轨迹保留多少天。")
def prune(days: int) -> None:
    """Remove old track points, and those from outside anybody's shift after a week. Safe while the system runs."""
    before, gone = clock.now() - timedelta(days=days), 0
    with click.progressbar(retention.walkers(), label="清理轨迹") as shown:
        for user_id in shown:
            with transaction():
                gone += retention.prune(user_id, before)
    click.echo(f"已清理 {gone} 个轨迹点。")


COMMANDS = (group,)
