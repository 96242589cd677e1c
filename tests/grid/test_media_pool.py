"""Decoder processes: confined, mortal, replaced, and never more than the memory there is."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from grid.errors import Busy, Invalid
from grid.media import pool as pools
from grid.media.budget import Budget
from grid.media.image import decode
from grid.media.pool import Pool, pool
from tests.factories.photo import jpeg

NEED = 24_000_000
WORST_MB = 300


def heavy_png() -> bytes:
    """A second's work."""
    out = BytesIO()
    Image.effect_noise((4900, 4900), 90).convert("RGBA").save(out, "PNG", compress_level=1)
    return out.getvalue()


@pytest.fixture
def mine():
    """A pool of our own."""
    made = Pool()
    yield made
    made.close()


@pytest.fixture
def one(mine):
    """The same with a decoder in it."""
    mine.decode(jpeg(1), NEED)
    return mine


def status(pid: int, key: str) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(key))
    return int(line.split()[1])


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    limit = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    return not is_alive(pid)


def test_a_decoder_is_used_again(one):
    before = one.pids()

    for shade in range(5):
        one.decode(jpeg(shade), NEED)

    assert one.pids() == before and len(before) == 1


def test_a_decoder_holds_no_secret_and_no_socket_but_its_own(mine, monkeypatch):
    monkeypatch.setenv("WANGGE_KEY", "secret of the house")
    with open(__file__, "rb") as file, subprocess.Popen(["sleep", "9"], stdin=subprocess.PIPE) as other:
        os.set_inheritable(file.fileno(), True)
        mine.decode(jpeg(1), NEED)
        [pid] = mine.pids()
        held = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
        other.kill()

    assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert b"WANGGE" not in Path(f"/proc/{pid}/environ").read_bytes()
    sockets = [name for name in held if name.startswith("socket:")]
    assert len(set(sockets)) == 1 and set(held) == {*sockets, "/dev/null"}
    assert __file__ not in held


def test_a_decoder_is_confined(one):
    limits = {
        line[:25].strip(): line[26:].split()[0]
        for line in Path(f"/proc/{one.pids()[0]}/limits").read_text().splitlines()[1:]
    }

    assert limits["Max file size"] == limits["Max core file size"] == "0"
    assert int(limits["Max address space"]) < 450 * 1024 * 1024
    assert int(limits["Max open files"]) <= 16


def test_a_decoder_loads_only_what_it_needs(one):
    maps = Path(f"/proc/{one.pids()[0]}/maps").read_text()

    assert "_imaging" in maps
    assert not [name for name in ("shapely", "sqlalchemy", "pyproj", "sqlite", "cryptography") if name in maps]
    assert status(one.pids()[0], "VmRSS") < 40_000


def test_a_photo_that_takes_too_long_is_refused_and_the_next_is_served(mine, monkeypatch):
    data = heavy_png()
    monkeypatch.setattr(pools, "CPU_S", 0.2)
    mine.decode(jpeg(1), NEED)
    [pid] = mine.pids()

    begin = time.monotonic()
    with pytest.raises(Invalid, match="过于复杂.*请") as error:
        mine.decode(data, NEED)
    spent_s = time.monotonic() - begin

    assert error.value.field == "photo"
    assert not is_alive(pid) and spent_s < pools.WALL_S
    assert mine.decode(jpeg(2), NEED).width == 64


def test_a_photo_that_needs_more_memory_than_there_is_is_refused(one):
    pid = one.pids()[0]
    out = BytesIO()
    Image.new("RGBA", (11000, 10000)).save(out, "PNG", compress_level=1)

    with pytest.raises(Invalid, match="过于复杂|损坏"):
        one.decode(out.getvalue(), NEED)  # past image.decode(), which would have refused its size

    assert status(pid, "VmHWM") < 400_000
    assert one.decode(jpeg(2), NEED).width == 64


def test_a_decoder_that_was_killed_meanwhile_costs_nobody_a_photo(one):
    for _ in range(3):
        os.kill(one.pids()[0], signal.SIGKILL)
        time.sleep(0.05)
        assert one.decode(jpeg(1), NEED).width == 64


def test_a_decoder_killed_in_the_middle_is_replaced_and_the_photo_decoded_again(one):
    out = BytesIO()
    Image.effect_noise((2500, 2500), 90).save(out, "PNG")
    [pid] = one.pids()
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        photo = threads.submit(one.decode, out.getvalue(), NEED)
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)

        assert photo.result(30).width == 2500


