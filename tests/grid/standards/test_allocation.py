"""Whatever the list was: afterwards every condition goes where it should, and what was right stays."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from grid.standards.allocation import Key, Share, effective, settle

CONDITIONS = [UUID(int=n) for n in range(1, 4)]
PLACES = st.sampled_from([None, "/1/", "/1/2/", "/1/2/3/", "/1/4/"])
DEPARTMENTS = st.sampled_from("abc")
KEYS = st.sets(st.builds(Key, st.sampled_from([None, *CONDITIONS]), PLACES, DEPARTMENTS), max_size=8)
SHARES = st.frozensets(st.builds(Share, PLACES, DEPARTMENTS), min_size=1, max_size=3)
ANYONE, BAKER = Share(None, "a"), Share(None, "b")


@given(KEYS, st.lists(SHARES, min_size=1, max_size=3))
def test_every_condition_gets_what_is_wanted(keys: set[Key], shares: list[frozenset[Share]]) -> None:
    wanted = dict(zip(CONDITIONS, shares, strict=False))

    settled = settle(keys, wanted)

    assert {condition: effective(settled, condition) for condition in wanted} == wanted


@given(KEYS)
def test_what_is_right_is_left_alone(keys: set[Key]) -> None:
    assert settle(keys, {condition: effective(keys, condition) for condition in CONDITIONS}) == keys


def test_one_department_for_all_needs_one_row() -> None:
    wanted = dict.fromkeys(CONDITIONS, frozenset({ANYONE}))

    assert settle({Key(CONDITIONS[0], None, "b")}, wanted) == {Key(None, None, "a")}


def test_another_department_for_one_condition_keeps_the_general_row() -> None:
    general = Key(None, None, "a")
    wanted = dict.fromkeys(CONDITIONS, frozenset({ANYONE})) | {CONDITIONS[1]: frozenset({BAKER})}

    assert settle({general}, wanted) == {general, Key(CONDITIONS[1], None, "b")}


def test_a_general_row_for_one_place_remains_where_the_condition_has_rows_for_another() -> None:
    keys = {Key(None, "/1/2/", "a"), Key(CONDITIONS[0], "/1/4/", "b")}

    assert effective(keys, CONDITIONS[0]) == {Share("/1/2/", "a"), Share("/1/4/", "b")}
    assert effective(keys | {Key(CONDITIONS[0], None, "c")}, CONDITIONS[0]) == {
        Share("/1/4/", "b"),
        Share(None, "c"),
    }
