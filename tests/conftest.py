"""The real thing: an application on a database built by the migrations, on both databases; only time is faked."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from grid import clock, revision
from grid.db import db, engine_for
from tests.harness.databases import PostgresStock, SqliteStock
from tests.harness.postgres import Cluster
from tests.harness.queryguard import Guard, guarding
from tests.harness.scratch import in_memory
from tests.harness.street import build
from wsgi import create_app, open_folder

os.environ["WANGGE_DEMO"] = "1"
os.environ["WANGGE_SIGNING_KEY"] = "test-signing-key-of-more-than-32-bytes-0123456789"


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main() -> Generator[None, Any, Any]:
    with in_memory():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages first: they wait a lot, so one process tries them while another computes; short ones end the run."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


class Clock:
    """A clock the test holds: a working Monday morning until moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=clock.LOCAL).astimezone(UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def time() -> Iterator[Clock]:
    held = Clock()
    clock.use(held)
    yield held
    clock.use(clock.real_now)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def sqlite_stock(tmp_path_factory: pytest.TempPathFactory) -> SqliteStock:
    folder = tmp_path_factory.mktemp("sqlite")
    return SqliteStock(folder, lambda url: build(url, folder))


@pytest.fixture(scope="session")
def postgres_stock(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> PostgresStock:
    folder = tmp_path_factory.mktemp("pg-data")
    return PostgresStock(cluster, lambda url: build(url, folder))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database with Daling in it, as the migrations make it."""
    stock = request.getfixturevalue("sqlite_stock" if request.param == "sqlite" else "postgres_stock")
    url = stock.take()
    yield url
    stock.give_back(url)


@pytest.fixture
def guard() -> Iterator[Guard]:
    """Watches that no request reads beyond its caller's scope."""
    with guarding() as watching:
        yield watching
    assert watching.found == []


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, built once: that costs more than most tests. Each gives it a database and a folder."""
    settings = {"DEMO": True, "COOKIE_SECURE": False, "STREAM_LIFE": 0}  # a stream says one thing and ends
    return create_app({"DATA": str(tmp_path_factory.mktemp("house")), **settings})


@pytest.fixture(scope="session")
def engine_of() -> Callable[[str], Engine]:
    """The engine of an address; kept, with the statements it has compiled, for the next test there."""
    return cache(engine_for)


@pytest.fixture
def app(
    house: Flask,
    guard: Guard,
    engine_of: Callable[[str], Engine],
    database: str,
    tmp_path: Path,
    time: Clock,
) -> Iterator[Flask]:
    settings, extensions = dict(house.config), dict(house.extensions)
    house.config.update(DATABASE=database, SQLALCHEMY_DATABASE_URI=database, DATA=str(tmp_path))
    house.testing = False  # errors leave as problems, as in production
    open_folder(house, tmp_path)
    revision.forget_all()
    with house.app_context():
        first, db.engines[None] = db.engine, engine_of(database)
        yield house
        db.session.remove()
        db.engine.dispose()
        db.engines[None] = first
    for kept, before in ((house.config, settings), (house.extensions, extensions)):
        kept.clear()
        kept.update(before)


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """A block in which the statements sent to the database are gathered, without BEGIN and the like."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if statement.split(None, 1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return count
