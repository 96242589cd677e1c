"""The ledger of a matter (台账): departments write what they did, the office strikes it off or sends it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from grid import clock
from grid.accounts import scope
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import db
from grid.errors import Conflict, DomainError, Forbidden, Invalid
from grid.events import deadline as deadlines
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.job import job
from grid.supervision.matter import KIND, LEADS, OFFICE, EntryKind, Matter, MatterEntry, MatterState
from grid.supervision.matter_list import REACHES
from grid.trail import entry as trail


def write(actor: User, matter: Matter, kind: EntryKind, words: str) -> Matter:
    """Add an entry to a matter the caller holds. Raises Forbidden, Conflict in the wrong state, Invalid."""
    found = objection(actor, matter, kind)
    if found is not None:
        raise found
    if not words and kind is not EntryKind.CLOSE:
        raise Invalid("请写明情况。", field="words")
    now = clock.now()
    matter.entries.append(
        MatterEntry(kind=kind, at=now, actor_id=actor.id, department_id=actor.department_id, words=words)
    )
    matter.entry_count += 1
    _EFFECTS.get(kind, _nothing)(matter, now)
    trail.record(actor, f"matter:{kind.value}", "matter", matter.id, matter.area_path)
    told: dict[str, Any] = {"matter_id": str(matter.id), "seq": matter.entry_count, "kind": kind.value}
    job.enqueue(KIND, f"{KIND}:{matter.id}:{matter.entry_count}", told)
    return matter


def objection(actor: User, matter: Matter, kind: EntryKind) -> DomainError | None:
    """Why the actor may not write such an entry now; None: they may."""
    is_theirs = kind in OFFICE
    right = Permission.MATTER_ISSUE if is_theirs else Permission.MATTER_WRITE
    if not scope.holds(actor, right, REACHES, matter) or (is_theirs and not _is_office(actor, matter)):
        return Forbidden("销号、退回由交办的一方来做。" if is_theirs else "这件事不是你们部门承办的。")
    if kind in LEADS and not _is_lead(actor, matter):
        return Forbidden(f"“{kind.label}”由主办单位来写，协办单位写“{EntryKind.PROGRESS.label}”。")
    if matter.state is not (MatterState.DONE if is_theirs else MatterState.OPEN):
        return Conflict(f"这件事现在是“{matter.state.label}”，不能{kind.label}。")
    return None


def _is_lead(actor: User, matter: Matter) -> bool:
    """Only the lead's word moves the clocks: they are everybody's."""
    return any(unit.is_lead and unit.department_id == actor.department_id for unit in matter.units)


def _is_office(actor: User, matter: Matter) -> bool:
    """Is the actor who handed it down, or of that office, or of one above?"""
    return actor.id == matter.issuer_id or scope.is_office(actor, Permission.MATTER_ISSUE, matter.office_path)


def _nothing(matter: Matter, now: datetime) -> None:
    """Only words."""


def _deploy(matter: Matter, now: datetime) -> None:
    _end(matter, now, DeadlineKind.MATTER_DEPLOY)


def _report(matter: Matter, now: datetime) -> None:
    _end(matter, now, DeadlineKind.MATTER_DEPLOY, DeadlineKind.MATTER_REPORT)


def _done(matter: Matter, now: datetime) -> None:
    """While the office looks at it, no time of the departments passes."""
    _report(matter, now)
    matter.state, matter.done_at = MatterState.DONE, now
    for one in _open_clocks(matter, DeadlineKind.MATTER_FINISH):
        deadlines.stop(one, now, "报请销号")


def _refuse(matter: Matter, now: datetime) -> None:
    matter.state, matter.done_at = MatterState.OPEN, None
    for one in _open_clocks(matter, DeadlineKind.MATTER_FINISH):
        deadlines.go_on(one, now)


def _close(matter: Matter, now: datetime) -> None:
    matter.state, matter.closed_at = MatterState.CLOSED, now
    for one in _open_clocks(matter, DeadlineKind.MATTER_FINISH):
        deadlines.end(one, matter.done_at or now)


_EFFECTS = {
    EntryKind.DEPLOY: _deploy,
    EntryKind.REPORT: _report,
    EntryKind.DONE: _done,
    EntryKind.REFUSE: _refuse,
    EntryKind.CLOSE: _close,
}


def _open_clocks(matter: Matter, *kinds: DeadlineKind) -> list[Deadline]:
    # Reached through their matter, which the caller holds.
    states = (DeadlineState.RUNNING, DeadlineState.PAUSED)
    found = select(Deadline).where(Deadline.matter_id == matter.id, Deadline.state.in_(states))
    return [one for one in db.session.scalars(found) if one.kind in kinds]


def _end(matter: Matter, now: datetime, *kinds: DeadlineKind) -> None:
    for one in _open_clocks(matter, *kinds):
        deadlines.end(one, now)
