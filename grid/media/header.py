"""Kind and size of a picture, read from its first bytes, before any decoder sees it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from grid.errors import Invalid

# Start-of-frame markers of JPEG: C0 to CF without the tables DHT (C4), JPG (C8) and DAC (CC).
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
JPEG_SCAN = 0xDA
JPEG_SEGMENTS_MAX = 1000  # a photo of a phone has 10 to 200; more only keeps us busy


class Header(NamedTuple):
    """What a picture says of itself: format (JPEG, PNG or WEBP), width and height in pixels, before rotation."""

    format: str
    width: int
    height: int


def read_header(data: bytes) -> Header:
    """The header of a JPEG, PNG or WebP picture.

    Raises Invalid for anything else, whatever it was named, and for a header that cannot be read.
    """
    for name, is_mine, read_size in _FORMATS:
        if is_mine(data):
            try:
                return Header(name, *read_size(data))
            except (struct.error, IndexError, ValueError) as error:
                raise Invalid("照片文件已损坏,请重新拍照后再上传。", field="photo") from error
    raise Invalid("这不是照片:只能上传 JPEG、PNG 或 WebP 格式,请用手机相机重新拍照。", field="photo")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    frames = [position for marker, position in _jpeg_segments(data) if marker in JPEG_FRAMES]
    if len(frames) != 1:
        raise ValueError("needs exactly one frame")
    height, width = struct.unpack_from(">HH", data, frames[0] + 5)
    return width, height


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Marker and position of each segment before the first scan."""
    position = 2
    for _ in range(JPEG_SEGMENTS_MAX):
        if data[position] != 0xFF:
            raise ValueError("not a marker")
        marker = data[position + 1]
        if marker == JPEG_SCAN:
            return
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        yield marker, position
        position += 2 if marker in JPEG_BARE else 2 + struct.unpack_from(">H", data, position + 2)[0]
    raise ValueError("too many segments")


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise ValueError("no IHDR")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    chunk = data[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no picture chunk")


_FORMATS: tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], tuple[int, int]]], ...] = (
    ("JPEG", lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg_size),
    ("PNG", lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), _png_size),
    ("WEBP", lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP", _webp_size),
)
