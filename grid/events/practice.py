"""Practice (演练): cases made to learn with. They run like real ones, count nowhere, and can be wiped.

The database lets only their rows go (migrations/append_only.py): a real case and its history stay for ever, and
none can be turned into a practice case.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from grid.accounts.user import User
from grid.db import changed, db
from grid.events import holding, notify
from grid.events.arbitration import ResponsibilityProposal
from grid.events.deadline import Deadline, DeadlineChange, DeadlinePause
from grid.events.event import Assignment, Event, EventLog
from grid.events.link import EventLink
from grid.events.photo import EventPhoto
from grid.events.request import EventRequest, RequestDecision
from grid.events.whistle import Whistle, WhistleCall
from grid.job.job import Job
from grid.notices.delivery import Delivery
from grid.notices.notice import Notice
from grid.tasks.task import Task
from grid.trail import entry as trail

BATCH = 200


def real() -> ColumnElement[bool]:
    """The predicate of everything that counts cases: no practice."""
    return Event.is_practice.is_(False)


def count() -> int:
    """How many practice cases there are."""
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.is_practice)) or 0


def wipe(actor: User | None) -> dict[str, int]:
    """Remove every practice case and all that hangs on it; how many rows of each kind went.

    The op ledger keeps its receipts, so that a handset's late retry is answered instead of making the case again;
    case numbers are not given a second time; photos nobody else refers to go with the next sweep of the media.
    """
    # All at once and in order: a batch reaches for cases of later ones, with which they are merged.
    holding.in_order(Event.is_practice.is_(True))
    gone: dict[str, int] = dict.fromkeys(("events", *(name for name, _, _ in _HANGING), "jobs"), 0)
    while events := _some():
        for name, count_ in _remove(events).items():
            gone[name] += count_
    trail.record(actor, "practice:wipe", "practice", "all", counts=gone)
    return gone


def _some() -> list[tuple[UUID, int]]:
    """A batch of practice cases with the length of their history, locked so that nobody takes a step meanwhile."""
    found = select(Event.id, Event.history_seq).where(Event.is_practice).order_by(Event.id).limit(BATCH)
    return [(row.id, row.history_seq) for row in db.session.execute(found.with_for_update())]


# What hangs on a case, leaves first: name, table, the column that names the case.
_HANGING: list[tuple[str, Any, Any]] = [
    ("notices", Notice, Notice.subject_id),
    ("deliveries", Delivery, Delivery.event_id),
    ("tasks", Task, Task.subject_id),
    ("photos", EventPhoto, EventPhoto.event_id),
    ("deadlines", Deadline, Deadline.event_id),
    ("decisions", RequestDecision, RequestDecision.event_id),
    ("requests", EventRequest, EventRequest.event_id),
    ("whistles", Whistle, Whistle.event_id),
    ("proposals", ResponsibilityProposal, ResponsibilityProposal.event_id),
    ("links", EventLink, EventLink.event_id),
    ("history", EventLog, EventLog.event_id),
    ("assignments", Assignment, Assignment.event_id),
]


def hang(name: str, table: Any, column: Any, *, before: str) -> None:
    """Let a package above say what else hangs on a case: it goes before the rows of that name."""
    names = [known for known, _, _ in _HANGING]
    if name not in names:
        _HANGING.insert(names.index(before), (name, table, column))


def _remove(events: list[tuple[UUID, int]]) -> dict[str, int]:
    ids = [event_id for event_id, _ in events]
    clocks = select(Deadline.id).where(Deadline.event_id.in_(ids))
    _delete(DeadlineChange, DeadlineChange.deadline_id.in_(clocks))
    blown = select(Whistle.id).where(Whistle.event_id.in_(ids))
    _delete(WhistleCall, WhistleCall.whistle_id.in_(blown))
    _delete(DeadlinePause, DeadlinePause.deadline_id.in_(clocks))
    # Cases of one batch may hang on those of another (merged, reopened).
    for tie in (Event.merged_into_id, Event.reopened_from_id):
        untied = update(Event).where(tie.in_(ids)).values({tie: None})
        db.session.execute(untied.execution_options(synchronize_session=False))
    _delete(EventLink, EventLink.other_id.in_(ids))
    gone = {name: _delete(table, column.in_(ids)) for name, table, column in _HANGING}
    kinds = (notify.KIND, notify.ASKED)
    keys = [notify.key(id_, seq, kind) for id_, last in events for seq in range(1, last + 1) for kind in kinds]
    # A job that still waits finds nothing to tell; one that is done is only a record of having told.
    gone["jobs"] = _delete(Job, Job.key.in_(keys), Job.done_at.is_not(None))
    return gone | {"events": _delete(Event, Event.id.in_(ids))}


def _delete(table: Any, *where: ColumnElement[bool]) -> int:
    return changed(delete(table).where(*where).execution_options(synchronize_session=False))
