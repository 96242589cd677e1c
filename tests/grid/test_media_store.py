"""The media store: durable before it answers, the same for twins, nothing left of what failed."""

import errno
import os
import threading
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from grid.errors import Invalid, NotFound, StorageFull
from grid.media.store import Damaged, MediaKind, MediaStore
from grid.seal import Sealer

PHOTO = b"a photo"
NAME = sha256(PHOTO).hexdigest()
SEALER = Sealer(b"k" * 32)


@pytest.fixture
def store(tmp_path):
    return MediaStore(tmp_path / "media", SEALER)


def files(store: MediaStore) -> list[str]:
    return sorted(str(path.relative_to(store.root)) for path in store.root.rglob("*") if path.is_file())


def test_what_is_put_is_read(store):
    name = store.put(PHOTO)
    store.put_redrawn(name, MediaKind.FULL, b"full")
    store.put_redrawn(name, MediaKind.THUMB, b"thumb")

    assert name == NAME
    assert [store.read(name, kind) for kind in MediaKind] == [PHOTO, b"full", b"thumb"]
    assert files(store) == [f"{NAME[:2]}/{NAME}{suffix}" for suffix in ("", ".full", ".thumb")]


def test_what_is_not_there_is_not_found(store):
    assert not store.has(NAME)
    with pytest.raises(NotFound, match="照片"):
        store.read(NAME)


def test_the_same_photo_is_stored_once(store):
    store.put(PHOTO)
    inode = store.path(NAME).stat().st_ino

    store.put(PHOTO)

    assert store.path(NAME).stat().st_ino == inode
    assert files(store) == [f"{NAME[:2]}/{NAME}"]


def test_a_photo_used_again_counts_as_new(store):
    store.put(PHOTO)
    os.utime(store.path(NAME), (0, 0))

    store.put(PHOTO)

    assert time.time() - store.path(NAME).stat().st_mtime < 60


def test_a_damaged_file_is_healed_by_the_same_photo(store):
    store.put(PHOTO)
    store.path(NAME).write_bytes(b"a phot0")

    store.put(PHOTO)

    assert store.read(NAME) == PHOTO


def test_nothing_on_the_disk_can_be_read_without_the_key(store):
    photo = b"\xff\xd8\xff\xe0 a face " * 100
    name = store.put(photo)
    store.put_redrawn(name, MediaKind.FULL, photo)

    for path in (store.path(name), store.path(name, MediaKind.FULL)):
        assert b"a face" not in path.read_bytes() and b"\xff\xd8\xff" not in path.read_bytes()
    with pytest.raises(Damaged):
        MediaStore(store.root, Sealer(b"other key, of the right length.."[:32])).read(name)


@pytest.mark.parametrize("at", [0, 1, 12, 13, 20, -1])
@pytest.mark.parametrize("kind", MediaKind)
def test_a_changed_byte_anywhere_is_seen(store, kind, at):
    store.put(PHOTO)
    store.put_redrawn(NAME, kind, PHOTO)
    path = store.path(NAME, kind)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)

    with pytest.raises(Damaged, match="已损坏"):
        store.read(NAME, kind)


@pytest.mark.parametrize("length", [0, 1, 28, 29])
def test_a_file_cut_short_is_seen(store, length):
    store.put(PHOTO)
    store.path(NAME).write_bytes(store.path(NAME).read_bytes()[:length])

    with pytest.raises(Damaged):
        store.read(NAME)


def test_swapped_files_do_not_open(store):
    other = store.put(b"another photo")
    for name in (store.put(PHOTO), other):
        store.put_redrawn(name, MediaKind.FULL, b"full of " + name.encode())
        store.put_redrawn(name, MediaKind.THUMB, b"thumb of " + name.encode())
    files_ = [store.path(name, kind) for name in (NAME, other) for kind in MediaKind]
    held = [path.read_bytes() for path in files_]
    for path, data in zip(files_, held[1:] + held[:1], strict=True):
        path.write_bytes(data)

    for name in (NAME, other):
        for kind in MediaKind:
            with pytest.raises(Damaged):
                store.read(name, kind)


