"""Photos that are taken, photos that are refused, and what is left of them."""

import random
import struct
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from grid.errors import Invalid
from grid.media.decoded import Claim
from grid.media.image import BYTES_MAX, decode

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Four coloured quarters: red and green above, blue and white below."""
    image = Image.new("RGB", (width, height))
    for x, y, colour in [(0, 0, RED), (1, 0, GREEN), (0, 1, BLUE), (1, 1, WHITE)]:
        image.paste(colour, (x * width // 2, y * height // 2, (x + 1) * width // 2, (y + 1) * height // 2))
    return image.convert(mode)


def saved(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data), formats=["JPEG"])


def corners(image: Image.Image) -> list[str]:
    """The nearest plain colour in each corner, row by row."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    left, top, right, bottom = 3, 3, image.width - 4, image.height - 4
    found = [
        image.convert("RGB").getpixel(place)
        for place in [(left, top), (right, top), (left, bottom), (right, bottom)]
    ]

    def distance(name: str, pixel: tuple[int, ...]) -> int:
        return sum(abs(a - b) for a, b in zip(names[name], pixel, strict=True))

    return [min(names, key=lambda name: distance(name, pixel)) for pixel in found]


def png_of(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG written by hand: its header may say anything."""
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    parts = [header, *(chunks or [(b"IDAT", zlib.compress(b"\0" * 100))]), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(saved(picture()))
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    body = (
        b"VP8X"
        + struct.pack("<I", 10)
        + b"\0" * 4
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def frames(format: str, **options: object) -> bytes:
    first, second = picture(), picture().transpose(Image.Transpose.ROTATE_180)
    return saved(first, format, save_all=True, append_images=[second], duration=100, **options)


# --- what is taken -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "LA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "1", "image/png"),
        ("WEBP", "RGB", "image/webp"),
        ("WEBP", "RGBA", "image/webp"),
    ],
)
def test_a_photo_is_redrawn_as_rgb_jpeg(format, mode, media_type):
    photo = decode(saved(picture(mode=mode), format))

    assert (photo.media_type, photo.width, photo.height) == (media_type, 64, 48)
    assert opened(photo.full).mode == opened(photo.thumb).mode == "RGB"
    if mode in ("RGB", "RGBA", "CMYK", "P"):
        assert corners(opened(photo.full)) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"optimize": True}])
def test_other_ways_to_write_a_jpeg_are_fine(options):
    assert decode(saved(picture(), **options)).width == 64


def test_a_lossless_webp_is_fine():
    assert decode(saved(picture(), "WEBP", lossless=True)).height == 48


@pytest.mark.parametrize(
    ("size", "full", "thumb"),
    [
        ((4000, 3000), (1600, 1200), (320, 240)),
        ((3000, 4000), (1200, 1600), (240, 320)),
        ((1600, 900), (1600, 900), (320, 180)),
        ((300, 200), (300, 200), (300, 200)),
        ((20000, 3), (1600, 1), (320, 1)),
    ],
)
def test_long_edges_are_1600_and_320_at_most(size, full, thumb):
    photo = decode(saved(picture(*size)))

    assert (photo.width, photo.height) == size
    assert (opened(photo.full).size, opened(photo.thumb).size) == (full, thumb)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_big_picture_reduced_in_strips_is_the_same_picture(format, mode):
    size = (3333, 3207)  # no multiple of anything
    if (format, mode) == ("JPEG", "RGBA"):
        mode = "CMYK"

    full = opened(decode(saved(picture(*size, mode), format)).full)

    assert full.size == (1600, 1540)
    if mode != "L":
        assert corners(full) == ["red", "green", "blue", "white"]
        middle = [full.getpixel((800 + dx, 770 + dy)) for dy in (-6, 6) for dx in (-6, 6)]
        assert all(
            max(abs(a - b) for a, b in zip(seen, colour, strict=True)) < 40
            for seen, colour in zip(middle, [RED, GREEN, BLUE, WHITE], strict=True)
        )


def test_transparent_parts_become_white():
    photo = decode(saved(Image.new("RGBA", (64, 48), (255, 0, 0, 0)), "PNG"))

    assert set(corners(opened(photo.full))) == {"white"}


def test_a_transparent_palette_becomes_white():
    photo = decode(saved(Image.new("P", (64, 48), 0), "PNG", transparency=0))

    assert set(corners(opened(photo.full))) == {"white"}


def test_sixteen_bits_a_pixel_become_eight():
    photo = decode(saved(Image.new("I;16", (64, 48), 128 * 256), "PNG"))

    assert opened(photo.full).getpixel((5, 5)) == (128, 128, 128)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, "red green blue white"),
        (2, "green red white blue"),
        (3, "white blue green red"),
        (4, "blue white red green"),
        (5, "red blue green white"),
        (6, "blue red white green"),
        (7, "white green blue red"),
        (8, "green white red blue"),
    ],
)
def test_a_photo_is_turned_upright_and_its_orientation_dropped(format, orientation, expected):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation

    photo = decode(saved(picture(), format, exif=exif.tobytes()))

    full = opened(photo.full)
    assert corners(full) == corners(opened(photo.thumb)) == expected.split()
    assert full.size == (photo.width, photo.height) == ((48, 64) if orientation >= 5 else (64, 48))
    assert not full.getexif()


def test_a_phone_photo_with_a_second_picture_behind_it_is_fine():
    assert decode(frames("MPO")).width == 64


# --- what it claims ----------------------------------------------------------------------------------------


def with_exif(time: object = None, offset: object = None, gps: dict[int, object] | None = None) -> bytes:
    exif = Image.Exif()
    for tag, value in [(ExifTags.Base.DateTimeOriginal, time), (ExifTags.Base.OffsetTimeOriginal, offset)]:
        if value is not None:
            exif.get_ifd(ExifTags.IFD.Exif)[tag] = value
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    return saved(picture(), exif=exif.tobytes())


def gps(lat: object, lon: object, lat_ref: str = "N", lon_ref: str = "E") -> dict[int, object]:
    return {1: lat_ref, 2: lat, 3: lon_ref, 4: lon}


DALING = gps((22.0, 52.0, 30.0), (114.0, 50.0, 6.0))


def test_time_and_place_are_read_as_claims_and_stripped():
    photo = decode(with_exif("2026:01:30 17:00:00", gps=DALING))

    assert photo.claimed.shot_at.isoformat() == "2026-01-30T17:00:00+08:00"
    assert (photo.claimed.lon, photo.claimed.lat) == pytest.approx((114.835, 22.875))
    assert (
        b"2026:01:30" not in photo.full and not opened(photo.full).getexif() and not opened(photo.thumb).getexif()
    )


def test_a_time_with_its_own_offset_keeps_it():
    claimed = decode(with_exif("2026:01:30 09:00:00", "+00:00")).claimed

    assert claimed.shot_at.utcoffset() == timedelta(0)


def test_south_and_west_are_negative():
    claimed = decode(with_exif(gps=gps((1.0, 30.0, 0.0), (2.0, 0.0, 0.0), "S", "W"))).claimed

    assert (claimed.lon, claimed.lat) == (-2.0, -1.5)


@pytest.mark.parametrize(
    "time", ["0000:00:00 00:00:00", "yesterday", "<script>alert(1)</script>", "1601:01:01 00:00:00", ""]
)
def test_a_nonsense_time_claims_nothing(time):
    assert decode(with_exif(time)).claimed == Claim()


@pytest.mark.parametrize("offset", ["<b>", "+99:00", "8", ""])
def test_a_nonsense_offset_means_local_time(offset):
    assert decode(with_exif("2026:01:30 17:00:00", offset)).claimed.shot_at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    "place",
    [
        gps((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),  # Android blanks the place so
        gps((91.0, 0.0, 0.0), (114.0, 0.0, 0.0)),
        gps((22.0, 0.0, 0.0), (181.0, 0.0, 0.0)),
        {1: "N", 2: (22.0, 0.0, 0.0)},
        {2: (22.0,), 4: (114.0,)},
    ],
)
def test_a_nonsense_place_claims_nothing(place):
    assert decode(with_exif(gps=place)).claimed == Claim()


def test_a_place_divided_by_zero_claims_nothing():
    data = with_exif(gps=DALING)
    at = (
        data.index(struct.pack(">II", 22, 1))
        if struct.pack(">II", 22, 1) in data
        else data.index(struct.pack("<II", 22, 1))
    )

    assert decode(data[:at] + b"\0" * 8 + data[at + 8 :]).claimed.lat is None


def test_damaged_metadata_do_not_cost_the_photo():
    data = bytearray(with_exif("2026:01:30 17:00:00", gps=DALING))
    start = data.index(b"Exif\0\0") + 10
    data[start : start + 60] = b"\xff" * 60

    assert decode(bytes(data)) == decode(saved(picture()))


# --- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空文件"),
        (b"\xff\xd8\xff" + b"\0" * BYTES_MAX, "8 MB"),
        (png_of(5001, 5000), "2500 万像素"),
        (png_of(13000, 13000), "2500 万像素"),
        (png_of(2**31 - 1, 2**31 - 1), "2500 万像素"),
        (jpeg_claiming(65535, 65535), "2500 万像素"),
        (webp_claiming(2**24, 2**24), "WebP 照片"),
        (webp_claiming(4001, 4000), "1600 万像素"),
        (png_of(0, 10), "损坏"),
        (jpeg_claiming(0, 0), "损坏"),
        (frames("PNG"), "动图"),
        (frames("WEBP"), "动图"),
        (frames("GIF"), "JPEG、PNG 或 WebP"),
        (saved(picture(), "GIF"), "JPEG、PNG 或 WebP"),
        (saved(picture(), "TIFF"), "JPEG、PNG 或 WebP"),
        (saved(picture(), "BMP"), "JPEG、PNG 或 WebP"),
        (saved(picture(), "ICO"), "JPEG、PNG 或 WebP"),
        (saved(picture(), "PDF"), "JPEG、PNG 或 WebP"),
        (saved(picture(), "EPS"), "JPEG、PNG 或 WebP"),
        (saved(picture(), "JPEG2000"), "JPEG、PNG 或 WebP"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "JPEG、PNG 或 WebP"),
        (b"<!doctype html><script>alert(1)</script>", "JPEG、PNG 或 WebP"),
        (b"<?php system($_GET['c']); ?>", "JPEG、PNG 或 WebP"),
        (b"PK\x03\x04" + b"\0" * 100, "JPEG、PNG 或 WebP"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "JPEG、PNG 或 WebP"),
        ("照片.jpg 其实是文字".encode(), "JPEG、PNG 或 WebP"),
        (b"\0" * 100, "JPEG、PNG 或 WebP"),
        (b"\xff\xd8\xff", "损坏"),
        (b"\xff\xd8" + b"\xff" * 5000, "损坏"),
        (b"\xff\xd8" + b"\xff\xe0\0\x02" * 500_000, "损坏"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + b"<script>" * 50, "损坏"),
        (b"\x89PNG\r\n\x1a\n", "损坏"),
        (b"\x89PNG\r\n\x1a\n" + b"A" * 100, "损坏"),
        (png_of(10, 10), "损坏"),
        (png_of(10, 10, (b"tEXt", b"a\0b")), "损坏"),
        (png_of(10, 10, (b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 50_000_000))), "损坏"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "损坏"),
        (b"RIFF\x10\0\0\0WEBPJUNK" + b"\0" * 100, "损坏"),
        (webp_claiming(10, 10), "损坏"),
        (saved(picture()).replace(b"\xff\xda", b"\xff\xda" * 65), "过于复杂"),
    ],
)
def test_what_is_no_photo_is_refused_in_plain_words(data, words):
    with pytest.raises(Invalid) as error:
        decode(data)

    assert words in error.value.detail
    assert "请" in error.value.detail
    assert error.value.field == "photo"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.97])
def test_a_truncated_photo_is_refused(format, share):
    noise = Image.frombytes("RGB", (200, 150), random.Random(4).randbytes(200 * 150 * 3))
    data = saved(noise, format)

    with pytest.raises(Invalid, match="损坏|不是照片"):
        decode(data[: int(len(data) * share)])


def test_a_header_that_lies_to_one_of_two_readers_is_refused():
    small = saved(picture())
    frame = small.index(b"\xff\xc0")
    length = 2 + struct.unpack_from(">H", small, frame + 2)[0]
    twice = small[:frame] + small[frame : frame + length] + small[frame:]

    with pytest.raises(Invalid, match="损坏"):
        decode(twice)


@pytest.mark.parametrize(
    "tail", [b"<script>alert(1)</script>", b"<?php system('id'); ?>", b"PK\x03\x04 a zip", b"%PDF-1.4 /JavaScript"]
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_a_polyglot_is_left_in_what_is_shown(format, tail):
    photo = decode(saved(picture(), format) + tail)

    assert tail not in photo.full and tail not in photo.thumb
    assert photo == decode(saved(picture(), format))


def test_nothing_of_a_comment_is_left_in_what_is_shown():
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "<script>alert(1)</script>"
    photo = decode(
        saved(picture(), comment=b"<script>alert(2)</script>", exif=exif.tobytes(), icc_profile=b"<script>" * 30)
    )

    assert b"script" not in photo.full + photo.thumb


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP"]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_damage_anywhere_ends_in_a_photo_or_in_words(format, hits):
    data = bytearray(FUZZ[format])
    for place, value in hits:
        data[int(place * len(data))] = value

    try:
        photo = decode(bytes(data))
    except Invalid as error:
        assert error.field == "photo"
    else:
        assert opened(photo.full).size[0] <= 1600


_EXIF = Image.open(BytesIO(with_exif("2026:01:30 17:00:00", "+08:00", DALING))).info["exif"]
FUZZ = {format: saved(picture(), format, exif=_EXIF) for format in ["JPEG", "PNG", "WEBP"]}
