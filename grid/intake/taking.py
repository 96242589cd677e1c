"""Taking in (受理登记): what somebody told the desk becomes a case, or joins the case that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.areas import net
from grid.db import db, new_id
from grid.errors import Conflict, Forbidden, Invalid, NotFound, RuleForbids
from grid.events import handling, history, reporting
from grid.events.event import Event, Source
from grid.events.origin import EventOrigin
from grid.events.place import Position, described
from grid.events.reporting import Report
from grid.events.scope import may, visible
from grid.geo.crs import Datum
from grid.intake import caller as callers
from grid.intake import place
from grid.intake.caller import Caller
from grid.mask import hidden_numbers
from grid.seal import Sealer
from grid.sync import op
from grid.trail import entry as trail

DESCRIPTION_MAX = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be taken in. position: where, or, when nobody knows better, area: the code of a community.

    order_no, asked_at, reply_by: of a 12345 order. same_as: the open case that it is about; none is made then, and
    place and category say nothing.
    """

    client_id: UUID
    source: Source
    caller: Caller
    category: str = ""
    position: Position | None = None
    area: str = ""
    address: str = ""
    wants_reply: bool = False
    order_no: str = ""
    asked_at: datetime | None = None
    reply_by: datetime | None = None
    photos: list[dict[str, Any]] = field(default_factory=list)
    same_as: UUID | None = None


def take_in(actor: User, wish: Wish, sealer: Sealer) -> UUID:
    """Take it in, once for its client id; the id of its origin.

    Raises Invalid, naming the field; Conflict for an order that is there already, naming its case; Forbidden
    outside the caller's area; RuleForbids when the case it is about is closed; IdempotencyMismatch.
    """
    _check(wish)
    asked = {
        "wish": replace(wish, caller=Caller()),
        "caller": callers.fingerprint(wish.caller, sealer),
    }
    done = op.once(
        actor, wish.client_id, "event.intake", asked, lambda: {"id": str(_take_in(actor, wish, sealer))}
    )
    return UUID(done.result["id"])


def _take_in(actor: User, wish: Wish, sealer: Sealer) -> UUID:
    _check_order(actor, wish.order_no)
    with db.session.no_autoflush:
        event = _joined(actor, wish) if wish.same_as else reporting.take_in(actor, _report(wish), wish.source)
        row = EventOrigin(
            id=new_id(),
            event_id=event.id,
            source=wish.source,
            street_path=net.current().home(event.area_path),
            order_no=wish.order_no or None,
            wants_reply=wish.wants_reply,
            asked_at=wish.asked_at,
            reply_by=wish.reply_by,
            is_further=wish.same_as is not None,
            taker_id=actor.id,
            taken_at=clock.now(),
            reply="",
        )
        callers.write(row, wish.caller, sealer)
        db.session.add(row)
    trail.record(actor, "intake:take", "event_origin", row.id, event.area_path, event=str(event.id))
    return row.id


def _check(wish: Wish) -> None:
    is_order = wish.source is Source.HOTLINE
    if is_order and not wish.order_no:
        raise Invalid("12345 工单要填工单编号。", field="order_no")
    if not is_order and (wish.order_no or wish.reply_by or wish.asked_at):
        raise Invalid("只有 12345 工单才有编号和期限，请去掉。", field="order_no")
    if wish.asked_at and wish.asked_at > clock.now():
        raise Invalid("诉求时间还没到，请核对。", field="asked_at")
    if wish.wants_reply and not wish.caller.phone and not is_order:
        raise Invalid("要回复的请填联系电话。", field="phone")
    if wish.same_as is None and not wish.category:
        raise Invalid("请选类别。", field="category")


def known(actor: User, order_nos: Iterable[str]) -> dict[str, Event]:
    """The cases that 12345 orders became, by number, among those the caller sees."""
    found = select(EventOrigin.order_no, Event).join(Event, EventOrigin.event_id == Event.id)
    rows = db.session.execute(
        found.where(EventOrigin.order_no.in_([no for no in order_nos if no]), visible(actor))
    )
    return {number: event for number, event in rows if number}


def called(event: Event) -> str:
    """A case so that people know which one it is."""
    return event.case_no or f"{clock.local(event.reported_at):%m-%d %H:%M} 登记、还没立案的那件"


def _check_order(actor: User, order_no: str) -> None:
    """In time for an answer that names the case; for two at once the index keeps watch."""
    event = known(actor, [order_no]).get(order_no) if order_no else None
    if event is not None:
        words = f"工单 {order_no} 已经登记过，是案卷 {called(event)}（{event.state.label}）。"
        raise Conflict(words, field="order_no", event=str(event.id))


def _report(wish: Wish) -> Report:
    return Report(
        client_id=wish.client_id,
        category=wish.category,
        position=wish.position or _somewhere_in(wish.area),
        occurred_at=wish.asked_at or clock.now(),
        description=hidden_numbers(wish.caller.said)[:DESCRIPTION_MAX],
        address=described(wish.address),
        photos=wish.photos,
        somewhere_in="" if wish.position else wish.area,
    )


def _somewhere_in(code: str) -> Position:
    """A point of an area of which nothing better is known."""
    if not code:
        raise Invalid("请说在哪里：搜地址、在图上点，或只选社区。", field="position")
    snapshot = net.current()
    try:
        area = snapshot.find(code)
    except NotFound as error:
        raise Invalid(error.detail, field="area") from None
    if area.level not in place.SMALL:
        raise Invalid("请选到社区、村或网格。", field="area")
    return Position(*snapshot.point_in(area), Datum.CGCS2000)


def _joined(actor: User, wish: Wish) -> Event:
    """The open case it is about, with one more who told of it."""
    try:
        event = handling.hold(actor, wish.same_as) if wish.same_as else None
    except NotFound as error:
        raise Invalid(error.detail, field="same_as") from None
    if event is None or event.is_practice:
        raise Invalid("演练案卷不能并入真实的来电。", field="same_as")
    if not may(actor, Permission.EVENT_INTAKE, event):
        raise Forbidden("你的岗位不能在这里登记。")
    if event.state.is_final:
        raise RuleForbids(f"这件事{event.state.label}，不能再并入；请另外登记。")
    reporting.check_photos(wish.photos)
    handling.add_photos(actor, event, wish.photos)
    history.log(actor, event, "join", event.state, clock.now(), data={"source": wish.source.label})
    trail.record(actor, "event:join", "event", event.id, event.area_path, seq=event.history_seq)
    return event
