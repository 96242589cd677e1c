"""The loop of `wangge worker`: lease jobs, do each in a transaction of its own, sleep when there are none."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from grid.db import db, transaction
from grid.errors import DomainError
from grid.job.errand import Errand, Errands
from grid.job.job import Job, claim, finish, postpone
from grid.job.pulse import Pulse

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any]], None]
Sweep = Callable[[], int]  # looks for what is due by now, does a batch of it, says how many
BATCH = 20
IDLE_S = 0.5
SWEEP_S = 5.0


def run_once(handlers: Mapping[str, Handler]) -> int:
    """Do one batch; returns how many jobs were leased."""
    with transaction():
        claimed = [(job.id, job.kind) for job in claim(BATCH)]
    for job_id, kind in claimed:
        _do(job_id, kind, handlers)
    db.session.remove()
    return len(claimed)


def sweep_once(sweeps: Sequence[Sweep], pulse: Pulse | None = None) -> int:
    """Run every sweep in a transaction of its own; returns how much was due. pulse: is told how each went."""
    done = 0
    for sweep in sweeps:
        found, fault = 0, ""
        try:
            with transaction():
                found = sweep()
        except (DomainError, SQLAlchemyError, LookupError, ValueError) as error:
            fault = type(error).__name__
            log.warning("sweep failed", extra={"sweep": sweep.__module__, "error": fault})
        done += found
        if pulse is not None:
            pulse.swept(sweep.__module__, found, fault)
    db.session.remove()
    return done


def _do(job_id: int, kind: str, handlers: Mapping[str, Handler]) -> None:
    try:
        with transaction():
            job = db.session.get_one(Job, job_id, populate_existing=True)
            handlers[kind](job.payload)
            finish(job)
    except (DomainError, SQLAlchemyError, LookupError, ValueError, OSError) as error:
        log.warning("job failed", extra={"job_id": job_id, "kind": kind, "error": type(error).__name__})
        with transaction():
            postpone(db.session.get_one(Job, job_id, populate_existing=True), type(error).__name__)


def run_due(handlers: Mapping[str, Handler], sweeps: Sequence[Sweep], errands: Sequence[Errand] = ()) -> None:
    """Work until nothing is due."""
    out = Errands(errands)
    try:
        while run_once(handlers) or sweep_once(sweeps) or out.step():
            out.finish()
    finally:
        out.close()


def run_forever(
    handlers: Mapping[str, Handler],
    stopped: Callable[[], bool],
    sweeps: Sequence[Sweep] = (),
    errands: Sequence[Errand] = (),
) -> None:
    """Work until ``stopped()``; a signal handler sets it, so that a job in hand is finished first."""
    out, pulse = Errands(errands), Pulse()
    try:
        _loop(handlers, stopped, sweeps, out, pulse)
    finally:
        out.close()
        _part(pulse)


def _loop(
    handlers: Mapping[str, Handler],
    stopped: Callable[[], bool],
    sweeps: Sequence[Sweep],
    out: Errands,
    pulse: Pulse,
) -> None:
    swept_at = 0.0
    while not stopped():
        try:
            if pulse.is_due:
                with transaction():
                    pulse.beat()
            done = run_once(handlers)
            if time.monotonic() - swept_at >= SWEEP_S:
                # As long as something was due, the next batch follows at once.
                found = sweep_once(sweeps, pulse)
                swept_at = 0.0 if found else time.monotonic()
                done += found
            done += out.step()
        except OperationalError as error:
            # The database is away or locked; leased jobs come back when their lease ends.
            log.error("database error", extra={"error": type(error.orig).__name__})
            db.session.remove()
            done = 0
        if done == 0:
            time.sleep(IDLE_S)


def _part(pulse: Pulse) -> None:
    """Say goodbye; without the database the silence says it later."""
    try:
        with transaction():
            pulse.stop()
    except SQLAlchemyError as error:
        log.error("database error", extra={"error": type(error).__name__})
