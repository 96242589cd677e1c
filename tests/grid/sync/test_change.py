"""The change log: numbers become visible in their order, so that who remembers the highest skips nothing."""

from __future__ import annotations

import random
import threading
import time as real_time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select, true

import grid.db
from grid.db import db, savepoint, transaction
from grid.notices import notice
from grid.sync import change
from grid.sync.change import SyncChange
from tests.factories.account import find_user
from tests.factories.reader import look_again

WRITERS, DEEDS = 8, 20


@pytest.fixture
def user_id(app: Flask) -> int:
    return find_user("wg01").id


def tell(app: Flask, user_id: int, key: str, rest_s: float = 0.0) -> None:
    """One write, from a session of its own, that takes its time."""
    with app.app_context(), transaction():
        notice.tell([user_id], key, "标题", "内容", None)
        db.session.flush()
        real_time.sleep(rest_s)


def seen(app: Flask, seq: int) -> list[int]:
    """The numbers after ``seq``, from a session of its own."""
    with app.app_context():
        return [row.seq for row in change.since(seq, true(), 1000)]


def test_a_reader_beside_eight_writers_skips_nothing(app: Flask, user_id: int) -> None:
    chance = random.Random(1)
    rests = [[chance.uniform(0, 0.004) for _ in range(DEEDS)] for _ in range(WRITERS)]
    found: list[int] = []
    over = threading.Event()

    def read() -> None:
        while True:
            last = over.is_set()  # asked before reading: what was written until then must come
            found.extend(seen(app, found[-1] if found else 0))
            if last:
                return

    def write(number: int) -> None:
        for deed, rest_s in enumerate(rests[number]):
            tell(app, user_id, f"{number}:{deed}", rest_s)

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    over.set()
    reader.join(30)

    look_again()
    written = list(db.session.scalars(select(SyncChange.seq).order_by(SyncChange.seq)))
    assert found == written
    assert len(written) == WRITERS * DEEDS


@pytest.fixture
def gate() -> Iterator[tuple[threading.Event, threading.Event]]:
    """The first transaction to come stands still between its number and its commit: (arrived, may go on)."""
    arrived, open_ = threading.Event(), threading.Event()

    def stand() -> None:
        if not arrived.is_set():
            arrived.set()
            assert open_.wait(20)

    grid.db._LAST.append(stand)
    yield arrived, open_
    open_.set()
    grid.db._LAST.remove(stand)


def test_nobody_commits_a_higher_number_before_a_lower_one(
    app: Flask, user_id: int, gate: tuple[threading.Event, threading.Event]
) -> None:
    arrived, open_ = gate
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(tell, app, user_id, "slow")
        assert arrived.wait(10)
        fast = pool.submit(tell, app, user_id, "fast")
        real_time.sleep(0.3)
        before = (fast.done(), seen(app, 0))
        open_.set()
        slow.result(20)
        fast.result(20)

    assert before == (False, [])
    assert len(seen(app, 0)) == 2


def test_a_transaction_that_fails_leaves_no_change(app: Flask, user_id: int) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        notice.tell([user_id], "k", "标题", "内容", None)
        raise ZeroDivisionError
    with transaction():
        notice.tell([user_id], "other", "标题", "内容", None)

    assert len(list(db.session.scalars(select(SyncChange)))) == 1


def test_a_part_that_is_undone_leaves_no_change(app: Flask, user_id: int) -> None:
    with transaction():
        notice.tell([user_id], "kept", "标题", "内容", None)
        with pytest.raises(ZeroDivisionError), savepoint():
            notice.tell([user_id], "undone", "标题", "内容", None)
            db.session.flush()
            raise ZeroDivisionError
        notice.tell([user_id], "too", "标题", "内容", None)

    assert len(list(db.session.scalars(select(SyncChange)))) == 2


def test_what_nobody_follows_is_not_logged(app: Flask) -> None:
    with transaction():
        find_user("wg01").name = "新名"

    assert change.head() == 0
