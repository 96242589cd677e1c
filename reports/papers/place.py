"""The place of a case in words."""

from __future__ import annotations

from grid.areas import net
from grid.events.event import Event


def area_words(event: Event) -> str:
    """The grid and what it lies in, unless its name says that."""
    snapshot = net.current()
    own = snapshot.node(event.area_id)
    above = snapshot.parent(own)
    return own.name if above is None or own.name.startswith(above.name) else f"{above.name} {own.name}"


def place_words(event: Event) -> list[tuple[str, str]]:
    """Where it is, and how sure that is. Degrees: CGCS2000, longitude first."""
    sure = f"，±{round(event.accuracy_m)} 米" if event.accuracy_m is not None else ""
    return [
        ("地址", event.address or "没有写地址"),
        ("网格", area_words(event)),
        ("坐标", f"{event.lon:.6f}, {event.lat:.6f}{sure}"),
        ("坐标系", "CGCS2000，经度在前"),
    ]
