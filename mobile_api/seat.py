"""The seat a request comes from: which phone, in whose hands, and whether it may still be here."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import current_app, g, request

from api.mark import flag, flagged
from grid.accounts import device as devices
from grid.accounts.device import DeviceState, DeviceUnknown, Seat
from grid.errors import DomainError, Invalid

DEVICE, APP = "X-WG-Device", "X-WG-App"
STATES = {DeviceState.ACTIVE: "ok", DeviceState.DRAINING: "locked", DeviceState.WIPED: "wipe"}


class UpgradeRequired(DomainError):
    """The app is older than this server talks to; its queue is taken in all the same."""

    slug = "upgrade-required"
    title = "请升级应用"
    status = 426


# A route that a seat may use which was taken back but has yet to hand over its queue.
while_draining = flag("while_draining")
# The route by which a seat becomes known.
enrolling = flag("enrolling")


def current() -> Seat:
    """The seat of this request; only where one is needed."""
    return cast(Seat, g.seat)


def check() -> None:
    """A seat that was taken back does nothing any more; an app without one may go on as before."""
    if hasattr(g, "actor") and not request.path.startswith("/mobile/v1/session"):
        _look(_told())


def check_enrolled() -> None:
    """The same, and there must be a seat."""
    if not hasattr(g, "actor"):
        return
    told = _told()
    if told is None:
        raise Invalid(f"请求要带 {DEVICE}（本机编号，UUID）。", field=DEVICE)
    if _look(told) is None and not _is_marked("enrolling"):
        raise DeviceUnknown("这部手机还没有登记，请先登记；没发完的内容会保留。")


def _told() -> UUID | None:
    try:
        return UUID(request.headers.get(DEVICE, ""))
    except ValueError:
        return None


def _look(device_id: UUID | None) -> Seat | None:
    if device_id is None:
        return None
    g.seat = seat = devices.seat(g.actor, device_id)
    if seat is None:
        return None
    g.device_state = STATES[seat.state]
    may_drain = seat.state is DeviceState.DRAINING and _is_marked("while_draining")
    if seat.state is not DeviceState.ACTIVE and not may_drain:
        raise devices.refusal(seat.state)
    return seat


def _is_marked(name: str) -> bool:
    return flagged(name, request.endpoint or "", request.method)


def app() -> str:
    """The version the app gives."""
    return request.headers.get(APP, "")[:20]


def check_app() -> None:
    """Raises UpgradeRequired for an app older than WANGGE_MIN_APP; one that says nothing is let in."""
    least = str(current_app.config["MIN_APP"])
    theirs = _version(app())
    if least and theirs and theirs < _version(least):
        raise UpgradeRequired("应用版本太旧，请升级后再同步；没发完的内容会照常发出。", min_app=least)


def _version(told: str) -> tuple[int, ...]:
    parts = told.split(".")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() for part in parts) else ()
