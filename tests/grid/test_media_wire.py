"""What a decoder says is not believed: one that a hostile photo has taken over can say anything."""

import json
import socket
import struct
from datetime import UTC, datetime

import pytest

from grid.errors import Invalid
from grid.media import wire
from grid.media.decoded import Claim, Decoded
from tests.factories.photo import jpeg

GOOD = {"media_type": "image/jpeg", "width": 64, "height": 48, "shot_at": None, "lon": None, "lat": None}


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(2)
        yield ours, theirs


def said(words: object, full: bytes = jpeg(1), thumb: bytes = jpeg(2)) -> bytes:
    text = words if isinstance(words, bytes) else json.dumps(words).encode()
    return struct.pack(">III", len(text), len(full), len(thumb)) + text + full + thumb


@pytest.mark.parametrize("claim", [Claim(), Claim(datetime(2026, 1, 30, tzinfo=UTC), 114.5, -22.5)])
def test_what_is_said_arrives(line, claim):
    ours, theirs = line
    photo = Decoded("image/png", 640, 480, jpeg(1), jpeg(2), claim)

    wire.send_answer(theirs, photo)

    assert wire.receive_answer(ours) == photo


def test_a_reason_arrives(line):
    ours, theirs = line

    wire.send_answer(theirs, Invalid("不能上传动图,请拍一张静止的照片。"))

    with pytest.raises(Invalid, match="动图"):
        wire.receive_answer(ours)


@pytest.mark.parametrize(
    "answer",
    [
        struct.pack(">III", 2**31, 10, 10),
        struct.pack(">III", 10, 2**32 - 1, 10),
        struct.pack(">III", 10, 10, 2**31),
        said([]),
        said({}),
        said(b"{"),
        said(b"\xff\xfe"),
        said(GOOD, full=b"<script>alert(1)</script>"),
        said(GOOD, thumb=b"<svg onload=alert(1)>"),
        said(GOOD, full=b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
        said(GOOD, full=jpeg(1, (1700, 10))),
        said(GOOD, full=b""),
        said(GOOD | {"width": "wide"}),
        said(GOOD | {"width": None}),
        said(GOOD | {"shot_at": "yesterday"}),
        said(GOOD | {"shot_at": 5}),
        said(GOOD | {"lon": "east"}),
        said(GOOD | {"lon": {}}),
        said({name: value for name, value in GOOD.items() if name != "lat"}),
    ],
)
def test_an_answer_no_honest_decoder_gives_is_an_error(line, answer):
    ours, theirs = line
    theirs.sendall(answer)

    with pytest.raises(ValueError):
        wire.receive_answer(ours)


@pytest.mark.parametrize("length", [0, 5, 12, 100])
def test_an_answer_cut_short_is_an_end(line, length):
    ours, theirs = line
    theirs.sendall(said(GOOD)[:length])
    theirs.close()

    with pytest.raises(EOFError):
        wire.receive_answer(ours)


def test_a_long_reason_is_cut(line):
    ours, theirs = line
    theirs.sendall(said({"refused": "长" * 500}, b"", b""))

    with pytest.raises(Invalid) as error:
        wire.receive_answer(ours)
    assert len(error.value.detail) <= wire.REASON_MAX