def test_an_original_is_compared_with_its_hash(store):
    store.put_redrawn(NAME, MediaKind.ORIGINAL, b"sealed by us, and yet not the photo")

    with pytest.raises(Damaged):
        store.read(NAME)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a" * 63,
        "a" * 65,
        "A" * 64,
        "g" * 64,
        "../" + "a" * 61,
        "/" + "a" * 63,
        "a" * 63 + "\n",
        "a" * 64 + "\n",
        "a" * 63 + "\0",
    ],
)
def test_only_a_hash_is_a_name(store, name):
    for kind in MediaKind:
        with pytest.raises(Invalid) as error:
            store.path(name, kind)
        assert error.value.field == "sha256"


def test_parallel_twins_leave_one_file_each(store):
    photos = [bytes([n]) * 50_000 for n in range(10)]
    barrier = threading.Barrier(16)
    answers: list[list[str]] = []

    def send() -> None:
        barrier.wait()
        answers.append([store.put(photo) for photo in photos])

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    expected = [sha256(photo).hexdigest() for photo in photos]
    assert answers == [expected] * 16
    assert len(files(store)) == 10
    assert [store.read(name) for name in expected] == photos


@pytest.fixture
def calls(monkeypatch):
    """The calls that make a file durable, in order: what was synced (by its path then) and what was renamed."""
    seen: list[str] = []
    fsync, rename = os.fsync, os.rename

    def spy_fsync(handle: int) -> None:
        seen.append("sync " + Path(os.readlink(f"/proc/self/fd/{handle}")).name[:7])
        fsync(handle)

    def spy_rename(source: str, target: Path) -> None:
        seen.append("rename " + target.name[:7])
        rename(source, target)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(os, "rename", spy_rename)
    return seen


def test_bytes_then_name_then_folder_are_on_the_disk(store, calls):
    store.put(PHOTO)

    folder = NAME[:2]
    assert calls[-3:] == ["sync .draft-", f"rename {NAME[:7]}", f"sync {folder}"]
    assert "sync media" in calls[:-3]  # the new folder itself


def test_a_replay_still_waits_for_the_folder(store, calls):
    store.put(PHOTO)
    calls.clear()

    MediaStore(store.root, SEALER).put(PHOTO)

    assert calls[-1] == f"sync {NAME[:2]}"
    assert not any(call.startswith("rename") for call in calls)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "rename", "open"])
def test_a_full_disk_is_said_and_leaves_nothing(store, monkeypatch, call, code):
    def fail(*args, **kwargs):
        raise OSError(code, "no room")

    store.put(b"other")
    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(StorageFull, match="存储空间已满"):
            store.put(PHOTO)
    before = files(store)
    store.put(PHOTO)

    assert len(before) == 1
    assert store.read(NAME) == PHOTO


def test_another_fault_of_the_disk_is_no_full_disk(store, monkeypatch):
    def fail(handle):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="broken"):
        store.put(PHOTO)

    assert files(store) == []


def test_the_sweep_takes_old_drafts_only(store):
    store.put(PHOTO)
    old, young = (store.path(NAME).parent / f".draft-{name}" for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half a ph")
    hours_ago = time.time() - 2 * 3600
    os.utime(old, (hours_ago, hours_ago))
    os.utime(store.path(NAME), (hours_ago, hours_ago))

    assert store.sweep(timedelta(hours=1)) == 1
    assert store.sweep(timedelta(hours=1)) == 0
    assert files(store) == [f"{NAME[:2]}/.draft-young", f"{NAME[:2]}/{NAME}"]


def test_a_sweep_of_nothing(store):
    assert store.sweep(timedelta(0)) == 0


def test_a_sweep_beside_uploads_harms_none(store):
    names: list[str] = []
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            store.sweep(timedelta(hours=1))

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    for n in range(200):
        names.append(store.put(str(n).encode()))
    stop.set()
    sweeper.join()

    assert all(store.has(name) for name in names)
