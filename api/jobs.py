"""Background jobs: is a worker running, what waits and fails, and trying again what failed; for administrators."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Moment, Schema, fields
from api.http import Blueprint
from api.mark import requires
from api.paging import page_limit
from grid import clock
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.job import job, monitor, pulse
from grid.job.job import Job
from grid.job.pulse import WorkerSeen
from grid.upkeep import jobs

NEVER = {"at": None, "found": 0, "error": ""}

blp = Blueprint("jobs", __name__, url_prefix="/api/jobs", description="后台任务")


class WorkerSeenSchema(Schema):
    """A worker process as it last said."""

    name = fields.String(required=True)
    started_at = Moment(required=True)
    seen_at = Moment(required=True)
    alive = fields.Boolean(attribute="is_alive", required=True)


class LoadSchema(Schema):
    """Open jobs of one kind; stuck: they failed again and again."""

    kind = fields.String(required=True)
    label = fields.Function(lambda load: jobs.KINDS.get(load.kind, "其他"), metadata={"type": "string"})
    waiting = fields.Integer(required=True)
    running = fields.Integer(required=True)
    later = fields.Integer(required=True)
    failing = fields.Integer(required=True)
    stuck = fields.Integer(required=True)
    oldest_at = Moment(allow_none=True, required=True)


class SweepSchema(Schema):
    """A sweep of the living workers. at: when one last ran it, null: none did. error: in words."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    at = fields.String(allow_none=True, required=True, metadata={"format": "date-time"})
    found = fields.Integer(required=True)
    error = fields.String(required=True)


class OutgoingSchema(Schema):
    """Messages for outside: those that wait, and those that were given up."""

    waiting = fields.Integer(required=True)
    dead = fields.Integer(required=True)


class JobBoardSchema(Schema):
    """All of it at one moment. remark: what is wrong, when nothing runs."""

    as_of = Moment(required=True)
    running = fields.Boolean(required=True)
    remark = fields.String(required=True)
    workers = fields.List(fields.Nested(WorkerSeenSchema), required=True)
    kinds = fields.List(fields.Nested(LoadSchema), required=True)
    sweeps = fields.List(fields.Nested(SweepSchema), required=True)
    outgoing = fields.Nested(OutgoingSchema, required=True)


class JobSchema(Schema):
    """A job that is not done. version: how often it was tried. next_at: when it is tried again."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    label = fields.Function(lambda row: jobs.KINDS.get(row.kind, "其他"), metadata={"type": "string"})
    tries = fields.Integer(required=True)
    stuck = fields.Function(job.is_stuck, metadata={"type": "boolean"})
    next_at = Moment(attribute="run_at", required=True)
    error = fields.Function(lambda row: jobs.error_words(row.error), metadata={"type": "string"})
    done_at = Moment(allow_none=True, required=True)
    version = fields.Function(lambda row: row.tries, metadata={"type": "integer"})


class JobPageSchema(Schema):
    """Failing jobs, the oldest first."""

    items = fields.List(fields.Nested(JobSchema), required=True)
    next = fields.Integer(allow_none=True, required=True)


LATEST = 2**63 - 1  # what a row's number can be


class JobQuerySchema(Schema):
    """after: the ``next`` of the page before."""

    after = fields.Integer(
        load_default=None, strict=False, validate=validate.Range(0, LATEST, error="应是上一页给的位置。")
    )
    limit = page_limit()


@blp.get("")
@requires(Permission.JOB_MANAGE)
@blp.response(200, JobBoardSchema)
def board() -> dict[str, Any]:
    """Does a worker run, and what waits, runs and fails."""
    workers = pulse.seen()
    is_running = any(worker.is_alive for worker in workers)
    waiting, dead = jobs.outgoing()
    return {
        "as_of": clock.real_now(),
        "running": is_running,
        "remark": "" if is_running else jobs.SILENCE,
        "workers": workers,
        "kinds": monitor.loads(),
        "sweeps": [_sweep(workers, name, label) for name, label in jobs.SWEEPS.items()],
        "outgoing": {"waiting": waiting, "dead": dead},
    }


@blp.get("/failing")
@requires(Permission.JOB_MANAGE)
@blp.arguments(JobQuerySchema, location="query", unknown=RAISE)
@blp.response(200, JobPageSchema)
def failing(told: dict[str, Any]) -> dict[str, Any]:
    """Jobs whose last try went wrong."""
    items, following = monitor.failing(told["after"], told["limit"])
    return {"items": items, "next": following}


@blp.get("/<int:job_id>")
@requires(Permission.JOB_MANAGE)
@blp.etag
@blp.response(200, JobSchema)
def show(job_id: int) -> Job:
    """One job."""
    found = monitor.get(job_id)
    blp.set_etag({"version": found.tries})
    return found


@blp.post("/<int:job_id>/retry")
@requires(Permission.JOB_MANAGE)
@blp.etag
@blp.response(200, JobSchema)
@blp.alt_response(409, description="done, in hand, or it never failed")
def retry(job_id: int) -> Job:
    """Try a failed job at once."""
    with transaction():
        found = monitor.hold(job_id)
        blp.check_etag({"version": found.tries})
        jobs.retry(current_user, found)
    blp.set_etag({"version": found.tries})
    return found


def _sweep(workers: list[WorkerSeen], name: str, label: str) -> dict[str, Any]:
    """What the living worker that ran it last said of it."""
    told = [worker.sweeps[name] for worker in workers if worker.is_alive and name in worker.sweeps]
    last: dict[str, Any] = max(told, key=lambda one: str(one["at"]), default=NEVER)
    return {"name": name, "label": label, **last, "error": jobs.error_words(last["error"])}
