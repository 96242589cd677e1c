"""Signing on and off is for people who walk a grid, by whatever road they come."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask

from grid import clock
from grid.errors import Forbidden
from grid.fieldwork import shift as shifts
from tests.factories.account import find_user


@pytest.mark.parametrize("step", [shifts.on, shifts.off])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_walks_no_grid_does_not_sign_on_or_off(app: Flask, step: Callable[..., shifts.Shift]) -> None:
    with pytest.raises(Forbidden):
        step(find_user("cg01"), uuid4(), clock.now())
