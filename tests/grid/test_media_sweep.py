"""The sweep takes what no row speaks of, and never what one does, whatever happens in between."""

import os
import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from grid.errors import Conflict, NotFound
from grid.media import sweep as sweeping
from grid.media.image import decode
from grid.media.scrub import Fault, Finding, redraw, scrub
from grid.media.store import MediaKind, MediaStore
from grid.seal import Sealer
from tests.factories.photo import jpeg

DAY = timedelta(hours=24)
PHOTO = b"a photo"
NAME = sha256(PHOTO).hexdigest()


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # thousands of files; durability is tested elsewhere
    return MediaStore(tmp_path / "media", Sealer(b"k" * 32))


def age(path: Path, hours: float) -> None:
    moment = time.time() - hours * 3600
    os.utime(path, (moment, moment))


def put(store: MediaStore, data: bytes, hours: float = 0) -> str:
    name = store.put(data)
    store.put_redrawn(name, MediaKind.FULL, b"full of " + data)
    store.put_redrawn(name, MediaKind.THUMB, b"thumb of " + data)
    for kind in MediaKind:
        age(store.path(name, kind), hours)
    return name


def swept(store: MediaStore, rows: set[str]) -> int:
    return sum(sweeping.sweep(folder, rows.__and__, DAY).files for folder in sweeping.folders(store))


def test_what_no_row_speaks_of_goes_after_a_day(store):
    kept, young, orphan = (put(store, data, hours) for data, hours in [(b"1", 99), (b"2", 23), (b"3", 25)])

    assert swept(store, {kept}) == 3

    assert [store.has(name) for name in (kept, young, orphan)] == [True, True, False]
    assert not any(store.has(orphan, kind) for kind in MediaKind)
    assert swept(store, {kept}) == 0


def test_a_dry_run_names_the_same_files_and_touches_none(store):
    put(store, PHOTO, 25)

    named = [
        path for folder in sweeping.folders(store) for path in sweeping.unreferenced(folder, set().__and__, DAY)
    ]

    assert named == sorted(store.path(NAME, kind) for kind in MediaKind)
    assert all(store.has(NAME, kind) for kind in MediaKind)


def test_a_photo_that_got_its_row_after_the_first_look_stays(store):
    put(store, PHOTO, 25)
    answers = iter([set(), {NAME}])

    assert sweeping.sweep(store.path(NAME).parent, lambda names: next(answers), DAY).files == 0
    assert store.read(NAME) == PHOTO


def test_what_a_dead_sweep_moved_aside_comes_back(store):
    put(store, PHOTO, 25)
    path = store.path(NAME)
    path.rename(path.with_name(sweeping.ASIDE + path.name))

    assert swept(store, {NAME}) == 0
    assert store.read(NAME) == PHOTO
    assert not list(store.root.glob(f"*/{sweeping.ASIDE}*"))


def test_what_is_none_of_ours_is_left_alone(store):
    put(store, PHOTO, 25)
    stray = store.path(NAME).with_name("notes of the administrator.txt")
    stray.write_text("mind the step")
    age(stray, 99)

    swept(store, set())

    assert stray.exists()


def test_one_sweep_at_a_time(store):
    with sweeping.alone(store):
        with pytest.raises(Conflict, match="另一个清理"):
            with sweeping.alone(store):
                pass
    with sweeping.alone(store):
        pass


