"""Commands of the domain: the worker, the first administrator, a look at one's health."""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from types import FrameType

import click
from sqlalchemy import func, select, text

from grid import clock, serving
from grid.accounts import user as users
from grid.accounts.password import check_strength
from grid.accounts.user import User
from grid.areas.area import Area
from grid.calendars import almanac
from grid.db import db, transaction
from grid.errors import DomainError
from grid.events import commands as event_commands
from grid.events import moved, notify, redating, reminding, request_notice, resuming, whistle, whistle_notice
from grid.events.event import Event, EventLog
from grid.fieldwork import commands as fieldwork_commands
from grid.handset import commands as handset_commands
from grid.intake import commands as intake_commands
from grid.job import pulse
from grid.job import worker as loop
from grid.job.errand import Errand
from grid.job.job import Job
from grid.notices import commands as notice_commands
from grid.notices import delivery
from grid.setup import commands as setup_commands
from grid.staff import commands as staff_commands
from grid.standards import commands as standards_commands
from grid.supervision import alarm, matter, supervision, telling, watch
from grid.supervision import commands as supervision_commands
from grid.supervision import sweep as alarm_sweep
from grid.sync import quarantine
from grid.trail import entry as trail
from grid.trail.entry import TrailEntry
from grid.upkeep import commands as upkeep_commands
from grid.upkeep import jobs as background
from grid.uploads import commands as upload_commands

SWEEPS = (resuming.sweep, alarm_sweep.sweep, watch.sweep, reminding.sweep)
HANDLERS = {
    notify.KIND: moved.deliver,
    notify.ASKED: request_notice.deliver,
    redating.KIND: redating.finish,
    whistle.KIND: whistle_notice.deliver,
    reminding.KIND: reminding.deliver,
    quarantine.KIND: quarantine.deliver,
    alarm.KIND: telling.of_alarms,
    supervision.KIND: telling.of_supervision,
    matter.KIND: telling.of_matter,
}


def errands() -> tuple[Errand, ...]:
    """What the worker takes to other machines."""
    post = notice_commands.courier()
    return (Errand("notice.send", post.take, post.carry, post.settle),)


@click.command("run")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT")
@click.option("--workers", default=serving.WORKERS, show_default=True)
@click.option(
    "--threads",
    default=serving.THREADS,
    show_default=True,
    envvar="WANGGE_THREADS",
    help="Requests a worker works on at once.",
)
@click.option(
    "--streams",
    default=serving.STREAMS,
    show_default=True,
    envvar="WANGGE_STREAMS",
    help="Open pages a worker keeps told.",
)
def run(host: str, port: int, workers: int, threads: int, streams: int) -> None:
    """Serve the application (gunicorn)."""
    arguments = serving.arguments(f"{host}:{port}", workers, threads, streams)
    command = [sys.executable, "-m", "gunicorn", *arguments, "wsgi:create_app()"]
    environment = {**serving.HEAPS, **os.environ, **serving.settings(threads, streams)}
    os.execve(sys.executable, command, environment)  # noqa: S606  our own arguments


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
def worker(once: bool) -> None:
    """Do background work: deliver notices. Any number may run."""
    if once:
        loop.run_due(HANDLERS, SWEEPS, errands())
        return
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    loop.run_forever(HANDLERS, lambda: bool(stopping), SWEEPS, errands())


@click.command("create-admin")
@click.argument("username")
@click.option("--name", prompt="姓名")
@click.option(
    "--post",
    type=click.Choice(["system_admin", "security_admin", "audit_admin"]),
    default="system_admin",
    show_default=True,
)
@click.password_option()
def create_admin(username: str, name: str, post: str, password: str) -> None:
    """Open the account of a first administrator."""
    try:
        check_strength(password, username)
        with transaction():
            root = db.session.scalar(select(Area).where(Area.parent_id.is_(None)).limit(1))
            if root is None:
                raise click.ClickException("还没有区域：请先用 wangge init 建立街道。")
            admin = users.create(username, name, password, [(post, root)])
            # The entry refers to the account, whose id the database gives.
            db.session.flush()
            trail.record(admin, "account:create", "user", username, post=post)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已建立 {username}（{post}）。")


@click.command("doctor")
def doctor() -> None:
    """Look at the installation: database, hashes of the newest history, jobs that wait."""
    engine = db.engine
    version = "select sqlite_version()" if engine.dialect.name == "sqlite" else "show server_version"
    click.echo(f"database    {engine.dialect.name} {db.session.scalar(text(version))}")
    for label, table in (("events", Event), ("users", User)):
        click.echo(f"{label:<12}{db.session.scalar(select(func.count()).select_from(table))}")
    late = clock.real_now() - timedelta(minutes=5)
    waiting = select(func.count()).select_from(Job).where(Job.done_at.is_(None), Job.run_at < late)
    click.echo(f"worker      {_pulse()}")
    click.echo(f"late jobs   {db.session.scalar(waiting)}")
    click.echo(f"late alarms {alarm_sweep.lateness(clock.now())}".split(".")[0])
    click.echo(f"dead letters {len(delivery.dead())}")
    newest = [
        *db.session.scalars(select(EventLog).order_by(EventLog.id.desc()).limit(1000)),
        *db.session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc()).limit(1000)),
    ]
    gaps = ", ".join(map(str, almanac.gaps()))
    click.echo(f"calendar    {f'NO NOTICE for {gaps}: wangge calendar import FILE' if gaps else 'up to date'}")
    broken = [f"{row.__tablename__} {row.id}" for row in newest if not row.is_intact()]
    click.echo(f"hashes      {'intact' if not broken else 'BROKEN: ' + ', '.join(broken)}")
    if broken:
        raise SystemExit(1)


def _pulse() -> str:
    """Whether background work is done at all."""
    last = next(iter(pulse.seen()), None)
    if last is None or not last.is_alive:
        return f"NOT RUNNING: {background.SILENCE}"
    return f"{last.name} seen {(clock.real_now() - last.seen_at).seconds} s ago"


COMMANDS = (
    run,
    worker,
    create_admin,
    doctor,
    *event_commands.COMMANDS,
    *upkeep_commands.COMMANDS,
    *upload_commands.COMMANDS,
    *fieldwork_commands.COMMANDS,
    *notice_commands.COMMANDS,
    *handset_commands.COMMANDS,
    *standards_commands.COMMANDS,
    *supervision_commands.COMMANDS,
    *staff_commands.COMMANDS,
    *intake_commands.COMMANDS,
    *setup_commands.COMMANDS,
)
