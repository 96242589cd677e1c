"""One thread sees the log move and wakes all who wait, also for what moves between their reading and waiting."""

from __future__ import annotations

import random
import threading
import time

import pytest

from grid.sync import pulse
from grid.sync.pulse import Pulse


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "BEAT_S", 0.001)


def _listen(watched: Pulse, log: list[int], last: int, heard: list[int]) -> None:
    """As a stream does: read up to the head, wait for more, read again."""
    seq = 0
    with watched.listening():
        while seq < last:
            new = log[seq:]
            heard += new
            seq += len(new)
            time.sleep(random.random() / 500)  # between the read and the wait, others write
            if seq < last:
                assert watched.wait(seq, 20), f"nobody said that there is more than {seq}"


def test_whatever_is_written_while_somebody_reads_is_heard_by_all_once() -> None:
    log: list[int] = []
    watched = Pulse(lambda: len(log))
    heard: list[list[int]] = [[] for _ in range(5)]
    listeners = [threading.Thread(target=_listen, args=(watched, log, 300, mine)) for mine in heard]
    for listener in listeners:
        listener.start()

    for number in range(300):
        log.append(number)
        time.sleep(random.random() / 1000)
    for listener in listeners:
        listener.join(30)

    assert heard == [list(range(300))] * 5


def test_nobody_listens_and_nothing_is_asked() -> None:
    asked: list[int] = []

    def read() -> int:
        asked.append(1)
        return 1

    watched = Pulse(read)

    with watched.listening():
        assert watched.wait(0, 5)
    _until_idle()
    count = len(asked)
    time.sleep(0.05)

    assert len(asked) == count


def test_who_comes_after_a_rest_is_woken_by_what_came_meanwhile() -> None:
    head = [1]
    watched = Pulse(lambda: head[0])
    with watched.listening():
        assert watched.wait(0, 5)
    _until_idle()
    head[0] = 2

    with watched.listening():
        assert watched.wait(1, 5)


def test_a_log_that_begins_anew_keeps_nobody_awake() -> None:
    head = [7]
    watched = Pulse(lambda: head[0])
    with watched.listening():
        assert watched.wait(6, 5)
        head[0] = 1
        time.sleep(0.05)

        assert not watched.wait(1, 0.05)


def test_closing_lets_everybody_go_at_once() -> None:
    watched = Pulse(lambda: 0)
    with watched.listening():
        threading.Timer(0.05, watched.close).start()
        begin = time.monotonic()

        assert not watched.wait(0, 30)
        assert time.monotonic() - begin < 10


def _until_idle() -> None:
    for thread in threading.enumerate():
        if thread.name == "pulse":
            thread.join(5)
