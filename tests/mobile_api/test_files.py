"""Files in pieces: what tus 1.0.0 asks of a server, and that what arrives is exactly what was sent."""

from __future__ import annotations

import base64
import hashlib
import os
import time as real_time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from grid.db import db
from grid.media.media import Media, MediaUpload
from grid.trail.entry import TrailEntry
from grid.uploads import voice
from grid.uploads.draft import Drafts
from grid.uploads.upload import LIFE, Upload
from tests.conftest import Clock
from tests.factories.crowd import at_once
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again

TUS = {"Tus-Resumable": "1.0.0"}
STREAM = "application/offset+octet-stream"
PHOTO = jpeg(3, (640, 480))
WEBM = (
    b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm"
    + bytes(900)
)


def metadata(data: bytes, **told: Any) -> str:
    values = {
        "media_id": str(uuid4()),
        "sha256": hashlib.sha256(data).hexdigest(),
        "mime": "image/jpeg",
        "role": "near",
        "filename": "照片.jpg",
    }
    pairs = (values | told).items()
    return ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in pairs)


class Tus:
    """A tus client that does what it is told, right or wrong."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    def create(
        self, data: bytes, *, length: int | None = None, body: bytes | None = None, **told: Any
    ) -> TestResponse:
        headers = TUS | {"Upload-Length": str(len(data) if length is None else length)}
        headers["Upload-Metadata"] = metadata(data, **told)
        more = {} if body is None else {"data": body, "content_type": STREAM}
        return self.phone.post("/mobile/v1/files", headers=headers, **more)

    def begin(self, data: bytes, **told: Any) -> str:
        answer = self.create(data, **told)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def head(self, where: str) -> TestResponse:
        return self.phone.open("HEAD", where, headers=TUS)

    def offset(self, where: str) -> int:
        answer = self.head(where)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def patch(self, where: str, offset: int, data: bytes, **headers: str) -> TestResponse:
        told = TUS | {"Upload-Offset": str(offset)} | {name.replace("_", "-"): v for name, v in headers.items()}
        return self.phone.open("PATCH", where, headers=told, data=data, content_type=STREAM)

    def whole(self, data: bytes, **told: Any) -> str:
        where = self.begin(data, **told)
        assert self.patch(where, 0, data).status_code == 204
        return where


@pytest.fixture
def tus(app: Flask) -> Tus:
    return Tus(Phone(app))


@pytest.fixture
def drafts(app: Flask) -> Drafts:
    found: Drafts = app.extensions["drafts"]
    return found


def count(model: Any) -> int:
    look_again()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def stored(app: Flask, data: bytes) -> bytes:
    name = hashlib.sha256(data).hexdigest()
    found: bytes = app.extensions["media_store"].read(name)
    return found


def test_the_server_says_what_it_can(tus: Tus) -> None:
    answer = tus.phone.open("OPTIONS", "/mobile/v1/files")

    assert answer.status_code in (200, 204)
    assert answer.headers["Tus-Resumable"] == answer.headers["Tus-Version"] == "1.0.0"
    offered = set(answer.headers["Tus-Extension"].split(","))
    assert offered == {"creation", "creation-with-upload", "checksum", "termination", "expiration"}
    assert answer.headers["Tus-Max-Size"] == str(8 * 1024 * 1024)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_a_photo_in_pieces_is_the_photo(app: Flask, tus: Tus, drafts: Drafts) -> None:
    where = tus.begin(PHOTO)
    for start in range(0, len(PHOTO), 1000):
        answer = tus.patch(where, start, PHOTO[start : start + 1000])
        assert answer.status_code == 204, answer.text
        assert answer.headers["Upload-Offset"] == str(min(start + 1000, len(PHOTO)))
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        assert "GMT" in answer.headers["Upload-Expires"]

    assert stored(app, PHOTO) == PHOTO
    assert count(MediaUpload) == 1
    assert drafts.all() == {}
    assert tus.offset(where) == len(PHOTO)


def test_it_is_kept_exactly_as_in_one_piece(app: Flask, tus: Tus) -> None:
    tus.whole(PHOTO)
    by_pieces = db.session.scalars(select(Media)).one()
    told = {name: getattr(by_pieces, name) for name in ("sha256", "size", "mime", "width", "height", "shot_at")}

    answer = tus.phone.upload(PHOTO)

    assert answer.status_code == 200  # it was there
    assert told == told | {name: answer.json[name] for name in ("sha256", "width", "height", "size")}


def test_with_its_first_piece_at_once(app: Flask, tus: Tus) -> None:
    answer = tus.create(PHOTO, body=PHOTO[:500])

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "500")
    assert tus.patch(answer.headers["Location"], 500, PHOTO[500:]).status_code == 204
    assert stored(app, PHOTO) == PHOTO


def test_all_of_it_at_once(app: Flask, tus: Tus) -> None:
    answer = tus.create(PHOTO, body=PHOTO)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(PHOTO)))
    assert stored(app, PHOTO) == PHOTO


def test_begun_again_it_is_the_same_upload(tus: Tus) -> None:
    mine = {"media_id": str(uuid4())}
    where = tus.begin(PHOTO, **mine)
    tus.patch(where, 0, PHOTO[:700])

    again = tus.create(PHOTO, **mine)

    assert (again.status_code, again.headers["Location"], again.headers["Upload-Offset"]) == (201, where, "700")
    tus.patch(where, 700, PHOTO[700:])
    assert tus.create(PHOTO, **mine).headers["Upload-Offset"] == str(len(PHOTO))
    assert count(Upload) == 1


def test_a_media_id_stands_for_one_file(tus: Tus) -> None:
    mine = {"media_id": str(uuid4())}
    tus.begin(PHOTO, **mine)

    assert_problem(tus.create(jpeg(4), **mine), 422, "idempotency-mismatch")


def test_what_the_server_has_from_this_person_need_not_come_again(app: Flask, tus: Tus) -> None:
    tus.phone.upload(PHOTO)

    assert tus.create(PHOTO).headers["Upload-Offset"] == str(len(PHOTO))
    other = Tus(Phone(app, "wg02"))
    assert other.create(PHOTO).headers["Upload-Offset"] == "0"  # a hash alone opens nothing


def test_going_on_elsewhere_is_told_where_to_go_on(tus: Tus) -> None:
    where = tus.begin(PHOTO)
    tus.patch(where, 0, PHOTO[:700])

    for wrong in (0, 699, 701, len(PHOTO)):
        answer = tus.patch(where, wrong, PHOTO[700:800])
        assert_problem(answer, 409, "conflict")
        assert answer.headers["Upload-Offset"] == "700"
    assert tus.offset(where) == 700


def test_more_than_was_said_is_refused_and_not_kept(tus: Tus) -> None:
    where = tus.begin(PHOTO)

    assert_problem(tus.patch(where, 0, PHOTO + b"x"), 413, "request-entity-too-large")
    assert tus.offset(where) == 0


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_piece_with_a_right_checksum_is_kept_and_a_damaged_one_is_not(tus: Tus, name: str) -> None:
    where = tus.begin(PHOTO)
    told = f"{name} {base64.b64encode(hashlib.new(name, PHOTO[:700]).digest()).decode()}"

    damaged = tus.patch(where, 0, b"x" * 700, Upload_Checksum=told)

    assert damaged.status_code == 460
    assert damaged.json["type"] == "/problems/checksum-mismatch"
    assert damaged.headers["Upload-Offset"] == "0"
    assert tus.patch(where, 0, PHOTO[:700], Upload_Checksum=told).status_code == 204
    assert tus.offset(where) == 700


@pytest.mark.parametrize("told", ["md5 AAAA", "sha256", "sha256 ###", ""])
def test_a_checksum_nobody_can_read_is_refused(tus: Tus, told: str) -> None:
    assert tus.patch(tus.begin(PHOTO), 0, PHOTO[:10], Upload_Checksum=told).status_code in (400, 460)


def test_another_whole_than_promised_is_refused_and_gone(app: Flask, tus: Tus, drafts: Drafts) -> None:
    where = tus.begin(PHOTO)

    answer = tus.patch(where, 0, PHOTO[:-1] + b"x")

    assert_problem(answer, 422, "invalid")
    assert tus.head(where).status_code == 404
    assert (count(Upload), count(Media), drafts.all()) == (0, 0, {})


@pytest.mark.parametrize("data", [b"no photo at all", b"<svg xmlns='http://www.w3.org/2000/svg'/>", PHOTO[:-200]])
def test_what_is_no_photo_is_refused_and_gone(app: Flask, tus: Tus, data: bytes) -> None:
    where = tus.begin(data)

    assert_problem(tus.patch(where, 0, data), 422, "invalid")
    assert tus.head(where).status_code == 404
    assert count(Media) == 0


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


def test_somebody_elses_upload_is_not_there(app: Flask, tus: Tus) -> None:
    where = tus.begin(PHOTO)
    other = Tus(Phone(app, "wg02"))

    assert other.head(where).status_code == 404
    assert_problem(other.patch(where, 0, PHOTO), 404, "not-found")
    assert_problem(other.phone.open("DELETE", where, headers=TUS), 404, "not-found")
    assert tus.offset(where) == 0


def test_two_people_may_use_the_same_media_id(app: Flask, tus: Tus) -> None:
    mine = {"media_id": str(uuid4())}

    assert tus.begin(PHOTO, **mine) != Tus(Phone(app, "wg02")).begin(PHOTO, **mine)


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


def test_networks_that_know_only_post_can_go_on_too(app: Flask, tus: Tus) -> None:
    where = tus.begin(PHOTO)
    told = TUS | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    answer = tus.phone.post(where, headers=told, data=PHOTO, content_type=STREAM)

    assert answer.status_code == 204
    assert stored(app, PHOTO) == PHOTO
    assert tus.phone.post(where, headers=TUS | {"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert_problem(tus.phone.post(where, headers=TUS), 400, "bad-request")


@pytest.mark.parametrize("version", ["0.2.2", "2.0.0", ""])
def test_another_version_is_412_and_told_which(tus: Tus, version: str) -> None:
    answer = tus.phone.post("/mobile/v1/files", headers={"Tus-Resumable": version})

    assert_problem(answer, 412, "tus-version")
    assert answer.headers["Tus-Version"] == "1.0.0"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"length": -1}, 400),
        ({"length": 0}, 422),
        ({"length": 8 * 1024 * 1024 + 1}, 413),
        ({"sha256": "A" * 64}, 422),
        ({"sha256": ""}, 422),
        ({"media_id": "7"}, 422),
        ({"op_id": "7"}, 422),
        ({"mime": "text/html"}, 422),
        ({"mime": "image/svg+xml"}, 422),
        ({"mime": "audio/webm"}, 422),
        ({"role": "portrait"}, 422),
        ({"role": "voice"}, 422),
    ],
)
def test_a_promise_that_is_none_is_refused(tus: Tus, told: dict[str, Any], status: int) -> None:
    assert tus.create(PHOTO, **told).status_code == status
    assert count(Upload) == 0


@pytest.mark.parametrize("header", ["", "media_id", "media_id ###", "media_id AAAA,,", "x" * 5000])
def test_metadata_that_say_nothing_are_refused(tus: Tus, header: str) -> None:
    headers = TUS | {"Upload-Length": "5", "Upload-Metadata": header}

    assert tus.phone.post("/mobile/v1/files", headers=headers).status_code in (400, 422)


@pytest.mark.parametrize("kind", ["application/json", "image/jpeg", ""])
def test_a_piece_must_be_said_to_be_one(tus: Tus, kind: str) -> None:
    where = tus.begin(PHOTO)

    answer = tus.phone.open("PATCH", where, headers=TUS | {"Upload-Offset": "0"}, data=PHOTO, content_type=kind)

    assert_problem(answer, 415, "unsupported-media-type")
    assert tus.offset(where) == 0


@pytest.mark.parametrize("offset", ["", "-1", "x", "1e3", "９"])
def test_an_offset_that_is_none_is_refused(tus: Tus, offset: str) -> None:
    where = tus.begin(PHOTO)

    answer = tus.phone.open(
        "PATCH",
        where,
        headers=TUS | {"Upload-Offset": offset.encode().decode("latin-1")},
        data=b"x",
        content_type=STREAM,
    )

    assert answer.status_code == 400


def test_without_a_seat_or_a_right_nothing_begins(app: Flask) -> None:
    headers = TUS | {"Upload-Length": "5", "Upload-Metadata": metadata(b"12345")}

    assert_problem(Person(app, "wg01").post("/mobile/v1/files", headers=headers), 422, "invalid")
    assert_problem(Person(app, "ld01").post("/mobile/v1/files", headers=headers), 403, "forbidden")


def test_a_seat_that_hands_over_its_queue_may_finish_its_files(app: Flask, tus: Tus) -> None:
    where = tus.begin(PHOTO)
    admin = Person(app, "xt01")
    [seat] = [s for s in admin.get("/api/devices").json["items"] if s["device_id"] == tus.phone.device_id]
    etag = admin.get(f"/api/devices/{seat['id']}").headers["ETag"]
    answer = admin.post(
        f"/api/devices/{seat['id']}/revoke",
        json={"mode": "drain", "reason": "手机遗失"},
        headers={"If-Match": etag},
    )
    assert answer.status_code == 200, answer.text

    assert tus.patch(where, 0, PHOTO).status_code == 204
    assert stored(app, PHOTO) == PHOTO


def test_drafts_are_for_the_owner_of_the_process_only(tus: Tus, drafts: Drafts) -> None:
    tus.patch(tus.begin(PHOTO), 0, PHOTO[:100])

    [draft] = drafts.root.iterdir()
    assert drafts.root.stat().st_mode & 0o777 == 0o700
    assert draft.stat().st_mode & 0o777 == 0o600


def test_every_upload_is_in_the_trail(tus: Tus) -> None:
    tus.whole(PHOTO)
    tus.phone.open("DELETE", tus.begin(jpeg(8)), headers=TUS)
    look_again()

    told = db.session.scalars(select(TrailEntry.action).where(TrailEntry.object_type.in_(["upload", "media"])))
    assert sorted(told) == ["photo:upload", "upload:begin", "upload:begin", "upload:drop"]


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_pieces_the_whole_is_the_same(tmp_path: Path, data: st.DataObject) -> None:
    """A draft alone: written, cut, re-opened in any rhythm."""
    drafts, upload_id = Drafts(tmp_path / str(uuid4())), uuid4()
    whole = data.draw(st.binary(max_size=5000))
    while drafts.size(upload_id) < len(whole):
        offset = drafts.size(upload_id)
        with drafts.hold(upload_id) as draft:
            assert draft.size == offset
            draft.append(whole[offset : offset + data.draw(st.integers(1, 2000))])
            draft.sync()

    with drafts.hold(upload_id) as draft:
        assert draft.read() == whole


# -- voice notes ------------------------------------------------------------------------------------------------


def ogg(seconds: float) -> bytes:
    """The first and the last page of an Ogg/Opus file that plays so long."""
    page = b"OggS\x00\x02" + bytes(8) + bytes(12) + b"\x01\x13OpusHead\x01\x01" + bytes(9)
    return page + b"OggS\x00\x04" + int(seconds * 48000).to_bytes(8, "little") + bytes(20)


def mp4() -> bytes:
    return b"\x00\x00\x00\x1cftypM4A \x00\x00\x02\x00" + bytes(200)


@pytest.mark.parametrize(
    ("data", "mime"),
    [(WEBM, "audio/webm;codecs=opus"), (ogg(59), "audio/ogg; codecs=opus"), (mp4(), "audio/mp4")],
)
def test_a_voice_note_is_kept_as_it_came(app: Flask, tus: Tus, data: bytes, mime: str) -> None:
    tus.whole(data, mime=mime, role="voice")

    assert stored(app, data) == data
    media = db.session.scalars(select(Media)).one()
    assert (media.mime, media.width, media.height) == (mime.split(";")[0], 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"<script>alert(1)</script>" * 4,
        PHOTO,
        ogg(63),
        mp4(),  # another container than promised
        WEBM.replace(b"webm", b"matr"),
        WEBM + b"\x1f\x43\xb6\x75\x01\xff\xff\xff\xff\xff\xff\xff\xe7\x83\x01\x00\x00" + bytes(50),  # 65.5 s
    ],
)
def test_what_is_no_voice_note_is_refused_and_gone(app: Flask, tus: Tus, data: bytes) -> None:
    mime = "audio/ogg" if data.startswith(b"OggS") else "audio/webm"
    where = tus.begin(data, mime=mime, role="voice")

    assert_problem(tus.patch(where, 0, data), 422, "invalid")
    assert tus.head(where).status_code == 404
    assert count(Media) == 0


def test_a_voice_note_of_more_than_a_megabyte_is_not_begun(tus: Tus) -> None:
    assert_problem(
        tus.create(WEBM, length=1024 * 1024 + 1, mime="audio/webm", role="voice"), 413, "request-entity-too-large"
    )


@given(st.binary(max_size=300), st.sampled_from([b"", b"OggS", b"\x1a\x45\xdf\xa3webm\x1f\x43\xb6\x75"]))
def test_any_bytes_have_a_length_or_none(data: bytes, head: bytes) -> None:
    found = voice.duration_s(head + data)

    assert found is None or found >= 0
