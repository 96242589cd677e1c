"""Codes of unit grids."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.areas import numbering
from grid.errors import Conflict, Invalid

COMMUNITY = "441323002003"


def boxes_of(places, size=2):
    return {i: (x, y, x + size, y + size) for i, (x, y) in enumerate(places)}


lattice = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=30, unique=True)


def test_serials_run_west_to_east_and_then_north_to_south():
    page = boxes_of([(0, 10), (10, 11), (20, 10), (0, 0), (10, 1)], size=8)

    assert list(numbering.number(COMMUNITY, page)) == [0, 1, 2, 3, 4]


def test_a_grid_slightly_further_north_does_not_jump_the_row():
    assert numbering.number(COMMUNITY, {"east": (10, 3, 20, 13), "west": (0, 0, 10, 10)}) == {
        "west": "441323002003001",
        "east": "441323002003002",
    }


@given(lattice, st.randoms(use_true_random=False))
def test_the_order_of_asking_does_not_matter(places, rng: random.Random):
    boxes = boxes_of(places)
    shuffled = dict(rng.sample(list(boxes.items()), len(boxes)))

    assert numbering.number(COMMUNITY, shuffled) == numbering.number(COMMUNITY, boxes)


@given(lattice)
def test_every_grid_gets_one_code_and_no_serial_is_left_out(places):
    codes = numbering.number(COMMUNITY, boxes_of(places))

    assert sorted(codes.values()) == [f"{COMMUNITY}{n:03d}" for n in range(1, len(places) + 1)]


@given(st.integers(1, 8), st.integers(1, 8))
def test_a_regular_sheet_is_read_like_a_page(columns, rows):
    cells = [(x * 10, -y * 10) for y in range(rows) for x in range(columns)]

    assert list(numbering.number(COMMUNITY, boxes_of(cells, size=10))) == list(range(columns * rows))


@given(lattice)
def test_west_comes_first_where_nothing_lies_north_or_south(places):
    row = {i: (x, 0, x + 2, 2) for i, (x, _) in enumerate(places)}
    codes = numbering.number(COMMUNITY, row)

    assert sorted(row, key=lambda i: (row[i][0], i)) == sorted(codes, key=lambda i: codes[i])


def test_a_community_holds_999_grids():
    assert numbering.number(COMMUNITY, boxes_of([(x, 0) for x in range(999)]))[998].endswith("999")
    with pytest.raises(Conflict, match="999"):
        numbering.number(COMMUNITY, boxes_of([(x, 0) for x in range(1000)]))


def test_the_next_code_follows_the_highest_even_if_it_has_ended():
    assert numbering.next_code(COMMUNITY, []) == "441323002003001"
    assert (
        numbering.next_code(COMMUNITY, ["441323002003001", "441323002003007", "441323002004009"])
        == "441323002003008"
    )
    with pytest.raises(Conflict):
        numbering.next_code(COMMUNITY, ["441323002003999"])


@pytest.mark.parametrize(
    "code", ["", "44132300200300", "4413230020030011", "44132300200300a", "441323002003000", "４41323002003001"]
)
def test_what_is_no_grid_code_is_refused(code):
    with pytest.raises(Invalid):
        numbering.check(code)


def test_a_grid_code_passes():
    assert numbering.check("441323002003014") == "441323002003014"
