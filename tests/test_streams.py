"""Streams under the real server: they take nothing from requests, and do not keep it from stopping."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from grid import serving
from tests.harness import street
from tests.harness.crashrig import CrashRig
from tests.harness.listener import Hall, Listener, until

THREADS, STREAMS = 2, 6


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[CrashRig]:
    """One worker with few threads, so that it is soon full."""
    url = f"sqlite:///{tmp_path / 'wangge.db'}"
    street.build(url, tmp_path)
    with CrashRig(
        tmp_path, {"WANGGE_DATABASE": url, "WANGGE_DEMO": "1"}, workers=1, threads=THREADS, streams=STREAMS
    ) as served:
        yield served


def test_a_process_full_of_streams_serves_requests_and_turns_further_streams_away(rig: CrashRig) -> None:
    token = street.sign_in(rig.port, "dd01")
    late = Listener(token)
    with Hall(rig.port, [Listener(token) for _ in range(STREAMS)]) as hall:
        until(lambda: all(one.heard for one in hall.listeners))
        with Hall(rig.port, [late]):
            until(lambda: late.is_over)
        answers = [_read(rig, token) for _ in range(3 * THREADS)]
        assert not any(one.is_over for one in hall.listeners)

    assert late.status == 503
    assert answers == [200] * (3 * THREADS)


def test_a_page_that_goes_gives_its_stream_to_the_next(rig: CrashRig) -> None:
    token = street.sign_in(rig.port, "dd01")
    with Hall(rig.port, [Listener(token) for _ in range(STREAMS)]) as first:
        until(lambda: all(one.heard for one in first.listeners))

    def is_taken() -> bool:
        next_one = Listener(token)
        with Hall(rig.port, [next_one]):
            until(lambda: bool(next_one.heard) or next_one.is_over)
        return next_one.status == 200

    until(is_taken, wait_s=10)


def test_a_server_with_open_streams_stops_within_its_grace_and_they_come_back(rig: CrashRig) -> None:
    token = street.sign_in(rig.port, "dd01")
    with Hall(rig.port, [Listener(token) for _ in range(STREAMS)]) as hall:
        until(lambda: all(one.heard for one in hall.listeners))
        begin = time.monotonic()
        rig.stop()
        spent_s = time.monotonic() - begin
        until(lambda: all(one.is_over for one in hall.listeners))
    rig.start()
    again = Listener(token, place=hall.listeners[0].place)
    with Hall(rig.port, [again]):
        until(lambda: bool(again.heard))

    assert spent_s < serving.GRACE_S
    assert again.heard[0][1]["reset"] is None


def _read(rig: CrashRig, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{rig.url}/api/queues", headers=headers, timeout=10, trust_env=False).status_code
