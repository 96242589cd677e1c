"""What the titles over the charts say."""

from __future__ import annotations

import pytest

from reports import finding


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (3, 10, "三成"),
        (31, 100, "三成"),
        (28, 100, "近三成"),
        (33, 100, "三成多"),
        (1, 2, "一半"),
        (7, 7, "全部"),
        (97, 100, "绝大多数"),
        (1, 100, "不到半成"),
        (8, 100, "近一成"),
    ],
)
def test_shares_in_words(part: int, whole: int, words: str) -> None:
    assert finding.share(part, whole) == words


def test_one_class_leads_and_one_community_holds_half_of_it() -> None:
    places = {"占道经营": {"富祥社区": 2, "新安社区": 1}, "路灯": {"新安社区": 7}}

    told = finding.of_categories([("占道经营", 3), ("路灯", 2), ("垃圾箱", 5)][:2] + [("井盖", 1)] * 5, places)

    assert told == "占道经营占三成，集中在富祥社区"


def test_a_class_spread_over_all_communities_is_in_no_focus() -> None:
    told = finding.of_categories([("占道经营", 4)], {"占道经营": {"甲": 1, "乙": 1, "丙": 1, "丁": 1}})

    assert told == "占道经营占全部"


def test_classes_that_tie_are_named_together() -> None:
    assert finding.of_categories([("甲", 2), ("乙", 2)], {}) == "甲、乙最多，各2件"
    assert finding.of_categories([("甲", 1), ("乙", 1)], {}) == "2类各1件，没有集中的类别"


def test_the_two_busiest_neighbouring_hours_are_named() -> None:
    counts = [0] * 24
    counts[9], counts[10], counts[23] = 3, 3, 7

    assert finding.of_hours(counts) == "上报最多在22时到24时，7件，占五成多"


def test_a_flat_day_is_said_to_be_flat() -> None:
    assert finding.of_hours([2] * 12 + [0] * 11 + [3]) == "上报分散，最多在0时到2时，4件"


def test_nothing_is_said_to_be_nothing() -> None:
    assert finding.of_hours([0] * 24) == finding.of_categories([], {}) == finding.of_grids([("甲", 0)])
    assert finding.of_closing(0, 0) == "当天没有结案"
    assert finding.of_late(0, "") == "没有超期未办的案卷"
    assert finding.of_departments([], []) == "各部门手上都没有案卷"


def test_grids_of_one_name_are_counted_apart() -> None:
    assert finding.of_grids([("第1网格", 2), ("第1网格", 1), ("第2网格", 0)]) == "第1网格最多，2件，1处没有上报"


def test_how_closing_went() -> None:
    assert finding.of_closing(5, 0) == "结案5件，全部按期"
    assert finding.of_closing(3, 2) == "结案5件，2件超期"
    assert finding.of_closing(0, 2) == "结案2件，全部超期"


def test_departments_that_are_late_come_before_those_that_are_busy() -> None:
    assert finding.of_departments([("甲", 9), ("乙", 2)], [("甲", 0), ("乙", 1)]) == "超期最多的是乙，1件"
    assert finding.of_departments([("甲", 9), ("乙", 2)], [("甲", 0), ("乙", 0)]) == (
        "甲在办最多，9件；各部门都没有超期"
    )
