"""Duties (责任): the rows of the responsibility list that speak of a case, what the rules would follow first."""

from __future__ import annotations

from dataclasses import dataclass

from grid.events import rulebook
from grid.events.event import Event
from grid.events.rulebook import Class, Condition, Entry


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of the list for this class and place. condition: None when the row holds for all of them.

    is_followed: the rules would dispatch by it now. is_other: it speaks of another condition than the case's.
    """

    entry: Entry
    condition: Condition | None
    is_followed: bool
    is_other: bool


def duties(event: Event) -> list[Duty]:
    """The rows that fit the class and the place of a case: followed, then fitting, then of other conditions."""
    category = rulebook.current().by_id.get(event.category_id)
    if category is None:
        return []
    chosen = rulebook.choose_department(category, event.condition_id, event.area_path)
    heir = category.heir(event.condition_id)
    found = [
        Duty(
            entry,
            _condition(category, entry),
            is_followed=chosen is not None and entry is chosen.value,
            is_other=bool(heir and entry.condition_id not in (None, heir)),
        )
        for entry in category.entries
        if entry.fits(event.area_path)
    ]
    return sorted(found, key=lambda one: (not one.is_followed, one.is_other, one.entry.number))


def _condition(category: Class, entry: Entry) -> Condition | None:
    return category.filed_under(entry.condition_id)
