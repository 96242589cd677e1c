"""Background jobs for administrators: whether anything runs, what fails, and trying it again, with its trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from grid import clock
from grid.commands import HANDLERS, SWEEPS
from grid.db import db, transaction
from grid.errors import DomainError
from grid.job import job as jobs
from grid.job import worker as loop
from grid.job.job import STUCK_TRIES, Job
from grid.job.pulse import Pulse, WorkerSeen
from grid.trail.entry import TrailEntry
from grid.upkeep import jobs as background
from tests.factories.person import Person
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again

SECRET = "王某某 13800000000"


def failed(kind: str = "event.moved", tries: int = 1, error: str = "KeyError") -> int:
    """A job that went wrong; answers its id."""
    with transaction():
        row = Job(
            kind=kind,
            key=f"{kind}:{clock.real_now().timestamp()}:{tries}",
            payload={"words": SECRET},
            run_at=clock.real_now() + timedelta(minutes=5),
            tries=tries,
            error=error,
        )
        db.session.add(row)
    return row.id


def seen(age: timedelta) -> None:
    with transaction():
        pulse = Pulse()
        pulse.beat()
        db.session.flush()  # the row is there before it is made older
        db.session.get_one(WorkerSeen, pulse.id).seen_at = clock.real_now() - age


def test_without_a_heartbeat_the_page_says_that_nothing_runs(app: Flask) -> None:
    told = Person(app, "xt01").get("/api/jobs").json

    assert (told["running"], told["remark"]) == (False, background.SILENCE)


@pytest.mark.parametrize(("age_s", "is_running"), [(0, True), (100, True), (130, False)])
def test_a_worker_runs_while_it_was_heard_of_in_the_last_two_minutes(
    app: Flask, age_s: int, is_running: bool
) -> None:
    seen(timedelta(seconds=age_s))

    told = Person(app, "xt01").get("/api/jobs").json

    assert told["running"] is is_running
    assert [worker["alive"] for worker in told["workers"]] == [is_running]


def test_the_loop_says_that_it_lives_and_when_it_swept_and_goodbye(app: Flask) -> None:
    told: list[WorkerSeen] = []

    def stopped() -> bool:
        """After the second round: a pulse, then sweeps."""
        if told or not db.session.scalar(select(WorkerSeen)):
            return bool(told)
        loop.sweep_once(SWEEPS)
        told.extend(db.session.scalars(select(WorkerSeen)))
        return True

    loop.run_forever(HANDLERS, stopped, SWEEPS)

    look_again()
    assert len(told) == 1 and told[0].is_alive
    assert db.session.scalars(select(WorkerSeen)).all() == []


def test_the_pulse_carries_how_each_sweep_went(app: Flask) -> None:
    pulse = Pulse()
    loop.sweep_once(SWEEPS, pulse)
    loop.sweep_once([_broken], pulse)
    with transaction():
        pulse.beat()

    told = Person(app, "xt01").get("/api/jobs").json

    assert {one["label"] for one in told["sweeps"] if one["at"]} == set(background.SWEEPS.values())
    [row] = db.session.scalars(select(WorkerSeen))
    assert row.sweeps[_broken.__module__]["error"] == "DomainError"


def _broken() -> int:
    raise DomainError("nothing works")


def test_jobs_are_told_by_kind_without_what_they_are_about(app: Flask) -> None:
    failed()
    failed(tries=STUCK_TRIES)
    with transaction():
        jobs.enqueue("event.moved", "k1", {"words": SECRET})

    admin = Person(app, "xt01")
    board, listed = admin.get("/api/jobs"), admin.get("/api/jobs/failing")

    [kind] = [one for one in board.json["kinds"] if one["kind"] == "event.moved"]
    assert (kind["label"], kind["waiting"], kind["later"], kind["failing"], kind["stuck"]) == (
        "案卷动态通知",
        1,
        2,
        2,
        1,
    )
    assert [row["stuck"] for row in listed.json["items"]] == [False, True]
    assert "缺少数据" in listed.json["items"][0]["error"]
    assert SECRET not in board.text + listed.text and "13800000000" not in board.text + listed.text


def test_every_kind_of_job_and_every_sweep_has_its_words() -> None:
    assert set(background.KINDS) == set(HANDLERS)
    assert set(background.SWEEPS) == {sweep.__module__ for sweep in SWEEPS}


def test_a_failed_job_is_tried_again_at_once_and_the_trail_says_by_whom(app: Flask) -> None:
    admin, job_id = Person(app, "xt01"), failed(tries=3)
    etag = admin.get(f"/api/jobs/{job_id}").headers["ETag"]

    answer = admin.post(f"/api/jobs/{job_id}/retry", headers={"If-Match": etag})

    assert answer.status_code == 200, answer.text
    look_again()
    assert db.session.get_one(Job, job_id).run_at <= clock.real_now()
    [entry] = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "job:retry"))
    assert (entry.object_id, entry.data) == (str(job_id), {"kind": "event.moved", "tries": 3})


def test_a_retry_wants_the_version_that_was_seen(app: Flask) -> None:
    admin, job_id = Person(app, "xt01"), failed()

    assert_problem(admin.post(f"/api/jobs/{job_id}/retry"), 428, "precondition-required")
    answer = admin.post(f"/api/jobs/{job_id}/retry", headers={"If-Match": '"0"'})

    assert_problem(answer, 412, "stale")
    look_again()
    assert db.session.get_one(Job, job_id).run_at > clock.real_now()


def test_a_job_that_is_done_or_never_failed_is_not_tried_again(app: Flask) -> None:
    admin, done, fresh = Person(app, "xt01"), failed(), failed(tries=0, error="")
    with transaction():
        db.session.get_one(Job, done).done_at = clock.real_now()

    for job_id in (done, fresh):
        etag = admin.get(f"/api/jobs/{job_id}").headers["ETag"]
        answer = admin.post(f"/api/jobs/{job_id}/retry", headers={"If-Match": etag})
        assert_problem(answer, 409, "conflict")


def test_failing_jobs_come_in_pages(app: Flask) -> None:
    ids = [failed(tries=number) for number in range(1, 6)]
    admin = Person(app, "xt01")

    first = admin.get("/api/jobs/failing", query_string={"limit": 2}).json
    rest = admin.get("/api/jobs/failing", query_string={"limit": 10, "after": first["next"]}).json

    assert [row["id"] for row in (*first["items"], *rest["items"])] == ids and rest["next"] is None


@pytest.mark.parametrize("who", ["dd01", "cg01", "ld01", "wg01", "aq01", "sj99"])
def test_jobs_are_for_system_administrators_only(app: Flask, who: str) -> None:
    job_id, caller = failed(), Person(app, who)

    assert_problem(caller.get("/api/jobs"), 403, "forbidden")
    assert_problem(caller.get(f"/api/jobs/{job_id}"), 403, "forbidden")
    assert_problem(caller.post(f"/api/jobs/{job_id}/retry", headers={"If-Match": '"1"'}), 403, "forbidden")


def test_the_command_and_doctor_say_that_nothing_runs(app: Flask) -> None:
    runner = app.test_cli_runner()

    told, doctor = runner.invoke(args=["jobs"]), runner.invoke(args=["doctor"])

    assert told.exit_code == 1 and background.SILENCE in told.output
    assert "NOT RUNNING" in doctor.output and background.SILENCE in doctor.output


def test_the_command_lists_what_fails_and_tries_it_again(app: Flask) -> None:
    seen(timedelta())
    job_id = failed()
    runner = app.test_cli_runner()

    listed = runner.invoke(args=["jobs"])
    retried = runner.invoke(args=["jobs", "--retry", str(job_id)])
    missing = runner.invoke(args=["jobs", "--retry", "999999"])

    assert listed.exit_code == 0 and f"{job_id}  案卷动态通知" in listed.output and SECRET not in listed.output
    assert retried.exit_code == 0, retried.output
    assert missing.exit_code == 1 and "没有这个后台任务" in missing.output
