"""Checking on the spot (核实、核查): the worker's answer, and the step of the case it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from grid.accounts.permission import Permission
from grid.accounts.scope import holds
from grid.accounts.user import User
from grid.db import db
from grid.errors import Forbidden, Invalid
from grid.events import handling
from grid.events.event import Event
from grid.events.photo import PhotoRole
from grid.geo.crs import Datum, distance_m, to_storage
from grid.tasks import task as tasks
from grid.tasks.task import Task, TaskKind, TaskResult

PHOTOS = {TaskKind.VERIFY: PhotoRole.VERIFY, TaskKind.CHECK: PhotoRole.CHECK}  # what a photo of each shows


def hold(actor: User, task_id: UUID) -> Task:
    """A task of one's own with its case, both locked until the commit, the case first as everywhere else.

    Raises NotFound.
    """
    seen = tasks.get(actor, task_id)
    db.session.execute(select(Event.id).where(Event.id == seen.subject_id).with_for_update())
    return tasks.hold(actor, task_id)


def answer(
    actor: User,
    task: Task,
    result: TaskResult,
    note: str = "",
    photos: list[dict[str, Any]] | None = None,
    position: dict[str, Any] | None = None,
) -> Task:
    """Answer a task: after a check the case goes on to closing or back to its departments, after a verification
    back to who accepts.

    photos: {sha256, role?: that of the kind, shot_at?}. position: {lon, lat, datum, accuracy_m?}, degrees; how far
    it lies from the case goes into the history. Raises Conflict when answered already, Invalid for a bad result
    without a why, and for calling a report true without a photo.
    """
    if not holds(actor, Permission.TASK_ANSWER, tasks.REACHES, task):
        raise Forbidden("这个任务不归你办。")
    photos = _photos(task, result, photos or [])
    event = db.session.get_one(Event, task.subject_id)
    tasks.check_open(task)
    # The right to conclude hangs on the open task, so the case moves before the task ends.
    handling.conclude(actor, event, result.value, note=note, on_the_spot=_on_the_spot(event, position))
    handling.add_photos(actor, event, photos)
    tasks.answer(task, result, note)
    return task


def _photos(task: Task, result: TaskResult, photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The photos of an answer that fits its task."""
    kind, role = task.kind.label, PHOTOS[task.kind]
    if result not in task.kind.results:
        words = "、".join(one.label for one in task.kind.results)
        raise Invalid(f"{kind}的结果应是：{words}。", field="result")
    if any(PhotoRole(photo.get("role", role)) is not role for photo in photos):
        raise Invalid(f"{kind}照片的种类应是{kind}。", field="photos")
    if result is TaskResult.GENUINE and not photos:
        raise Invalid("属实要有现场照片，请至少拍一张。", field="photos")
    return [photo | {"role": role} for photo in photos]


def _on_the_spot(event: Event, position: dict[str, Any] | None) -> dict[str, Any] | None:
    if position is None:
        return None
    lon, lat = to_storage(position["lon"], position["lat"], Datum(position["datum"]))
    return {
        "lon": lon,
        "lat": lat,
        "accuracy_m": position.get("accuracy_m"),
        "distance_m": round(distance_m(lon, lat, event.lon, event.lat), 1),
    }


def events_of(found: Sequence[Task]) -> dict[UUID, Event]:
    """The events these tasks are about, by id, with what a list shows of them."""
    wanted = select(Event).where(Event.id.in_([task.subject_id for task in found]))
    loads = (selectinload(Event.photos), selectinload(Event.assignments))
    return {event.id: event for event in db.session.scalars(wanted.options(*loads))}
