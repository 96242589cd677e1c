"""What a photo claims about itself (EXIF): when and where. A hint only: the sender can write anything there.

Runs in a decoder process.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

from grid.clock import LOCAL
from grid.media.decoded import Claim

YEARS = range(1990, 2101)
TIME_FORMAT = "%Y:%m:%d %H:%M:%S"
ORIENTATIONS = range(1, 9)

# What Pillow raises for damaged or hostile files (OSError: truncated; SyntaxError: broken PNG).
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


def read_claim(image: Image.Image) -> Claim:
    """The claims of a photo; metadata that cannot be read claim nothing."""
    try:
        exif = image.getexif()
        shot_at = _shot_at(exif.get_ifd(ExifTags.IFD.Exif))
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except DECODER_ERRORS:
        return Claim()
    lat = _degrees(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef), "S")
    lon = _degrees(place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if lat is None or lon is None or not (abs(lat) <= 90 and abs(lon) <= 180) or lat == lon == 0:
        return Claim(shot_at)  # 0, 0 is what Android leaves when it blanks the place
    return Claim(shot_at, lon, lat)


def read_orientation(image: Image.Image) -> int:
    """How the photo must be turned, 1 (not at all) to 8."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except DECODER_ERRORS:
        return 1
    return orientation if isinstance(orientation, int) and orientation in ORIENTATIONS else 1


def _shot_at(tags: Mapping[int, Any]) -> datetime | None:
    """Without an offset of its own the camera's time is taken as local time."""
    text, offset = tags.get(ExifTags.Base.DateTimeOriginal), tags.get(ExifTags.Base.OffsetTimeOriginal)
    try:
        moment = datetime.strptime(str(text)[:19], TIME_FORMAT).replace(tzinfo=LOCAL)
    except ValueError:
        return None
    if isinstance(offset, str) and re.match(r"[+-](0\d|1[0-4]):[0-5]\d", offset):
        moment = moment.replace(tzinfo=datetime.strptime(offset[:6], "%z").tzinfo)
    return moment if moment.year in YEARS else None


def _degrees(parts: object, reference: object, negative: str) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return -value if reference == negative else value
