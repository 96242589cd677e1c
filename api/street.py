"""Which street a caller speaks of: the one named, else their own."""

from __future__ import annotations

from api.auth import current_user
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Node
from grid.calendars import policy
from grid.errors import Invalid
from grid.events import procedure_rule as rules


def ruled(code: str | None) -> Node:
    """The street whose rules hold in an area; without one the caller's own."""
    if code is not None:
        return rules.home(net.current().find(code).path)
    own = (policy.street_of(net.current(), held.area.path) for held in current_user.posts)
    streets = [node for node in net.current().by_id.values() if node.level is Level.STREET]
    found = next((node for node in own if node), streets[0] if len(streets) == 1 else None)
    if found is None:
        raise Invalid("请说明是哪个街道。", field="area")
    return found
