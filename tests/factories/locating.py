"""Cases of which only the community is known, and the places to which the desk moves them."""

from __future__ import annotations

from typing import Any

from tests.factories.event import spot
from tests.factories.intake import take_in
from tests.factories.person import Person

COMMUNITY, GRID, NEXT_GRID = "441323002002", "441323002002001", "441323002002002"
OTHER_COMMUNITY, OTHER_GRID = "441323002001", "441323002001001"
VILLAGE = "441323002202"


def make_vague(desk: Person, area: str = COMMUNITY, **told: Any) -> dict[str, Any]:
    """A call about something somewhere in a community, as the desk sees it."""
    taken = take_in(desk, **{"position": None, "area": area, "address": "", **told})
    return desk.event(taken["case"]["id"])


def at(area: str) -> dict[str, Any]:
    """A point well inside an area, as the step says it."""
    lon, lat = spot(area)
    return {"lon": lon, "lat": lat, "datum": "cgcs2000"}


def locate(desk: Person, case: dict[str, Any], area: str, **told: Any) -> dict[str, Any]:
    """Put a case into an area; it must succeed."""
    return desk.steps(case["id"], ("locate", {"position": at(area), **told}))


def dispatch(desk: Person, case: dict[str, Any], department: str) -> dict[str, Any]:
    """Accept, file and send to a department."""
    filing = next(one for one in desk.steps(case["id"], "accept")["steps"] if one["action"] == "file")
    condition = filing["fields"][0]["options"][0]["value"]
    return desk.steps(case["id"], ("file", {"condition": condition}), ("dispatch", {"department": department}))
