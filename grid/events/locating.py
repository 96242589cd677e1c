"""Locating (定位置): the desk puts a case where it really is; all that hangs on its place goes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from grid.accounts import holder
from grid.accounts.permission import Permission
from grid.accounts.scope import is_within
from grid.areas import net
from grid.areas.net import Located
from grid.db import db
from grid.errors import Invalid
from grid.events import levels, place
from grid.events.event import TAKEN_IN, Event
from grid.events.step import Step

# What the history keeps of a place: a phone's own fix is evidence, and the next place hides it.
_KEPT = ("lon", "lat", "raw_lon", "raw_lat", "datum", "accuracy_m", "provider", "address")
_FOLLOWERS: list[Any] = []


def follows(model: Any) -> None:
    """Rows of ``model`` lie where their case does: they name it (event_id), keep its area (area_path, area_id)."""
    if model not in _FOLLOWERS:
        _FOLLOWERS.append(model)


def locate(step: Step) -> dict[str, Any]:
    """To where the step says; its grid is found anew, and what was doubtful of the old place is no more.

    Raises Invalid for a place that is absurd, outside the actor's areas, in another street, or where nobody of a
    department that works on the case could go on.
    """
    event, position, before = step.event, step.told["position"], _told(step.event)
    area_path = event.area_path
    located = net.current().locate(position.lon, position.lat, position.datum)
    _check_reach(step, located)
    _check_departments(event, located)
    place.put(event, replace(position, provider=place.DESK), located)
    mine = [] if event.source in place.AT_THE_DESK else place.homes(event.reporter, event.source)
    others = {flag: words for flag, words in event.flags.items() if flag not in place.OF_PLACE}
    event.flags = place.doubts(located, position.accuracy_m, mine) | others
    if "address" in step.told:
        told = step.told["address"]
        event.address = place.described(told) if event.source in TAKEN_IN else told
    _take_along(event)
    return levels.moved(step, area_path) | {"place": {"from": before, "to": _told(event)}}


def _check_reach(step: Step, located: Located) -> None:
    """The number of a case and who works on it belong to its street."""
    home = net.current().home
    if home(located.area.path) != home(step.event.area_path):
        raise Invalid("这个位置在别的街道，不能改过去。", field="position")
    grants = step.actor.grants(Permission.EVENT_LOCATE)
    if not any(is_within(located.area.path, grant.path) for grant in grants):
        raise Invalid("这个位置不在你的范围里。", field="position")


def _check_departments(event: Event, located: Located) -> None:
    """Whoever works on it must still see it there."""
    path = located.area.path
    parts = [part for part in event.assignments if part.is_open]
    if not parts or path == event.area_path:
        return
    roll = holder.Roll([path])
    lost = [p.department for p in parts if not roll.at(path, Permission.ASSIGNMENT_HANDLE, [p.department_id])]
    if lost:
        names = "、".join(department.name for department in lost)
        words = f"{names}在{located.area.name}没有人能办这件事：先退回或改派，再改到那里。"
        raise Invalid(words, field="position")


def _take_along(event: Event) -> None:
    """What hangs on it lies where it lies; the case is held, so nothing more is hung on it meanwhile."""
    for model in _FOLLOWERS:
        rows = select(model).join(Event, Event.id == model.event_id).where(Event.id == event.id)
        held = rows.order_by(model.id).with_for_update(of=model).execution_options(populate_existing=True)
        for row in db.session.scalars(held):
            row.area_path = event.area_path
            if hasattr(model, "area_id"):
                row.area_id = event.area_id
            # They show its point and address: in the same grid too they are another version.
            flag_modified(row, "area_path")


def _told(event: Event) -> dict[str, Any]:
    """For the history: all that a later place would hide."""
    area = net.current().node(event.area_id)
    fixed_at = event.fixed_at.isoformat() if event.fixed_at else None
    where = {name: getattr(event, name) for name in _KEPT}
    of_place = {flag: words for flag, words in event.flags.items() if flag in place.OF_PLACE}
    return {"area": area.name, "area_code": area.code, **where, "fixed_at": fixed_at, "flags": of_place}
