"""Who handles what, as sets: responsibility rows under which each condition goes where the workbook says.

A key is (condition, place, department). None for a condition means: any condition of the class, for a place:
everywhere. As in the rulebook, rows for the condition beat rows for any, wherever they apply.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID


class Key(NamedTuple):
    """A row of the list. place: path of an area."""

    condition: UUID | None
    place: str | None
    department: str


class Share(NamedTuple):
    """What remains for one condition: who, where."""

    place: str | None
    department: str


def effective(keys: Collection[Key], condition: UUID | None) -> frozenset[Share]:
    """Who handles this condition; None: the class, where it has no condition of its own."""
    own = [key for key in keys if condition is not None and key.condition == condition]
    general = [key for key in keys if key.condition is None and not any(_covers(o.place, key.place) for o in own)]
    return frozenset(Share(key.place, key.department) for key in (*own, *general))


def settle(keys: Collection[Key], wanted: Mapping[UUID | None, frozenset[Share]]) -> set[Key]:
    """Keys under which every condition gets what is wanted, as near to ``keys`` as can be."""
    if all(effective(keys, condition) == shares for condition, shares in wanted.items()):
        return set(keys)
    if len(set(wanted.values())) == 1:
        return {Key(None, *share) for share in next(iter(wanted.values()))}
    found = {key for key in keys if key.condition is None or key.condition in wanted}
    for condition, shares in wanted.items():
        if effective(found, condition) != shares:
            found = {key for key in found if key.condition != condition}
            found |= {Key(condition, *share) for share in shares}
    if all(effective(found, condition) == shares for condition, shares in wanted.items()):
        return found
    return {Key(condition, *share) for condition, shares in wanted.items() for share in shares}


def _covers(place: str | None, other: str | None) -> bool:
    return place is None or (other is not None and other.startswith(place))
