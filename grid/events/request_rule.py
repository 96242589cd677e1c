"""Who may ask for what and when, and who decides (申请规则): a table, and what rules forbid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from grid import clock
from grid.accounts.permission import Permission as P
from grid.calendars import almanac
from grid.events import guard, rulebook
from grid.events.event import Assignment, Event
from grid.events.procedure_rule import Rule
from grid.events.request import EventRequest, RequestKind, RequestState
from grid.events.state import AssignmentState as A
from grid.events.state import State as S
from grid.worktime.limit import due

K = RequestKind


@dataclass(frozen=True, slots=True)
class RequestRule:
    """One row. ask: any of these rights. levels: whose approval, one after the other.

    own_states: of the department's assignment the request is about; None: it is about the whole case.
    is_apart: no two levels by one person.
    """

    kind: RequestKind
    ask: tuple[P, ...]
    levels: tuple[P, ...]
    states: tuple[S, ...]
    own_states: tuple[A, ...] | None = None
    needs: tuple[str, ...] = ("note",)
    is_apart: bool = False

    @property
    def label(self) -> str:
        return f"申请{self.kind.label}" if self.kind is not K.APPEAL else "申诉"


_IN_HAND = ((S.PENDING_SIGN, S.HANDLING, S.HANDLED), (A.PENDING_SIGN, A.HANDLING))
_BY_DEPARTMENT = (P.ASSIGNMENT_HANDLE,)
RULES: dict[RequestKind, RequestRule] = {
    rule.kind: rule
    for rule in (
        RequestRule(K.EXTENSION, _BY_DEPARTMENT, (P.ASSIGNMENT_CONFIRM, P.EVENT_DISPATCH), *_IN_HAND),
        RequestRule(K.SUSPENSION, _BY_DEPARTMENT, (P.EVENT_DISPATCH,), *_IN_HAND, needs=("note", "until")),
        RequestRule(K.DEFERRAL, _BY_DEPARTMENT, (P.EVENT_DISPATCH,), *_IN_HAND, needs=("note", "until")),
        RequestRule(K.RETURN, _BY_DEPARTMENT, (P.EVENT_DISPATCH,), _IN_HAND[0], (A.HANDLING,)),
        RequestRule(
            K.VOID, (P.EVENT_FILE, P.EVENT_DISPATCH), (P.EVENT_VOID,), (S.PENDING_FILING, S.PENDING_DISPATCH)
        ),
        RequestRule(
            K.APPEAL,
            _BY_DEPARTMENT,
            (P.EVENT_DISPATCH, P.EVENT_ACCEPT),
            (S.CLOSED,),
            (A.CONFIRMED,),
            is_apart=True,
        ),
    )
}
_PAUSING = (K.SUSPENSION, K.DEFERRAL)


def fits(rule: RequestRule, event: Event, assignment: Assignment | None) -> bool:
    """Is the case, and the department's part of it, in a state in which this may be asked, or decided?"""
    if event.state not in rule.states:
        return False
    return rule.own_states is None or (assignment is not None and assignment.state in rule.own_states)


def objection(rule: RequestRule, event: Event, assignment: Assignment | None, at: datetime) -> str:
    """Which rule forbids asking for this now; empty when none does. The state must fit."""
    if any(r.is_pending and r.assignment_id == _id(assignment) for r in event.requests):
        return "还有一件申请没有审批，不能再提。"
    check = _CHECKS.get(rule.kind)
    return check(event, assignment, at) if check else ""


def levels(rule: RequestRule, event: Event) -> tuple[P, ...]:
    """Whose approval it takes in this street; fewer levels than the table has: the last of them."""
    if rule.kind is not K.EXTENSION:
        return rule.levels
    wanted = rulebook.current().procedure.count(event.area_path, Rule.EXTENSION_LEVELS)
    return rule.levels[-wanted:]


def latest(event: Event, at: datetime) -> datetime:
    """Until when a case may be suspended at most."""
    limit = rulebook.current().procedure.limit(event.area_path, Rule.SUSPENSION_MAX)
    now = almanac.current()
    end = clock.local(due(at, limit, now.calendar(now.policy(event.area_path))))
    return clock.midnight(end.date() + timedelta(days=1))  # with the whole of its last day


def lapse(event: Event, at: datetime) -> list[str]:
    """Let requests go that no longer fit the case; what they were."""
    gone = []
    for request in event.requests:
        if request.is_pending and not fits(RULES[request.kind], event, subject(event, request)):
            request.settle(RequestState.LAPSED, at)
            event.pending_requests -= 1
            gone.append(request.kind.label)
    return gone


def subject(event: Event, request: EventRequest) -> Assignment | None:
    """The department's part of the case that a request is about."""
    return next((a for a in event.assignments if a.id == request.assignment_id), None)


def check_until(event: Event, until: datetime, at: datetime) -> str:
    """Why a case cannot be suspended until then; empty when it can."""
    if until <= at:
        return "挂账到期的时间已经过了。"
    last = latest(event, at)
    limit = rulebook.current().procedure.limit(event.area_path, Rule.SUSPENSION_MAX)
    return f"挂账最长 {limit}，最晚到 {clock.local(last) - timedelta(days=1):%Y-%m-%d}。" if until > last else ""


def _id(assignment: Assignment | None) -> object:
    return assignment.id if assignment else None


def _approved(event: Event, assignment: Assignment | None, *kinds: RequestKind) -> int:
    return sum(
        r.state is RequestState.APPROVED and r.kind in kinds and r.assignment_id == _id(assignment)
        for r in event.requests
    )


def _extension(event: Event, assignment: Assignment | None, at: datetime) -> str:
    if assignment is None or assignment.due_at is None or at > assignment.due_at:
        return "延期要在到期之前申请，现在已经超期。"
    most = rulebook.current().procedure.count(event.area_path, Rule.EXTENSION_MAX)
    done = _approved(event, assignment, K.EXTENSION)
    return f"最多延期 {most} 次，已经延过 {done} 次。" if done >= most else ""


def _suspension(event: Event, assignment: Assignment | None, at: datetime) -> str:
    most = rulebook.current().procedure.count(event.area_path, Rule.SUSPENSION_TIMES)
    done = sum(r.kind in _PAUSING and r.state is RequestState.APPROVED for r in event.requests)
    return f"最多挂账 {most} 次，已经挂过 {done} 次。" if done >= most else ""


def _return(event: Event, assignment: Assignment | None, at: datetime) -> str:
    return guard.objection("hand_back", event, assignment)


def _appeal(event: Event, assignment: Assignment | None, at: datetime) -> str:
    if assignment is None or not _was_late(assignment):
        return "没有超期，不用申诉。"
    asked = [r for r in event.requests if r.kind is K.APPEAL and r.assignment_id == assignment.id]
    if any(r.state is not RequestState.WITHDRAWN for r in asked):
        return "已经申诉过一次，不能再申诉。"
    limit = rulebook.current().procedure.limit(event.area_path, Rule.APPEAL_WINDOW)
    now = almanac.current()
    last = due(event.closed_at or at, limit, now.calendar(now.policy(event.area_path)))
    return f"申诉要在结案后 {limit} 内提出，已经过了。" if at > last else ""


def _was_late(assignment: Assignment) -> bool:
    done, end = assignment.confirmed_at, assignment.due_at
    return done is not None and end is not None and done > end


_CHECKS: dict[RequestKind, Callable[[Event, Assignment | None, datetime], str]] = {
    K.EXTENSION: _extension,
    K.SUSPENSION: _suspension,
    K.DEFERRAL: _suspension,
    K.RETURN: _return,
    K.APPEAL: _appeal,
}
