"""Commands of uploads: let go of what was never finished."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import click

from grid.db import db, transaction
from grid.uploads import upload as uploads
from grid.uploads.draft import Drafts, Locked

group = click.Group("files", help="断点续传：清理过期的上传。")
STRAY_S = 24 * 3600


@group.command("sweep")
def sweep() -> None:
    """Remove uploads past their time, and drafts nobody knows. Safe while the system runs."""
    drafts, gone = _drafts(), 0
    with click.progressbar(uploads.expired(), label="清理上传") as shown:
        for upload_id in shown:
            gone += _drop(drafts, upload_id)
    strays = _strays(drafts)
    for upload_id in strays:
        drafts.remove(upload_id)
    click.echo(f"已清理 {gone} 个过期的上传、{len(strays)} 个没有登记的文件。")


def _drop(drafts: Drafts, upload_id: UUID) -> bool:
    try:
        with drafts.hold(upload_id), transaction():
            uploads.drop(None, upload_id, "expired")
    except Locked:
        return False  # somebody finishes it at this moment; the next sweep looks again
    drafts.remove(upload_id)
    return True


def _strays(drafts: Drafts) -> list[UUID]:
    """Drafts without a row that nobody has touched for a day."""
    # File times are the operating system's, so is this clock.
    limit = time.time() - STRAY_S
    old = [upload_id for upload_id, grew_s in drafts.all().items() if grew_s < limit]
    known = set[UUID]()
    for start in range(0, len(old), 500):
        known |= uploads.known(old[start : start + 500])
    db.session.rollback()
    return [upload_id for upload_id in old if upload_id not in known]


def _drafts() -> Drafts:
    app: Any = click.get_current_context().obj.load_app()
    drafts: Drafts = app.extensions["drafts"]
    return drafts


COMMANDS = (group,)
