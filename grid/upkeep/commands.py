"""Commands of upkeep: the media store swept and looked through; what background work waits and fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click
from sqlalchemy import func, select

from grid import clock
from grid.db import db, transaction
from grid.errors import DomainError
from grid.events import gallery
from grid.job import monitor, pulse
from grid.media import scrub as scrubbing
from grid.media import sweep as sweeping
from grid.media.media import Media
from grid.media.store import MediaKind, MediaStore
from grid.upkeep import jobs

group = click.Group("media", help="照片库：清理没有用到的文件，校验照片是否完好。")
SHOWN = 20  # failing jobs told one by one
KINDS = {MediaKind.ORIGINAL: "原图", MediaKind.FULL: "大图", MediaKind.THUMB: "小图"}


@group.command("sweep")
@click.option("--hours", default=24, show_default=True, type=click.IntRange(1), help="未登记的文件保留多少小时。")
@click.option(
    "--unclaimed-days",
    default=30,
    show_default=True,
    type=click.IntRange(2),
    help="上传后没有案卷用到的照片保留多少天。",
)
@click.option("--dry-run", is_flag=True, help="只看会清理什么，不动文件。")
def sweep(hours: int, unclaimed_days: int, dry_run: bool) -> None:
    """Remove files no row speaks of, and photos no case has asked for. Safe while the system runs."""
    store, age = _store(), timedelta(hours=hours)
    if dry_run:
        _tell(store, age)
        return
    try:
        with sweeping.alone(store):
            _sweep(store, age, timedelta(days=unclaimed_days))
    except DomainError as error:
        raise click.ClickException(error.detail) from error


def _tell(store: MediaStore, age: timedelta) -> None:
    places = sweeping.folders(store)
    idle = [path for place in places for path in sweeping.unreferenced(place, gallery.referenced, age)]
    size = sum(path.stat().st_size for path in idle)
    click.echo(f"可清理 {len(idle)} 个文件，{_mb(size)}。什么都没有动。")


def _sweep(store: MediaStore, age: timedelta, unclaimed: timedelta) -> None:
    forgotten = _forget(unclaimed)
    drafts, files, size = store.sweep(age), 0, 0
    with click.progressbar(sweeping.folders(store), label="清理照片库") as shown:
        for place in shown:
            swept = sweeping.sweep(place, gallery.referenced, age)
            files, size = files + swept.files, size + swept.bytes
    click.echo(f"已清理 {files} 个文件（{_mb(size)}）、{drafts} 个没写完的文件。")
    if forgotten:
        click.echo(f"{forgotten} 张照片一直没有案卷用到，不再登记。")


@group.command("scrub")
@click.option("--repair", is_flag=True, help="用完好的原图重做损坏的大图和小图。")
def scrub(repair: bool) -> None:
    """Open every photo and compare it with its hash; exit code 1 when one is missing or damaged."""
    store, found = _store(), list[scrubbing.Finding]()
    total = db.session.scalar(select(func.count()).select_from(Media)) or 0
    with click.progressbar(gallery.acknowledged(), length=total, label="校验照片") as shown:
        for name, kinds in shown:
            found += scrubbing.scrub(store, name, kinds)
    for finding in found:
        click.echo(f"{finding.name}  {KINDS[finding.kind]}{finding.fault.label}")
    left = scrubbing.redraw(store, found) if repair else set(found)
    if repair and len(found) > len(left):
        click.echo(f"已用原图重做 {len(found) - len(left)} 个文件。")
    if left:
        click.echo(f"{total} 张照片，{len(left)} 个文件有问题。请从备份恢复。", err=True)
        raise SystemExit(1)
    click.echo(f"{total} 张照片，全部完好。")


def _forget(age: timedelta) -> int:
    before, forgotten = clock.now() - age, 0
    while True:
        with transaction():
            batch = gallery.forget_unclaimed(before)
        if not batch:
            return forgotten
        forgotten += batch


def _store() -> MediaStore:
    app: Any = click.get_current_context().obj.load_app()
    store: MediaStore = app.extensions["media_store"]
    return store


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


@click.command("jobs")
@click.option("--retry", "job_id", type=int, help="马上再办一次这个编号的失败任务。")
def show_jobs(job_id: int | None) -> None:
    """Look at background work; exit code 1 when no worker runs or a job failed again and again."""
    if job_id is not None:
        _retry(job_id)
        return
    loads = monitor.loads()
    for worker in pulse.seen():
        ago = (clock.real_now() - worker.seen_at).seconds
        click.echo(f"{'在运行' if worker.is_alive else '没有消息'}  {worker.name}  {ago} 秒前")
    for load in loads:
        told = f"待办 {load.waiting}，在办 {load.running}，以后 {load.later}，出错 {load.failing}"
        click.echo(f"{jobs.KINDS.get(load.kind, load.kind)}：{told}，办不成 {load.stuck}")
    for row in monitor.failing(None, SHOWN)[0]:
        words = f"第 {row.tries} 次没办成，{jobs.error_words(row.error)}，{clock.local(row.run_at):%H:%M:%S} 再办"
        click.echo(f"  {row.id}  {jobs.KINDS.get(row.kind, row.kind)}  {words}")
    waiting, dead = jobs.outgoing()
    click.echo(f"往外发的通知：待发 {waiting}，没有送达 {dead}")
    if not pulse.is_running():
        click.echo(jobs.SILENCE, err=True)
        raise SystemExit(1)
    if any(load.stuck for load in loads):
        raise SystemExit(1)


def _retry(job_id: int) -> None:
    try:
        with transaction():
            jobs.retry(None, monitor.hold(job_id))
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"任务 {job_id} 马上再办。")


COMMANDS = (group, show_jobs)
