"""Queues (待办): where cases wait for whose next step."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from grid.accounts.permission import Permission as P
from grid.accounts.user import User
from grid.events import request_list
from grid.events.event import Assignment, Event
from grid.events.state import AssignmentState, State


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue (待办): events in a state whose next step a permission gives; of no state: with a request to decide.

    own: of a department's queue, the state of its own assignment; another department may be further.
    """

    code: str
    state: State | None
    permission: P
    own: AssignmentState | None = None
    named: str = ""

    @property
    def label(self) -> str:
        return self.state.label if self.state else self.named

    @property
    def is_of_one_state(self) -> bool:
        return self.state is not None and self.own is None

    def rows(self, actor: User) -> ColumnElement[bool]:
        """The events that wait in it, among those ``actor`` may see."""
        if self.state is None:
            return Event.id.in_(request_list.to_decide(self.permission))
        if self.own is None:
            return Event.state == self.state
        # From the few assignments in hand to their cases, not from every case backwards.
        in_hand = select(Assignment.event_id).where(
            Assignment.department_id == actor.department_id, Assignment.state == self.own
        )
        return Event.id.in_(in_hand)


QUEUES = (
    Queue("accept", State.REPORTED, P.EVENT_ACCEPT),
    Queue("verifying", State.VERIFYING, P.EVENT_SEND_VERIFY),
    Queue("file", State.PENDING_FILING, P.EVENT_FILE),
    Queue("dispatch", State.PENDING_DISPATCH, P.EVENT_DISPATCH),
    Queue("sign", State.PENDING_SIGN, P.ASSIGNMENT_HANDLE, AssignmentState.PENDING_SIGN),
    Queue("handle", State.HANDLING, P.ASSIGNMENT_HANDLE, AssignmentState.HANDLING),
    Queue("confirm", State.HANDLED, P.ASSIGNMENT_CONFIRM, AssignmentState.HANDLED),
    Queue("feedback", State.FEEDBACK, P.EVENT_REVIEW),
    Queue("send_check", State.PENDING_CHECK, P.EVENT_SEND_CHECK),
    Queue("checking", State.CHECKING, P.EVENT_SEND_CHECK),
    Queue("close", State.PENDING_CLOSE, P.EVENT_CLOSE),
    Queue("self_done", State.SELF_DONE, P.EVENT_ACCEPT),
    Queue("arbitrate", State.ARBITRATION, P.EVENT_ARBITRATE),
    Queue("own_requests", None, P.ASSIGNMENT_CONFIRM, named="部门待审批"),
    Queue("requests", None, P.EVENT_DISPATCH, named="申请待审批"),
    Queue("voids", None, P.EVENT_VOID, named="作废待审批"),
)
