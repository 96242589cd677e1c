"""Wire: the line between the application and a decoder process, and what is said over it.

A photo goes out with its length in front; back come three lengths, then words (JSON) and two pictures. The
application trusts no answer: a decoder that a hostile photo has taken over can say anything.
"""

from __future__ import annotations

import json
import struct
from datetime import datetime
from socket import socket
from typing import Any

from grid.errors import Invalid
from grid.media.decoded import Claim, Decoded
from grid.media.header import read_header

READY = b"!"
LENGTH = struct.Struct(">I")
LENGTHS = struct.Struct(">III")
WORDS_MAX, PICTURE_MAX = 4096, 8 * 1024 * 1024
EDGE_MAX_PX = 1600
REASON_MAX = 200


def receive(line: socket, size: int) -> bytes:
    """Exactly so many bytes. Raises EOFError when the other end has gone."""
    parts, missing = [], size
    while missing:
        part = line.recv(min(missing, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def send_photo(line: socket, data: bytes) -> None:
    line.sendall(LENGTH.pack(len(data)))
    line.sendall(data)


def receive_photo(line: socket) -> bytes:
    return receive(line, LENGTH.unpack(receive(line, LENGTH.size))[0])


def send_answer(line: socket, answer: Decoded | Invalid) -> None:
    """Say what became of a photo: its pictures, or why not."""
    if isinstance(answer, Invalid):
        _send(line, {"refused": answer.detail}, b"", b"")
        return
    shot_at, lon, lat = answer.claimed
    words = {
        "media_type": answer.media_type,
        "width": answer.width,
        "height": answer.height,
        "shot_at": shot_at and shot_at.isoformat(),
        "lon": lon,
        "lat": lat,
    }
    _send(line, words, answer.full, answer.thumb)


def receive_answer(line: socket) -> Decoded:
    """The decoder's answer. Raises Invalid with its reason, ValueError for what no honest decoder says."""
    lengths = LENGTHS.unpack(receive(line, LENGTHS.size))
    if any(length > most for length, most in zip(lengths, (WORDS_MAX, PICTURE_MAX, PICTURE_MAX), strict=True)):
        raise ValueError("too long an answer")
    words, full, thumb = (receive(line, length) for length in lengths)
    told = json.loads(words)
    if not isinstance(told, dict):
        raise ValueError("no answer")
    if "refused" in told:
        raise Invalid(str(told["refused"])[:REASON_MAX], field="photo")
    for picture in (full, thumb):
        _check_picture(picture)
    return _decoded(told, full, thumb)


def _send(line: socket, words: dict[str, Any], *pictures: bytes) -> None:
    said = json.dumps(words).encode()
    line.sendall(LENGTHS.pack(len(said), *map(len, pictures)) + said)
    for picture in pictures:
        line.sendall(picture)


def _check_picture(data: bytes) -> None:
    try:
        header = read_header(data)
    except Invalid as error:
        raise ValueError("no picture") from error
    if header.format != "JPEG" or max(header.width, header.height) > EDGE_MAX_PX:
        raise ValueError("not the picture that was asked for")


def _decoded(told: dict[str, Any], full: bytes, thumb: bytes) -> Decoded:
    try:
        shot_at = None if told["shot_at"] is None else datetime.fromisoformat(told["shot_at"])
        lon, lat = (None if told[name] is None else float(told[name]) for name in ("lon", "lat"))
        claim = Claim(shot_at, lon, lat)
        return Decoded(str(told["media_type"])[:20], int(told["width"]), int(told["height"]), full, thumb, claim)
    except (LookupError, TypeError) as error:
        raise ValueError("no answer") from error
