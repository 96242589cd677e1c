"""Reopening (重开): a closed case is never opened again; a new one begins in its place, linked to the old."""

from __future__ import annotations

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import db, new_id
from grid.errors import Forbidden, IllegalTransition, Invalid
from grid.events import history, notify, stage
from grid.events.event import Event, Source
from grid.events.scope import may
from grid.events.state import State
from grid.trail import entry as trail

_ENDED = (State.CLOSED, State.FORCE_CLOSED)
_SAME = (
    "category_id address lon lat raw_lon raw_lat datum accuracy_m provider fixed_at h3 area_id area_path"
    " reporter_id is_practice level"
).split()


def reopen(actor: User, event: Event, note: str) -> Event:
    """A new round of a closed case, for the same reporter, place and class; returns it.

    Raises Forbidden without the right to, IllegalTransition while it is open, Invalid without a why.
    """
    if not may(actor, Permission.EVENT_REOPEN, event):
        raise Forbidden("你的岗位不能重开案卷。")
    if event.state not in _ENDED:
        raise IllegalTransition(f"现在是“{event.state.label}”，只有已结案的才能重开。", allowed=[])
    if not note:
        raise Invalid("重开要写明原因。", field="note")
    now = clock.now()
    round_ = Event(
        id=new_id(),
        client_id=new_id(),
        source=Source.REOPENED,
        state=State.REPORTED,
        description=f"{note}\n（原案：{event.description}）"[:500],
        flags={},
        occurred_at=now,
        reported_at=now,
        rework_no=0,
        history_seq=0,
        bounces=0,
        pending_requests=0,
        reopened_from_id=event.id,
        photos=[],
        assignments=[],
        requests=[],
        **{name: getattr(event, name) for name in _SAME},
    )
    db.session.add(round_)
    stage.begin(round_, now)
    told = {"source": round_.source.label, "no": event.case_no or "", "reopened_from": str(event.id)}
    history.log(actor, round_, "report", None, now, note, told)
    history.log(actor, event, "reopen", event.state, now, note, {"round": str(round_.id)})
    for row in (round_, event):
        trail.record(actor, "event:reopen", "event", row.id, row.area_path, seq=row.history_seq)
    notify.moved(round_)
    return round_
