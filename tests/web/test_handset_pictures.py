"""Pictures on a phone: upright whatever their EXIF says, and bare of it; QR codes are read without the system."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from tests.web.phone import choose_photo, ready

pytestmark = pytest.mark.browser
Handset = Callable[..., Page]
ORIENTATION = 0x0112
RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 180, 20), (20, 20, 220), (240, 240, 240)
# How a camera that was turned stored the picture: what brings it back, undone.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
# What the page makes of a picked file goes through here.
KEEP = """() => {
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => { window.picture = blob; return make.call(URL, blob); };
}"""
# Width and height, the colours of the four corners above the stamp, and whether there still is an EXIF block.
LOOK = """async () => {
  const picture = await createImageBitmap(window.picture, { imageOrientation: 'none' });
  const bytes = new Uint8Array(await window.picture.arrayBuffer());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d');
  context.drawImage(picture, 0, 0);
  const at = (x, y) => [...context.getImageData(picture.width * x, picture.height * y, 1, 1).data.slice(0, 3)];
  return {
    size: [picture.width, picture.height],
    corners: [at(0.2, 0.1), at(0.8, 0.1), at(0.2, 0.6), at(0.8, 0.6)],
    exif: new TextDecoder('latin1').decode(bytes).includes('Exif'),
  };
}"""
# The camera shows a code; this machine's Chromium has no BarcodeDetector, as many phones have none.
SHOW = """(modules) => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 480;
  const context = canvas.getContext('2d');
  const step = Math.floor(400 / modules.length);
  const draw = () => {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 480, 480);
    context.fillStyle = '#000';
    const cell = (x, y) => context.fillRect(40 + x * step, 40 + y * step, step, step);
    modules.forEach((row, y) => row.forEach((on, x) => on && cell(x, y)));
  };
  draw();
  setInterval(draw, 100);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
}"""


def _turned(orientation: int) -> bytes:
    """A picture of four colours, 400 × 300 when upright, stored as a camera held that way stores it."""
    upright = Image.new("RGB", (400, 300))
    for box, colour in (((0, 0), RED), ((200, 0), GREEN), ((0, 150), BLUE), ((200, 150), WHITE)):
        upright.paste(colour, (*box, box[0] + 200, box[1] + 150))
    turn = STORED[orientation]
    stored = upright if turn is None else upright.transpose(turn)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    out = io.BytesIO()
    stored.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def test_photos_of_all_eight_orientations_stand_upright_once(handset: Handset, tmp_path: Path) -> None:
    phone = handset("wg04")
    ready(phone)
    phone.goto("/m/#/report")
    phone.evaluate(KEEP)
    seen = {}

    for orientation in STORED:
        picture = tmp_path / f"{orientation}.jpg"
        picture.write_bytes(_turned(orientation))
        choose_photo(phone, picture)
        seen[orientation] = phone.evaluate(LOOK)
        phone.get_by_role("button", name="删掉第 1 张照片").tap()
        expect(phone.get_by_test_id("taken-photo")).to_have_count(0)

    for orientation, found in seen.items():
        assert found["size"] == [400, 300], orientation
        assert not found["exif"], orientation
        for colour, wanted in zip(found["corners"], (RED, GREEN, BLUE, WHITE), strict=True):
            assert max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) < 40, (orientation, found)


def test_a_qr_code_is_read_where_the_system_has_no_reader(handset: Handset) -> None:
    phone = handset("wg04")
    ready(phone)
    assert phone.evaluate("'BarcodeDetector' in window") is False
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData("富祥路12号")
    code.make()
    phone.evaluate(SHOW, [[bool(cell) for cell in row] for row in code.modules])

    phone.goto("/m/#/records")
    phone.get_by_role("button", name="扫码").tap()

    expect(phone.get_by_placeholder("姓名、地址、几个字")).to_have_value("富祥路12号")
