"""The lifecycle, as the issue tells it: every (state, action) pair of both tables, and long random walks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from grid.accounts import user as users
from grid.accounts.user import User
from grid.db import db, transaction
from grid.errors import DomainError, Forbidden, IllegalTransition, RuleForbids
from grid.events import checking, handling, lifecycle, rulebook
from grid.events.event import Event
from grid.events.place import Position
from grid.events.state import FINAL, AssignmentState, State
from grid.geo.crs import Datum
from grid.tasks.task import TaskResult
from tests.factories.event import desk_of, fresh, make_event
from tests.harness.databases import MOSTLY_SQLITE

PARENT = "主案"
EVENT = {
    ("reported", "accept"): "pending_filing",
    ("reported", "reject"): "rejected",
    ("reported", "send_verify"): "verifying",
    ("verifying", "recall_verify"): "reported",
    ("verifying", "reject"): "rejected",
    ("verifying", "merge"): "merged",
    ("verifying", "genuine"): "reported",
    ("verifying", "unfounded"): "reported",
    ("verifying", "not_found"): "reported",
    ("pending_filing", "file"): "pending_dispatch",
    ("pending_filing", "send_back"): "reported",
    ("pending_dispatch", "dispatch"): "pending_sign",
    ("pending_dispatch", "refer_back"): "pending_filing",
    ("arbitration", "arbitrate"): "pending_sign",
    ("pending_sign", "recall"): "pending_dispatch",
    ("pending_sign", "add_assist"): "pending_sign",
    ("handling", "add_assist"): "pending_sign",
    ("handled", "add_assist"): "pending_sign",
    ("suspended", "resume"): "handling",
    ("feedback", "forward"): "pending_check",
    ("feedback", "rework"): "pending_sign",
    ("pending_check", "send_check"): "checking",
    ("checking", "recall_check"): "pending_check",
    ("checking", "pass"): "pending_close",
    ("checking", "fail"): "pending_sign",
    ("pending_close", "close"): "closed",
    ("pending_close", "rework"): "pending_sign",
    ("self_done", "accept_self"): "closed",
    ("self_done", "reject_self"): "reported",
    ("merged", "split"): "reported",
}
EARLY = ("reported", "pending_filing", "pending_dispatch")
EVENT |= {(state, "merge"): "merged" for state in EARLY}
EVENT |= {(state, "hand_up"): state for state in EARLY} | {(state, "hand_down"): state for state in EARLY}
EVENT |= {(state.value, "force_close"): "force_closed" for state in State if state not in FINAL}
# Steps a rule forbids from where the state alone would allow them (see test_assisting, test_arbitration).
RULED_OUT = {("pending_dispatch", "escalate")} | {
    (state, "drop_assist") for state in ("pending_sign", "handling", "handled")
}
# What a phone has fixed well stays where it is (see test_locating).
RULED_OUT |= {(state, "locate") for state in (*EARLY, "pending_sign", "handling", "handled")}
# Taken by the approval of a request, never straight.
BY_APPROVAL = {(state, "void") for state in ("pending_filing", "pending_dispatch")} | {
    (state, "suspend") for state in ("pending_sign", "handling", "handled")
}
# The assignment's next state, and the event's that follows from it.
ASSIGNMENT = {
    ("pending_sign", "sign"): ("handling", "handling"),
    ("pending_sign", "return"): ("returned", "pending_dispatch"),
    ("handling", "assign"): ("handling", "handling"),
    ("handling", "submit"): ("handled", "handled"),
    ("handled", "confirm"): ("confirmed", "feedback"),
    ("handled", "redo"): ("handling", "handling"),
}
RULED_OUT_OF_PARTS = {("handling", "unassign")}
UNFINISHED = ("pending_sign", "handling", "handled")
BY_THE_EVENT = {("confirmed", "rework"), ("returned", "redispatch"), ("handling", "hand_back")}
BY_THE_EVENT |= {(state, "suspend") for state in UNFINISHED} | {("suspended", "resume")}
BY_THE_EVENT |= {(state, "cancel") for state in (*UNFINISHED, "suspended")}
EVENT_ACTIONS = sorted({action for _, action in (*EVENT, *RULED_OUT, *BY_APPROVAL)})
ASSIGNMENT_ACTIONS = sorted({action for _, action in (*ASSIGNMENT, *BY_THE_EVENT, *RULED_OUT_OF_PARTS)})


def _told(event: Event, action: str) -> dict[str, Any]:
    """What the step needs and no more."""
    values = {
        "note": "说明",
        "department": "xf",
        "assist": ["ga"],
        "assistant": "ga",
        "assignee": "wg01",
        "condition": rulebook.current().by_id[event.category_id].conditions[0].id,
        "position": Position(event.lon, event.lat, Datum.CGCS2000),
    } | _parents()
    table = lifecycle.EVENT if action in EVENT_ACTIONS else lifecycle.ASSIGNMENT
    needs = next((row.needs for row in table if row.action == action and event.state in row.sources), ())
    if action == "send_verify":
        needs, values["assignee"] = ("assignee",), "wg02"  # nobody verifies what they reported themselves
    return {name: values.get(name, "none") for name in needs}


def _parents() -> dict[str, str]:
    found = db.session.scalars(select(Event.id).where(Event.description == PARENT)).first()
    return {"parent": str(found)} if found else {}


def _take(event: Event, action: str) -> None:
    """The step by somebody who may: the desk, the leader, or the worker with the task."""
    with transaction():
        event = db.session.merge(event)
        if action in ("arbitrate", "force_close"):
            handling.move(users.find("ld01"), event, action, **_told(event, action))
        elif action in [result.value for result in TaskResult]:
            sent = event.tasks[-1].assignee if event.tasks else users.find("wg01")
            handling.conclude(sent, event, action, note="现场看过")
        else:
            handling.move(desk_of(event), event, action, **_told(event, action))


def _picture(event: Event) -> tuple[Any, ...]:
    now = fresh(event)
    return now.state, now.version, now.history_seq, [(a.state, a.version, a.round) for a in now.assignments]


@MOSTLY_SQLITE
@pytest.mark.parametrize("state", State)
def test_every_action_from_every_state_goes_where_the_table_says_or_nowhere(app: Flask, state: State) -> None:
    make_event(reporter="wg02", description=PARENT)
    event = make_event(state=state)
    for action in EVENT_ACTIONS:
        before = _picture(event)
        pair = (state.value, action)
        target = EVENT.get(pair)
        if target is None:
            why = RuleForbids if pair in RULED_OUT else Forbidden if pair in BY_APPROVAL else IllegalTransition
            with pytest.raises(why):
                _take(event, action)
            assert _picture(event) == before, action
            continue

        _take(event, action)

        assert (fresh(event).state, fresh(event).history_seq) == (target, before[2] + 1), action
        assert fresh(event).history[-1].action == action
        event = make_event(state=state)


def test_the_table_has_no_other_rows() -> None:
    rows = {(s.value, row.action) for row in lifecycle.EVENT for s in row.sources}
    assert rows == set(EVENT) | RULED_OUT | BY_APPROVAL
    told = {(s.value, row.action) for row in lifecycle.ASSIGNMENT for s in row.sources}
    assert told == set(ASSIGNMENT) | BY_THE_EVENT | RULED_OUT_OF_PARTS


def _in_assignment_state(state: AssignmentState) -> Event:
    match state:
        case AssignmentState.CONFIRMED:
            return make_event(state="feedback")
        case AssignmentState.RETURNED:
            event = make_event(state="pending_sign")
            _take_assignment(event, "return")
            return event
        case AssignmentState.CANCELLED:
            event = make_event(state="pending_sign")
            _take(event, "recall")
            return event
        case _:
            return make_event(state=state.value)  # suspended, too


def _take_assignment(event: Event, action: str) -> None:
    with transaction():
        event = db.session.merge(event)
        handling.move_assignment(
            users.find("cg01"), event, event.assignments[-1].id, action, **_assignment_told(event, action)
        )


def _assignment_told(event: Event, action: str) -> dict[str, Any]:
    told = {"submit": {"note": "说明"}, "return": {"note": "说明"}, "redo": {"note": "说明"}}
    return told.get(action, {"handler": "cg01"} if action == "assign" else {})


@MOSTLY_SQLITE
@pytest.mark.parametrize("state", AssignmentState)
def test_every_action_from_every_assignment_state_goes_where_the_table_says_or_nowhere(
    app: Flask, state: AssignmentState
) -> None:
    event = _in_assignment_state(state)
    assert fresh(event).assignments[-1].state is state
    for action in ASSIGNMENT_ACTIONS:
        before = _picture(event)
        pair = (state.value, action)
        if pair not in ASSIGNMENT:
            # Rework, recall and what an approval does are not the department's to take.
            ruled_out = RuleForbids if pair in RULED_OUT_OF_PARTS else IllegalTransition
            with pytest.raises(Forbidden if pair in BY_THE_EVENT else ruled_out):
                _take_assignment(event, action)
            assert _picture(event) == before, action
            continue

        _take_assignment(event, action)

        now = fresh(event)
        assert (now.assignments[-1].state, now.state) == ASSIGNMENT[pair], action
        assert (now.history[-1].action, now.history[-1].assignment_id) == (action, now.assignments[-1].id)
        event = _in_assignment_state(state)


def test_a_recalled_assignment_is_cancelled_and_a_reworked_one_begins_again(app: Flask) -> None:
    recalled, reworked = make_event(state="pending_sign"), make_event(state="feedback")

    _take(recalled, "recall")
    _take(reworked, "rework")

    assert fresh(recalled).assignments[-1].state == "cancelled"
    again = fresh(reworked).assignments[-1]
    assert (again.state, again.round, again.signed_at, again.confirmed_at) == ("pending_sign", 2, None, None)
    assert fresh(reworked).rework_no == 1


def test_every_state_can_be_reached_and_only_final_ones_lead_nowhere() -> None:
    steps = {(source, target) for (source, _), target in EVENT.items() if source != target}
    steps |= {("pending_filing", "voided"), ("handling", "suspended"), ("pending_dispatch", "arbitration")}
    steps |= {("reported", "self_done")}  # where a report may begin, too
    # In the departments' hands the event follows its assignment.
    follows = {"pending_sign": "pending_sign", "handling": "handling", "handled": "handled"}
    steps |= {(follows[source], target) for (source, _), (_, target) in ASSIGNMENT.items()}
    reached, border = {"reported"}, {"reported"}
    while border:
        border = {target for source, target in steps if source in border} - reached
        reached |= border

    assert reached == {state.value for state in State}
    ends = {state.value for state in State} - {source for source, _ in steps}
    assert ends == {state.value for state in FINAL} - {"merged"}  # which may be taken apart again
    assert FINAL == {State.CLOSED, State.REJECTED, State.VOIDED, State.FORCE_CLOSED, State.MERGED}


A, S = AssignmentState, State


@pytest.mark.parametrize(
    "lead, others, state",
    [
        (None, [], S.PENDING_DISPATCH),
        (None, [A.HANDLING], S.PENDING_DISPATCH),
        (A.PENDING_SIGN, [], S.PENDING_SIGN),
        (A.HANDLING, [], S.HANDLING),
        (A.HANDLED, [], S.HANDLED),
        (A.CONFIRMED, [], S.FEEDBACK),
        (A.CONFIRMED, [A.PENDING_SIGN], S.PENDING_SIGN),
        (A.CONFIRMED, [A.HANDLING, A.HANDLED], S.HANDLING),
        (A.CONFIRMED, [A.HANDLED, A.CONFIRMED], S.HANDLED),
        (A.CONFIRMED, [A.CONFIRMED], S.FEEDBACK),
        (A.PENDING_SIGN, [A.CONFIRMED], S.PENDING_SIGN),
        (A.HANDLING, [A.PENDING_SIGN], S.PENDING_SIGN),
        (A.HANDLED, [A.HANDLING], S.HANDLING),
        (A.SUSPENDED, [A.CONFIRMED], S.SUSPENDED),
        (A.CONFIRMED, [A.PENDING_SIGN, A.SUSPENDED], S.SUSPENDED),
    ],
)
def test_an_event_is_as_far_as_its_slowest_department(lead: A | None, others: list[A], state: S) -> None:
    assert lifecycle.derive(lead, others) is state


# -- walks --------------------------------------------------------------------------------------------------------

STEPS = st.sampled_from([*EVENT_ACTIONS, *ASSIGNMENT_ACTIONS, *(f"answer {one}" for one in TaskResult)])
PEOPLE = st.sampled_from(["dd01", "slr01", "pqy01", "cg01", "xf01", "wg01", "wg02", "ld01", "xt01"])
LIKELY = (
    "accept",
    "file",
    "dispatch",
    "sign",
    "submit",
    "confirm",
    "forward",
    "send_check",
    "answer pass",
    "close",
)


def _anybody_takes(event: Event, person: User, step: str, department: str) -> None:
    told = _told(event, step) | _assignment_told(event, step)
    if "department" in told:
        told["department"] = department
    if step.startswith("answer "):
        task = next((t for t in event.tasks if t.assignee_id == person.id and t.state == "open"), None)
        if task is not None:
            checking.answer(person, task, TaskResult(step.split(" ")[1]), "看过了", [{"sha256": "b" * 64}])
    elif step in ASSIGNMENT_ACTIONS and event.assignments and step != "rework":
        handling.move_assignment(person, event, event.assignments[-1].id, step, **told)
    else:
        handling.move(person, event, step, **told)


def _walk(steps: list[tuple[str, str, str]]) -> Iterator[tuple[Event, bool]]:
    """Try each step in a transaction of its own; yields the event and whether it moved."""
    event = make_event()
    for name, step, department in steps:
        before = fresh(event).version
        try:
            with transaction():
                _anybody_takes(db.session.get_one(Event, event.id), users.find(name), step, department)
        except DomainError:
            assert fresh(event).version == before
            yield fresh(event), False
        else:
            yield fresh(event), fresh(event).version > before


ANY_STEPS = st.lists(st.tuples(PEOPLE, STEPS, st.sampled_from(["cg", "xf"])), max_size=12)
# Mostly the straight road, by those who may, so that walks get far; strays in between.
OWNERS = {"sign": "cg01", "submit": "cg01", "confirm": "cg01", "answer pass": "wg01"}
ROAD = st.integers(0, len(LIKELY)).map(lambda n: [(OWNERS.get(s, "dd01"), s, "cg") for s in LIKELY[:n]])


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(road=ROAD, strays=ANY_STEPS)
def test_any_walk_ends_in_a_known_state_with_a_whole_history(
    app: Flask, road: list[tuple[str, str, str]], strays: list[tuple[str, str, str]]
) -> None:
    versions = []
    for event, has_moved in _walk(road + strays):
        if has_moved:
            versions.append(event.version)

    assert versions == sorted(set(versions))
    if not road + strays:
        return
    history = event.history
    assert event.state in State
    assert [entry.seq for entry in history] == list(range(1, event.history_seq + 1))
    assert all(entry.is_intact() for entry in history)
    assert history[-1].target is event.state
    assert [entry.source for entry in history[1:]] == [entry.target for entry in history[:-1]]
    assert len(history) == 1 + len(versions)
    assert (event.closed_at is not None) == event.state.is_final
    assert not any(entry.source in FINAL for entry in history)
