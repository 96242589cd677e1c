"""Place (位置): where a case is, and what one should know before trusting that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import h3

from grid.accounts.permission import Permission, Relation
from grid.accounts.scope import is_within
from grid.accounts.user import User
from grid.areas.area import Level
from grid.areas.net import Located
from grid.events.event import H3_RESOLUTION, TAKEN_IN, Event, Flag, Source
from grid.geo.crs import Datum
from grid.imports.wording import clean
from grid.mask import hidden_numbers

FLAG_ACCURACY_M = 100.0
ADDRESS_MAX = 200
DESK = "desk"  # provider of a place that somebody at the desk chose on the map; no phone may say so
_IN_DOUBT = frozenset({Flag.VAGUE_PLACE, Flag.OUTSIDE_NET, Flag.LOW_ACCURACY})
OF_PLACE = _IN_DOUBT | {Flag.NO_GRID, Flag.OUTSIDE_MINE}
# What one needs to report by each way at the desk, there where the place is; by all others it is flagged.
AT_THE_DESK = {Source.DESK: Permission.EVENT_ENTER} | dict.fromkeys(TAKEN_IN, Permission.EVENT_INTAKE)


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


def homes(reporter: User, source: Source) -> list[str]:
    """Paths of the areas in which somebody reports by a way."""
    right = AT_THE_DESK.get(source, Permission.EVENT_REPORT)
    return [grant.path for grant in reporter.grants(right) if Relation.AREA in grant.relations]


def doubts(
    located: Located, accuracy_m: float | None, mine: Sequence[str], *, is_vague: bool = False
) -> dict[str, str]:
    """What one should know of a place before trusting it: flags, each with a word more where there is one.

    mine: where its reporter works; empty: nowhere it could be outside of. is_vague: nothing better than the area
    is known.
    """
    found: dict[Flag, str | None] = {
        Flag.NO_GRID: "" if located.area.level is not Level.GRID and not is_vague else None,
        Flag.VAGUE_PLACE: located.area.name if is_vague else None,
        Flag.OUTSIDE_NET: None
        if located.is_inside
        else f"最近的{located.area.name}约 {located.distance_m:.0f} 米",
        Flag.LOW_ACCURACY: f"误差约 {accuracy_m:.0f} 米" if (accuracy_m or 0) > FLAG_ACCURACY_M else None,
        Flag.OUTSIDE_MINE: "" if mine and not any(is_within(located.area.path, home) for home in mine) else None,
    }
    return {flag.value: words for flag, words in found.items() if words is not None}


def described(address: str) -> str:
    """An address as somebody told it to the desk: tidy, and nobody's number to be read in it."""
    return hidden_numbers(clean(address))[:ADDRESS_MAX]


def may_be_set(event: Event) -> bool:
    """May the desk set the place? What it was told or chose itself, always; what a phone fixed, while in doubt."""
    is_ours = event.source in AT_THE_DESK or event.provider == DESK
    return is_ours or any(flag in event.flags for flag in _IN_DOUBT)
