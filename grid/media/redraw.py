"""Redrawing: a photo's pixels, upright, small enough to show, and nothing else of the file.

Runs in a decoder process; nothing else imports it.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from grid.errors import Invalid
from grid.media.claim import DECODER_ERRORS, read_claim, read_orientation
from grid.media.decoded import Decoded
from grid.media.header import Header, read_header

FULL_EDGE_PX = 1600
THUMB_EDGE_PX = 320
JPEG_QUALITY = 85
STRIP_ROWS = 64

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def redraw(data: bytes) -> Decoded:
    """``full`` with a long edge of at most 1600 px and ``thumb`` of at most 320 px.

    Raises Invalid for what is damaged, incomplete, animated, or needs more memory than there is.
    """
    header = read_header(data)
    Image.MAX_IMAGE_PIXELS = header.width * header.height
    try:
        with Image.open(BytesIO(data), formats=(header.format,)) as image:
            return _redraw(image, header)
    except DECODER_ERRORS as error:
        raise Invalid("照片文件不完整或已损坏,请重新拍照后再上传。", field="photo") from error
    except MemoryError as error:
        raise Invalid("照片的编码方式过于复杂,无法处理,请用手机相机重新拍照。", field="photo") from error


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
    full = _reduced(image)
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


def _reduced(image: Image.Image) -> Image.Image:
    """The picture in RGB, by a whole factor smaller but not below what is wanted.

    Strip by strip: a big picture is in memory once, in whatever mode it came, and never a second time.
    """
    factor = max(image.size) // FULL_EDGE_PX
    if factor < 2:
        return _plain(image)
    paper = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    rows = STRIP_ROWS * factor
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(image.height, top + rows)))
        paper.paste(_plain(strip).reduce(factor), (0, top // factor))
    return paper


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
