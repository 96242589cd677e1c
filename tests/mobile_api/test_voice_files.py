"""Voice notes in pieces: kept as they came, or refused."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from grid.db import db
from grid.media.media import Media
from grid.uploads import voice
from tests.factories.problem import assert_problem
from tests.factories.reader import count
from tests.factories.tus import PHOTO, WEBM, Tus, stored


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
