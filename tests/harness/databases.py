"""Fresh databases for tests: built once by the migrations, then copied for each test.

A name is used again once its test is over, so that whoever keeps an engine for it keeps what it has compiled.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.harness.postgres import Cluster

# For rules and rights, where the database matters little: every run on one, the nightly drills on the other too.
MOSTLY_SQLITE = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)


class SqliteStock:
    """Copies of one file."""

    def __init__(self, folder: Path, build: Callable[[str], None]) -> None:
        self.folder, self._build, self._numbers = folder, build, count()
        self._free: list[str] = []

    def take(self) -> str:
        master = self.folder / "master.db"
        if not master.exists():
            self._build(f"sqlite:///{master}")
        copy = self.folder / (self._free.pop() if self._free else f"copy{next(self._numbers)}.db")
        shutil.copyfile(master, copy)
        return f"sqlite:///{copy}"

    def give_back(self, url: str) -> None:
        for left in self.folder.glob(Path(url).name + "*"):
            left.unlink()
        self._free.append(Path(url).name)


class PostgresStock:
    """Copies of one template database."""

    def __init__(self, cluster: Cluster, build: Callable[[str], None]) -> None:
        self.cluster, self._build, self._numbers = cluster, build, count()
        self._is_built = False
        self._free: list[str] = []

    def take(self) -> str:
        if not self._is_built:
            self.cluster.sql("CREATE DATABASE master")
            self._build(self.cluster.url("master"))
            self._is_built = True
        name = self._free.pop() if self._free else f"copy{next(self._numbers)}"
        self.cluster.sql(f"CREATE DATABASE {name} TEMPLATE master STRATEGY file_copy")
        return self.cluster.url(name)

    def give_back(self, url: str) -> None:
        name = url.rsplit("/", 1)[1]
        self.cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._free.append(name)
