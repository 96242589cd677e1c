"""Assigning (派遣单): the only place that moves a department's part of a case, with its stamps and its clocks."""

from __future__ import annotations

from typing import Any

from grid.accounts import department as departments
from grid.accounts import user as users
from grid.accounts.department import Department
from grid.accounts.permission import Permission
from grid.db import new_id
from grid.errors import Invalid, NotFound
from grid.events import lifecycle, rulebook, timing
from grid.events.deadline_kind import DeadlineKind
from grid.events.event import Assignment, Event
from grid.events.guard import assistants
from grid.events.lifecycle import Transition
from grid.events.procedure_rule import Rule
from grid.events.state import AssignmentRole, AssignmentState
from grid.events.step import Step
from grid.worktime.limit import Limit, Unit

# What an assisting department may be given, where it is not the limit of the case.
LIMITS = (
    Limit(2, Unit.URGENT_HOUR),
    Limit(4, Unit.WORK_HOUR),
    Limit(1, Unit.WORK_DAY),
    Limit(2, Unit.WORK_DAY),
    Limit(5, Unit.WORK_DAY),
)


def shift(assignment: Assignment, action: str, step: Step) -> None:
    """Move an assignment along its table. Raises IllegalTransition."""
    move(assignment, lifecycle.step(lifecycle.ASSIGNMENT, assignment.state, action), step)


def move(assignment: Assignment, row: Transition[AssignmentState], step: Step) -> None:
    """The same, the row in hand."""
    assignment.state = row.target or _where_it_stood(assignment)
    effect = _EFFECTS.get(row.action)
    if effect:
        effect(assignment, step)


def _where_it_stood(assignment: Assignment) -> AssignmentState:
    if assignment.state is not AssignmentState.SUSPENDED:
        return assignment.state
    if assignment.handled_at:
        return AssignmentState.HANDLED
    return AssignmentState.HANDLING if assignment.signed_at else AssignmentState.PENDING_SIGN


def _sign(assignment: Assignment, step: Step) -> None:
    assignment.signed_at = step.at
    timing.finish(step.event.id, DeadlineKind.SIGN, step.at, assignment.id)


def _submit(assignment: Assignment, step: Step) -> None:
    assignment.handled_at = step.at
    assignment.result = step.told.get("note", "")


def _redo(assignment: Assignment, step: Step) -> None:
    assignment.handled_at = None


def _confirm(assignment: Assignment, step: Step) -> None:
    assignment.confirmed_at = step.at
    timing.finish(step.event.id, DeadlineKind.HANDLE, step.at, assignment.id)


def _return(assignment: Assignment, step: Step) -> None:
    """The department's clock stands still: if the case comes back to it, it has what was left."""
    assignment.bounces += 1
    step.event.bounces += 1
    timing.cancel(step.event.id, DeadlineKind.SIGN, step.at, assignment.id)
    timing.pause(step.event, step.at, "退回", assignment)


def _redispatch(assignment: Assignment, step: Step) -> None:
    _begin_again(assignment)
    timing.resume(step.event, step.at, assignment)
    _start_signing(assignment, step)


def _rework(assignment: Assignment, step: Step) -> None:
    _begin_again(assignment)
    _start(assignment, step)


def _begin_again(assignment: Assignment) -> None:
    assignment.round += 1
    assignment.signed_at = assignment.handled_at = assignment.confirmed_at = None


def _suspend(assignment: Assignment, step: Step) -> None:
    timing.pause(step.event, step.at, step.told.get("note", "挂账"), assignment)


def _resume(assignment: Assignment, step: Step) -> None:
    timing.resume(step.event, step.at, assignment)


def _cancel(assignment: Assignment, step: Step) -> None:
    timing.cancel(step.event.id, None, step.at, assignment.id)
    assignment.handler_id = None


def _assign(assignment: Assignment, step: Step) -> None:
    try:
        handler = users.find(step.told["handler"])
    except NotFound:
        raise Invalid("没有这个人，请从名单里选。", field="handler") from None
    if handler.department_id != assignment.department_id or not handler.has(Permission.ASSIGNMENT_HANDLE):
        raise Invalid("经办人要是本部门的经办，请从名单里选。", field="handler")
    assignment.handler_id = handler.id


def _unassign(assignment: Assignment, step: Step) -> None:
    assignment.handler_id = None


_EFFECTS = {
    "sign": _sign,
    "submit": _submit,
    "redo": _redo,
    "confirm": _confirm,
    "return": _return,
    "hand_back": _return,
    "redispatch": _redispatch,
    "rework": _rework,
    "suspend": _suspend,
    "resume": _resume,
    "cancel": _cancel,
    "assign": _assign,
    "unassign": _unassign,
}


def dispatch(step: Step) -> dict[str, Any]:
    """To a lead department, and perhaps to others that assist."""
    event = step.event
    lead = departments.find(step.told["department"], event.area_path)
    data = {"department": _hand(step, lead, AssignmentRole.LEAD).department.name}
    for other in event.assignments:
        if other.state is AssignmentState.RETURNED and other.role is AssignmentRole.LEAD:
            timing.cancel(event.id, DeadlineKind.HANDLE, step.at, other.id)  # another has it now
    if step.told.get("assist"):
        data |= assist(step)
    return data


