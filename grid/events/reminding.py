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
from grid.events import whistle as whistles
from grid.events.whistle import Whistle, WhistleCall
from grid.job import job
from grid.notices import notice

KIND = "whistle.waits"
BATCH = 200


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
        is_late = call.due_at < now
        call.next_alarm_at = None if is_late else call.due_at
        told = {"whistle_id": str(call.whistle_id), "department": call.department_id, "late": is_late}
        job.enqueue(KIND, f"{KIND}:{call.id}:{'late' if is_late else 'soon'}", told)
    return len(calls)


def deliver(payload: dict[str, Any]) -> None:
    """Tell the department, and once it is late who blew the whistle too; safe to repeat. Who came is let be."""
    whistle = db.session.get(Whistle, whistles.number(payload))
    if whistle is None or whistle.closed_at is not None:
        return
    call = next(call for call in whistle.calls if call.department_id == payload["department"])
    if call.reported_in_at is not None:
        return
    what = "报到已超时" if payload["late"] else "还没有报到"
    ids = set(db.session.scalars(select(User.id).where(User.department_id == call.department_id, User.is_active)))
    if payload["late"]:
        ids.add(whistle.blower_id)
    title = f"街道吹哨（{whistle.kind.label}）：{call.department.name}{what}"
    words = f"期限 {clock.local(call.due_at):%m-%d %H:%M}。{whistle.words}"
    told_as = f"whistle:{whistle.id}:{call.id}:{'late' if payload['late'] else 'soon'}"
    outside = whistles.outside(whistle, f"吹哨{what}")
    notice.tell(list(ids), told_as, title[:100], words[:100], whistle.event_id or whistle.id, outside)
