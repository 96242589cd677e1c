"""Telling (通知): the worker tells people of alarms, supervisions and matters; safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from grid.accounts import holder
from grid.accounts.permission import Permission as P
from grid.accounts.user import User
from grid.areas import net
from grid.db import db
from grid.events import notify
from grid.events.deadline import Deadline
from grid.events.event import Event
from grid.events.rung import Act
from grid.notices import cause, notice
from grid.notices.cause import Cause
from grid.notices.notice import Message
from grid.notices.outside import Outside
from grid.supervision import people
from grid.supervision.alarm import Alarm, AlarmKind
from grid.supervision.matter import EntryKind, Matter, MatterKind
from grid.supervision.supervision import Supervision, SupervisionKind

cause.offer(Cause.ALARM, {act.value: act.label for act in Act})
cause.offer(Cause.SUPERVISION, {kind.value: kind.label for kind in SupervisionKind})
cause.offer(Cause.MATTER, {kind.value: kind.label for kind in MatterKind})
cause.offer(Cause.PATROL, {AlarmKind.PATROL.value: "未巡查", AlarmKind.PHOTO.value: "照片未到"})


def of_alarms(payload: dict[str, Any]) -> None:
    """Tell of a batch of alarms; those of a practice case wiped meanwhile are gone."""
    wanted = select(Alarm).where(Alarm.id.in_([UUID(one) for one in payload["alarms"]])).order_by(Alarm.id)
    alarms = db.session.scalars(wanted).all()
    at, events, clocks = holder.Roll(alarm.area_path for alarm in alarms).at, _events(alarms), _clocks(alarms)
    told: list[Message] = []
    for alarm in alarms:
        if alarm.kind is AlarmKind.PATROL:
            told.append(_of_patrol(alarm, at))
        elif alarm.matter_id is not None:
            told.append(_of_matter_clock(alarm, at))
        elif alarm.event_id is not None:
            told.append(_of_case(alarm, events[alarm.event_id], clocks.get(alarm.deadline_id), at))
    notice.tell_all(told)


def _events(alarms: Sequence[Alarm]) -> dict[UUID | None, Event]:
    """The cases they are of, with what telling of them needs: read at once, not one by one."""
    found = select(Event).where(Event.id.in_({alarm.event_id for alarm in alarms}))
    found = found.options(joinedload(Event.area), selectinload(Event.assignments))
    return {event.id: event for event in db.session.scalars(found)}


def _clocks(alarms: Sequence[Alarm]) -> dict[int | None, Deadline]:
    found = select(Deadline).where(Deadline.id.in_({alarm.deadline_id for alarm in alarms}))
    return {clock.id: clock for clock in db.session.scalars(found)}


def _of_case(alarm: Alarm, event: Event, clock: Deadline | None, at: people.At) -> Message:
    title = f"{notify.headline(event)} {alarm.act.label}"
    if clock is None:
        ids = {event.reporter_id, *at(event.area_path, P.EVENT_DISPATCH)}
        outside = notify.outside(event, Cause.PATROL, AlarmKind.PHOTO.value, "照片没有送到")
        title = f"{notify.headline(event)} 照片没有送到"
    else:
        ids = people.of_case(event, clock, alarm.whom, at)
        outside = notify.outside(event, Cause.ALARM, alarm.act.value, alarm.words, urgent=_is_urgent(alarm))
    return Message(frozenset(ids), f"alarm:{alarm.id}", title[:100], alarm.words, event.id, outside)


def _of_matter_clock(alarm: Alarm, at: people.At) -> Message:
    matter = db.session.get_one(Matter, alarm.matter_id)
    outside = _outside(Cause.MATTER, matter.area_path, alarm.words, matter.kind.value, urgent=_is_urgent(alarm))
    ids = people.of_matter(matter, alarm.whom, at)
    title = f"督办事项 {alarm.act.label}：{matter.title}"
    told_as = f"matter:{matter.id}:alarm:{alarm.id}"
    return Message(frozenset(ids), told_as, title[:100], alarm.words, matter.id, outside)


def _of_patrol(alarm: Alarm, at: people.At) -> Message:
    ids = at(alarm.area_path, P.PATROL_WATCH)
    worker = db.session.get_one(User, alarm.user_id)
    outside = _outside(Cause.PATROL, alarm.area_path, "当天没有巡查", AlarmKind.PATROL.value)
    title = f"{worker.name} {alarm.words}"
    return Message(frozenset(ids), f"alarm:{alarm.id}", title, "没有上岗记录，请核实。", None, outside)


def of_supervision(payload: dict[str, Any]) -> None:
    """Tell the department that it must reply, the office that it has, the department that it is over."""
    row = db.session.get(Supervision, UUID(payload["supervision_id"]))
    if row is None:
        return  # of a practice case, wiped meanwhile
    action, event = payload["action"], row.event
    said = {"supervise": "被督办", "answer": "督办已回复", "unsupervise": "督办已办结"}[action]
    words = {"supervise": row.reason, "answer": row.reply, "unsupervise": row.closing}[action]
    if action == "answer":
        ids = {row.issuer_id, *holder.at(row.area_path, P.SUPERVISION_ISSUE)}
    elif row.department_id is not None:
        ids = set(holder.at(row.area_path, P.SUPERVISION_REPLY, [row.department_id]))
    else:
        ids = set(notify.holders(event, notify.NEXT[event.state])) if event.state in notify.NEXT else set()
    outside = notify.outside(event, Cause.SUPERVISION, row.kind.value, said, urgent=action == "supervise")
    title = f"{notify.headline(event)} {said}"
    told_as = f"supervision:{row.id}:{payload['seq']}"
    notice.tell(ids, told_as, title[:100], words[:300], event.id, outside)


def of_matter(payload: dict[str, Any]) -> None:
    """Tell the departments what is handed down, refused or struck off; the office what they say."""
    matter = db.session.get_one(Matter, UUID(payload["matter_id"]))
    kind = payload["kind"]
    said = "交办" if kind == "issue" else EntryKind(kind).label
    if kind in ("issue", EntryKind.REFUSE, EntryKind.CLOSE):
        ids = set(holder.at(matter.area_path, P.MATTER_WRITE, [unit.department_id for unit in matter.units]))
    else:
        ids = {matter.issuer_id}
    outside = _outside(Cause.MATTER, matter.area_path, f"督办事项{said}", matter.kind.value)
    title = f"督办事项{said}：{matter.title}"
    words = matter.content if kind == "issue" else matter.entries[payload["seq"] - 1].words
    notice.tell(ids, f"matter:{matter.id}:{payload['seq']}", title[:100], words[:300], matter.id, outside)


def _outside(cause_: Cause, area_path: str, what: str, key: str, *, urgent: bool = False) -> Outside:
    """What may be told of it outside the house."""
    area = net.current().node(int(area_path.strip("/").split("/")[-1]))
    return Outside(cause_, area_path, area.name, what, key, is_urgent=urgent)


def _is_urgent(alarm: Alarm) -> bool:
    return alarm.act in (Act.OVERDUE, Act.SUPERVISE)
