"""Photo (照片): checked, turned upright and redrawn, so that nothing but pixels goes on to a reader.

``decode`` is the only door to the decoders: bytes in, plain values out, so that it can move to its own process.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from grid.errors import Invalid
from grid.media.claim import DECODER_ERRORS, Claim, read_claim, read_orientation
from grid.media.header import Header, read_header

BYTES_MAX = 8 * 1024 * 1024
PIXELS_MAX = 25_000_000
SCANS_MAX = 64  # a progressive JPEG has about 10; each further one costs a pass over all pixels
FULL_EDGE_PX = 1600
THUMB_EDGE_PX = 320
JPEG_QUALITY = 85

Image.MAX_IMAGE_PIXELS = PIXELS_MAX

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Decoded:
    """A photo that passed: size in pixels as seen upright, two redrawn JPEGs without metadata, and its claims."""

    media_type: str
    width: int
    height: int
    full: bytes
    thumb: bytes
    claimed: Claim


def decode(data: bytes) -> Decoded:
    """Check a photo and redraw it: ``full`` with a long edge of at most 1600 px, ``thumb`` of at most 320 px.

    Raises Invalid for what is no JPEG, PNG or WebP photo, is empty, too large, damaged, incomplete or animated.
    """
    header = _check(data)
    try:
        with Image.open(BytesIO(data), formats=(header.format,)) as image:
            return _redraw(image, header)
    except DECODER_ERRORS as error:
        raise Invalid("照片文件不完整或已损坏,请重新拍照后再上传。", field="photo") from error


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
    if header.width * header.height > PIXELS_MAX:
        raise Invalid(
            f"照片为 {header.width}×{header.height} 像素,超过 2500 万像素的上限,请降低相机分辨率后重新拍照。",
            field="photo",
        )
    if header.format == "JPEG" and data.count(b"\xff\xda") > SCANS_MAX:
        raise Invalid("照片的编码方式过于复杂,无法处理,请用手机相机重新拍照。", field="photo")
    return header


def _redraw(image: Image.Image, header: Header) -> Decoded:
    if image.size != (header.width, header.height):
        raise ValueError("decoder and header disagree on the size")
    # A JPEG may carry further pictures (depth map, gain map) behind the first: phones do that, it is no animation.
    if header.format != "JPEG" and getattr(image, "is_animated", False):
        raise Invalid("不能上传动图,请拍一张静止的照片。", field="photo")
    scale = min(1.0, FULL_EDGE_PX / max(image.size))
    # Lets a JPEG decode at 1/2, 1/4 or 1/8, never below this size.
    image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    image.load()
    orientation = read_orientation(image)
    claimed = read_claim(image)
    full = _plain(image)
    full.info = {}  # else the writer copies the comment
    full.thumbnail((FULL_EDGE_PX, FULL_EDGE_PX))
    if orientation > 1:
        full = full.transpose(TURNS[orientation])
    thumb = full.copy()
    thumb.thumbnail((THUMB_EDGE_PX, THUMB_EDGE_PX))
    is_sideways = orientation >= 5
    return Decoded(
        media_type=f"image/{header.format.lower()}",
        width=header.height if is_sideways else header.width,
        height=header.width if is_sideways else header.height,
        full=_jpeg(full),
        thumb=_jpeg(thumb),
        claimed=claimed,
    )


def _plain(image: Image.Image) -> Image.Image:
    """The same picture in RGB, transparent parts white."""
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode in ("RGBA", "LA"):
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    if image.mode.startswith("I"):  # 16 bits a pixel
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    return image if image.mode == "RGB" else image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
