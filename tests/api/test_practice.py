"""Practice cases run like real ones, count nowhere, and can be wiped; real ones cannot."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from fixtures.daling import STREET
from grid.db import db, transaction
from grid.events import practice
from grid.events.case_number import CaseCounter
from grid.events.event import Event, EventLog
from grid.events.state import State
from grid.notices.notice import Notice
from grid.trail.entry import TrailEntry
from tests.factories.account import find_user
from tests.factories.census import census
from tests.factories.event import advance, fresh, make_event, take
from tests.factories.person import Person, make_report, report
from tests.factories.practice import at_home, deliver, make_practice
from tests.factories.problem import assert_problem

CERTAIN = "C0137"  # filed and dispatched by the rules alone


def test_a_practice_report_says_so_everywhere(app: Flask) -> None:
    worker, desk = Person(app, "wg01"), Person(app, "dd01")
    receipt = report(worker, practice=True)
    real = report(worker)

    assert (receipt["practice"], real["practice"]) == (True, False)
    assert desk.event(receipt["id"])["practice"] is True
    listed = {item["id"]: item["practice"] for item in desk.get("/api/events").json["items"]}
    assert listed == {receipt["id"]: True, real["id"]: False}
    assert [item["id"] for item in desk.get("/api/events?practice=true").json["items"]] == [receipt["id"]]
    assert [item["id"] for item in desk.get("/api/events?practice=false").json["items"]] == [real["id"]]
    assert [item["practice"] for item in worker.get("/mobile/v1/reports").json["items"]] == [False, True]


def test_a_replay_that_forgets_practice_is_another_report(app: Flask) -> None:
    worker, told = Person(app, "wg01"), make_report(practice=True)
    worker.post("/mobile/v1/reports", json=told)

    assert worker.post("/mobile/v1/reports", json=told).status_code == 200
    answer = worker.post("/mobile/v1/reports", json=told | {"practice": False})
    assert_problem(answer, 422, "idempotency-mismatch")


def test_queues_count_practice_apart(app: Flask) -> None:
    worker, desk = Person(app, "wg01"), Person(app, "dd01")
    for is_practice in (True, True, False):
        report(worker, practice=is_practice)

    [accept] = [queue for queue in desk.get("/api/queues").json["items"] if queue["code"] == "accept"]

    assert (accept["count"], accept["overdue"], accept["practice"]) == (1, 0, 2)
    assert len(desk.get("/api/events?queue=accept").json["items"]) == 3


def test_a_practice_number_never_consumes_a_real_one(app: Flask) -> None:
    numbers = [
        fresh(make_practice(app, category=CERTAIN) if is_practice else _real(app)).case_no
        for is_practice in (True, False, True, True, False)
    ]

    day = f"{STREET}20261123"
    assert numbers == [f"YL{day}00001", f"{day}00001", f"YL{day}00002", f"YL{day}00003", f"{day}00002"]


def _real(app: Flask) -> Event:
    receipt = report(Person(app, "wg01"), category=CERTAIN, position=at_home("wg01"))
    db.session.rollback()  # see what the request has committed
    return db.session.get_one(Event, UUID(receipt["id"]))


def test_a_practice_number_can_be_looked_for(app: Flask) -> None:
    event = make_practice(app, category=CERTAIN)

    found = Person(app, "dd01").get(f"/api/events?q=YL{STREET}").json["items"]
    assert [item["id"] for item in found] == [str(event.id)]


def test_notices_of_practice_say_so(app: Flask) -> None:
    make_practice(app)
    report(Person(app, "wg02"))
    deliver()

    titles = db.session.scalars(select(Notice.title).order_by(Notice.id)).all()
    assert titles and {title.startswith("【演练】") for title in titles} == {True, False}


def test_practice_is_in_no_report(app: Flask) -> None:
    desk = Person(app, "dd01")
    before = desk.get("/api/reports/brief").json

    event = make_practice(app, category=CERTAIN)
    with transaction():
        for action in ("sign", "submit", "confirm"):
            take(db.session.get_one(Event, event.id), action)

    after = desk.get("/api/reports/brief").json
    assert after | {"made_at": 0} == before | {"made_at": 0}


def test_wiping_takes_the_practice_cases_and_all_that_hangs_on_them_and_nothing_else(app: Flask) -> None:
    make_event(state="closed", category=CERTAIN)
    make_event(state="checking")
    deliver()
    before = _counted()
    for state in (State.HANDLING, State.CHECKING, State.CLOSED):
        event = make_practice(app, photos=[])
        with transaction():
            advance(fresh(event), state)
    make_practice(app, category=CERTAIN)
    deliver()

    wiped = Person(app, "xt01").post("/api/practice/wipe")

    assert wiped.status_code == 200 and wiped.json["events"] == 4
    assert {name for name, count in wiped.json.items() if not count} == {
        "alarms",
        "decisions",
        "deliveries",
        "links",
        "requests",
        "whistles",
        "proposals",
        "supervisions",
    }
    assert _counted() == before
    entry = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "practice:wipe")).one()
    assert entry.data["counts"] == wiped.json and entry.actor_id == find_user("xt01").id
    assert Person(app, "xt01").get("/api/practice").json == {"events": 0}
    assert all(row.is_intact() for row in db.session.scalars(select(EventLog)))


def _counted() -> dict[str, int]:
    """Rows of all tables but those that only grow."""
    return census("sync_change", "trail_entry", "job", "op", "case_counter", "login_session")


def test_numbers_do_not_come_back_after_wiping(app: Flask) -> None:
    make_practice(app, category=CERTAIN)
    with transaction():
        practice.wipe(None)

    assert str(fresh(make_practice(app, category=CERTAIN)).case_no).endswith("00002")
    assert db.session.scalar(select(func.count()).select_from(CaseCounter)) == 1


def test_a_late_retry_of_a_wiped_report_makes_nothing(app: Flask) -> None:
    worker, told = Person(app, "wg01"), make_report(practice=True)
    first = worker.post("/mobile/v1/reports", json=told)
    with transaction():
        practice.wipe(None)

    again = worker.post("/mobile/v1/reports", json=told)

    assert again.status_code == 200 and again.json["id"] == first.json["id"]
    assert_problem(worker.get(f"/mobile/v1/reports/{first.json['id']}"), 404, "not-found")
    deliver()  # the job that still waited finds nothing to tell
    assert practice.count() == 0 and db.session.scalar(select(Notice.id)) is None


def test_wiping_twice_and_wiping_nothing_do_no_harm(app: Flask) -> None:
    admin, real = Person(app, "xt01"), make_event()

    for _ in range(2):
        assert set(admin.post("/api/practice/wipe").json.values()) == {0}
    assert fresh(real).state == "reported"


@pytest.mark.parametrize("username", ["wg01", "dd01", "ld01", "aq01", "sj99"])
def test_only_the_system_administrator_wipes(app: Flask, username: str) -> None:
    make_practice(app)

    assert_problem(Person(app, username).post("/api/practice/wipe"), 403, "forbidden")
    assert practice.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        delete(EventLog),
        delete(Event),
        update(EventLog).values(note="nothing happened"),
        update(Event).values(is_practice=True),
        update(Event).values(id=uuid4()),
    ],
    ids=["history", "case", "change of history", "real to practice", "another id"],
)
def test_the_database_lets_nothing_real_go(app: Flask, statement: Any) -> None:
    event = make_event()
    db.session.commit()

    with pytest.raises(DatabaseError):
        db.session.execute(statement)
    db.session.rollback()

    assert fresh(event).is_practice is False and len(event.history) == 1


def test_the_database_lets_no_practice_case_become_real_and_its_history_change(app: Flask) -> None:
    event = make_practice(app)

    for statement in (update(Event).values(is_practice=False), update(EventLog).values(note="otherwise")):
        db.session.rollback()
        with pytest.raises(DatabaseError):
            db.session.execute(statement)
    db.session.rollback()

    assert fresh(event).is_practice


def test_a_real_case_cannot_be_replaced_by_a_practice_case(app: Flask) -> None:
    event = make_event()
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no INSERT OR REPLACE")
    columns = [column.name for column in Event.__table__.columns]
    values = ", ".join("1" if name == "is_practice" else name for name in columns)

    with pytest.raises(DatabaseError):
        statement = f"INSERT OR REPLACE INTO event ({', '.join(columns)}) SELECT {values} FROM event"  # noqa: S608
        db.session.execute(text(statement))
    db.session.rollback()

    assert fresh(event).is_practice is False


def test_history_cannot_be_truncated(app: Flask) -> None:
    make_practice(app)
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    for table in ("event_log", "event"):
        with pytest.raises(DatabaseError):
            db.session.execute(text(f"TRUNCATE {table} CASCADE"))
        db.session.rollback()


def test_the_command_wipes(app: Flask) -> None:
    make_practice(app)

    refused = app.test_cli_runner().invoke(args=["practice", "wipe"], input="n\n")
    assert refused.exit_code == 1 and practice.count() == 1

    done = app.test_cli_runner().invoke(args=["practice", "wipe", "--yes"])
    assert done.exit_code == 0 and "已清除 1 个演练案卷" in done.output
    assert practice.count() == 0
