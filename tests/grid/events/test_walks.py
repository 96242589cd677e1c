"""Any sequence of steps and requests keeps state, clocks, assignments, requests and history consistent."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import Clock
from tests.factories.walk import Choice, Walk

CHOICES = st.builds(
    Choice,
    which=st.integers(0, 999),
    how=st.integers(0, 999),
    minutes=st.sampled_from([0, 0, 0, 0, 1, 1, 1, 5, 5, 30, 240, 3000]),
    is_stray=st.integers(0, 9).map(lambda n: n == 0),
)
COMMON = {
    "deadline": None,
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),  # shrinking a walk takes longer than reading it
    "suppress_health_check": [
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
}


def _walk(time: Clock, choices: list[Choice]) -> Counter[str]:
    # Half of them begin where the departments have it: most of the branches leave from there.
    walk = Walk("handling" if choices[0].how % 2 else "reported")
    for choice in choices:
        walk.go(choice, lambda minutes: time.move(minutes=minutes))
    walk.check_history()
    return walk.taken


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_hundred_walks_of_forty_steps(app: Flask, time: Clock) -> None:
    taken: Counter[str] = Counter()

    @settings(max_examples=100, derandomize=True, **COMMON)  # type: ignore[arg-type]
    @given(choices=st.lists(CHOICES, min_size=40, max_size=40))
    def walks(choices: list[Choice]) -> None:
        taken.update(_walk(time, choices))

    walks()

    # A walk that gets nowhere proves nothing: every branch has been taken by some.
    wanted = {"dispatch", "sign", "submit", "confirm", "return", "add_assist", "resume", "force_close", "merge"}
    wanted |= {
        "approve extension",
        "approve return",
        "approve void",
        "withdraw",
        "refuse void",
    }
    assert wanted - set(taken) == set()
    assert {"approve suspension", "approve deferral"} & set(taken)


@pytest.mark.long
def test_two_hundred_walks_of_fifty_steps(app: Flask, time: Clock) -> None:
    @settings(max_examples=200, **COMMON)  # type: ignore[arg-type]
    @given(choices=st.lists(CHOICES, min_size=50, max_size=50))
    def walks(choices: list[Choice]) -> None:
        _walk(time, choices)

    walks()
