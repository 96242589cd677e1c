"""Random walks of a case: steps and requests by those who may, strays, and what must hold after each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from fixtures import consistency
from fixtures.month import replay
from grid import clock
from grid.accounts import user as users
from grid.accounts.user import User
from grid.db import db, transaction
from grid.errors import DomainError
from grid.events import checking, handling, lifecycle, request_rule, requesting, resuming, rulebook
from grid.events.deadline import Deadline
from grid.events.event import Assignment, Event
from grid.events.place import Position
from grid.events.request import RequestKind, Verdict
from grid.events.state import State
from grid.geo.crs import Datum
from grid.tasks.task import Task, TaskResult, TaskState
from tests.factories.event import make_event
from tests.factories.reader import look_again

DEPARTMENTS = ("cg", "xf", "ga")
LEADERS = {"arbitrate", "force_close"}
RARE = {"force_close", "merge", "reject", "hand_up", "hand_down", "locate"}  # else most would end or stall
SELDOM = {"drop_assist", "recall", "send_back", "refer_back"}


@dataclass(frozen=True)
class Choice:
    """What one draw decides: which of the possible things, how, and whether somebody strays."""

    which: int
    how: int
    is_stray: bool


def _answer(task: Task, result: TaskResult) -> Task:
    return checking.answer(task.assignee, task, result, "看过", [{"sha256": "a" * 64}])


class Walk:
    """One case on its way."""

    def __init__(self, state: str = "reported") -> None:
        self.parent = make_event(reporter="wg02", description="主案")
        self.event = make_event(state=state)
        self.taken: Counter[str] = Counter()

    def go(self, choice: Choice) -> None:
        """One step, or one attempt; then everything must hold."""
        look_again()
        before = db.session.get_one(Event, self.event.id).version
        try:
            with transaction():
                event = db.session.get_one(Event, self.event.id)
                done = self._act(event, choice)
        except DomainError:
            look_again()
            assert db.session.get_one(Event, self.event.id).version == before
        else:
            self.taken[done] += 1
            if done:
                self.check()

    def _act(self, event: Event, choice: Choice) -> str:
        possible = self._possible(event, choice)
        if event.state is State.SUSPENDED and event.suspended_until and event.suspended_until <= clock.now():
            resuming.sweep()
            return "sweep"
        if not possible:
            return ""
        name, act = possible[choice.which % len(possible)]
        act()
        return name

    def _possible(self, event: Event, choice: Choice) -> list[tuple[str, Callable[[], object]]]:
        found: list[tuple[str, Callable[[], object]]] = []
        for row in lifecycle.possible_from(lifecycle.EVENT, event.state):
            if row.by_task or (row.action in RARE and choice.how % 7) or (row.action in SELDOM and choice.how % 3):
                continue
            who = self._stray(choice) or ("ld01" if row.action in LEADERS else "dd01")
            found.append((row.action, self._step(who, event, row, choice)))
        for part in event.assignments:
            found += self._of_part(event, part, choice)
        for task in event.tasks:
            if task.state is TaskState.OPEN:
                result = task.kind.results[0 if choice.how % 3 else -1]
                found.append((f"answer {result}", partial(_answer, task, result)))
        return found + self._of_requests(event, choice)

    def _stray(self, choice: Choice) -> str | None:
        return ("wg01", "ld01", "xf01", "xt01", "slr01")[choice.how % 5] if choice.is_stray else None

    def _step(self, who: str, event: Event, row: Any, choice: Choice) -> Callable[[], object]:
        told = self._told(event, row.needs, choice)
        if row.action == "send_verify":
            told["assignee"] = "wg03"  # who is responsible reported it, and nobody is on duty
        return lambda: handling.move(users.find(who), event, row.action, **told)

    def _of_part(self, event: Event, part: Assignment, choice: Choice) -> list[tuple[str, Callable[[], object]]]:
        clerk = self._stray(choice) or f"{part.department.code}01"
        found: list[tuple[str, Callable[[], object]]] = []
        for row in lifecycle.possible_from(lifecycle.ASSIGNMENT, part.state):
            told = {"handler": clerk} if row.action == "assign" else self._told(event, row.needs, choice)
            if row.action == "assign" and choice.how % 5:
                continue
            times = 3 if row.action in ("sign", "submit", "confirm") else 1
            found += times * [
                (
                    row.action,
                    lambda a=row.action, t=told: handling.move_assignment(  # type: ignore[misc]
                        users.find(clerk), event, part.id, a, **t
                    ),
                )
            ]
        kinds = [kind for kind, rule in request_rule.RULES.items() if rule.own_states is not None]
        for kind in (*kinds[:2], *kinds[2:4], kinds[choice.how // 7 % len(kinds)])[choice.how % 2 :: 2]:
            found.append(
                (f"ask {kind}", lambda k=kind: self._ask(users.find(clerk), event, k, choice))  # type: ignore[misc]
            )
        return found

    def _of_requests(self, event: Event, choice: Choice) -> list[tuple[str, Callable[[], object]]]:
        found: list[tuple[str, Callable[[], object]]] = []
        if not choice.how % 5:
            found.append(("ask void", lambda: self._ask(users.find("dd01"), event, RequestKind.VOID, choice)))
        verdict = Verdict.APPROVE if choice.how % 4 else Verdict.REFUSE
        for request in event.requests:
            if not request.is_pending:
                continue
            people = [users.find(name) for name in ("dd01", "zbz01", "slr01", "cg01", "xf01", "ga01")]
            decider = next((p for p in people if requesting.may_decide(p, event, request)), people[0])
            deed = (
                f"{verdict} {request.kind}",
                lambda d=decider, r=request: requesting.decide(d, event, r.id, verdict, "意见"),  # type: ignore[misc]
            )
            found += [deed] * 10  # type: ignore[list-item]
            found.append(("withdraw", lambda r=request: requesting.withdraw(r.asker, event, r.id)))  # type: ignore[misc]
        return found

    def _ask(self, actor: User, event: Event, kind: RequestKind, choice: Choice) -> object:
        until = None
        if "until" in request_rule.RULES[kind].needs:
            until = clock.now() + timedelta(days=1 + choice.how % 3)
        return requesting.ask(actor, event, kind, "理由", until)

    def _told(self, event: Event, needs: tuple[str, ...], choice: Choice) -> dict[str, Any]:
        helpers = [a.department.code for a in event.assignments if a.role == "assist" and a.is_open]
        values = {
            "note": "说明",
            "department": DEPARTMENTS[choice.how % 3],
            "assist": [DEPARTMENTS[(choice.how + 1) % 3]],
            "assistant": (helpers or ["cg"])[-1],
            "assignee": "wg01",
            "parent": str(self.parent.id),
            "condition": rulebook.current().by_id[event.category_id].conditions[0].id,
            "position": Position(event.lon, event.lat, Datum.CGCS2000),
        }
        return {name: values[name] for name in needs}

    def check(self) -> None:
        """Everything holds."""
        look_again()
        event = db.session.get_one(Event, self.event.id)
        clocks = list(db.session.scalars(select(Deadline).where(Deadline.event_id == event.id)))
        assert list(consistency.findings(event, clocks)) == []

    def check_history(self) -> None:
        """The case follows from its history alone."""
        look_again()
        assert replay.explain(db.session.get_one(Event, self.event.id)) == ""
