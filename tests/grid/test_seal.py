"""What is sealed opens only here, only for what it belongs to, and only unchanged."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.seal import BrokenSeal, Sealer

SEALER = Sealer(bytes(range(32)))
OTHER = Sealer(bytes(32))


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_comes_out_again(plain: bytes, about: bytes) -> None:
    sealed = SEALER.seal(plain, about)

    assert SEALER.open(sealed, about) == plain
    assert sealed[0] == 1 and len(sealed) == len(plain) + 29
    assert sealed != SEALER.seal(plain, about)


@given(st.data())
def test_one_changed_bit_anywhere_breaks_the_seal(data: st.DataObject) -> None:
    sealed = bytearray(SEALER.seal(b"13800000000", b"user"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(BrokenSeal):
        SEALER.open(bytes(sealed), b"user")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"\0" * 12, b"\x02" + b"\0" * 40])
def test_what_is_no_seal_is_none(sealed: bytes) -> None:
    with pytest.raises(BrokenSeal):
        SEALER.open(sealed, b"user")


def test_it_opens_for_nothing_else_and_under_no_other_key() -> None:
    sealed = SEALER.seal(b"13800000000", b"user:a")

    with pytest.raises(BrokenSeal):
        SEALER.open(sealed, b"user:b")
    with pytest.raises(BrokenSeal):
        OTHER.open(sealed, b"user:a")


def test_fingerprints_are_equal_for_equal_values_of_a_kind_under_one_key() -> None:
    prints = {
        SEALER.blind("mobile", "1"),
        SEALER.blind("mobile", "2"),
        SEALER.blind("id", "1"),
        OTHER.blind("mobile", "1"),
    }

    assert len(prints) == 4
    assert SEALER.blind("mobile", "1") in prints


def test_the_key_file_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        sealers = list(pool.map(lambda _: Sealer.of(tmp_path), range(16)))

    sealed = sealers[0].seal(b"x", b"")
    assert all(sealer.open(sealed, b"") == b"x" for sealer in sealers)
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_KEY", base64.b64encode(bytes(32)).decode())

    assert Sealer.of(tmp_path).open(OTHER.seal(b"x", b""), b"") == b"x"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["short", "*" * 44, base64.b64encode(b"x" * 31).decode()])
def test_a_key_that_is_none_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("WANGGE_KEY", key)

    with pytest.raises(SystemExit, match="32"):
        Sealer.of(tmp_path)
