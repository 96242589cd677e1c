"""What a list of cases is asked for, in words of the domain: its filters, its order, its place in it."""

from __future__ import annotations

from typing import Any

from grid.errors import Invalid
from grid.events.order import Sort, Span
from grid.events.query import Filters
from grid.supervision import supervision_list


def filters_of(told: dict[str, Any]) -> Filters:
    """The filters. told: of an ``EventFilterSchema``."""
    rest = {name: value for name, value in told.items() if name != "supervised"}
    return Filters(**rest, also=(supervision_list.presses(),) if told.get("supervised") else ())


def span_of(told: dict[str, Any]) -> Span:
    """The order and the part of it; taken out of ``told``. Raises Invalid for a place in another order."""
    span = Span(Sort(told.pop("sort")), told.pop("after"), told.pop("until"))
    for name in ("after", "until"):
        key = getattr(span, name)
        if key is not None and key.sort is not span.sort:
            raise Invalid("这个位置是按另一种次序来的，请从头看起。", field=name)
    return span
