"""Migrations: they build the schema the models tell of, on both databases, and history cannot be rewritten."""

# ruff: noqa: S608  the tables' names are ours
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import Table, inspect, text
from sqlalchemy.exc import DBAPIError

from grid.db import Base, UTCDateTime, db
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.practice import deliver

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def test_there_is_one_head_and_the_file_names_it() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [(MIGRATIONS / "HEAD").read_text().strip()]


def test_the_migrated_schema_equals_the_models(app: Flask) -> None:
    check()  # raises SystemExit where a migration is missing


def test_a_drifted_schema_is_noticed(app: Flask) -> None:
    with db.engine.connect() as connection:
        connection.execute(text("DROP INDEX ix_event_h3"))
        connection.commit()

    with pytest.raises(SystemExit):
        check()


def _schema() -> dict[str, Any]:
    found = inspect(db.engine)
    return {
        table: (
            {column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(table)},
            sorted(index["name"] or "" for index in found.get_indexes(table)),
            sorted(key["name"] or "" for key in found.get_foreign_keys(table)),
            sorted(rule["name"] or "" for rule in found.get_check_constraints(table)),
        )
        for table in found.get_table_names()
    }


def _triggers() -> list[str]:
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with db.engine.connect() as connection:
        return sorted(connection.scalars(text(names[db.engine.dialect.name])))


def test_down_leaves_nothing_and_up_again_brings_back_the_same(app: Flask) -> None:
    db.session.remove()
    before, triggers = _schema(), _triggers()

    downgrade(revision="base")
    left = set(_schema())
    upgrade()

    assert left <= {"alembic_version"}
    assert triggers
    assert (_schema(), _triggers()) == (before, triggers)


def test_departments_called_before_the_upgrade_are_still_reminded(app: Flask) -> None:
    told = {"kind": "urgent", "words": "桥下积水", "departments": ["cg", "ga", "xf"], "area": "441323002"}
    assert Person(app, "dd01").post("/api/whistles", json=told).status_code == 201
    with db.engine.begin() as connection:
        first, _, last = connection.scalars(text("SELECT id FROM whistle_call ORDER BY id"))
        connection.execute(text("UPDATE whistle_call SET due_at = '2999-01-01 00:00:00.000000'"))
        connection.execute(
            text(f"UPDATE whistle_call SET due_at = '2001-01-01 00:00:00.000000' WHERE id = {first}")
        )
        connection.execute(text(f"UPDATE whistle_call SET reported_in_at = due_at WHERE id = {last}"))
    db.session.remove()

    downgrade(revision="0001")
    upgrade()

    with db.engine.connect() as connection:
        waits = "SELECT due_at = next_alarm_at FROM whistle_call ORDER BY id"
        assert connection.scalars(text(waits)).all() == [None, True, None]


def test_cases_open_before_the_upgrade_keep_what_times_their_step(app: Flask) -> None:
    for state in ("reported", "pending_filing", "handling", "pending_check", "closed"):
        make_event(state=state)
    deliver()
    told = text("SELECT state, step_kind, step_yellow_at, step_due_at FROM event ORDER BY id")
    db.session.remove()
    with db.engine.connect() as connection:
        before = connection.execute(told).all()

    downgrade(revision="0002")
    upgrade()

    with db.engine.connect() as connection:
        assert connection.execute(told).all() == before
    kinds = [None if row.step_due_at is None else row.step_kind for row in before]
    assert kinds == ["accept", "file", None, "send", None]


APPEND_ONLY = ("event_log", "trail_entry")


@pytest.fixture
def history(app: Flask) -> None:
    make_event(state="handling")
    Person(app, "wg01")
    db.session.remove()


def _refused(statement: str) -> None:
    with pytest.raises(DBAPIError, match="append only"), db.engine.connect() as connection:
        connection.execute(text(statement))


def _content(table: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:  # its read ends here: TRUNCATE waits for readers
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_refuses_change_and_removal(history: None, table: str) -> None:
    before = _content(table)
    assert before

    for statement in (
        f"UPDATE {table} SET hash = ''",
        f"UPDATE {table} SET action = action",
        f"UPDATE {table} SET id = id + 1000",
        f"DELETE FROM {table}",
        f"DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table})",
    ):
        _refused(statement)
    if db.engine.dialect.name == "sqlite":
        _refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
        _refused(f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
    else:
        _refused(f"TRUNCATE {table} CASCADE")

    assert _content(table) == before


def test_a_real_case_cannot_go_nor_become_practice(history: None) -> None:
    before = _content("event")

    _refused("DELETE FROM event")
    _refused("UPDATE event SET is_practice = (1 = 1)")

    assert _content("event") == before


def test_every_time_is_kept_with_its_zone() -> None:
    """A column of plain DateTime would give back what no test compares: a time without a frame."""
    naive = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if isinstance(table, Table)
        for column in table.columns
        if column.name.endswith("_at") and not isinstance(column.type, UTCDateTime)
    ]

    assert naive == []
