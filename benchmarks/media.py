"""Photos: uploads over HTTP against a bare route that stores the bytes, and the worst pictures a decoder meets.

SQLite, gunicorn with 2 workers, 4 client processes; the two servers take turns in one run.
"""

from __future__ import annotations

import http.client
import io
import multiprocessing
import os
import struct
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask import Flask, request
from PIL import Image

from benchmarks.load import PER_CONNECTION, Figures
from benchmarks.process import cpu_s, family
from benchmarks.table import Table
from grid.media.image import BYTES_MORE, BYTES_PER_PIXEL, PIXELS_MAX
from grid.media.pool import Pool
from tests.harness import street
from tests.harness.crashrig import CrashRig
from tests.harness.street import HOST

CLIENTS = 4
RUNS = 3
SECONDS = 5.0
WARM_S = 2.0
BAR = 0.05
LEAD_S = 0.5  # client processes need this long to get up
MEMORY_BAR_MB, TIME_BAR_S = 300, 2.0
PHOTO_PX = (1600, 1200)  # what a handset sends


def bare() -> Flask:
    """The yardstick: the body goes into a file, on the disk before the answer; nothing else happens."""
    app = Flask(__name__)
    folder = Path(os.environ["WANGGE_DATA"]) / "bare"
    folder.mkdir(exist_ok=True)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.put("/photos/<name>")
    def put(name: str) -> tuple[dict[str, Any], int]:
        handle, draft = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(request.get_data())
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, folder / name)
        return {"sha256": name}, 201

    return app


@dataclass(frozen=True)
class Sender:
    """What one client process does: other photos to ``path`` until ``seconds`` after ``start``."""

    port: int
    path: str
    token: str
    photo: bytes
    start: float
    seconds: float


@dataclass(frozen=True)
class Turn:
    """One turn of one server."""

    figures: Figures
    cpu_ms: float


def measure(runs: int = RUNS, seconds: float = SECONDS) -> Table:
    """Uploads a second, run by run, then what the worst pictures take."""
    table = Table(
        "Photos",
        f"SQLite, gunicorn 2 × 8 threads, {CLIENTS} client processes, JPEG of {PHOTO_PX[0]} × {PHOTO_PX[1]}; "
        "uploads a second, p50, CPU time of server and decoders together. Bare: one file, synced, no database. "
        "Below, the worst pictures of each kind: the decoder's memory above idle, and its time",
        ("", "photo", "bare file", "photo / bare"),
    )
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place:
        found = _runs(Path(place), runs, seconds)
    ratios = [ours.figures.rate / theirs.figures.rate for ours, theirs in found]
    for number, ((ours, theirs), ratio) in enumerate(zip(found, ratios, strict=True), 1):
        table.add(f"run {number}", _cell(ours), _cell(theirs), f"{ratio:.1%}")
    worst = [_worst(name, make) for name, make in WORST.items()]
    for name, memory_mb, spent_s in worst:
        table.add(name, f"+{memory_mb:.0f} MB, {spent_s:.2f} s", "", "")
    table.judge("upload, median ratio", f"{median(ratios):.1%}", f"≥ {BAR:.0%}", median(ratios) >= BAR)
    most_mb, most_s = max(mb for _, mb, _ in worst), max(spent for _, _, spent in worst)
    table.judge("decoder, most memory", f"{most_mb:.0f} MB", f"≤ {MEMORY_BAR_MB} MB", most_mb <= MEMORY_BAR_MB)
    table.judge("decoder, longest", f"{most_s:.2f} s", f"≤ {TIME_BAR_S:.0f} s", most_s <= TIME_BAR_S)
    return table


def _runs(folder: Path, runs: int, seconds: float) -> list[tuple[Turn, Turn]]:
    url = f"sqlite:///{folder / 'wangge.db'}"
    street.build(url, folder)
    env = {"WANGGE_DATABASE": url, "WANGGE_DEMO": "1"}
    with CrashRig(folder, env) as rig, CrashRig(folder, env, app="benchmarks.media:bare()") as yardstick:
        tokens = [person.token for person in street.workers(rig.port, CLIENTS)]
        courses = [(rig, "/mobile/v1/photos"), (yardstick, "/photos")]
        for server, path in courses:
            _turn(server, path, tokens, WARM_S)
        return [(_turn(*courses[0], tokens, seconds), _turn(*courses[1], tokens, seconds)) for _ in range(runs)]


