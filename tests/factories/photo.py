"""Photos made on the spot."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image


@cache
def jpeg(shade: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG; another shade, another hash."""
    out = io.BytesIO()
    # The comment sets apart shades that compress to the same picture.
    Image.new("RGB", size, (shade % 256, shade // 256 % 256, 90)).save(out, "JPEG", comment=str(shade))
    return out.getvalue()
