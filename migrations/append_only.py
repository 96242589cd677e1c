"""Triggers that make a table append only; used by migrations.

A migration that rebuilds such a table (SQLite, batch mode) loses its triggers and must call these again.
"""

from __future__ import annotations

from alembic import op

PRACTICE = "EXISTS (SELECT 1 FROM event WHERE event.id = OLD.event_id AND event.is_practice)"


def protect(table: str) -> None:
    """Refuse UPDATE, DELETE (and TRUNCATE where there is such a thing) on ``table``."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            _refuse_on_sqlite(table, verb)
        return
    _make_refusal()
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    _refuse_truncate(table)


def protect_but_practice(table: str) -> None:
    """The same for a table of rows with an ``event_id``, but those of practice cases (演练) may be removed."""
    if op.get_bind().dialect.name == "sqlite":
        _refuse_on_sqlite(table, "UPDATE")
        _refuse_on_sqlite(table, "DELETE", f"NOT {PRACTICE}")
        return
    _make_refusal()
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_but_practice() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {PRACTICE} THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_removal BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_but_practice()"
    )
    _refuse_truncate(table)


def keep_real_events() -> None:
    """Let no real case go and none become a practice case: else what hangs on it could go with it."""
    if op.get_bind().dialect.name == "sqlite":
        _refuse_on_sqlite("event", "DELETE", "NOT OLD.is_practice")
        _refuse_on_sqlite("event", "UPDATE OF id, is_practice", _TURNED.format("IS NOT"))
        return
    op.execute(
        "CREATE TRIGGER event_no_delete BEFORE DELETE ON event "
        "FOR EACH ROW WHEN (NOT OLD.is_practice) EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER event_no_update BEFORE UPDATE OF id, is_practice ON event "
        f"FOR EACH ROW WHEN ({_TURNED.format('IS DISTINCT FROM')}) EXECUTE FUNCTION refuse_change()"
    )
    _refuse_truncate("event")


_TURNED = "OLD.id {0} NEW.id OR OLD.is_practice {0} NEW.is_practice"


def drop_functions() -> None:
    """Take the triggers' functions away; the tables and their triggers must have gone before."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
        op.execute("DROP FUNCTION refuse_but_practice()")


def _refuse_on_sqlite(table: str, verb: str, when: str = "1") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb.split()[0].lower()} BEFORE {verb} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
    )


def _make_refusal() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$"
    )


def _refuse_truncate(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
