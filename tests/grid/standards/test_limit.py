"""Limits as cities write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.errors import Invalid
from grid.standards.limit import read, unit_in
from grid.worktime.limit import Limit, Unit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4小时", "4小时"),
        ("4 小时", "4小时"),
        ("4工作时", "4小时"),
        ("2时", "2小时"),
        ("24个工作小时", "24小时"),
        ("1天", "1个工作日"),
        ("15 日", "15个工作日"),
        ("3个工作日内", "3个工作日"),
        ("三个工作日以内", "3个工作日"),
        ("十五日", "15个工作日"),
        ("二十天", "20个工作日"),
        ("两天", "2个工作日"),
        ("半天", "4小时"),
        ("0.5天", "4小时"),
        ("1.5个工作日", "12小时"),
        ("2紧急工作时", "2紧急工作时"),
        ("２紧急工作时", "2紧急工作时"),
        ("2 紧急 小时", "2紧急工作时"),
        ("2紧急工作日", "2紧急工作日"),
        ("7自然日", "7紧急工作日"),
        ("7日历天", "7紧急工作日"),
        ("30分钟", "30分钟"),
        ("≤2小时", "2小时"),
        ("自立案之日起5天内", "5个工作日"),
        ("2天、", "2个工作日"),
    ],
)
def test_a_limit_is_read_in_every_way_people_write_it(text: str, words: str) -> None:
    assert str(read(text).limit) == words
    assert read(text).rest == ""


def test_words_glued_to_a_limit_are_kept_apart() -> None:
    reading = read("1紧急工作时制止")

    assert reading.limit == Limit(1, Unit.URGENT_HOUR)
    assert reading.rest == "制止"


def test_words_with_a_chinese_digit_are_no_second_limit() -> None:
    assert read("2小时内统一清理").rest == "统一清理"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "立即",
        "3",
        "天",
        "0天",
        "-1天",
        "1-3天",
        "1.5小时",
        "半小时",
        "4小时或1天",
        "4小时/2天",
        "4小时（紧急工作时）",
        "99999天",
        "一年",
        "=1+1天",
        "1e3天",
    ],
)
def test_what_is_no_single_limit_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="看不懂"):
        read(text)


def test_a_bare_number_counts_in_the_unit_of_the_heading() -> None:
    unit = unit_in("处置时限（工作日）")

    assert unit is Unit.WORK_DAY
    assert read("3", unit).limit == Limit(3, Unit.WORK_DAY)
    assert unit_in("处置时限") is None
    assert unit_in("处置时限（备注）") is None


@given(st.integers(1, 300), st.sampled_from(Unit))
def test_what_we_write_we_read(value: int, unit: Unit) -> None:
    assert read(str(Limit(value, unit))).limit == Limit(value, unit)


@given(st.text(max_size=40))
def test_any_text_is_a_limit_or_refused(text: str) -> None:
    try:
        assert read(text).limit.value >= 1
    except Invalid:
        pass
