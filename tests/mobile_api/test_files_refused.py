"""Files in pieces: what is not as promised is refused, and nothing of it is kept."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from flask import Flask

from grid.media.media import Media
from grid.uploads.draft import Drafts
from grid.uploads.upload import Upload
from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem
from tests.factories.reader import count
from tests.factories.tus import PHOTO, STREAM, TUS, Tus, metadata


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


def test_somebody_elses_upload_is_not_there(app: Flask, tus: Tus) -> None:
    where = tus.begin(PHOTO)
    other = Tus(Phone(app, "wg02"))

    assert other.head(where).status_code == 404
    assert_problem(other.patch(where, 0, PHOTO), 404, "not-found")
    assert_problem(other.phone.open("DELETE", where, headers=TUS), 404, "not-found")
    assert tus.offset(where) == 0


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
