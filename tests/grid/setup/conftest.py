"""An installation before its street is there, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade

from fixtures.qinghe import example
from grid.areas import net
from grid.calendars import almanac
from grid.db import db
from grid.events import rulebook
from tests.conftest import Clock
from tests.harness.databases import SqliteStock
from tests.harness.postgres import Cluster
from wsgi import create_app

ADMINS = """账号,姓名,岗位,密码
xitong,甲一,系统管理员,Green-Field-01
anquan,乙二,安全管理员,Green-Field-02
shenji,丙三,审计管理员,Green-Field-03
"""


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> SqliteStock:
    folder = tmp_path_factory.mktemp("bare")
    return SqliteStock(folder, lambda url: _migrate(url, folder))


@pytest.fixture(scope="session")
def bare_name(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of the cluster that tests copy."""
    cluster.sql("CREATE DATABASE bare")
    _migrate(cluster.url("bare"), tmp_path_factory.mktemp("bare-pg"))
    return "bare"


def _migrate(url: str, data: Path) -> None:
    with create_app({"DATABASE": url, "DATA": str(data)}).app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, time: Clock) -> Iterator[Flask]:
    """The application on a migrated database without a row of ours; not a demo."""
    cluster: Cluster | None = None
    name = f"empty{uuid4().hex[:8]}"
    if request.param == "postgresql":
        cluster = request.getfixturevalue("cluster")
        cluster.sql(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('bare_name')} STRATEGY file_copy")
        url = cluster.url(name)
    else:
        url = request.getfixturevalue("bare").take()
    app = create_app({"DATABASE": url, "DATA": str(tmp_path / "data"), "DEMO": False, "COOKIE_SECURE": False})
    app.testing = False
    for copy in (net, rulebook, almanac):
        copy.forget()
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if cluster is not None:
        cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of Qinghe, as the command writes them."""
    target = tmp_path / "qinghe"
    example.write(target)
    return target


@pytest.fixture
def admins(tmp_path: Path) -> Path:
    path = tmp_path / "admins.csv"
    path.write_text(ADMINS, encoding="utf-8")
    return path


@pytest.fixture
def init(empty: Flask) -> Callable[..., Result]:
    """`wangge init …`."""
    runner = empty.test_cli_runner()
    return lambda *arguments, **more: runner.invoke(args=["init", *map(str, arguments)], **more)
