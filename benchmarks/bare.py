"""The yardstick: a bare Flask route that inserts one row through SQLAlchemy, and does nothing else."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask, request
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import DateTime

from grid.db import engine_options


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "bare"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(unique=True)
    description: Mapped[str]
    lon: Mapped[float]
    lat: Mapped[float]
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def create_app() -> Flask:
    """The whole application."""
    app = Flask(__name__)
    url = os.environ["WANGGE_DATABASE"]
    engine = create_engine(url, **engine_options(url))

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.post("/rows")
    def rows() -> tuple[dict[str, Any], int]:
        told = request.get_json()
        row = Row(
            client_id=UUID(told["client_id"]),
            description=told["description"],
            lon=told["position"]["lon"],
            lat=told["position"]["lat"],
            reported_at=datetime.now(UTC),
        )
        with Session(engine, expire_on_commit=False) as session:  # else it would read the row again
            session.add(row)
            session.commit()
            return {"id": row.id}, 201

    return app
