"""Files in pieces: who writes when, how long a draft lives, and what a busy or broken server does to it."""

from __future__ import annotations

import os
import time as real_time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from grid.media.media import MediaUpload
from grid.uploads.draft import Drafts
from grid.uploads.upload import LIFE, Upload
from tests.conftest import Clock
from tests.factories.crowd import at_once
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem
from tests.factories.reader import count
from tests.factories.tus import PHOTO, TUS, Tus, stored


def test_given_up_it_is_gone(tus: Tus, drafts: Drafts) -> None:
    where = tus.begin(PHOTO)
    tus.patch(where, 0, PHOTO[:100])

    assert tus.phone.open("DELETE", where, headers=TUS).status_code == 204
    assert tus.head(where).status_code == 404
    assert drafts.all() == {}


def test_after_seven_days_it_has_expired_and_may_begin_anew(
    app: Flask, tus: Tus, drafts: Drafts, time: Clock
) -> None:
    mine = {"media_id": str(uuid4())}
    where = tus.begin(PHOTO, **mine)
    tus.patch(where, 0, PHOTO[:100])
    time.move(days=LIFE / timedelta(days=1))
    tus.phone.sign_in()

    assert tus.head(where).status_code == 410
    assert_problem(tus.patch(where, 100, PHOTO[100:]), 410, "upload-expired")
    anew = tus.begin(PHOTO, **mine)
    assert anew != where
    assert tus.offset(anew) == 0
    assert app.test_cli_runner().invoke(args=["files", "sweep"]).exit_code == 0


def test_the_sweep_removes_what_expired_and_nothing_else(
    app: Flask, tus: Tus, drafts: Drafts, time: Clock
) -> None:
    old = tus.begin(PHOTO)
    tus.patch(old, 0, PHOTO[:100])
    time.move(days=6)
    tus.phone.sign_in()
    young = tus.begin(jpeg(8))
    tus.patch(young, 0, jpeg(8)[:50])
    stray = uuid4()
    with drafts.hold(stray) as draft:
        draft.append(b"x")
    long_ago = real_time.time() - 2 * 24 * 3600
    for path in drafts.root.iterdir():
        os.utime(path, (long_ago, long_ago))
    time.move(days=1.5)

    result = app.test_cli_runner().invoke(args=["files", "sweep"])

    assert result.exit_code == 0, result.output
    assert "1 个过期的上传、1 个没有登记的文件" in result.output
    assert {str(upload_id) for upload_id in drafts.all()} == {young.rsplit("/", 1)[1]}


def test_the_sweep_leaves_alone_what_is_being_written(app: Flask, tus: Tus, drafts: Drafts, time: Clock) -> None:
    where = tus.begin(PHOTO)
    tus.patch(where, 0, PHOTO[:100])
    time.move(days=8)
    [upload_id] = drafts.all()

    with drafts.hold(upload_id):
        assert "0 个过期" in app.test_cli_runner().invoke(args=["files", "sweep"]).output

    assert count(Upload) == 1


def test_while_one_writes_another_is_told_to_wait(tus: Tus, drafts: Drafts) -> None:
    where = tus.begin(PHOTO)
    tus.patch(where, 0, PHOTO[:100])
    [upload_id] = drafts.all()

    with drafts.hold(upload_id):
        assert_problem(tus.patch(where, 100, PHOTO[100:]), 423, "upload-locked")
        assert_problem(tus.phone.open("DELETE", where, headers=TUS), 423, "upload-locked")
    assert tus.patch(where, 100, PHOTO[100:]).status_code == 204


def test_the_same_piece_from_eight_connections_is_kept_once(app: Flask, tus: Tus) -> None:
    where = tus.begin(PHOTO)

    statuses = at_once([lambda: tus.patch(where, 0, PHOTO).status_code] * 8)

    assert set(statuses) <= {204, 409, 423}
    assert 204 in statuses
    assert stored(app, PHOTO) == PHOTO
    assert count(MediaUpload) == 1
    assert app.extensions["drafts"].all() == {}


def test_who_opened_the_draft_before_it_was_removed_writes_into_no_lost_file(
    drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = uuid4()
    opened: list[int] = []
    open_ = drafts._open

    def overtaken(_: UUID) -> int:
        opened.append(open_(upload_id))
        if len(opened) == 1:
            drafts.remove(upload_id)  # whoever held it finishes now, between our open and our lock
        return opened[-1]

    monkeypatch.setattr(drafts, "_open", overtaken)
    with drafts.hold(upload_id) as draft:
        draft.append(b"piece")

    assert len(opened) == 2
    assert drafts.size(upload_id) == 5


def test_a_draft_that_stays_empty_is_not_kept(drafts: Drafts) -> None:
    with pytest.raises(RuntimeError), drafts.hold(uuid4()):
        raise RuntimeError("refused before its first byte")

    assert list(drafts.root.iterdir()) == []


def test_eight_beginnings_at_once_are_one_upload(tus: Tus) -> None:
    mine = {"media_id": str(uuid4())}

    places = at_once([lambda: tus.begin(PHOTO, **mine)] * 8)

    assert len(set(places)) == 1
    assert count(Upload) == 1


def test_a_busy_decoder_keeps_the_file_and_asking_again_finishes_it(
    app: Flask, tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grid.errors import Busy
    from grid.events import gallery

    where, check = tus.begin(PHOTO), gallery.check

    def busy(data: bytes, sha256: str) -> Any:
        raise Busy("系统正忙。")

    monkeypatch.setattr(gallery, "check", busy)
    assert_problem(tus.patch(where, 0, PHOTO), 503, "service-unavailable")
    assert tus.head(where).status_code == 503  # whole is not yet kept: a client must not take it for done
    monkeypatch.setattr(gallery, "check", check)

    assert tus.offset(where) == len(PHOTO)
    assert stored(app, PHOTO) == PHOTO


def test_a_lost_folder_of_drafts_only_costs_the_way(app: Flask, tus: Tus, drafts: Drafts) -> None:
    where = tus.begin(PHOTO)
    tus.patch(where, 0, PHOTO[:700])
    for path in drafts.root.iterdir():
        path.unlink()

    assert tus.offset(where) == 0
    assert tus.patch(where, 0, PHOTO).status_code == 204
    assert stored(app, PHOTO) == PHOTO
