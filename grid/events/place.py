"""Place (位置): where a case is and what is doubtful about that; the desk sets it right (定位置)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import h3

from grid.accounts.permission import Permission
from grid.accounts.scope import is_within
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Located
from grid.errors import Invalid
from grid.events.event import H3_RESOLUTION, TAKEN_IN, Event, Flag, Source
from grid.events.step import Step
from grid.geo.crs import Datum

FLAG_ACCURACY_M = 100.0
DESK = "desk"  # provider of a place that somebody at the desk chose on the map
_IN_DOUBT = frozenset({Flag.VAGUE_PLACE, Flag.OUTSIDE_NET, Flag.LOW_ACCURACY})
_OF_PLACE = _IN_DOUBT | {Flag.NO_GRID}
_TOLD = TAKEN_IN | {Source.DESK}  # sources whose place somebody described


@dataclass(frozen=True, slots=True)
class Position:
    """Where a phone or the desk says it was. lon, lat: degrees in ``datum``; accuracy_m: radius, metres."""

    lon: float
    lat: float
    datum: Datum
    accuracy_m: float | None = None
    provider: str = ""
    fixed_at: datetime | None = None


def put(event: Event, position: Position, located: Located) -> None:
    """Let a case be at a place, in the area it was located in."""
    event.lon, event.lat = located.lon, located.lat
    event.raw_lon, event.raw_lat, event.datum = position.lon, position.lat, position.datum
    event.accuracy_m, event.provider, event.fixed_at = position.accuracy_m, position.provider, position.fixed_at
    event.h3 = h3.latlng_to_cell(located.lat, located.lon, H3_RESOLUTION)
    event.area_id, event.area_path = located.area.id, located.area.path


def doubts(located: Located, accuracy_m: float | None, *, is_vague: bool = False) -> dict[str, str]:
    """What one should know of a place before trusting it: flags, each with a word more where there is one.

    is_vague: nothing better than the area is known.
    """
    found: dict[Flag, str | None] = {
        Flag.NO_GRID: "" if located.area.level is not Level.GRID and not is_vague else None,
        Flag.VAGUE_PLACE: located.area.name if is_vague else None,
        Flag.OUTSIDE_NET: None
        if located.is_inside
        else f"最近的{located.area.name}约 {located.distance_m:.0f} 米",
        Flag.LOW_ACCURACY: f"误差约 {accuracy_m:.0f} 米" if (accuracy_m or 0) > FLAG_ACCURACY_M else None,
    }
    return {flag.value: words for flag, words in found.items() if words is not None}


def may_be_set(event: Event) -> bool:
    """May the desk set the place? What it was told or chose itself, always; what a phone fixed, while in doubt."""
    return event.source in _TOLD or event.provider == DESK or any(flag in event.flags for flag in _IN_DOUBT)


def locate(step: Step) -> dict[str, Any]:
    """To where the step says; its grid is found anew, and what was doubtful of the old place is no more.

    Raises Invalid for a place outside the actor's areas, in another street, or absurd.
    """
    event, position, before = step.event, step.told["position"], _told(step.event)
    located = net.current().locate(position.lon, position.lat, position.datum)
    _check_reach(step, located)
    put(event, replace(position, provider=DESK), located)
    others = {flag: words for flag, words in event.flags.items() if flag not in _OF_PLACE}
    event.flags = doubts(located, position.accuracy_m) | others
    event.address = step.told.get("address", event.address)
    return {"place": {"from": before, "to": _told(event)}}


def _check_reach(step: Step, located: Located) -> None:
    """The number of a case and who works on it belong to its street."""
    home = net.current().home
    if home(located.area.path) != home(step.event.area_path):
        raise Invalid("这个位置在别的街道，不能改过去。", field="position")
    grants = step.actor.grants(Permission.EVENT_LOCATE)
    if not any(is_within(located.area.path, grant.path) for grant in grants):
        raise Invalid("这个位置不在你的范围里。", field="position")


def _told(event: Event) -> dict[str, Any]:
    """For the history: all that a later place would hide."""
    area = net.current().node(event.area_id)
    where = {name: getattr(event, name) for name in ("lon", "lat", "accuracy_m", "address")}
    return {"area": area.name, **where}
