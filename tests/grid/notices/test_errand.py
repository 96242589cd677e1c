"""Errands: taken and settled in transactions, carried out in threads; one that fails disturbs no other."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from grid.job.errand import Errand, Errands

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _errand(loads: list[Any], carry: Any, settled: list[Any]) -> Errand:
    return Errand(
        "test",
        lambda: loads.pop(0) if loads else None,
        carry,
        lambda load, outcome: settled.append((load, outcome)),
    )


def test_what_fails_in_its_thread_is_left_to_its_lease_and_the_others_go_on(app: Flask) -> None:
    settled: list[Any] = []

    def carry(load: int) -> int:
        if load == 2:
            raise TypeError("of a driver nobody thought of")
        return load * 10

    errands = Errands([_errand([1, 2, 3], carry, settled)])
    assert errands.step() == 3
    errands.close()

    assert sorted(settled) == [(1, 10), (3, 30)]


def test_a_slow_one_holds_up_nobody(app: Flask) -> None:
    settled: list[Any] = []
    released = threading.Event()

    def carry(load: str) -> bool:
        return released.wait(20) if load == "slow" else True

    errands = Errands([_errand(["slow", "a", "b", "c", "d"], carry, settled)])
    errands.step()
    while len(settled) < 4:
        errands.step()
    released.set()
    errands.close()

    assert [load for load, _ in settled[:4]] == ["a", "b", "c", "d"]
    assert settled[4] == ("slow", True)
