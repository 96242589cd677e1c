"""The database session, column types and the one place that commits.

SQLite and PostgreSQL run the same code. On SQLite a writer begins with BEGIN IMMEDIATE, so that it waits for its
turn instead of failing in the middle; on PostgreSQL the version columns catch what READ COMMITTED lets through.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import shapely
import uuid_utils.compat
from flask_sqlalchemy import SQLAlchemy
from pysqlite3 import dbapi2 as pysqlite3
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from grid.errors import Stale

SQLITE_MINIMUM = (3, 51, 3)  # older ones can lose commits (the WAL-reset race); 3.44.6 and 3.50.7 carry the cure
SQLITE_BACKPORTS = {(3, 44): 6, (3, 50): 7}
SQLITE_WITHDRAWN = {(3, 52, 0)}

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER key
# Prefix ranges over paths need byte order; databases differ in their default collation.
PathText = String(255).with_variant(String(255, collation="C"), "postgresql")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


def new_id() -> UUID:
    """A public id: UUIDv7, so that ids sort by the moment they were made."""
    return uuid_utils.compat.uuid7()


class UTCDateTime(TypeDecorator[datetime]):
    """Aware datetimes in and out, UTC inside. Naive values are refused: they have no frame."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Geometry(TypeDecorator[BaseGeometry]):
    """A shapely geometry as WKB bytes; lon/lat degrees, CGCS2000 (see grid/geo/crs.py)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> bytes | None:
        return None if value is None else shapely.to_wkb(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> BaseGeometry | None:
        return None if value is None else shapely.from_wkb(value)


class Coded(TypeDecorator[StrEnum]):
    """A code of one of our enumerations, kept as its text."""

    impl = String(20)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


class Versioned:
    """A row that people edit: every change raises ``version``, and an edit of an old version is refused (412)."""

    version: Mapped[int] = mapped_column(nullable=False)

    __mapper_args__ = {"version_id_col": version}


def table(model: type[Base]) -> Table:
    """The table of a model: statements over it skip the bookkeeping of mapped objects."""
    return cast(Table, model.__table__)


def insert(model: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the database in use."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table(model))


_LAST: list[Callable[[], None]] = []


def changed(statement: Any) -> int:
    """Execute an UPDATE or DELETE; how many rows it touched."""
    return int(cast(CursorResult[Any], db.session.execute(statement)).rowcount)


def at_the_end(deed: Callable[[], None]) -> Callable[[], None]:
    """Let ``deed`` be the last thing each transaction does before its commit; all else is written by then."""
    _LAST.append(deed)
    return deed


@contextmanager
def savepoint() -> Iterator[None]:
    """A part of a transaction that may fall alone: what it wrote and remembered is undone, the rest stands."""
    session = db.session()
    session.flush()  # what came before it stands, and so does what is remembered of that
    before = {name: copy(kept) for name, kept in session.info.items()}
    try:
        with session.begin_nested():
            yield
    except BaseException:
        session.info.clear()
        session.info.update(before)
        raise


@contextmanager
def transaction() -> Iterator[None]:
    """One unit of work: state, history, audit, outbox and idempotency row stand or fall together.

    Raises Stale when a row was changed by somebody else since it was read.
    """
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside a transaction")
    session.info.clear()  # what this session remembered of slow-moving data may be old by now
    try:
        if session.get_bind().dialect.name == "sqlite":
            session.commit()  # ends the read that authentication began: there a reader cannot turn writer
            session.connection(execution_options={"writes": True})
        yield
        session.flush()
        for deed in _LAST:
            deed()
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale("这条记录刚刚被别人更新过，请看最新情况再操作。") from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.clear()  # what it changed is settled now, one way or the other


def engine_options(url: str) -> dict[str, Any]:
    """What SQLAlchemy needs beside the address: driver, hidden parameters (they hold personal data), time-outs."""
    options: dict[str, Any] = {"hide_parameters": True}
    if make_url(url).get_backend_name() == "sqlite":
        return options | {"module": _sqlite_module(), "connect_args": {"timeout": 20}}
    # Server-side prepared statements break behind an old pooler; who has none says ?prepare_threshold=5.
    threshold = make_url(url).query.get("prepare_threshold")
    prepare = {"prepare_threshold": int(str(threshold)) if threshold else None}
    return options | {"connect_args": prepare, "pool_pre_ping": False, "pool_size": 10}


def _sqlite_module() -> Any:
    if sqlite_is_safe(sqlite3.sqlite_version_info):
        return sqlite3
    if not sqlite_is_safe(pysqlite3.sqlite_version_info):
        raise SystemExit(
            f"SQLite {pysqlite3.sqlite_version} can lose commits; 3.51.3 or newer (not 3.52.0) is needed: "
            "install pysqlite3 0.6.1, or use PostgreSQL."
        )
    return pysqlite3


def sqlite_is_safe(version: tuple[int, ...]) -> bool:
    """Is this SQLite free of the WAL-reset race (3.7.0 to 3.51.2)?"""
    if version in SQLITE_WITHDRAWN:
        return False
    patch = SQLITE_BACKPORTS.get((version[0], version[1]))
    return version >= SQLITE_MINIMUM or (patch is not None and version[2] >= patch)


PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged report is on disk
    "foreign_keys": 1,
    "recursive_triggers": 1,  # without it INSERT OR REPLACE passes append-only triggers
    "trusted_schema": 0,
    "secure_delete": 1,
}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: Any) -> None:
    if not type(connection).__module__.split(".")[0].endswith("sqlite3"):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def engine_for(url: str) -> Engine:
    """An engine outside the app (backup, tests), with the same settings."""
    return create_engine(url, **engine_options(url))