class Turns:
    """Lets threads take one step at a time, in an order drawn from ``chance``."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._waiting: dict[str, threading.Semaphore] = {}
        self._stopped = threading.Semaphore(0)
        self._me = threading.local()
        self.order: list[str] = []

    def step(self) -> None:
        """Called before every step; threads that are none of ours pass."""
        name = getattr(self._me, "name", None)
        if name is not None:
            self._stopped.release()
            self._waiting[name].acquire()

    def run(self, **programs: Callable[[], None]) -> None:
        alive = set(programs)

        def begin(name: str) -> None:
            self._me.name = name
            self._waiting[name].acquire()
            try:
                programs[name]()
            finally:
                alive.discard(name)
                self._stopped.release()

        for name in programs:
            self._waiting[name] = threading.Semaphore(0)
        threads = [threading.Thread(target=begin, args=(name,), daemon=True) for name in programs]
        for thread in threads:
            thread.start()
        while alive:
            name = self._chance.choice(sorted(alive))
            self.order.append(name)
            self._waiting[name].release()
            assert self._stopped.acquire(timeout=20), self.order
        for thread in threads:
            thread.join()


def stepwise(monkeypatch: pytest.MonkeyPatch, turns: Callable[[], Turns | None]) -> None:
    """Make every touch of the file system a step."""

    def slow(call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object, **kwargs: object) -> object:
            if (now := turns()) is not None:
                now.step()
            return call(*args, **kwargs)

        return wrapped

    for name in ("utime", "rename", "link"):
        monkeypatch.setattr(os, name, slow(getattr(os, name)))
    for name in ("read_bytes", "unlink", "stat", "iterdir"):
        monkeypatch.setattr(Path, name, slow(getattr(Path, name)))


INTERLEAVINGS = 1000


def test_in_a_thousand_interleavings_no_photo_with_a_row_goes(store, monkeypatch):
    """Two uploads of bytes that lie there from a failed try, and a sweep, step by step in every order."""
    current: list[Turns | None] = [None]
    stepwise(monkeypatch, lambda: current[0])
    orders, gone = set(), 0
    folder = store.path(NAME).parent

    for seed in count():
        if len(orders) == INTERLEAVINGS:
            break
        chance = random.Random(seed)
        store.put(PHOTO)
        age(store.path(NAME), 25)
        rows: set[str] = set()
        turns = Turns(chance)

        def upload(rows: set[str] = rows, turns: Turns = turns) -> None:
            store.put(PHOTO)
            turns.step()
            rows.add(NAME)

        def referenced(names: set[str], rows: set[str] = rows, turns: Turns = turns) -> set[str]:
            turns.step()
            return names & rows

        counts: list[int] = []
        programs = {
            "sweep": lambda referenced=referenced, counts=counts: counts.append(
                sweeping.sweep(folder, referenced, DAY).files
            ),
            "one": upload,
        }
        if seed % 5:
            programs["two"] = upload
        current[0] = turns
        turns.run(**programs)
        current[0] = None

        assert rows == {NAME} and counts
        assert store.read(NAME) == PHOTO, (seed, turns.order)
        assert not list(folder.glob(f"{sweeping.ASIDE}*")), (seed, turns.order)
        orders.add(tuple(turns.order))
        gone += counts[0]

    assert 0 < gone < seed  # the sweep came first in some, and too late in others


def test_the_interleavings_would_show_a_sweep_that_looks_only_once(store, monkeypatch):
    """The same, for a sweep that removes what it found without looking again: it must lose photos."""

    def careless(folder: Path, referenced: sweeping.Referenced, older_than: timedelta) -> sweeping.Swept:
        for path in sweeping.unreferenced(folder, referenced, older_than):
            path.unlink(missing_ok=True)
        return sweeping.Swept(0, 0)

    monkeypatch.setattr(sweeping, "sweep", careless)

    with pytest.raises(NotFound):
        test_in_a_thousand_interleavings_no_photo_with_a_row_goes(store, monkeypatch)


def test_scrub_finds_exactly_what_is_wrong_among_ten_thousand(store):
    chance = random.Random(10)
    names = [store.put(str(number).encode()) for number in range(10_000)]
    for name in names:
        for kind in (MediaKind.FULL, MediaKind.THUMB):
            os.link(store.path(name), store.path(name, kind))  # three files, one write: only originals are opened
    flipped, cut, missing = chance.sample(names, 3)
    data = bytearray(store.path(flipped).read_bytes())
    data[-20] ^= 4
    replace(store.path(flipped), bytes(data))
    replace(store.path(cut), store.path(cut).read_bytes()[:-1])
    store.path(missing).unlink()

    found = [finding for name in names for finding in scrub(store, name) if finding.kind is MediaKind.ORIGINAL]

    assert set(found) == {
        Finding(flipped, MediaKind.ORIGINAL, Fault.DAMAGED),
        Finding(cut, MediaKind.ORIGINAL, Fault.DAMAGED),
        Finding(missing, MediaKind.ORIGINAL, Fault.MISSING),
    }


def replace(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def test_pictures_are_redrawn_from_good_originals_only(store):
    good, bad = jpeg(1), jpeg(2)
    for data in (good, bad):
        decoded = decode(data)
        name = store.put(data)
        store.put_redrawn(name, MediaKind.FULL, decoded.full)
        store.put_redrawn(name, MediaKind.THUMB, decoded.thumb)
        store.path(name, MediaKind.THUMB).write_bytes(b"rot")
    good, bad = (sha256(data).hexdigest() for data in (good, bad))
    store.path(bad).unlink()
    found = [finding for name in (good, bad) for finding in scrub(store, name)]

    left = redraw(store, found)

    assert {finding.name for finding in left} == {bad} and len(left) == 2
    assert not list(scrub(store, good))
    assert store.read(good, MediaKind.THUMB) == decode(jpeg(1)).thumb
