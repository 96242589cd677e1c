"""Photo (照片): checked, turned upright and redrawn, so that nothing but pixels goes on to a reader.

What can be refused from the first bytes is refused here; the rest is for a decoder process (pool.py).
"""

from __future__ import annotations

from grid.errors import Invalid
from grid.media.decoded import Decoded
from grid.media.header import Header, read_header
from grid.media.pool import pool

BYTES_MAX = 8 * 1024 * 1024
PIXELS_MAX = {"JPEG": 25_000_000, "PNG": 25_000_000, "WEBP": 16_000_000}  # libwebp holds four copies of the canvas
SCANS_MAX = 64  # a progressive JPEG has about 10; each further one costs a pass over all pixels

# Memory that decoding takes at most, measured: four planes of coefficients (progressive CMYK), RGBA, four RGBA.
BYTES_PER_PIXEL = {"JPEG": 10, "PNG": 6, "WEBP": 17}
BYTES_MORE = 24_000_000  # the file, strips, the redrawn pictures


def decode(data: bytes) -> Decoded:
    """Check a photo and redraw it: ``full`` with a long edge of at most 1600 px, ``thumb`` of at most 320 px.

    Raises Invalid for what is no JPEG, PNG or WebP photo, is empty, too large, damaged, incomplete, animated or
    takes too long to decode; Busy when the machine has no time for it now.
    """
    header = _check(data)
    pixels = header.width * header.height
    return pool().decode(data, pixels * BYTES_PER_PIXEL[header.format] + BYTES_MORE)


def _check(data: bytes) -> Header:
    """Everything that can be refused before a decoder starts."""
    if not data:
        raise Invalid("照片是空文件,请重新拍照后再上传。", field="photo")
    if len(data) > BYTES_MAX:
        raise Invalid(
            f"照片有 {len(data) / 1024 / 1024:.1f} MB,超过 8 MB 的上限,请降低相机分辨率后重新拍照。", field="photo"
        )
    header = read_header(data)
    if not header.width or not header.height:
        raise Invalid("照片文件已损坏,请重新拍照后再上传。", field="photo")
    most = PIXELS_MAX[header.format]
    if header.width * header.height > most:
        name = "WebP 照片" if header.format == "WEBP" else "照片"
        raise Invalid(
            f"{name}为 {header.width}×{header.height} 像素,超过 {most // 10_000} 万像素的上限,"
            "请降低相机分辨率后重新拍照。",
            field="photo",
        )
    if header.format == "JPEG" and data.count(b"\xff\xda") > SCANS_MAX:
        raise Invalid("照片的编码方式过于复杂,无法处理,请用手机相机重新拍照。", field="photo")
    return header
