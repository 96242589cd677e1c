"""Levels (逐级办理): which of 网格, 社区, 街道, 区县 has a case now. Those below read it and take no step."""

from __future__ import annotations

from typing import Any

from grid.accounts.permission import Permission, Relation
from grid.accounts.scope import is_within
from grid.accounts.user import User
from grid.areas import net
from grid.areas.area import Level
from grid.errors import RuleForbids
from grid.events import rulebook, stage, timing
from grid.events.deadline_kind import DeadlineKind
from grid.events.event import Event
from grid.events.guard import neighbour, rank
from grid.events.lifecycle import Transition
from grid.events.procedure_rule import Rule
from grid.events.scope import may
from grid.events.step import Step


def may_take(actor: User, row: Transition[Any], event: Event) -> bool:
    """May the actor take this step here: by right and place, and not from below the level that has the case?"""
    return row.permission is not None and may_here(actor, row.permission, event)


def may_here(actor: User, permission: Permission, event: Event) -> bool:
    """The same of a right that moves no state."""
    if not may(actor, permission, event):
        return False
    grants = list(actor.grants(permission))
    if any(grant.relations - {Relation.AREA} for grant in grants):
        return True  # departments and workers have their part whoever else has the case
    here = (grant.path for grant in grants if is_within(event.area_path, grant.path))
    return any(_stands(path) >= rank(event.level) for path in here)


def _stands(path: str) -> int:
    return rank(net.current().node(int(path.strip("/").split("/")[-1])).level)


def hand_up(step: Step) -> dict[str, Any]:
    """To the level above."""
    return _hand(step, 1)


def hand_down(step: Step) -> dict[str, Any]:
    """To the level below."""
    return _hand(step, -1)


def _hand(step: Step, direction: int) -> dict[str, Any]:
    event, before = step.event, step.event.level
    target = neighbour(event, direction)
    if target is None:
        raise RuleForbids("没有这一级。")
    event.level = target
    timing.finish(event.id, DeadlineKind.LEVEL, step.at)
    _begin(step)
    return {"from_level": before.label, "to_level": target.label}


def moved(step: Step, before_path: str) -> dict[str, Any]:
    """The case lies elsewhere now: another community or grid has it, with time of its own; above, nothing changed.

    before_path: of its area until now. Where the new place has no such level, the one above has the case.
    """
    event, before = step.event, step.event.level
    if _at_level(before, before_path) == _at_level(before, event.area_path):
        return {}
    while _at_level(event.level, event.area_path) is None and (above := neighbour(event, 1)):
        event.level = above
    kind = stage.CLOCKS.get(event.state)
    if kind is not None and timing.open_clocks(event.id, kind):
        timing.cancel(event.id, kind, step.at)
        stage.begin(event, step.at)
    if timing.open_clocks(event.id, DeadlineKind.LEVEL):
        timing.cancel(event.id, DeadlineKind.LEVEL, step.at)
        _begin(step)
    return {} if event.level is before else {"from_level": before.label, "to_level": event.level.label}


def _at_level(level: Level, path: str) -> int | None:
    """The area of a level in which a place lies."""
    areas = (net.current().node(int(part)) for part in path.strip("/").split("/"))
    return next((area.id for area in areas if rank(area.level) == rank(level)), None)


def _begin(step: Step) -> None:
    """The time of the level that has the case now."""
    event = step.event
    limit = rulebook.current().procedure.limit(event.area_path, Rule.LEVEL_LIMIT, event.level.value)
    timing.start(event, DeadlineKind.LEVEL, limit, step.at)
