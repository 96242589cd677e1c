"""Codes in pieces, typed as numbers or texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.errors import Invalid
from grid.standards.code import join, split


@pytest.mark.parametrize(
    ("kind", "big", "small", "code"),
    [
        ("event", "04", "06", "E0406"),
        ("event", "4", "6", "E0406"),
        ("event", "４", "６", "E0406"),
        ("event", " 04 ", "'06", "E0406"),
        ("event", "4.0", "6.0", "E0406"),
        ("event", "04", "0406", "E0406"),
        ("event", "4", "406", "E0406"),
        ("component", "1", "99", "C0199"),
        (None, "E04", "06", "E0406"),
        (None, "M", "1", "M01"),
        (None, "M", "M01", "M01"),
        ("event", "H", "14", "H14"),
    ],
)
def test_a_code_is_put_together(kind: str | None, big: str, small: str, code: str) -> None:
    assert join(kind, big, small)[0] == code


@pytest.mark.parametrize(
    ("kind", "big", "small", "field"),
    [
        (None, "04", "06", "kind"),
        ("event", "", "06", "big_code"),
        ("event", "123", "06", "big_code"),
        ("event", "00", "06", "big_code"),
        ("event", "04", "", "small_code"),
        ("event", "04", "0", "small_code"),
        ("event", "04", "0506", "small_code"),
        ("event", "04", "六", "small_code"),
        ("event", "MM", "06", "big_code"),
        ("event", "C", "06", "big_code"),
    ],
)
def test_what_is_no_code_is_refused_in_its_column(kind: str | None, big: str, small: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        join(kind, big, small)

    assert refused.value.field == field


@given(
    st.sampled_from(["component", "event"]),
    st.one_of(st.integers(1, 99).map(str), st.sampled_from("ABDFGHM")),
    st.integers(1, 99),
)
def test_a_code_taken_apart_is_put_together_again(kind: str, big: str, small: int) -> None:
    code, _ = join(kind, big, str(small))
    parts = split(code, kind)

    assert join(parts.kind, parts.big, parts.small) == (code, kind)
