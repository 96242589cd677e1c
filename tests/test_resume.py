"""Files over connections that break: what came is kept, foreign clients go on from there, byte for byte."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from flask import Flask
from sqlalchemy import func, select
from tusclient.client import TusClient

from grid.db import db
from grid.media.media import MediaUpload
from grid.uploads.upload import Upload
from tests.harness.chaosproxy import ChaosProxy, Odds
from tests.harness.crashrig import HOST, ROOT, CrashRig
from tests.harness.files import STREAM, Seat, Sender, encoded, metadata, noise

BIG = noise(1, (1200, 900))
SILENCE_S = 1


@pytest.fixture
def rig(app: Flask, database: str, tmp_path: Path) -> Iterator[CrashRig]:
    env = {"WANGGE_DATABASE": database, "WANGGE_DEMO": "1", "WANGGE_UPLOAD_SILENCE": str(SILENCE_S)}
    with CrashRig(tmp_path, env) as running:
        yield running


@pytest.fixture
def seat(rig: CrashRig) -> Seat:
    return Seat("wg01", rig.port, uuid4())


def begin(rig: CrashRig, seat: Seat, data: bytes) -> str:
    told = {"Upload-Length": str(len(data)), "Upload-Metadata": encoded(metadata(data, uuid4()))}
    answer = httpx.post(f"{rig.url}/mobile/v1/files", headers=seat.headers | told, timeout=30)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def offset(rig: CrashRig, seat: Seat, where: str) -> int:
    answer = httpx.head(f"{rig.url}{where}", headers=seat.headers)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def patch(rig: CrashRig, seat: Seat, where: str, at: int, data: bytes) -> httpx.Response:
    told = {"Upload-Offset": str(at), "Content-Type": STREAM}
    return httpx.patch(f"{rig.url}{where}", headers=seat.headers | told, content=data)


@contextmanager
def broken_off(rig: CrashRig, seat: Seat, where: str, data: bytes, sent: int) -> Iterator[socket.socket]:
    """A PATCH that promises all of ``data`` and sends ``sent`` bytes of it; still open inside the block."""
    headers = seat.headers | {"Upload-Offset": "0", "Content-Type": STREAM, "Content-Length": str(len(data))}
    head = f"PATCH {where} HTTP/1.1\r\nHost: {HOST}\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items())
    with socket.create_connection((HOST, rig.port)) as connection:
        connection.sendall(head.encode() + b"\r\n" + data[:sent])
        yield connection


def until(wanted: int, rig: CrashRig, seat: Seat, where: str) -> int:
    """The offset, once it is as wanted, or after some seconds."""
    limit = time.monotonic() + 10
    while (found := offset(rig, seat, where)) < wanted and time.monotonic() < limit:
        time.sleep(0.05)
    return found


def assert_stored(app: Flask, data: bytes) -> None:
    store = app.extensions["media_store"]
    assert store.read(sha256(data).hexdigest()) == data


def test_what_came_before_the_cut_is_kept(app: Flask, rig: CrashRig, seat: Seat) -> None:
    where = begin(rig, seat, BIG)

    with broken_off(rig, seat, where, BIG, 600_000):
        pass

    assert until(600_000, rig, seat, where) == 600_000
    assert patch(rig, seat, where, 600_000, BIG[600_000:]).status_code == 204
    assert_stored(app, BIG)


def test_a_connection_that_falls_silent_does_not_keep_the_next_one_out(
    app: Flask, rig: CrashRig, seat: Seat
) -> None:
    where = begin(rig, seat, BIG)

    with broken_off(rig, seat, where, BIG, 65_536 * 4):
        assert until(65_536 * 4, rig, seat, where) == 65_536 * 4
        assert patch(rig, seat, where, 65_536 * 4, b"x").status_code == 423
        time.sleep(SILENCE_S + 0.5)
        assert patch(rig, seat, where, 65_536 * 4, BIG[65_536 * 4 :]).status_code == 204

    assert_stored(app, BIG)


def test_after_kill_nine_it_goes_on_where_the_disk_is(app: Flask, rig: CrashRig, seat: Seat) -> None:
    where = begin(rig, seat, BIG)
    with broken_off(rig, seat, where, BIG, 65_536 * 5):
        assert until(65_536 * 5, rig, seat, where) == 65_536 * 5
        rig.restart()

    assert offset(rig, seat, where) == 65_536 * 5
    assert patch(rig, seat, where, 65_536 * 5, BIG[65_536 * 5 :]).status_code == 204
    assert_stored(app, BIG)


def test_tuspy_pauses_resumes_and_survives_a_restart(
    app: Flask, rig: CrashRig, seat: Seat, tmp_path: Path
) -> None:
    file = tmp_path / "照片.jpg"
    file.write_bytes(BIG)
    client = TusClient(f"{rig.url}/mobile/v1/files", headers=seat.headers)
    told = {"chunk_size": 65_536, "metadata": metadata(BIG, uuid4()), "upload_checksum": True}

    first = client.uploader(str(file), **told)
    first.upload(stop_at=300_000)
    rig.restart()
    second = client.uploader(str(file), url=first.url, retries=5, retry_delay=0.2, **told)

    assert 0 < second.offset == first.offset < len(BIG)
    second.upload()
    assert second.offset == len(BIG)
    assert_stored(app, BIG)


def test_tus_js_client_resumes_after_the_server_was_killed(
    app: Flask, rig: CrashRig, seat: Seat, tmp_path: Path
) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(BIG)
    what = {
        "endpoint": f"{rig.url}/mobile/v1/files",
        "file": str(file),
        "headers": {name: value for name, value in seat.headers.items() if name != "Tus-Resumable"},
        "metadata": metadata(BIG, uuid4()),
        "chunkSize": 16_384,
    }
    command = ["node", "tests/harness/tus_client.mjs", str(ROOT / "web" / "package.json"), json.dumps(what)]
    said: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as client:
        assert client.stdout is not None
        for line in client.stdout:
            said.append(line.strip())
            if (
                line.startswith("chunk")
                and int(line.split()[1]) >= 150_000
                and "retry" not in said
                and len(said) < 20
            ):
                rig.kill()
                kept = next((tmp_path / "uploads").glob("*.part")).stat().st_size
                rig.start()

    assert said[-1].startswith("done"), said[-5:]
    assert "retry" in said
    assert 150_000 <= kept < len(BIG)
    pieces = [int(line.split()[1]) for line in said if line.startswith("chunk")]
    assert pieces == sorted(pieces)  # it never went back to the beginning
    assert_stored(app, BIG)


def test_a_hundred_photos_in_pieces_through_a_bad_network_arrive_byte_for_byte(app: Flask, rig: CrashRig) -> None:
    photos = [noise(number, (96, 72)) for number in range(100)]
    with ChaosProxy(rig.port, seed=4, odds=Odds(truncate=0.10)) as proxy:
        senders = [Sender(Seat(f"wg0{n}", rig.port, UUID(int=n)), proxy.port, seed=n) for n in range(1, 5)]
        threads = [threading.Thread(target=_deliver, args=(s, photos[n::4])) for n, s in enumerate(senders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert all(sender.counts["failed"] == 0 for sender in senders), [sender.counts for sender in senders]
    for fate in ("drop", "truncate", "lose", "duplicate", "halve"):
        assert proxy.counts[fate] > 0
    for photo in photos:
        assert_stored(app, photo)
    assert db.session.scalar(select(func.count()).select_from(MediaUpload)) == len(photos)
    assert set(db.session.scalars(select(Upload.done_at.is_not(None)))) == {True}
    assert list(app.extensions["drafts"].root.iterdir()) == []


def _deliver(sender: Sender, photos: list[bytes]) -> None:
    sender.counts["failed"] += 1
    for photo in photos:
        sender.deliver(photo)
    sender.counts["failed"] -= 1
