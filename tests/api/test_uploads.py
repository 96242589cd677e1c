"""Hostile uploads over HTTP (check 52): refused in plain words, or redrawn; never shown as they came."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from grid.db import db
from grid.events.photo import EventPhoto
from grid.media.media import Media
from grid.media.pool import pool
from tests.factories.census import census
from tests.factories.event import make_event
from tests.factories.hostile import SCRIPT, corpus, exif, saved, scene
from tests.factories.person import Person
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem

CORPUS = list(corpus())
FILES_MIN = 60
MEMORY_MB = 300  # above idle, all decoders of the process together
SECONDS = 2.0
SLOW = 3  # this machine may be busy with other tests; the benchmark measures on a quiet one
TRACES = (b"script", b"<?php", b"PK\x03\x04", b"%PDF", b"JFIF*/", b"Exif", b"http://ns.adobe", b"Photoshop")


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """SQLite alone: what is tested here lies before the database."""
    stock = request.getfixturevalue("sqlite_stock")
    url = stock.take()
    yield url
    stock.give_back(url)


@pytest.fixture
def worker(app: Flask) -> Person:
    worker = Person(app, "wg01")
    worker.upload(jpeg(0))  # so that there is a decoder, and its start is not measured
    return worker


def _upload(worker: Person, data: bytes, kind: str = "image/jpeg") -> object:
    name = hashlib.sha256(data).hexdigest()
    return worker.put(f"/mobile/v1/photos/{name}", data=data, headers={"Content-Type": kind})


def _memory_mb(key: str) -> float:
    """Of all decoders; VmHWM is the highest since it was last reset."""
    lines = [line for pid in pool().pids() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith(key)) * 1.024e-3


def _forget_peaks() -> None:
    for pid in pool().pids():
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def test_the_corpus_is_large_and_no_two_files_of_it_are_the_same() -> None:
    digests = {hashlib.sha256(make()).hexdigest() for _, make, _ in CORPUS}

    assert len(digests) == len(CORPUS) >= FILES_MIN
    assert len({name for name, _, _ in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize(("make", "words"), [case[1:] for case in CORPUS], ids=[case[0] for case in CORPUS])
def test_a_hostile_file_is_refused_or_redrawn(
    worker: Person, make: Callable[[], bytes], words: str | None
) -> None:
    data = make()
    event = make_event(reporter="wg01", photos=[{"sha256": hashlib.sha256(data).hexdigest(), "role": "near"}])
    before = census()
    _forget_peaks()
    idle_mb, begin = _memory_mb("VmRSS"), time.monotonic()

    answer = _upload(worker, data)

    assert time.monotonic() - begin < SECONDS * SLOW
    assert _memory_mb("VmHWM") - idle_mb < MEMORY_MB
    shown = [worker.get(f"/api/photos/{event.photos[0].id}?size={size}") for size in ("full", "thumb")]
    if words is not None:
        assert_problem(answer, 422, "invalid", "photo")
        assert words in answer.json["detail"] and "请" in answer.json["detail"]
        assert census() == before
        assert [picture.status_code for picture in shown] == [404, 404]
        return
    assert answer.status_code == 201, answer.text
    for picture, edge_px in zip(shown, (1600, 320), strict=True):
        _assert_redrawn(picture, edge_px)
        assert picture.data != data


def _assert_redrawn(answer: object, edge_px: int) -> None:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    with Image.open(io.BytesIO(answer.data), formats=["JPEG"]) as image:
        image.load()
        assert max(image.size) <= edge_px and image.mode == "RGB"
        assert not image.getexif() and set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert answer.data.endswith(b"\xff\xd9")
    assert not [trace for trace in TRACES if trace in answer.data]


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf", "image/gif", "", "image/jpeg2"])
def test_another_content_type_is_refused_whatever_is_in_it(worker: Person, kind: str) -> None:
    answer = _upload(worker, jpeg(1), kind)

    assert_problem(answer, 422, "invalid", "photo")
    assert db.session.get(Media, hashlib.sha256(jpeg(1)).hexdigest()) is None


def test_what_the_sender_calls_it_decides_nothing(worker: Person) -> None:
    data = saved(scene(), "PNG")

    assert _upload(worker, data, "image/webp").status_code == 201
    assert db.session.get_one(Media, hashlib.sha256(data).hexdigest()).mime == "image/png"


@pytest.mark.parametrize(
    "name",
    [
        "../../../../etc/passwd",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "photo.jpg",
        "a" * 300,
        "a" * 63,
        "A" * 64,
        "照片" * 32,
        "\u202egpj.exe",
        "a" * 63 + "%00",
        "a" * 64 + "%0a",
        "<script>",
    ],
)
def test_no_name_but_a_hash_is_an_address(worker: Person, name: str) -> None:
    answer = worker.put(f"/mobile/v1/photos/{name}", data=jpeg(1), headers={"Content-Type": "image/jpeg"})

    assert answer.status_code in (404, 405, 422) and answer.mimetype == "application/problem+json"


def test_more_than_8_mb_is_refused(worker: Person) -> None:
    for size in (8 * 2**20 + 1, 8 * 2**20 + 5000, 20 * 2**20):
        answer = _upload(worker, jpeg(1) + bytes(size - len(jpeg(1))))

        assert answer.status_code in (413, 422) and "8 MB" in answer.json["detail"]


def test_another_hash_than_that_of_the_bytes_is_refused(worker: Person) -> None:
    answer = worker.put(f"/mobile/v1/photos/{'0' * 64}", data=jpeg(1), headers={"Content-Type": "image/jpeg"})

    assert_problem(answer, 422, "invalid", "photo")


def test_time_and_place_of_the_file_are_a_hint_beside_the_photo(worker: Person) -> None:
    data = saved(scene(), "JPEG", exif=exif(description=SCRIPT.decode()))
    event = make_event(reporter="wg01", photos=[{"sha256": hashlib.sha256(data).hexdigest(), "role": "near"}])
    told_before = worker.event(event.id)["photo_items"][0]["claimed"]

    stored = _upload(worker, data).json["claimed"]

    told = worker.event(event.id)["photo_items"][0]["claimed"]
    assert told_before is None and told == stored
    assert told["shot_at"] == "2026-01-30T17:00:00.000+08:00" and told["datum"] == "wgs84"
    assert (told["lon"], told["lat"]) == pytest.approx((114.835, 22.875))
    place = worker.event(event.id)["place"]
    assert (place["lon"], place["lat"]) != pytest.approx((114.835, 22.875), abs=1e-6)


def test_a_photo_that_says_nothing_claims_nothing(worker: Person) -> None:
    assert _upload(worker, jpeg(1)).json["claimed"] is None


def test_the_original_is_kept_as_evidence_and_no_address_shows_it(app: Flask, worker: Person) -> None:
    data = saved(scene(), "JPEG", exif=exif(description="evidence"))
    name = hashlib.sha256(data).hexdigest()
    make_event(reporter="wg01", photos=[{"sha256": name, "role": "near"}])
    _upload(worker, data)

    store = app.extensions["media_store"]
    assert store.read(name) == data and b"evidence" not in store.path(name).read_bytes()
    [photo] = db.session.query(EventPhoto)
    for size in ("original", "raw", "", "full.jpg"):
        assert_problem(worker.get(f"/api/photos/{photo.id}", query_string={"size": size}), 422, "invalid")
    for path in (f"/api/photos/{name}", f"/media/{name[:2]}/{name}", f"/static/../media/{name[:2]}/{name}"):
        assert worker.get(path).status_code in (404, 405)
