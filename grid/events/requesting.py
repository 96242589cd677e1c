"""Asking and deciding (申请与审批): each a row, a step in the history, audit and outbox, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import db, new_id
from grid.errors import Conflict, Forbidden, IllegalTransition, Invalid, NotFound, RuleForbids
from grid.events import guard, handling, history, merging, notify, request_rule, timing
from grid.events.event import Assignment, Event
from grid.events.request import EventRequest, RequestDecision, RequestKind, RequestState, Verdict
from grid.events.request_rule import RULES, RequestRule
from grid.events.scope import may, visible
from grid.trail import entry as trail


def ask(actor: User, event: Event, kind: RequestKind, note: str, until: datetime | None = None) -> EventRequest:
    """Ask for something about a case, or about the part of it that the actor's department has.

    Raises Forbidden without the right to ask, IllegalTransition in the wrong state, RuleForbids out of time or too
    often, Invalid for a date that cannot be.
    """
    rule, at = RULES[kind], clock.now()
    assignment = own_part(actor, event) if rule.own_states is not None else None
    if not may_ask(actor, rule, event, assignment):
        raise Forbidden(f"你的岗位不能{rule.label}。")
    if not request_rule.fits(rule, event, assignment):
        raise IllegalTransition(f"现在是“{event.state.label}”，不能{rule.label}。", allowed=[])
    if words := request_rule.objection(rule, event, assignment, at):
        raise RuleForbids(words)
    _check_told(rule, event, note, until, at)
    request = EventRequest(
        id=new_id(),
        event_id=event.id,
        assignment_id=assignment.id if assignment else None,
        kind=kind,
        state=RequestState.PENDING,
        level=0,
        levels=len(request_rule.levels(rule, event)),
        reason=note,
        until=until,
        asker_id=actor.id,
        asker=actor,
        asked_at=at,
        decisions=[],
    )
    event.requests.append(request)
    event.pending_requests += 1
    _tell(actor, event, request, "ask", note)
    if _next_level(event, request) is Permission.ASSIGNMENT_CONFIRM and may(
        actor, Permission.ASSIGNMENT_CONFIRM, event
    ):
        # Who heads the department has looked at it by asking.
        _write(actor, event, request, Verdict.APPROVE, "本人即部门负责人", at)
        request.level += 1
    return request


def lock(actor: User, event_id: UUID, request_id: UUID) -> None:
    """Before an approval is decided, hold every case that may move with it: a void ends merged ones too."""
    kind = select(EventRequest.kind).join(Event, Event.id == EventRequest.event_id)
    if db.session.scalar(kind.where(EventRequest.id == request_id, visible(actor))) is RequestKind.VOID:
        merging.lock(actor, event_id, "void")


def decide(actor: User, event: Event, request_id: UUID, verdict: Verdict, note: str = "") -> EventRequest:
    """Say yes or no for the level whose turn it is; the last yes lets it take effect.

    Raises Forbidden for whom it is not, RuleForbids for one's own request, Conflict when it is settled.
    """
    request = find(event, request_id)
    _check_turn(actor, event, request)
    if verdict is Verdict.REFUSE and not note:
        raise Invalid("不同意要写明理由。", field="note")
    at = clock.now()
    is_last = request.level + 1 == request.levels
    if verdict is Verdict.APPROVE and is_last:
        _check_still(event, request, at)
    _write(actor, event, request, verdict, note, at)
    if verdict is Verdict.REFUSE:
        _settle(event, request, RequestState.REFUSED, at)
    else:
        request.level += 1
        if is_last:
            _settle(event, request, RequestState.APPROVED, at)
    _tell(actor, event, request, verdict.value, note)
    if request.state is RequestState.APPROVED:
        _EFFECTS[request.kind](actor, event, request, at)
    return request


def withdraw(actor: User, event: Event, request_id: UUID) -> EventRequest:
    """Take back what one asked for oneself, as long as it is not settled."""
    request = find(event, request_id)
    if request.asker_id != actor.id:
        raise Forbidden("只能撤回自己提出的申请。")
    _check_pending(request)
    _settle(event, request, RequestState.WITHDRAWN, clock.now())
    _tell(actor, event, request, "withdraw")
    return request


def find(event: Event, request_id: UUID) -> EventRequest:
    """A request of this case. Raises NotFound."""
    found = next((request for request in event.requests if request.id == request_id), None)
    if found is None:
        raise NotFound("这个事件没有这件申请。")
    return found


def own_part(actor: User, event: Event) -> Assignment | None:
    """The newest part of a case that the actor's department has."""
    ours = [a for a in event.assignments if a.department_id == actor.department_id]
    return next((a for a in reversed(ours) if a.is_open), ours[-1] if ours else None)


def may_ask(actor: User, rule: RequestRule, event: Event, assignment: Assignment | None) -> bool:
    """Has the actor the right to ask for this here, whatever the state?"""
    if rule.own_states is not None and assignment is None:
        return False
    return any(may(actor, permission, event) for permission in rule.ask)


