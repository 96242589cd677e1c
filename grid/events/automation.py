"""Automatic filing and dispatch (自动立案、派遣): only where the rules leave no choice, and with the reason."""

from __future__ import annotations

from typing import Any

from grid.accounts.permission import Permission
from grid.events import rulebook
from grid.events.event import Event
from grid.events.handling import move
from grid.events.rulebook import Choice
from grid.events.scope import may


def advance(event: Event) -> None:
    """Take the steps that are certain for a fresh report; the first uncertainty leaves the case to people.

    A report with any flag (outside the net, no grid, bad fix …) is never advanced by a rule.
    """
    rules = rulebook.current()
    category = rules.by_id[event.category_id]
    filing = rulebook.choose_condition(category)
    if event.flags or filing is None or not filing.is_certain:
        return
    actor = rules.actor
    if actor is None or not may(actor, Permission.EVENT_ACCEPT, event):
        return
    why = explanation(filing)
    move(actor, event, "accept", **why)
    move(actor, event, "file", condition=filing.value.id, **why)
    dispatch = rulebook.choose_department(category, event.condition_id, event.area_path)
    if dispatch is None or not dispatch.is_certain:
        return
    move(actor, event, "dispatch", department=dispatch.value.department_code, **explanation(dispatch))


def explanation(choice: Choice) -> dict[str, Any]:
    """Which rule, why, and what else was possible; kept in the history."""
    return {"rule": choice.reason, "alternatives": [words for _, words in choice.alternatives]}
