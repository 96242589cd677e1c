"""`wangge media sweep` and `scrub` on a living installation."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from grid.db import db, transaction
from grid.events.practice import wipe
from grid.media.media import Media, MediaUpload
from grid.media.store import MediaKind, MediaStore
from grid.trail.entry import TrailEntry
from tests.conftest import Clock
from tests.factories.person import Person, report
from tests.factories.photo import jpeg


def _name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _promise(data: bytes) -> dict[str, str]:
    return {"sha256": _name(data), "role": "near"}


def _store(app: Flask) -> MediaStore:
    store: MediaStore = app.extensions["media_store"]
    return store


def _age(store: MediaStore, hours: float) -> None:
    moment = time.time() - hours * 3600
    for path in store.root.glob("??/*"):
        os.utime(path, (moment, moment))


def _run(app: Flask, *args: str) -> Any:
    done = app.test_cli_runner().invoke(args=["media", *args])
    db.session.rollback()
    return done


def test_an_upload_that_was_rolled_back_is_swept_after_a_day(app: Flask) -> None:
    worker, store = Person(app, "wg01"), _store(app)
    worker.upload(jpeg(1))
    store.put(jpeg(2))  # its transaction failed
    store.put_redrawn(_name(jpeg(2)), MediaKind.FULL, b"picture")
    young = _run(app, "sweep")
    _age(store, 25)

    told = _run(app, "sweep", "--dry-run")
    done = _run(app, "sweep")

    assert (young.exit_code, told.exit_code, done.exit_code) == (0, 0, 0)
    assert "已清理 0 个文件" in young.output
    assert "可清理 2 个文件" in told.output and "已清理 2 个文件" in done.output
    assert store.read(_name(jpeg(1))) == jpeg(1) and not store.has(_name(jpeg(2)))
    assert not store.has(_name(jpeg(2)), MediaKind.FULL)


def test_an_acknowledged_photo_waits_a_month_for_its_case(app: Flask, time: Clock) -> None:
    worker, store = Person(app, "wg01"), _store(app)
    worker.upload(jpeg(1))
    worker.upload(jpeg(2))
    worker.sign_in()
    report(worker, photos=[_promise(jpeg(1))])

    time.move(days=29)
    _age(store, 29 * 24)
    _run(app, "sweep")
    assert store.has(_name(jpeg(2)))
    time.move(days=2)
    _age(store, 31 * 24)
    done = _run(app, "sweep")

    assert done.exit_code == 0 and "1 张照片一直没有案卷用到" in done.output
    assert not any(store.has(_name(jpeg(2)), kind) for kind in MediaKind)
    assert all(store.has(_name(jpeg(1)), kind) for kind in MediaKind)
    assert [media.sha256 for media in db.session.query(Media)] == [_name(jpeg(1))]
    assert db.session.query(MediaUpload).count() == 1
    [entry] = db.session.query(TrailEntry).filter_by(action="photo:forget")
    assert entry.data == {"count": 1} and entry.is_intact()


def test_a_photo_sent_again_lately_is_not_forgotten(app: Flask, time: Clock) -> None:
    one, store = Person(app, "wg01"), _store(app)
    one.upload(jpeg(1))
    time.move(days=31)
    Person(app, "wg02").upload(jpeg(1))
    _age(store, 99)

    _run(app, "sweep")

    assert store.has(_name(jpeg(1))) and db.session.query(MediaUpload).count() == 2


def test_photos_of_wiped_practice_go_in_their_time(app: Flask, time: Clock) -> None:
    worker, store = Person(app, "wg01"), _store(app)
    worker.upload(jpeg(1))
    report(worker, photos=[_promise(jpeg(1))], practice=True)
    time.move(days=40)
    _age(store, 40 * 24)
    _run(app, "sweep")
    assert store.has(_name(jpeg(1)))

    with transaction():
        wipe(None)
    _run(app, "sweep")

    assert not store.has(_name(jpeg(1)))


def test_a_forgotten_photo_can_be_sent_again(app: Flask, time: Clock) -> None:
    worker = Person(app, "wg01")
    worker.upload(jpeg(1))
    time.move(days=31)
    _age(_store(app), 31 * 24)
    _run(app, "sweep")
    worker.sign_in()

    assert worker.upload(jpeg(1)).status_code == 201
    assert report(worker, photos=[_promise(jpeg(1))])["photos"] == {"expected": 1, "arrived": 1}


def test_a_sweep_beside_uploads_and_reports_loses_nothing(app: Flask) -> None:
    worker, store, over = Person(app, "wg01"), _store(app), threading.Event()
    for shade in range(12):  # all of them lie there from failed tries
        store.put(jpeg(shade))
    _age(store, 48)
    outputs = []

    def sweep() -> None:
        while not over.is_set():
            with app.app_context():
                outputs.append(_run(app, "sweep"))
                db.session.remove()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    receipts = []
    try:
        for shade in range(12):
            assert worker.upload(jpeg(shade)).status_code == 201
            receipts.append(report(worker, photos=[_promise(jpeg(shade))]))
    finally:
        over.set()
        sweeper.join()

    assert outputs and all(done.exit_code == 0 for done in outputs), outputs[-1].output
    assert all(receipt["photos"] == {"expected": 1, "arrived": 1} for receipt in receipts)
    assert all(store.read(_name(jpeg(shade))) == jpeg(shade) for shade in range(12))


def test_scrub_is_quiet_when_all_is_whole(app: Flask) -> None:
    worker = Person(app, "wg01")
    for shade in range(3):
        worker.upload(jpeg(shade))

    done = _run(app, "scrub")

    assert done.exit_code == 0 and "3 张照片，全部完好" in done.output


def test_scrub_names_what_is_damaged_and_says_so_with_its_exit_code(app: Flask) -> None:
    worker, store = Person(app, "wg01"), _store(app)
    for shade in range(5):
        worker.upload(jpeg(shade))
    store.path(_name(jpeg(1))).write_bytes(b"rot")
    store.path(_name(jpeg(2)), MediaKind.FULL).write_bytes(b"rot")
    store.path(_name(jpeg(3)), MediaKind.THUMB).unlink()

    found = _run(app, "scrub")
    repaired = _run(app, "scrub", "--repair")
    after = _run(app, "scrub")

    assert (found.exit_code, repaired.exit_code, after.exit_code) == (1, 1, 1)
    assert f"{_name(jpeg(1))}  原图已损坏" in found.output
    assert f"{_name(jpeg(2))}  大图已损坏" in found.output
    assert f"{_name(jpeg(3))}  小图不在了" in found.output
    assert "5 张照片，3 个文件有问题" in found.output
    assert "重做 2 个文件" in repaired.output and "1 个文件有问题" in repaired.output
    assert "1 个文件有问题" in after.output and store.has(_name(jpeg(3)), MediaKind.THUMB)


def test_a_damaged_picture_is_not_shown(app: Flask) -> None:
    worker, store = Person(app, "wg01"), _store(app)
    worker.upload(jpeg(1))
    receipt = report(worker, photos=[_promise(jpeg(1))])
    [item] = worker.event(receipt["id"])["photo_items"]
    Path(store.path(_name(jpeg(1)), MediaKind.FULL)).write_bytes(b"<script>alert(1)</script>")

    answer = worker.get(f"/api/photos/{item['id']}")

    assert answer.status_code == 404 and "已损坏" in answer.json["detail"]


def test_an_empty_store_is_swept_and_scrubbed(app: Flask) -> None:
    assert _run(app, "sweep").exit_code == _run(app, "scrub").exit_code == 0


@pytest.mark.parametrize("args", [("sweep", "--hours", "0"), ("sweep", "--unclaimed-days", "1")])
def test_too_short_a_time_is_refused(app: Flask, args: tuple[str, ...]) -> None:
    assert _run(app, *args).exit_code == 2
