"""What is new for a phone: everything once, then what changed and what is its own no more; nothing is left out."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from grid import revision
from grid.accounts.user import UserPost
from grid.areas.area import Area, AreaCode
from grid.db import db, transaction
from grid.events import practice
from grid.events.event import Event
from grid.notices import notice
from grid.notices.notice import Notice
from grid.sync import change
from grid.sync.change import SyncChange
from tests.conftest import Clock
from tests.factories import street
from tests.factories.account import find_user, make_user
from tests.factories.event import fresh, make_event, take
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again

CountQueries = Callable[[], AbstractContextManager[list[str]]]


def test_a_full_copy_holds_what_is_mine_and_in_my_grid_and_nothing_else(app: Flask, phone: Phone) -> None:
    street.make_second_street()
    mine = make_event(state="checking")
    by_others = make_event(reporter="wg02", area="441323002001001")
    mine_elsewhere = make_event(area="441323002001002")
    make_event(reporter="wg02")
    make_event(reporter=street.WORKER)
    asked = make_event(state="checking", reporter="wg02", checker="wg01")
    phone.push(phone.diary_op())

    phone.pull()

    assert phone.has("event").keys() == {str(event.id) for event in (mine, by_others, mine_elsewhere)}
    tasks = phone.has("task")
    assert tasks.keys() == {str(event.tasks[0].id) for event in (mine, asked)}
    assert {task["event"]["id"] for task in tasks.values()} == {str(mine.id), str(asked.id)}
    assert [record["kind"] for record in phone.has("record").values()] == ["diary"]
    told = phone.has("event")[str(mine.id)]
    assert told["client_id"] == str(mine.client_id)
    assert [step["action"]["code"] for step in told["history"]][:2] == ["report", "accept"]


def test_small_pages_bring_the_same_as_one_large(app: Flask, phone: Phone) -> None:
    for _ in range(5):
        make_event()
    make_event(state="checking")
    make_event(state="checking")
    other = Phone(app)

    phone.pull(limit=1)
    other.pull(limit=500)

    assert phone.held == other.held
    assert len(phone.held) == 9


def test_what_changes_while_a_copy_is_read_comes_after_it(app: Flask, phone: Phone) -> None:
    events = [make_event() for _ in range(4)]
    first = phone.pull_page(limit=1).json
    with transaction():
        event = db.session.get_one(Event, events[0].id)
        take(event, "accept")
    make_event()
    phone.cursor = first["cursor"]
    phone.apply(first["changes"])

    phone.pull(limit=2)

    assert first["snapshot"] is True
    assert len(phone.has("event")) == 5
    assert phone.has("event")[str(event.id)]["state"]["code"] == "pending_filing"


def test_after_the_copy_only_changes_come_each_record_once(app: Flask, phone: Phone) -> None:
    event = make_event()
    phone.pull()

    assert phone.pull() == []
    with transaction():
        for action in ("accept", "file"):
            take(db.session.get_one(Event, event.id), action)
    [came] = phone.pull()

    assert (came["c"], came["op"], came["rev"]) == ("event", "put", fresh(event).version)
    assert came["data"]["state"]["code"] == "pending_dispatch"


def test_one_row_a_record_and_audience_is_written_a_transaction(app: Flask) -> None:
    make_event(state="handling")

    logged = list(db.session.scalars(select(SyncChange)))

    assert [(row.collection, row.op) for row in logged] == [("event", "put")]


def test_a_task_that_is_answered_reads_so_and_one_taken_back_goes(app: Flask, phone: Phone) -> None:
    event = make_event(state="checking")
    phone.pull()
    task_id = str(event.tasks[0].id)
    held = phone.has("task")[task_id]
    assert phone.statuses(
        phone.op("task.answer", {"result": "pass"}, entity_id=task_id, base_rev=held["version"])
    ) == ["applied"]

    phone.pull()
    answered = phone.has("task")[task_id]["state"]["code"]
    with transaction():
        db.session.get_one(Event, event.id).tasks[0].assignee = find_user("wg02")
    came = phone.pull()

    assert answered == "done"
    assert ("task", task_id, "revoke") in {(c["c"], c["id"], c["op"]) for c in came}
    assert phone.has("task") == {}
    other = Phone(app, "wg02")
    other.pull()
    assert task_id in other.has("task")


def test_an_event_that_leaves_my_grid_is_revoked_and_comes_to_the_next(app: Flask, phone: Phone) -> None:
    other = Phone(app, "wg02")
    event = make_event(reporter="wg03", area="441323002001001")
    for one in (phone, other):
        one.pull()
    assert (str(event.id) in phone.has("event"), str(event.id) in other.has("event")) == (True, False)

    with transaction():
        area = db.session.get_one(Area, db.session.get_one(AreaCode, "441323002001002").area_id)
        moved = db.session.get_one(Event, event.id)
        moved.area_id, moved.area_path = area.id, area.path
    for one in (phone, other):
        one.pull()

    assert (str(event.id) in phone.has("event"), str(event.id) in other.has("event")) == (False, True)


def test_practice_that_is_wiped_is_deleted_on_the_phone(app: Flask, phone: Phone) -> None:
    phone.push(phone.report_op(payload={"practice": True}))
    phone.pull()
    assert len(phone.has("event")) == 1

    with transaction():
        practice.wipe(None)
    [came] = phone.pull()

    assert (came["c"], came["op"]) == ("event", "del")
    assert phone.held == {}


def test_bulk_statements_are_followed_like_single_rows(app: Flask, phone: Phone) -> None:
    mine, other = find_user("wg01").id, find_user("wg02").id
    with transaction():
        for number in range(3):
            notice.tell([mine], f"k{number}", "标题", "内容", None)
    phone.pull()

    with transaction():
        db.session.execute(update(Notice).where(Notice.key == "k0").values(title="改了"))
        db.session.execute(update(Notice).where(Notice.key == "k1").values(user_id=other))
        db.session.execute(delete(Notice).where(Notice.key == "k2"))
    came = {change["op"]: change for change in phone.pull()}

    assert came.keys() == {"put", "revoke", "del"}
    assert [held["title"] for held in phone.has("notice").values()] == ["改了"]


def test_a_photo_that_arrives_late_shows_in_its_case_and_in_its_check(app: Flask, phone: Phone) -> None:
    photo = {"sha256": hashlib.sha256(jpeg()).hexdigest(), "role": "near"}
    event = make_event(state="checking", reporter="wg02", area="441323002001001", checker="wg01", photos=[photo])
    phone.pull()
    before = phone.has("task")[str(event.tasks[0].id)]["photo_items"]

    assert Person(app, "wg02").upload(jpeg()).status_code == 201
    came = phone.pull()

    assert [item["arrived"] for item in before] == [False]
    assert {(change["c"], change["op"]) for change in came} == {("event", "put"), ("task", "put")}
    assert [item["arrived"] for item in phone.has("task")[str(event.tasks[0].id)]["photo_items"]] == [True]
    assert phone.has("event")[str(event.id)]["photos"] == {"expected": 1, "arrived": 1}


def test_a_read_notice_has_another_revision(app: Flask, phone: Phone) -> None:
    with transaction():
        notice.tell([find_user("wg01").id], "k", "标题", "内容", None)
    [first] = phone.pull()

    phone.push(phone.op("notice.read", {}, entity_id=first["id"]))
    [second] = phone.pull()

    assert (first["rev"], second["rev"]) == (1, 2)


def test_old_events_fall_off_and_are_named_when_asked(app: Flask, phone: Phone, time: Clock) -> None:
    event = make_event()
    phone.pull()
    time.move(days=91)
    phone.sign_in()

    answer = phone.post("/mobile/v1/sync/check", json={"items": {"event": [[str(event.id), event.version]]}})

    assert [(c["id"], c["op"]) for c in answer.json["changes"]] == [(str(event.id), "revoke")]


# -- a place that is no more --------------------------------------------------------------------------------------


def gone(phone: Phone, reason: str) -> None:
    told = assert_problem(phone.pull_page(phone.cursor), 410, "sync-gone")
    assert told["reason"] == reason


def test_other_posts_need_a_full_copy(app: Flask) -> None:
    make_user("wg61", "grid_worker", area="441323002001001")
    make_event(reporter="wg02", area="441323002001002")
    phone = Phone(app, "wg61")
    phone.pull()
    with transaction():
        area = db.session.get_one(AreaCode, "441323002001002").area_id
        db.session.add(UserPost(user_id=find_user("wg61").id, post="grid_worker", area_id=area))

    gone(phone, "scope")
    phone.pull()

    assert len(phone.has("event")) == 1


def test_other_data_need_a_full_copy(phone: Phone) -> None:
    phone.pull()
    with transaction():
        revision.put(revision.EPOCH, 7)

    gone(phone, "epoch")
    assert phone.pull_page().json["epoch"] == "7"


def test_a_cursor_of_somebody_else_is_of_no_use(app: Flask, phone: Phone) -> None:
    other = Phone(app, "wg02")
    other.pull()
    phone.cursor = other.cursor

    gone(phone, "scope")


def test_what_is_pruned_is_not_silently_missed(app: Flask, phone: Phone, time: Clock) -> None:
    phone.pull()
    late, current = phone.cursor, Phone(app)
    make_event()
    current.pull()
    time.move(days=91)
    make_event(reporter="wg02")
    with transaction():
        pruned = change.prune(time() - change.KEPT)
    for one in (phone, current):
        one.sign_in()

    phone.cursor = late
    gone(phone, "expired")
    assert pruned == 1
    assert current.pull_page(current.cursor).status_code == 200
    with transaction():
        assert change.prune(time() + timedelta(days=1)) == 0  # the newest stays: numbers go on from it


@pytest.mark.parametrize("cursor", ["0", "x" * 300, "W10.AAAA", "☃"])
def test_a_made_up_cursor_is_refused(phone: Phone, cursor: str) -> None:
    assert_problem(phone.pull_page(cursor), 422, "invalid", "cursor")


def test_a_changed_cursor_is_refused(phone: Phone) -> None:
    cursor = phone.pull_page().json["cursor"]

    assert_problem(phone.pull_page(cursor[:-1] + ("A" if cursor[-1] != "A" else "B")), 422, "invalid", "cursor")


@pytest.mark.parametrize("limit", [0, 501, "many"])
def test_a_page_has_a_bearable_size(phone: Phone, limit: Any) -> None:
    assert_problem(phone.pull_page(limit=limit), 422, "invalid", "limit")


def test_a_large_page_is_sent_small_to_who_takes_it_so(app: Flask, phone: Phone) -> None:
    for _ in range(10):
        make_event()

    second = phone.pull_page().json["cursor"]
    plain = phone.pull_page(second)
    phone.headers["Accept-Encoding"] = "gzip, br"
    small = phone.pull_page(second)

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) / 4
    assert json.loads(gzip.decompress(small.data))["changes"] == plain.json["changes"]


# -- cost ---------------------------------------------------------------------------------------------------------


def test_a_page_takes_nine_statements_at_most_however_much_is_on_it(
    app: Flask, phone: Phone, count_queries: CountQueries
) -> None:
    spent: list[int] = []
    for size in (1, 6):
        other = Phone(app)
        other.pull()
        for number in range(size):
            make_event(state="checking")
            with transaction():
                notice.tell([find_user("wg01").id], f"{size}:{number}", "标题", "内容", None)
        other.push(*(other.diary_op() for _ in range(size)))
        for cursor in (other.cursor, None):
            look_again()
            with count_queries() as statements:
                answer = other.pull_page(cursor, 500)
            assert answer.status_code == 200
            spent.append(len(statements))

    assert spent[:2] == spent[2:]
    assert max(spent) <= 9 + 2  # who is calling, and from which seat
