"""Commands of synchronisation: phones, the change log, the epoch."""

from __future__ import annotations

import secrets
from uuid import UUID

import click
from sqlalchemy import select

from grid import clock, revision
from grid.accounts import device as devices
from grid.accounts import user as users
from grid.accounts.device import Device, DeviceLight
from grid.db import db, transaction
from grid.errors import DomainError
from grid.sync import change
from grid.trail import entry as trail

device_group = click.Group("device", help="手机：列出、停用。")
sync_group = click.Group("sync", help="同步：变更日志、数据重建。")


@device_group.command("list")
@click.option("--light", type=click.Choice([*map(str, DeviceLight), "any"]), help="只看失联、积压或数据丢失的。")
def list_(light: str | None) -> None:
    """List the phones of the staff, the ones heard of longest ago first."""
    found = select(Device).order_by(Device.seen_at)
    for device in db.session.scalars(found if light is None else found.where(devices.wrong(light))):
        marks = "、".join(mark.label for mark in device.lights)
        seen = clock.local(device.seen_at).isoformat(" ", "minutes")
        click.echo(
            f"{device.id}  {device.user.username} {device.user.name}  {device.label or '（没有名字）'}  "
            f"{device.state.label}  最近 {seen}  待发 {device.queue}  {marks}".rstrip()
        )


@device_group.command("revoke")
@click.argument("device_id", type=click.UUID)
@click.option("--by", "username", required=True, help="停用人的账号。")
@click.option("--reason", required=True, help="原因，会留痕。")
@click.option("--wipe", is_flag=True, help="立即清除，不等手机把没发完的发完。")
def revoke(device_id: UUID, username: str, reason: str, wipe: bool) -> None:
    """Take a phone back: what waits on it is sent first, unless told otherwise."""
    mode = "wipe" if wipe else "drain"
    try:
        with transaction():
            actor = users.find(username)
            device = devices.hold(actor, device_id)
            devices.revoke(actor, device, mode, reason)
            trail.record(actor, f"device:{mode}", "device", device.id, reason=reason)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"{device.user.name} 的手机{device.state.label}。")


@sync_group.command("prune")
def prune() -> None:
    """Forget changes older than 90 days; phones that stand further back copy everything anew."""
    with transaction():
        gone = change.prune(clock.now() - change.KEPT)
    click.echo(f"清掉 {gone} 条旧变更。")


@sync_group.command("renew")
@click.option("--yes", is_flag=True, help="不再询问。")
def renew(yes: bool) -> None:
    """Make every phone copy everything anew; needed after a backup was restored."""
    if not yes:
        click.confirm("所有手机都会重新同步一遍。继续？", abort=True)
    with transaction():
        revision.put(revision.EPOCH, secrets.randbelow(2**53))
        trail.record(None, "sync:renew", "sync", "epoch")
    click.echo("好了：手机下次联网时重新同步。")


COMMANDS = (device_group, sync_group)
