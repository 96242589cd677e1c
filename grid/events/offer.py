"""Offers (可办步骤): what this caller may do with a case now, and what the rules suggest, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from grid.accounts import department as departments
from grid.accounts.permission import Permission as P
from grid.accounts.user import User
from grid.calendars import almanac
from grid.db import db
from grid.events import assigning, guard, levels, lifecycle, link, rulebook, sending, similar
from grid.events.event import Assignment, Event
from grid.events.lifecycle import Transition
from grid.events.link import LinkKind
from grid.events.photo import PhotoRole
from grid.events.request_offer import of_requests
from grid.events.rulebook import Choice
from grid.events.scope import may
from grid.events.state import State
from grid.events.way import Field, Offer, note
from grid.worktime.limit import Limit

NOTE_MAX = 500


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the rules would do next: a sentence, the fields to send, the reason, what else was possible."""

    action: str
    text: str
    fields: dict[str, str]
    reason: str
    alternatives: tuple[tuple[str, str], ...]


def offers(actor: User, event: Event) -> list[Offer]:
    """What the caller may do now, from the lifecycle tables, the rules of procedure, and their rights."""
    steps = [
        _offer(row, event, None)
        for row in lifecycle.possible_from(lifecycle.EVENT, event.state)
        if not row.by_task and levels.may_take(actor, row, event) and not guard.objection(row.action, event)
    ]
    for assignment in event.assignments:
        if assignment.department_id == actor.department_id:
            steps += _of_part(actor, event, assignment)
    whole = [
        one for offer in steps for one in (_merge(actor, event, offer) if offer.action == "merge" else [offer])
    ]
    return whole + of_requests(actor, event) + _links(actor, event)


def _links(actor: User, event: Event) -> list[Offer]:
    """Link with another case, or take a link away: whatever the state."""
    if not levels.may_here(actor, P.EVENT_MERGE, event):
        return []
    number = Field("other", "另一件的案卷号", "line", True)
    ways = [Offer("link", "关联案卷", "links", False, False, (number, note(False)))]
    return ways + [
        Offer("unlink", "取消关联", f"links/{other}/end", False, False, (note(False, "为什么"),))
        for other in link.of(event.id)
    ]


def _merge(actor: User, event: Event, offer: Offer) -> list[Offer]:
    """Into one of those that look the same; what the reporter named is proposed, else the nearest."""
    named = {other for other, kind in link.of(event.id).items() if kind is LinkKind.SAME}
    found = sorted(similar.to(event, actor), key=lambda one: one.event.id not in named)
    options = tuple((str(one.event.id), one.words) for one in found)
    if not options:
        return []
    parent = Field("parent", "并入哪一件", "choice", True, options, options[0][0])
    return [replace(offer, fields=(parent, *offer.fields))]


def _of_part(actor: User, event: Event, assignment: Assignment) -> list[Offer]:
    return [
        _offer(row, event, assignment)
        for row in lifecycle.possible_from(lifecycle.ASSIGNMENT, assignment.state)
        if row.permission is not None
        and may(actor, row.permission, event)
        and not guard.objection(row.action, event, assignment)
    ]


def _offer(row: Transition[Any], event: Event, assignment: Assignment | None) -> Offer:
    fields = tuple(_FIELDS[name](event, name in row.needs) for name in row.fields if name in _FIELDS)
    if row.action in sending.ACTIONS:
        fields = tuple(replace(field, label="要看什么") if field.name == "note" else field for field in fields)
    if "handler" in row.fields and assignment is not None:
        fields = (_handler(assignment), *fields)
    way = f"assignments/{assignment.id}/steps" if assignment else "steps"
    return Offer(row.action, row.label, way, row.is_danger, row.is_primary, fields)


def _photos(event: Event, is_required: bool) -> Field:
    return Field("photos", "处置后照片", "photos", is_required, value=PhotoRole.AFTER)


def _category(event: Event, is_required: bool) -> Field:
    book = rulebook.current()
    options = tuple((c.code, f"{c.big_name} · {c.name}") for c in book.classes)
    current = book.by_id.get(event.category_id)
    value = current.code if current and current.code in book.by_code else None
    return Field("category", "类别", "choice", is_required, options, value)


def _condition(event: Event, is_required: bool) -> Field:
    category = rulebook.current().by_id.get(event.category_id)
    words = almanac.current().policy(event.area_path).words
    choice = rulebook.choose_condition(category, words) if category else None
    options = tuple(
        (str(c.id), f"{c.text}（{words(c.limit)}）") for c in (category.conditions if category else ())
    )
    return Field("condition", "立案条件", "choice", is_required, options, str(choice.value.id) if choice else None)


