"""Pulse (心跳): each worker says that it lives, and when its sweeps last ran; so that silence can be seen."""

from __future__ import annotations

import os
import socket
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.db import Base, UTCDateTime, db, new_id

EVERY_S = 15.0
SILENT = timedelta(minutes=2)  # who was not heard of for so long does not run
KEPT = timedelta(days=1)


class WorkerSeen(Base):
    """Worker process (后台进程) as it last said: seen_at, real time. sweeps: name → {at, found, error}."""

    __tablename__ = "worker_seen"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    sweeps: Mapped[dict[str, Any]] = mapped_column(JSON)

    @property
    def is_alive(self) -> bool:
        return self.seen_at >= clock.real_now() - SILENT


class Pulse:
    """The pulse of this process. ``beat`` and ``stop`` want a transaction around them."""

    def __init__(self) -> None:
        self.id = new_id()
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}"
        self.started_at = clock.real_now()
        self._sweeps: dict[str, dict[str, Any]] = {}
        self._beaten_at = float("-inf")

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self._beaten_at >= EVERY_S

    def swept(self, name: str, found: int, error: str = "") -> None:
        """A sweep ran. error: the class of what went wrong."""
        at = clock.real_now().isoformat(timespec="seconds")
        self._sweeps[name] = {"at": at, "found": found, "error": error}

    def beat(self) -> None:
        """Say that one lives; what was not heard of for a day is forgotten."""
        now = clock.real_now()
        row = WorkerSeen(
            id=self.id, name=self.name, started_at=self.started_at, seen_at=now, sweeps=dict(self._sweeps)
        )
        db.session.merge(row)
        db.session.execute(delete(WorkerSeen).where(WorkerSeen.seen_at < now - KEPT))
        self._beaten_at = time.monotonic()

    def stop(self) -> None:
        """Say goodbye: who ends in order is not missed."""
        db.session.execute(delete(WorkerSeen).where(WorkerSeen.id == self.id))


def seen() -> list[WorkerSeen]:
    """The workers of the last day, the latest heard of first."""
    return list(db.session.scalars(select(WorkerSeen).order_by(WorkerSeen.seen_at.desc(), WorkerSeen.id)))


def is_running() -> bool:
    """Does any worker live?"""
    return any(worker.is_alive for worker in seen())
