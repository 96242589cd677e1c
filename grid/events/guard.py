"""What forbids a step the table would allow (办理规定): asked before offering and before taking it."""

from __future__ import annotations

from collections.abc import Callable

from grid.areas import net
from grid.areas.area import Level
from grid.errors import RuleForbids
from grid.events import place, rulebook
from grid.events.event import Assignment, Event
from grid.events.procedure_rule import Rule
from grid.events.state import AssignmentRole, AssignmentState

LADDER = (Level.GRID, Level.COMMUNITY, Level.STREET, Level.COUNTY)


def bounce_max(event: Event) -> int:
    """How many "not ours" the street takes before it decides itself."""
    return rulebook.current().procedure.count(event.area_path, Rule.BOUNCE_MAX)


def _dispatch(event: Event) -> str:
    is_contested = event.bounces >= bounce_max(event)
    return f"已被部门退回 {event.bounces} 次，要先提请领导裁决，不能再直接派遣。" if is_contested else ""


def _escalate(event: Event) -> str:
    most = bounce_max(event)
    return "" if event.bounces >= most else f"部门退回满 {most} 次才提请裁决，现在是 {event.bounces} 次。"


def _recall(event: Event) -> str:
    is_signed = event.lead is not None and event.lead.state is not AssignmentState.PENDING_SIGN
    return "主办部门已签收，不能撤回派遣；可以撤回协办，或请部门申请回退。" if is_signed else ""


def _drop_assist(event: Event) -> str:
    return "" if assistants(event) else "没有还在办的协办部门。"


def _locate(event: Event) -> str:
    return "" if place.may_be_set(event) else "手机定到的位置没有疑问，不能改。"


def _hand_up(event: Event) -> str:
    is_top = event.level is LADDER[-1] or neighbour(event, 1) is None
    return "已经在最高一级，不能再往上报。" if is_top else ""


def _hand_down(event: Event) -> str:
    return "" if neighbour(event, -1) else "事发地没有更低一级，不能再往下交。"


def _return(event: Event, assignment: Assignment) -> str:
    if assignment.is_forced:
        return "这是裁决派遣的，不能退回。"
    return "请先撤销部门内的指派，再退回。" if assignment.handler_id else ""


def _unassign(event: Event, assignment: Assignment) -> str:
    return "" if assignment.handler_id else "还没有指派经办人。"


_EVENT: dict[str, Callable[[Event], str]] = {
    "dispatch": _dispatch,
    "escalate": _escalate,
    "recall": _recall,
    "drop_assist": _drop_assist,
    "locate": _locate,
    "hand_up": _hand_up,
    "hand_down": _hand_down,
}
_ASSIGNMENT: dict[str, Callable[[Event, Assignment], str]] = {
    "return": _return,
    "hand_back": _return,
    "unassign": _unassign,
}


def objection(action: str, event: Event, assignment: Assignment | None = None) -> str:
    """Why a rule forbids this step now; empty when none does."""
    if assignment is not None:
        about = _ASSIGNMENT.get(action)
        return about(event, assignment) if about else ""
    of_event = _EVENT.get(action)
    return of_event(event) if of_event else ""


def check(action: str, event: Event, assignment: Assignment | None = None) -> None:
    """Raises RuleForbids, naming the rule."""
    if words := objection(action, event, assignment):
        raise RuleForbids(words)


def assistants(event: Event) -> list[Assignment]:
    """Assisting departments that still have work on a case."""
    unfinished = (AssignmentState.PENDING_SIGN, AssignmentState.HANDLING, AssignmentState.HANDLED)
    return [a for a in event.assignments if a.role is AssignmentRole.ASSIST and a.state in unfinished]


def rank(level: Level) -> int:
    """How high a level stands; a village stands where a community does."""
    if level is Level.VILLAGE:
        level = Level.COMMUNITY
    return LADDER.index(level) if level in LADDER else len(LADDER)


def neighbour(event: Event, step: int) -> Level | None:
    """The level above (1) or below (-1) the one that has a case, if the case's place has it."""
    snapshot = net.current()
    there = [snapshot.node(int(part)).level for part in event.area_path.strip("/").split("/")]
    wanted = rank(event.level) + step
    return next((LADDER[rank(level)] for level in there if rank(level) == wanted and wanted < len(LADDER)), None)
