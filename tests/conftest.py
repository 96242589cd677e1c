"""The real thing: an application on a database built by the migrations, on both databases; only time is faked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

import fixtures.daling
from grid import clock
from grid.areas import net
from grid.db import db, transaction
from grid.events import rulebook
from tests.harness.databases import PostgresStock, SqliteStock
from tests.harness.postgres import Cluster
from wsgi import create_app

os.environ["WANGGE_DEMO"] = "1"
os.environ["WANGGE_SIGNING_KEY"] = "test-signing-key-of-more-than-32-bytes-0123456789"


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
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("pg")) as running:
        yield running


def build(url: str, data: Path) -> None:
    """Migrate an empty database and load Daling into it."""
    app = create_app({"DATABASE": url, "DATA": str(data), "DEMO": True})
    with app.app_context():
        upgrade()
        with transaction():
            fixtures.daling.load()
        db.engine.dispose()
    net.forget()
    rulebook.forget()


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
def app(database: str, tmp_path: Path, time: Clock) -> Iterator[Flask]:
    app = create_app({"DATABASE": database, "DATA": str(tmp_path), "DEMO": True, "COOKIE_SECURE": False})
    app.testing = False  # errors leave as problems, as in production
    net.forget()
    rulebook.forget()
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