def arbitrate(step: Step) -> dict[str, Any]:
    """By the leader's decision: the department cannot give it back."""
    data = dispatch(step)
    lead = step.event.lead
    if lead is not None:
        lead.is_forced = True
    return data


def assist(step: Step) -> dict[str, Any]:
    """To departments that assist (协办), each with a clock of its own."""
    limit = limit_of(step.told["limit"]) if step.told.get("limit") else None
    names = [
        _hand(step, departments.find(code, step.event.area_path), AssignmentRole.ASSIST, limit)
        for code in dict.fromkeys(step.told["assist"])
    ]
    return {"assist": "、".join(assignment.department.name for assignment in names)}


def drop(step: Step) -> dict[str, Any]:
    """Take the case back from a department that assists."""
    wanted = step.told["assistant"]
    found = next((a for a in assistants(step.event) if a.department.code == wanted), None)
    if found is None:
        raise Invalid("这个部门没有在协办，请从名单里选。", field="assistant")
    shift(found, "cancel", step)
    return {"department": found.department.name}


def recall(step: Step) -> dict[str, Any]:
    """Take back what nobody has signed yet."""
    for assignment in step.event.assignments:
        if assignment.state is AssignmentState.PENDING_SIGN:
            shift(assignment, "cancel", step)
    return {}


def rework(step: Step) -> dict[str, Any]:
    """Send it back to everybody who said they were done."""
    step.event.rework_no += 1
    for assignment in step.event.assignments:
        if assignment.state is AssignmentState.CONFIRMED:
            shift(assignment, "rework", step)
    return {"rework_no": step.event.rework_no}


def all_open(step: Step, action: str) -> None:
    """The same step for every department that still has work on the case."""
    for assignment in step.event.assignments:
        if any(action == row.action for row in lifecycle.possible_from(lifecycle.ASSIGNMENT, assignment.state)):
            shift(assignment, action, step)


def _hand(step: Step, department: Department, role: AssignmentRole, limit: Limit | None = None) -> Assignment:
    """Into a department's hands: again, with what was left of its clock, if it only gave the case back."""
    event = step.event
    if any(a.is_open and a.department_id == department.id for a in event.assignments):
        name = "department" if role is AssignmentRole.LEAD else "assist"
        raise Invalid(f"已经派给{department.name}了。", field=name)
    before = next((a for a in reversed(event.assignments) if a.department_id == department.id), None)
    if before is not None and before.state is AssignmentState.RETURNED and _is_waiting(event, before):
        before.role = role
        shift(before, "redispatch", step)
        return before
    assignment = Assignment(
        id=new_id(),
        event_id=event.id,
        department_id=department.id,
        department=department,
        role=role,
        state=AssignmentState.PENDING_SIGN,
        dispatched_at=step.at,
        limit_value=limit.value if limit else None,
        limit_unit=limit.unit if limit else None,
        round=1,
        bounces=0,
        is_forced=False,
        result="",
    )
    limit_of_case(event)  # says so when there is none, before anything is written
    # The clock refers to the assignment, so the row must be there first.
    event.assignments.append(assignment)
    _start(assignment, step)
    return assignment


def _is_waiting(event: Event, assignment: Assignment) -> bool:
    return bool(timing.open_clocks(event.id, DeadlineKind.HANDLE, assignment.id))


def _start(assignment: Assignment, step: Step) -> None:
    timing.start(step.event, DeadlineKind.HANDLE, limit_of_part(assignment, step.event), step.at, assignment)
    _start_signing(assignment, step)


def _start_signing(assignment: Assignment, step: Step) -> None:
    is_working = limit_of_part(assignment, step.event).unit.is_working
    rule = Rule.SIGN_WORK if is_working else Rule.SIGN_URGENT
    limit = rulebook.current().procedure.limit(step.event.area_path, rule)
    timing.start(step.event, DeadlineKind.SIGN, limit, step.at, assignment)


def limit_of_part(assignment: Assignment, event: Event) -> Limit:
    """How long a department has: its own limit where it was given one, else that of the case. Raises Invalid."""
    if assignment.limit_value and assignment.limit_unit:
        return Limit(assignment.limit_value, Unit(assignment.limit_unit))
    return limit_of_case(event)


def limit_of_case(event: Event) -> Limit:
    """The limit of the condition a case was filed under. Raises Invalid."""
    category = rulebook.current().by_id.get(event.category_id)
    filed = category.filed_under(event.condition_id) if category else None
    if filed is None:
        raise Invalid("还没有立案条件，请先退回立案。", field="condition")
    return filed.limit


def limit_of(code: str) -> Limit:
    """A limit as a form says it: "4 work_hour". Raises Invalid."""
    found = next((limit for limit in LIMITS if code_of(limit) == code), None)
    if found is None:
        raise Invalid("没有这个时限，请从名单里选。", field="limit")
    return found


def code_of(limit: Limit) -> str:
    return f"{limit.value} {limit.unit.value}"
