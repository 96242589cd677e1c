"""Hostile pictures (恶意文件), made on the spot: what people send who do not send photos."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image, ImageDraw

SCRIPT = b"<script>alert(document.domain)</script>"
PNG_SIGN = b"\x89PNG\r\n\x1a\n"


def scene(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """A picture with something in it."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill="red")
    return image.convert(mode)


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    """A PNG written by hand: its header may say anything."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
    return PNG_SIGN + head + b"".join(chunks) + chunk(b"IEND", b"")


def idat(length: int) -> bytes:
    """Pixels that are all nought, squeezed a thousandfold."""
    packer, parts = zlib.compressobj(9), []
    for start in range(0, length, 1 << 20):
        parts.append(packer.compress(bytes(min(1 << 20, length - start))))
    return chunk(b"IDAT", b"".join(parts) + packer.flush())


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    """A PNG with more chunks behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(saved(scene(), "JPEG"))
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
    return bytes(data)


def with_segment(data: bytes, marker: int, body: bytes) -> bytes:
    """A JPEG with another segment in front."""
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + data[2:]


def webp_claiming(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (width - 1).to_bytes(3, "little")
    body += (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def animated(format: str) -> bytes:
    return saved(scene(), format, save_all=True, append_images=[scene().rotate(90)], duration=50)


def zipped(name: str, size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(size))
    return out.getvalue()


def exif(**tags: Any) -> bytes:
    found = Image.Exif()
    found[0x010E] = tags.get("description", "")
    found[0x0112] = tags.get("orientation", 1)
    found.get_ifd(0x8769)[0x9003] = tags.get("taken", "2026:01:30 17:00:00")
    found.get_ifd(0x8825).update({1: "N", 2: (22.0, 52.0, 30.0), 3: "E", 4: (114.0, 50.0, 6.0)})
    return found.tobytes()


def looping_exif() -> bytes:
    """An EXIF directory that names itself as the next, and as its own place and camera."""
    entries = struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<HHII", 0x8825, 4, 1, 8)
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 8)


def lying_exif() -> bytes:
    """An EXIF directory of 65,535 entries, each of four thousand million numbers."""
    entry = struct.pack("<HHII", 0x010E, 5, 0xFFFFFFFF, 8)
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 65535) + entry * 5000


def corpus() -> Iterator[tuple[str, Callable[[], bytes], str | None]]:
    """Name, maker, and the words of the refusal; None: taken, redrawn."""
    photo, drawn = saved(scene(), "JPEG"), saved(scene(), "PNG")
    web = saved(scene(), "WEBP")
    yield from _no_photos()
    yield from _polyglots(photo, drawn, web)
    yield from _bombs(photo, drawn)
    yield from _cut(photo, drawn, web)
    yield from _odd()
    yield from _metadata(photo, drawn)


Case = tuple[str, Callable[[], bytes], str | None]
NO_PHOTO, BROKEN, TOO_MANY = "这不是照片", "损坏", "像素"


def _no_photos() -> Iterator[Case]:
    svg = (
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>1</script></svg>'
    )
    for name, data in {
        "svg": svg,
        "svg with a byte order mark": b"\xef\xbb\xbf" + svg,
        "html": b"<!doctype html>" + SCRIPT,
        "php": b"<?php system($_GET['c']); ?>",
        "pdf": saved(scene(), "PDF"),
        "eps": saved(scene(), "EPS"),
        "zip": zipped("../../../../etc/cron.d/x", 10),
        "zip bomb": zipped("bomb", 40_000_000),
        "elf": b"\x7fELF" + bytes(200),
        "exe": b"MZ" + bytes(200),
        "gif": saved(scene(), "GIF"),
        "gif89a with script": b"GIF89a/*" + SCRIPT + b"*/=1;",
        "animated gif": animated("GIF"),
        "tiff": saved(scene(), "TIFF"),
        "bmp": saved(scene(), "BMP"),
        "ico": saved(scene(64, 64), "ICO"),
        "jpeg 2000": saved(scene(), "JPEG2000"),
        "heic": b"\0\0\0\x18ftypheic" + bytes(300),
        "avif": b"\0\0\0\x18ftypavif" + bytes(300),
        "mp4": b"\0\0\0\x18ftypmp42" + bytes(300),
        "imagemagick script": b"push graphic-context\nimage over 0,0 0,0 'https://127.0.0.1/x'\n",
        "xbm": b"#define x_width 9999999\n#define x_height 9999999\n",
        "text": "照片.jpg 其实是文字".encode(),
        "noughts": bytes(5000),
        "space before a jpeg": b" " + saved(scene(), "JPEG"),
    }.items():
        yield name, lambda data=data: data, NO_PHOTO
    yield "nothing", lambda: b"", "空文件"