def test_a_decoder_that_answers_nothing_is_killed_and_the_sender_told_to_come_again(one, monkeypatch):
    [pid] = one.pids()
    for decoder in one._idle:
        decoder.line.settimeout(0.3)
    os.kill(pid, signal.SIGSTOP)

    with pytest.raises(Busy, match="请保留照片"):
        one.decode(jpeg(1), NEED)

    assert not is_alive(pid)
    assert one.decode(jpeg(1), NEED).width == 64


def test_without_a_decoder_the_sender_is_told_to_come_again(mine, monkeypatch):
    monkeypatch.setattr(pools, "COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))

    with pytest.raises(Busy):
        mine.decode(jpeg(1), NEED)


def test_a_worn_decoder_is_replaced(one, monkeypatch):
    monkeypatch.setattr(pools, "USES_MAX", 3)
    [first] = one.pids()

    for _ in range(5):
        one.decode(jpeg(1), NEED)

    assert one.pids() != [first] and gone_within(first, 5)


def test_eight_threads_share_two_decoders(one):
    with ThreadPoolExecutor(8) as threads:
        photos = list(threads.map(lambda shade: one.decode(jpeg(shade), NEED), range(60)))

    assert len(photos) == 60 and len(one.pids()) <= pools.PLACES


def test_big_photos_are_decoded_one_at_a_time():
    budget = Budget(places=2, total_bytes=300)
    running, most, lock = 0, [], threading.Lock()

    def work(need: int) -> None:
        nonlocal running
        with budget.hold(need):
            with lock:
                running += need
                most.append(running)
            time.sleep(0.01)
            with lock:
                running -= need

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, [260, 30, 999, 150, 140] * 8))

    assert len(most) == 40
    assert max(sum for sum in most if sum < 999) <= 300  # 999 is more than there is: it had all, alone
    assert all(sum in (999, 260, 30, 290, 150, 140, 180, 170, 280, 300, 60) for sum in most)


def test_a_big_photo_is_not_passed_over():
    budget, order = Budget(places=2, total_bytes=100), []

    def work(name: str, need: int) -> None:
        with budget.hold(need):
            order.append(name)

    with budget.hold(60):
        threads = [threading.Thread(target=work, args=told) for told in [("big", 90), ("small", 10)]]
        for thread in threads:
            thread.start()
            time.sleep(0.1)
        assert order == []
    for thread in threads:
        thread.join()

    assert order == ["big", "small"]


def _in_a_child(answers) -> None:
    answers.put((decode(jpeg(3)).width, pool().pids()))


def test_a_forked_process_gets_decoders_of_its_own():
    decode(jpeg(3))
    mine = pool().pids()
    answers = multiprocessing.get_context("fork").Queue()
    child = multiprocessing.get_context("fork").Process(target=_in_a_child, args=(answers,))

    child.start()
    width, theirs = answers.get(timeout=30)
    child.join(30)

    assert width == 64 and not set(mine) & set(theirs)
    assert all(map(is_alive, mine)) and decode(jpeg(4)).width == 64
    assert all(gone_within(pid, 5) for pid in theirs)


PARENT = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # started from a shell's background, it would be ignored
from grid.media.image import decode
from grid.media.pool import pool
from tests.factories.photo import jpeg
from threading import Thread
thread = Thread(target=decode, args=(jpeg(1),))  # a thread that ends: its decoder must not
thread.start(); thread.join()
time.sleep(0.2)
print(*pool().pids(), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_decoder_outlives_its_parent(number):
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root, text=True
    )
    assert parent.stdout is not None
    [pid] = map(int, parent.stdout.readline().split())
    assert is_alive(pid)

    parent.send_signal(number)
    parent.wait(10)

    assert gone_within(pid, 5)


def test_no_decoder_outlives_its_parent_in_the_middle_of_a_photo():
    root = Path(__file__).parents[2]
    again = "from tests.grid.test_media_pool import *\ndata = heavy_png()\nprint(flush=True)\n"
    code = PARENT.replace("time.sleep(60)", again + "while True: pool().decode(data, NEED)")
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root, text=True
    )
    assert parent.stdout is not None
    [pid] = map(int, parent.stdout.readline().split())
    parent.stdout.readline()
    while status(pid, "VmRSS") < 60_000:  # at work
        time.sleep(0.01)

    parent.kill()
    parent.wait(10)

    assert gone_within(pid, 0.5)
