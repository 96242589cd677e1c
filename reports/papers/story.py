"""Story (办理经过) on paper: every step of a case, oldest first, with who, how long, what changed and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from reportlab.platypus import Flowable

from grid.events import lifecycle
from grid.events.event import EventLog
from reports.dataset import span
from reports.fonts import Typesetter
from reports.papers import parts
from reports.papers.taker import full

HEADS = (("时间", 2.4), ("步骤", 1.5), ("经手人", 2.6), ("变化和说明", 5.0), ("用时", 1.3))


def table(history: list[EventLog], script: Typesetter) -> Flowable:
    """The whole history."""
    return parts.grid(HEADS, list(_rows(history)), script)


def _rows(history: list[EventLog]) -> Iterator[list[str | Flowable]]:
    before: datetime | None = None
    for step in history:
        labels = lifecycle.ASSIGNMENT_LABELS if step.assignment_id else lifecycle.LABELS
        who = dict.fromkeys((step.actor_name, step.actor_post, step.actor_department))
        took = span(int((step.at - before).total_seconds())) if before else ""
        told = "\n".join(words for words in (_change(step), _details(step.data), step.note) if words)
        yield [full(step.at), labels[step.action], " · ".join(filter(None, who)), told, took]
        before = step.at


def _change(step: EventLog) -> str:
    if step.source is None or step.source is step.target:
        return step.target.label
    return f"{step.source.label} → {step.target.label}"


def _details(data: dict[str, Any]) -> str:
    """What changed besides the state, as the timeline of the page says it."""
    department, target = data.get("department"), data.get("to")
    category, condition = data.get("category"), data.get("condition")
    told = [
        department and (f"{department}：{data.get('from')} → {target}" if target else f"派给{department}"),
        isinstance(category, dict) and f"类别由“{category['from']}”改为“{category['to']}”",
        condition and f"{condition}，限{data.get('limit')}",
        data.get("assist") and f"协办：{data['assist']}",
        data.get("assignee") and f"由{data['assignee']}去现场",
        data.get("rule") and f"按规则办：{data['rule']}",
    ]
    return "；".join(words for words in told if words)