def _polyglots(photo: bytes, drawn: bytes, web: bytes) -> Iterator[Case]:
    yield "jpeg and html", lambda: photo + SCRIPT, None
    yield "jpeg and php", lambda: photo + b"<?php system('id'); ?>", None
    yield "jpeg and zip", lambda: photo + zipped("x.php", 10), None
    yield "jpeg and pdf", lambda: photo + saved(scene(), "PDF"), None
    yield "png and html", lambda: drawn + SCRIPT, None
    yield "png and zip", lambda: drawn + zipped("x", 10), None
    yield "webp and html", lambda: web + SCRIPT, None
    yield "jpeg with script as comment", lambda: with_segment(photo, 0xFE, SCRIPT), None
    yield "jpeg with html as jfif", lambda: with_segment(photo, 0xE0, b"*/" + SCRIPT), None
    yield "png with script as text", lambda: with_chunks(drawn, chunk(b"tEXt", b"Comment\0" + SCRIPT)), None
    yield (
        "png with html as pixels",
        lambda: saved(Image.frombytes("RGB", (13, 1), SCRIPT[:39]), "PNG", compress_level=0),
        None,
    )
    yield "gif sign in a jpeg", lambda: with_segment(photo, 0xFE, b"GIF89a=1;" + SCRIPT), None
    yield "jpeg sign before html", lambda: b"\xff\xd8\xff\xe0" + SCRIPT * 9, BROKEN
    yield "png sign before html", lambda: PNG_SIGN + SCRIPT * 9, BROKEN
    yield "webp sign before html", lambda: b"RIFF\x40\0\0\0WEBP" + SCRIPT * 9, BROKEN


def _bombs(photo: bytes, drawn: bytes) -> Iterator[Case]:
    yield "png of 100000 x 1", lambda: png(100_000, 1, idat(300_001)), None
    yield "png of 1 x 100000", lambda: png(1, 100_000, idat(400_000)), None
    yield "png of 25 MP from 25 KB", lambda: png(5000, 5000, idat(5000 * 15001)), None
    yield "interlaced png of 25 MP", lambda: png(5000, 5000, idat(80_000_000), interlace=1), None
    yield "png of 625 MP", lambda: png(25_000, 25_000, idat(1_000_000)), TOO_MANY
    yield "png of 4 GB claimed", lambda: png(2**31 - 1, 2**31 - 1, idat(10)), TOO_MANY
    yield "png that says little and holds much", lambda: png(10, 10, idat(50_000_000)), None
    yield "png that says much and holds little", lambda: png(4000, 4000, idat(1000)), BROKEN
    yield (
        "png with a zTXt bomb",
        lambda: with_chunks(drawn, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(60_000_000), 9))),
        BROKEN,
    )
    yield (
        "png with an iCCP bomb",
        lambda: with_chunks(drawn, chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(60_000_000), 9))),
        BROKEN,
    )
    yield "png with 50000 chunks", lambda: with_chunks(drawn, chunk(b"tEXt", b"a\0b") * 50_000), None
    yield "png with a chunk of 2 GB claimed", lambda: drawn[:33] + struct.pack(">I", 2**31 - 1) + b"tEXt", BROKEN
    yield "apng", lambda: animated("PNG"), "动图"
    yield "animated webp", lambda: animated("WEBP"), "动图"
    yield "webp of 268 MP", lambda: webp_claiming(16384, 16384), TOO_MANY
    yield "webp without picture", lambda: webp_claiming(3000, 3000), BROKEN
    yield "jpeg of 4295 MP", lambda: jpeg_claiming(65535, 65535), TOO_MANY
    yield "jpeg of 25 MP from 5 KB, the rest of it grey", lambda: jpeg_claiming(5000, 5000), None
    yield "jpeg of no size", lambda: jpeg_claiming(0, 0), BROKEN
    yield "jpeg with 65 scans", lambda: photo.replace(b"\xff\xda", b"\xff\xda" * 65), "过于复杂"
    yield "progressive jpeg of many scans", many_scans, None
    yield "jpeg with 2000 segments", lambda: photo[:2] + b"\xff\xe5\0\x04ab" * 2000 + photo[2:], BROKEN
    yield "jpeg with two frames", two_frames, BROKEN
    yield (
        "just under 8 MB of noise",
        lambda: photo + random.Random(1).randbytes(8 * 2**20 - len(photo)),
        "过于复杂",
    )