def may_decide(actor: User, event: Event, request: EventRequest) -> bool:
    """Is it the actor's turn? (Nobody decides on what they asked for, and where levels are apart, only once.)"""
    permission = _next_level(event, request)
    if permission is None or not may(actor, permission, event):
        return False
    part = request_rule.subject(event, request)
    if permission is Permission.ASSIGNMENT_CONFIRM and part and part.department_id != actor.department_id:
        return False
    return not _own_objection(actor, request)


def _own_objection(actor: User, request: EventRequest) -> str:
    if request.asker_id == actor.id:
        return "不能审批自己提出的申请，要由另一个人审批。"
    if RULES[request.kind].is_apart and any(d.actor_id == actor.id for d in request.decisions):
        return "两级审核要由两个人分别办理。"
    return ""


def _next_level(event: Event, request: EventRequest) -> Permission | None:
    if not request.is_pending:
        return None
    # As many as were asked for then: the last ones of the table.
    return RULES[request.kind].levels[-request.levels :][request.level]


def _check_turn(actor: User, event: Event, request: EventRequest) -> None:
    _check_pending(request)
    permission = _next_level(event, request)
    if permission is not None and may(actor, permission, event) and (words := _own_objection(actor, request)):
        raise RuleForbids(words)
    if not may_decide(actor, event, request):
        raise Forbidden("这件申请现在不归你审批。")


def _check_pending(request: EventRequest) -> None:
    if not request.is_pending:
        raise Conflict(f"这件申请{request.state.label}，不能再办。")


def _check_told(rule: RequestRule, event: Event, note: str, until: datetime | None, at: datetime) -> None:
    if not note:
        raise Invalid(f"{rule.label}要写明理由。", field="note")
    if "until" not in rule.needs:
        if until is not None:
            raise Invalid(f"{rule.label}没有到期时间，请去掉。", field="until")
        return
    if until is None:
        raise Invalid(f"{rule.label}要说明到什么时候。", field="until")
    if words := request_rule.check_until(event, until, at):
        raise Invalid(words, field="until")


def _check_still(event: Event, request: EventRequest, at: datetime) -> None:
    """What may have changed since it was asked."""
    if request.until is not None and request.until <= at:
        raise RuleForbids("申请的到期时间已经过了，不能再同意；请不同意，由部门另行申请。")
    if request.kind is RequestKind.RETURN:
        part = request_rule.subject(event, request)
        if words := guard.objection("hand_back", event, part):
            raise RuleForbids(words)


def _settle(event: Event, request: EventRequest, state: RequestState, at: datetime) -> None:
    request.settle(state, at)
    event.pending_requests -= 1


def _write(actor: User, event: Event, request: EventRequest, verdict: Verdict, note: str, at: datetime) -> None:
    request.decisions.append(
        RequestDecision(
            request_id=request.id,
            event_id=event.id,
            level=request.level + 1,
            verdict=verdict,
            note=note,
            actor_id=actor.id,
            actor_name=actor.name,
            actor_post=actor.post_label(),
            at=at,
        )
    )


def _tell(actor: User, event: Event, request: EventRequest, action: str, note: str = "") -> None:
    """History, audit and outbox of what was said about a request."""
    data: dict[str, Any] = {"request": request.kind.label, "state": request.state.label}
    if request.levels > 1:
        data["level"] = f"{request.level}/{request.levels}"
    if request.until:
        data["until"] = clock.local(request.until).isoformat(timespec="minutes")
    at = clock.now()
    history.log(actor, event, action, event.state, at, note, data, request.assignment_id)
    trail.record(
        actor,
        f"request:{action}",
        "event_request",
        request.id,
        event.area_path,
        event=str(event.id),
        kind=request.kind.value,
        seq=event.history_seq,
    )
    notify.asked(event, request.id)


# -- what an approval does ----------------------------------------------------------------------------------------


def _extend(actor: User, event: Event, request: EventRequest, at: datetime) -> None:
    part = _part(event, request)
    timing.extend(event, at, f"延期：{request.reason}", part)


def _suspend(actor: User, event: Event, request: EventRequest, at: datetime) -> None:
    handling.carry_out(actor, event, "suspend", note=request.reason, until=request.until)


def _hand_back(actor: User, event: Event, request: EventRequest, at: datetime) -> None:
    handling.carry_out_part(actor, event, _part(event, request), "hand_back", note=request.reason)


def _void(actor: User, event: Event, request: EventRequest, at: datetime) -> None:
    handling.carry_out(actor, event, "void", note=request.reason)


def _exempt(actor: User, event: Event, request: EventRequest, at: datetime) -> None:
    # The clock was written in a step long committed; its row is there.
    timing.exempt(event.id, _part(event, request).id)


def _part(event: Event, request: EventRequest) -> Assignment:
    part = request_rule.subject(event, request)
    if part is None:
        raise NotFound("这件申请所说的派遣单不在了。")
    return part


_EFFECTS: dict[RequestKind, Callable[[User, Event, EventRequest, datetime], None]] = {
    RequestKind.EXTENSION: _extend,
    RequestKind.SUSPENSION: _suspend,
    RequestKind.DEFERRAL: _suspend,
    RequestKind.RETURN: _hand_back,
    RequestKind.VOID: _void,
    RequestKind.APPEAL: _exempt,
}
