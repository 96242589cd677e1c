"""Courier (外发): takes what waits for one endpoint, sends it outside any transaction, and writes down what became
of it. At least once: who dies on the way loses the lease, and the same message goes out again under the same id.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import undefer

from grid import clock
from grid.accounts import sealed_mobile
from grid.accounts.user import User
from grid.db import db, new_id, table
from grid.errors import Invalid
from grid.notices import drivers, endpoint, routing
from grid.notices.channel import Channel
from grid.notices.delivery import Delivery, DeliveryState
from grid.notices.endpoint import NoticeEndpoint
from grid.notices.gate import Gate
from grid.notices.message import Item, Message
from grid.notices.outcome import Failed, Outcome, Result
from grid.seal import BrokenSeal, Sealer
from grid.trail import entry as trail

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
FOLDED = 100  # deliveries in one message
REFUSALS = 3
GIVEN_UP = timedelta(hours=24)
LONGEST_REST = timedelta(minutes=10)
LATER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Load:
    """A message on its way to an endpoint. settings: None when they could not be opened."""

    endpoint_id: UUID
    lease: UUID
    channel: Channel
    message: Message = field(repr=False)
    settings: Mapping[str, str] | None = field(repr=False)


class Courier:
    """address: of this installation, for links; empty: texts have none."""

    def __init__(self, sealer: Sealer, gate: Gate, address: str = "") -> None:
        self.sealer, self.gate = sealer, gate
        self._home = f"{address.rstrip('/')}/console/" if address else ""

    def take(self) -> Load | None:
        """Lease the endpoint that has waited longest and has something to be sent now; in a transaction."""
        now = clock.real_now()
        for row in db.session.scalars(_free(now)):
            rows = _bundle(row)
            if rows:
                lease = new_id()
                _turn(row.id, lease=lease, lease_until=now + LEASE)
                return self._load(row, lease, rows)
        return None

    def carry(self, load: Load) -> Outcome:
        """Send it; outside any transaction, in any thread."""
        if load.settings is None:
            return Outcome(Result.REFUSED, "渠道的参数打不开，请重新填写。")
        driver = drivers.of(load.channel)
        try:
            parcel = driver.parcel(load.settings, load.message, clock.real_now())
        except (Invalid, ValueError) as error:
            words = error.detail if isinstance(error, Invalid) else "内容组不成，没有发送。"
            return Outcome(Result.REFUSED, words)
        try:
            return driver.judge(load.settings, self.gate.post(parcel))
        except Failed as failed:
            return failed.outcome
        except Exception as error:
            # Whatever they answered: a try that is not settled would be sent again for ever. What the error says
            # may hold the address or their words.
            log.warning("answer not judged", extra={"kind": load.channel.value, "error": type(error).__name__})
            return Outcome(Result.TROUBLE, "对方的答复处理不了。")

    def settle(self, load: Load, outcome: Outcome) -> None:
        """Write down what became of it; in a transaction."""
        row = db.session.get_one(NoticeEndpoint, load.endpoint_id, populate_existing=True, with_for_update=True)
        if outcome.is_sent:
            _mark_sent(load.message.id)
        if row.lease != load.lease:
            return  # it took so long that another has the endpoint now
        now = clock.real_now()
        fails, rest = row.fails, LATER
        if outcome.is_sent:
            fails, rest = 0, load.channel.nature.gap
        else:
            _note_failure(load.message.id, outcome, now)
            if outcome.result is not Result.LATER:
                fails += 1
                rest = min(LONGEST_REST, timedelta(seconds=2 ** min(fails, 10)))
        _turn(row.id, lease=None, lease_until=None, fails=fails, rests_until=now + rest)

    def try_out(self, row: NoticeEndpoint, to: str = "") -> Outcome:
        """Send a word of trial. to: the number, for channels that reach one person."""
        try:
            settings: Mapping[str, str] | None = endpoint.opened(row, self.sealer)
        except BrokenSeal:
            settings = None
        item = Item(new_id(), "test", f"【测试】{row.name} 已接通网格系统。", None, self._home, clock.now())
        message = Message(new_id(), (item,), self._home, to)
        return self.carry(Load(row.id, message.id, row.channel, message, settings))

    def _load(self, row: NoticeEndpoint, lease: UUID, rows: Sequence[Delivery]) -> Load:
        try:
            settings: Mapping[str, str] | None = endpoint.opened(row, self.sealer)
        except BrokenSeal:
            settings = None
        bundle_id = rows[0].bundle_id
        if bundle_id is None:
            bundle_id = new_id()
            for one in rows:
                one.bundle_id = bundle_id
        to = self._mobile(rows[0]) if row.channel.nature.is_personal else ""
        message = Message(bundle_id, tuple(self._item(one) for one in rows), self._home, to)
        return Load(row.id, lease, row.channel, message, settings)

    def _item(self, row: Delivery) -> Item:
        link = f"{self._home}#/events/{row.event_id}" if self._home and row.event_id else ""
        return Item(row.id, row.cause.value, row.words, row.event_id, link, row.at, row.is_urgent)

    def _mobile(self, row: Delivery) -> str:
        """The number of whom it is for, and the entry that it was used; empty when they have none any more."""
        user = db.session.get_one(User, row.user_id, options=[undefer(User.mobile)])
        try:
            digits = sealed_mobile.opened(user, self.sealer) if user.is_active else ""
        except BrokenSeal:
            digits = ""
        if digits:
            trail.record(None, "account:use_mobile", "user", user.username, purpose="短信通知")
        return digits


def _free(now: datetime) -> Select[NoticeEndpoint]:
    """Endpoints nobody is sending to, that have rested and have something waiting."""
    waiting = exists().where(Delivery.endpoint_id == NoticeEndpoint.id, _is_waiting())
    is_free = or_(NoticeEndpoint.lease_until.is_(None), NoticeEndpoint.lease_until < now)
    return (
        select(NoticeEndpoint)
        .where(NoticeEndpoint.is_active, NoticeEndpoint.rests_until <= now, is_free, waiting)
        .order_by(NoticeEndpoint.rests_until, NoticeEndpoint.id)
        .options(undefer(NoticeEndpoint.settings))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _turn(endpoint_id: UUID, **moved: object) -> None:
    """Whose turn it is moves without a new version: nobody who edits the endpoint should hear of it."""
    statement = update(table(NoticeEndpoint)).where(table(NoticeEndpoint).c.id == endpoint_id).values(**moved)
    db.session.execute(statement)


def _is_waiting() -> ColumnElement[bool]:
    return Delivery.state == DeliveryState.WAITING


def _quiet_places(endpoint_id: UUID) -> list[str]:
    """Where what waits comes from, as far as it is quiet there: a gateway of the county serves many streets."""
    rules = routing.current()
    if not rules.hours:
        return []
    places = select(Delivery.area_path).distinct().where(Delivery.endpoint_id == endpoint_id, _is_waiting())
    return [path for path in db.session.scalars(places) if rules.is_quiet(path, clock.now())]


def _bundle(to: NoticeEndpoint) -> list[Delivery]:
    """What goes out next: what was tried before, as it was; else all that is for the same person, oldest first."""
    found = select(Delivery).where(Delivery.endpoint_id == to.id, _is_waiting())
    if quiet := _quiet_places(to.id):
        found = found.where(or_(Delivery.is_urgent, Delivery.area_path.not_in(quiet)))
    first = db.session.scalar(found.order_by(*_line(to.channel)).limit(1))
    if first is None:
        return []
    if first.bundle_id is not None:
        return list(db.session.scalars(_of_bundle(first.bundle_id)))
    alike = Delivery.user_id.is_not_distinct_from(first.user_id)
    fresh = found.where(alike, Delivery.bundle_id.is_(None)).order_by(Delivery.id)
    return list(db.session.scalars(fresh.limit(FOLDED)))


def _line(channel: Channel) -> list[ColumnElement[Any]]:
    """Who is first. A group hears things as they happened. Of people's numbers one that fails waits behind the
    others; what is urgent goes before them as long as it may be the gateway that fails, not the number.
    """
    if not channel.nature.is_personal:
        return [Delivery.id.asc()]
    is_first = and_(Delivery.is_urgent, Delivery.tries < REFUSALS)
    return [is_first.desc(), Delivery.tries.asc(), Delivery.id.asc()]


def _of_bundle(bundle_id: UUID) -> Select[Delivery]:
    return select(Delivery).where(Delivery.bundle_id == bundle_id, _is_waiting()).order_by(Delivery.id)


def _mark_sent(bundle_id: UUID) -> None:
    done = update(Delivery).where(Delivery.bundle_id == bundle_id, _is_waiting())
    db.session.execute(
        done.values(state=DeliveryState.SENT, sent_at=clock.now(), tries=Delivery.tries + 1, error=""),
        execution_options={"synchronize_session": False},
    )


def _note_failure(bundle_id: UUID, outcome: Outcome, now: datetime) -> None:
    for row in db.session.scalars(_of_bundle(bundle_id)):
        row.tries += 1
        row.error = outcome.words
        is_refused = outcome.result is Result.REFUSED and row.tries >= REFUSALS
        if is_refused or now - row.waits_since > GIVEN_UP:
            row.state = DeliveryState.DEAD