def _turn(server: CrashRig, path: str, tokens: list[str], seconds: float) -> Turn:
    before = _spent_s(server.pid)
    start = time.time() + LEAD_S
    senders = [Sender(server.port, path, token, _photo(n), start, seconds) for n, token in enumerate(tokens)]
    with ProcessPoolExecutor(CLIENTS, multiprocessing.get_context("fork")) as pool:
        times = [took for part in pool.map(send, senders) for took in part]
    cuts = quantiles(times, n=20)
    figures = Figures(len(times) / seconds, cuts[9] * 1000, cuts[18] * 1000)
    return Turn(figures, (_spent_s(server.pid) - before) * 1000 / len(times))


def _spent_s(root: int) -> float:
    """Processor time of a server, its workers and their decoders."""
    workers = set(family(root)) - {root}
    decoders = {child for worker in workers for child in family(worker)} - workers
    return cpu_s(root) + sum(cpu_s(decoder) for decoder in decoders)


def send(sender: Sender) -> list[float]:
    """Send photos one after the other; how long each took, seconds. Every answer must be 201."""
    connection = http.client.HTTPConnection(HOST, sender.port, timeout=30)
    headers = {"Authorization": f"Bearer {sender.token}", "Content-Type": "image/jpeg"}
    times: list[float] = []
    time.sleep(max(0.0, sender.start - time.time()))
    end = sender.start + sender.seconds
    while (begin := time.time()) < end:
        if len(times) % PER_CONNECTION == 0:
            connection.close()
        note = f"{sender.start} {begin}".encode()  # another comment, another hash
        data = sender.photo[:2] + struct.pack(">BBH", 0xFF, 0xFE, len(note) + 2) + note + sender.photo[2:]
        begin = time.time()
        connection.request("PUT", f"{sender.path}/{sha256(data).hexdigest()}", data, headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 201, body
        times.append(time.time() - begin)
    connection.close()
    return times


def _photo(number: int) -> bytes:
    grain = Image.effect_noise((PHOTO_PX[0] // 4, PHOTO_PX[1] // 4), 60 + number).resize(PHOTO_PX)
    return _saved(Image.merge("RGB", [grain, grain.rotate(180), grain]), "JPEG", quality=80)


def _saved(image: Image.Image, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def _scene(pixels: int, mode: str) -> Image.Image:
    width = int((pixels * 4 / 3) ** 0.5)
    size = (width, pixels // width)
    image = Image.effect_mandelbrot((400, 300), (-2, -1.5, 1, 1.5), 60).resize(size)
    if mode == "I;16":
        return Image.new(mode, size, 30_000)
    scene = Image.merge("RGB", [image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), image])
    if mode == "RGBA":
        scene.putalpha(image)
    return scene.convert(mode)


JPEG_PX, PNG_PX, WEBP_PX = (PIXELS_MAX[name] - 10_000 for name in ("JPEG", "PNG", "WEBP"))
WORST: dict[str, Callable[[], bytes]] = {
    "JPEG, 25 MP": lambda: _saved(_scene(JPEG_PX, "RGB"), "JPEG"),
    "JPEG, progressive": lambda: _saved(_scene(JPEG_PX, "RGB"), "JPEG", progressive=True, subsampling=0),
    "JPEG, progressive, CMYK": lambda: _saved(_scene(JPEG_PX, "CMYK"), "JPEG", progressive=True, subsampling=0),
    "PNG, transparent": lambda: _saved(_scene(PNG_PX, "RGBA"), "PNG"),
    "PNG, 16 bits": lambda: _saved(_scene(PNG_PX, "I;16"), "PNG"),
    "WebP, 16 MP": lambda: _saved(_scene(WEBP_PX, "RGB"), "WEBP", method=0),
    "WebP, transparent": lambda: _saved(_scene(WEBP_PX, "RGBA"), "WEBP", method=0),
    "WebP, lossless": lambda: _saved(_scene(WEBP_PX, "RGBA"), "WEBP", lossless=True, method=0, quality=0),
}


def _worst(name: str, make: Callable[[], bytes]) -> tuple[str, float, float]:
    data, pool = make(), Pool()
    kind = name.split(",")[0].upper()
    pool.decode(_saved(Image.new("RGB", (64, 48)), "JPEG"), BYTES_MORE)
    [pid] = pool.pids()
    idle_mb, begin = _status_mb(pid, "VmRSS"), time.perf_counter()
    pool.decode(data, PIXELS_MAX[kind] * BYTES_PER_PIXEL[kind] + BYTES_MORE)
    spent_s, memory_mb = time.perf_counter() - begin, _status_mb(pid, "VmHWM") - idle_mb
    pool.close()
    return name, memory_mb, spent_s


def _status_mb(pid: int, key: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) * 1.024e-3


def _cell(turn: Turn) -> str:
    return f"{turn.figures.rate:.0f}/s, {turn.figures.p50_ms:.0f} ms, CPU {turn.cpu_ms:.0f} ms"
