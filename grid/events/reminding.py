"""Reminding (催报到): departments a whistle called are reminded when 80 % of their time is over and when it is up.

The next moment stands on the call, under an index; it moves on in the transaction that puts the message into the
outbox, under a lock others pass by: each is said once, whatever number of workers looks.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from grid import clock
from grid.accounts.user import User
from grid.db import db
from grid.events import whistle_notice
from grid.events.whistle import WhistleCall
from grid.job import job
from grid.notices import notice

KIND = "whistle.waits"
BATCH = 200
SOON, LATE = "soon", "late"
WORDS = {SOON: "还没有报到", LATE: "报到已超期"}


def sweep() -> int:
    """Put the reminders that are due into the outbox; how many."""
    now = clock.now()
    found = (
        select(WhistleCall)
        .where(WhistleCall.next_alarm_at < now)
        .order_by(WhistleCall.next_alarm_at)
        .limit(BATCH)
        .with_for_update(of=WhistleCall, skip_locked=True)
    )
    calls = list(db.session.scalars(found, execution_options={"populate_existing": True}))
    for call in calls:
        when = LATE if call.due_at < now else SOON
        call.next_alarm_at = call.due_at if when == SOON else None
        told = {"whistle_id": str(call.whistle_id), "department": call.department_id, "when": when}
        job.enqueue(KIND, f"{KIND}:{call.id}:{when}", told)
    return len(calls)


def _when(payload: dict[str, Any], call: WhistleCall) -> str:
    """What to say. Jobs queued by earlier versions say it as ``late``; one that says nothing, as it stands now."""
    if "when" in payload:
        return str(payload["when"])
    return LATE if payload.get("late", call.due_at < clock.now()) else SOON


def deliver(payload: dict[str, Any]) -> None:
    """Tell the department, and once it is late who blew the whistle too; safe to repeat. Who came is let be."""
    whistle = whistle_notice.find(payload)
    if whistle is None or whistle.closed_at is not None:
        return
    call = next(call for call in whistle.calls if call.department_id == payload["department"])
    if call.reported_in_at is not None:
        return
    when = _when(payload, call)
    what = WORDS[when]
    ids = set(db.session.scalars(select(User.id).where(User.department_id == call.department_id, User.is_active)))
    if when == LATE:
        ids.add(whistle.blower_id)
    title = f"街道吹哨（{whistle.kind.label}）：{call.department.name}{what}"
    words = f"期限 {clock.local(call.due_at):%m-%d %H:%M}。{whistle.words}"
    told_as = f"whistle:{whistle.id}:{call.id}:{when}"
    outside = whistle_notice.outside(whistle, f"吹哨{what}")
    notice.tell(list(ids), told_as, title[:100], words[:100], whistle.event_id or whistle.id, outside)