def _department(event: Event, is_required: bool) -> Field:
    category = rulebook.current().by_id.get(event.category_id)
    choice = rulebook.choose_department(category, event.condition_id, event.area_path) if category else None
    options = tuple((d.code, d.name) for d in departments.active(event.area_path))
    return Field(
        "department", "处置部门", "choice", is_required, options, choice.value.department_code if choice else None
    )


def _assignee(event: Event, is_required: bool) -> Field:
    people = sending.candidates(event)
    chosen = sending.responsible(event, people)
    label = f"{sending.KINDS[event.state].label}人"
    if chosen is None and not is_required:
        label += "，不选就派离得最近的在岗网格员"
    options = tuple((user.username, user.name) for user in people)
    return Field("assignee", label, "choice", is_required, options, chosen.username if chosen else None)


def _assist(event: Event, is_required: bool) -> Field:
    busy = {a.department_id for a in event.assignments if a.is_open}
    options = tuple((d.code, d.name) for d in departments.active(event.area_path) if d.id not in busy)
    return Field("assist", "协办部门", "choices", is_required, options)


def _assistant(event: Event, is_required: bool) -> Field:
    options = tuple((a.department.code, a.department.name) for a in guard.assistants(event))
    value = options[0][0] if len(options) == 1 else None
    return Field("assistant", "协办部门", "choice", is_required, options, value)


def _address(event: Event, is_required: bool) -> Field:
    return Field("address", "地址", "line", is_required, value=event.address or None)


def _limit(event: Event, is_required: bool) -> Field:
    words = almanac.current().policy(event.area_path).words
    options = tuple((assigning.code_of(limit), words(limit)) for limit in assigning.LIMITS)
    return Field("limit", "办理时限（不选则与全案相同）", "choice", is_required, options)


def _handler(assignment: Assignment) -> Field:
    found = select(User).where(User.department_id == assignment.department_id, User.is_active).order_by(User.id)
    people = [user for user in db.session.scalars(found) if user.has(P.ASSIGNMENT_HANDLE)]
    return Field("handler", "经办人", "choice", True, tuple((user.username, user.name) for user in people))


_FIELDS: dict[str, Callable[[Event, bool], Field]] = {
    "note": lambda event, is_required: note(is_required),
    "photos": _photos,
    "category": _category,
    "condition": _condition,
    "department": _department,
    "assignee": _assignee,
    "assist": _assist,
    "assistant": _assistant,
    "limit": _limit,
    "position": lambda event, is_required: Field("position", "事发的位置", "place", is_required),
    "address": _address,
}


def suggestion(event: Event) -> Suggestion | None:
    """What the rules would do with this case now; None where they have nothing to say."""
    if event.state is State.REPORTED:
        return _suggest_as_verified(event)
    category = rulebook.current().by_id.get(event.category_id)
    if category is None:
        return None
    if event.state is State.PENDING_FILING:
        words = almanac.current().policy(event.area_path).words
        choice = rulebook.choose_condition(category, words)
        return _suggest_filing(choice, words) if choice else None
    if event.state is State.PENDING_DISPATCH:
        choice = rulebook.choose_department(category, event.condition_id, event.area_path)
        return _suggest_dispatch(choice) if choice else None
    return None


def _suggest_as_verified(event: Event) -> Suggestion | None:
    """What was found on the spot, if that is how the case came here; that nothing was found decides nothing."""
    came = next((entry for entry in reversed(event.history) if entry.source is not entry.target), None)
    if came is None or came.action not in lifecycle.VERIFIED:
        return None
    found = lifecycle.LABELS[came.action]
    spot = came.data.get("on_the_spot")
    where = f"，在离案发地 {spot['distance_m']:.0f} 米处" if spot else ""
    said = f"：{came.note}" if came.note else ""
    reason = f"{came.actor_name}{where}{found}{said}"
    if came.action == "genuine":
        return Suggestion("accept", f"建议受理（{found}）", {}, reason, ())
    if came.action == "unfounded":
        words = f"{found}{said}"[:NOTE_MAX]
        return Suggestion("reject", f"建议不予受理（{found}）", {"note": words}, reason, ())
    return None


def _suggest_filing(choice: Choice, words: Callable[[Limit], str]) -> Suggestion:
    condition = choice.value
    others = tuple((str(c.id), told) for c, told in choice.alternatives)
    text = f"建议按“{condition.text}”立案，{words(condition.limit)}内处置"
    return Suggestion("file", text, {"condition": str(condition.id)}, choice.reason, others)


def _suggest_dispatch(choice: Choice) -> Suggestion:
    entry = choice.value
    others = tuple((e.department_name, words) for e, words in choice.alternatives)
    text = f"建议派给 {entry.department_name}（{choice.reason}）"
    return Suggestion("dispatch", text, {"department": entry.department_code}, choice.reason, others)