def many_scans() -> bytes:
    """A progressive JPEG of 25 MP whose last scan comes fifty times."""
    data = saved(scene(5000, 5000), "JPEG", progressive=True, subsampling=0, quality=30)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * 50 + b"\xff\xd9"


def two_frames() -> bytes:
    data = saved(scene(), "JPEG")
    frame = data.index(b"\xff\xc0")
    length = 2 + struct.unpack_from(">H", data, frame + 2)[0]
    return data[:frame] + data[frame : frame + length] + data[frame:]


def _cut(photo: bytes, drawn: bytes, web: bytes) -> Iterator[Case]:
    for name, data in (("jpeg", photo), ("png", drawn), ("webp", web)):
        for share in (0.01, 0.1, 0.5, 0.9, 0.95):
            cut = data[: int(len(data) * share)]
            sign = NO_PHOTO if len(cut) < 12 and name == "webp" else BROKEN
            yield f"{name} cut at {share:.0%}", lambda cut=cut: cut, sign


def _odd() -> Iterator[Case]:
    yield "1 x 1", lambda: saved(scene(1, 1), "JPEG"), None
    yield "1 x 1 png", lambda: saved(scene(1, 1), "PNG"), None
    yield "cmyk", lambda: saved(scene(mode="CMYK"), "JPEG"), None
    yield "grey", lambda: saved(scene(mode="L"), "JPEG"), None
    yield "black and white", lambda: saved(scene(mode="1"), "PNG"), None
    yield "sixteen bits", lambda: saved(Image.new("I;16", (400, 300), 30_000), "PNG"), None
    yield "palette", lambda: saved(scene(mode="P"), "PNG", transparency=3), None
    yield "transparent", lambda: saved(scene(mode="RGBA"), "PNG"), None
    yield "transparent webp", lambda: saved(scene(mode="RGBA"), "WEBP", lossless=True), None
    yield "several pictures in one (mpo)", lambda: animated("MPO"), None


def _metadata(photo: bytes, drawn: bytes) -> Iterator[Case]:
    script = SCRIPT.decode()
    yield "script in exif", lambda: saved(scene(), "JPEG", exif=exif(description=script)), None
    yield "script as exif time", lambda: saved(scene(), "JPEG", exif=exif(taken=script)), None
    yield "exif of 60 KB", lambda: saved(scene(), "JPEG", exif=exif(description="A" * 60_000)), None
    yield "exif that loops", lambda: with_segment(photo, 0xE1, looping_exif()), None
    yield "exif that lies", lambda: with_segment(photo, 0xE1, lying_exif()), None
    yield "exif cut short", lambda: with_segment(photo, 0xE1, b"Exif\0\0II*\0\x08"), None
    yield "exif in a png", lambda: saved(scene(), "PNG", exif=exif(description=script, orientation=6)), None
    yield "xmp with an entity bomb", lambda: with_segment(photo, 0xE1, _XMP), None
    yield "icc of nonsense", lambda: saved(scene(), "JPEG", icc_profile=SCRIPT * 50), None
    yield "icc of 4 MB", lambda: saved(scene(), "JPEG", icc_profile=bytes(4_000_000)), None
    yield "photoshop of nonsense", lambda: with_segment(photo, 0xED, b"Photoshop 3.0\0" + b"8BIM\xff" * 900), None
    yield "adobe of nonsense", lambda: with_segment(photo, 0xEE, b"Adobe\0\xff\xff\xff\xff\xff\x07"), None
    yield "mpf of nonsense", lambda: with_segment(photo, 0xE2, b"MPF\0II*\0\x08\0\0\0" + b"\xff" * 500), None


_XMP = b"http://ns.adobe.com/xap/1.0/\0" + (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c SYSTEM "file:///etc/passwd">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;&c;</x:xmpmeta>'
)
