"""Files in pieces: what tus 1.0.0 asks of a server, and that what arrives is exactly what was sent."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from grid.db import db
from grid.media.media import Media, MediaUpload
from grid.trail.entry import TrailEntry
from grid.uploads.draft import Drafts
from grid.uploads.upload import Upload
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem
from tests.factories.reader import count, look_again
from tests.factories.tus import PHOTO, STREAM, TUS, Tus, stored


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


def test_two_people_may_use_the_same_media_id(app: Flask, tus: Tus) -> None:
    mine = {"media_id": str(uuid4())}

    assert tus.begin(PHOTO, **mine) != Tus(Phone(app, "wg02")).begin(PHOTO, **mine)


def test_networks_that_know_only_post_can_go_on_too(app: Flask, tus: Tus) -> None:
    where = tus.begin(PHOTO)
    told = TUS | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    answer = tus.phone.post(where, headers=told, data=PHOTO, content_type=STREAM)

    assert answer.status_code == 204
    assert stored(app, PHOTO) == PHOTO
    assert tus.phone.post(where, headers=TUS | {"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert_problem(tus.phone.post(where, headers=TUS), 400, "bad-request")


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
