"""One stage for all gates, set once a process; each test plays on a copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grid import clock
from tests.conftest import Clock
from tests.gates import stage as stages
from tests.gates.stage import Stage
from tests.harness.databases import SqliteStock
from tests.harness.queryguard import Guard


@pytest.fixture(scope="session")
def set_stage(sqlite_stock: SqliteStock, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    clock.use(Clock())
    url = sqlite_stock.take()
    built = stages.build(url, tmp_path_factory.mktemp("stage"))
    sqlite_stock.give_back(url)
    clock.use(clock.real_now)
    return built


@pytest.fixture
def stage(guard: Guard, set_stage: Stage, tmp_path: Path, time: Clock) -> Iterator[Stage]:
    yield set_stage.copy(tmp_path / "stage")
