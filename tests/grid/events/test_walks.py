"""Any sequence of steps and requests keeps state, clocks, assignments, requests and history consistent."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from grid.db import db
from tests.conftest import Clock
from tests.factories.walk import Choice, Walk

WHICH = st.integers(0, 999)
COMMON: dict[str, Any] = {
    "deadline": None,
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),  # shrinking a walk takes longer than reading it
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
}
# What the few walks of every run take at least; a walk that gets nowhere proves nothing.
SOME = {"dispatch", "sign", "submit", "confirm", "add_assist"}
# What the many take.
MOST = SOME | {
    "answer genuine",
    "answer not_found",
    "answer pass",
    "approve deferral",
    "approve extension",
    "approve return",
    "approve suspension",
    "approve void",
    "assign",
    "drop_assist",
    "force_close",
    "forward",
    "hand_up",
    "recall_check",
    "recall_verify",
    "redo",
    "return",
    "rework",
    "send_back",
    "send_check",
    "send_verify",
    "sweep",
    "withdraw",
}


class Case(RuleBasedStateMachine):
    """One case; whatever is done with it by whom and when, everything holds after."""

    time: Clock
    taken: Counter[str]

    # Half of them begin where the departments have it: most of the branches leave from there.
    @initialize(state=st.sampled_from(["reported", "handling"]))
    def begin(self, state: str) -> None:
        self.walk = Walk(state)

    @rule(which=WHICH, how=WHICH)
    def step(self, which: int, how: int) -> None:
        self.walk.go(Choice(which, how, is_stray=False))

    @rule(which=WHICH, how=WHICH, minutes=st.sampled_from([1, 5, 30, 240, 3000]))
    def step_later(self, which: int, how: int, minutes: int) -> None:
        self.time.move(minutes=minutes)
        self.step(which, how)

    @rule(which=WHICH, how=WHICH)
    def stray(self, which: int, how: int) -> None:
        self.walk.go(Choice(which, how, is_stray=True))

    def teardown(self) -> None:
        if hasattr(self, "walk"):
            self.taken.update(self.walk.taken)
            self.walk.check_history()


def _walks(time: Clock, examples: int, steps: int) -> set[str]:
    """What was taken by so many walks of so many steps."""
    taken: Counter[str] = Counter()
    with db.engine.connect() as connection:  # what is walked here need not survive a power cut
        if db.engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA synchronous=OFF")
    machine = type("Machine", (Case,), {"time": time, "taken": taken})
    told = settings(max_examples=examples, stateful_step_count=steps, **COMMON)
    run_state_machine_as_test(machine, settings=told, _min_steps=steps)  # else it stops where it likes
    return {action for action, times in taken.items() if times}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_dozen_walks_of_forty_steps(app: Flask, time: Clock) -> None:
    assert SOME - _walks(time, 12, 40) == set()


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_two_hundred_walks_of_fifty_steps(app: Flask, time: Clock) -> None:
    assert MOST - _walks(time, 200, 50) == set()
