"""The epoch of an installation's data, drawn when its database is made; used by the first migration."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op


def seed_epoch() -> None:
    """Draw the number that tells this database from every other."""
    revision = sa.table("revision", sa.column("name", sa.String), sa.column("number", sa.BigInteger))
    op.bulk_insert(revision, [{"name": "epoch", "number": secrets.randbelow(2**53)}])
