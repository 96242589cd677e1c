"""Is it up? For probes and people."""

from __future__ import annotations

from importlib import metadata

from flask_smorest import abort
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.fields import Schema, fields
from api.http import Blueprint
from api.mark import public
from grid.db import db

blp = Blueprint("health", __name__, description="运行状况")


class HealthSchema(Schema):
    """Up, with a database that answers."""

    status = fields.String(required=True)
    database = fields.String(required=True)
    version = fields.String(required=True)


@blp.get("/healthz")
@public
@blp.response(200, HealthSchema)
def healthz() -> dict[str, str]:
    """200 when requests can be served."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        abort(503)
    return {"status": "ok", "database": "ok", "version": metadata.version("wangge")}
