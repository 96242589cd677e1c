"""Words put right, once and for all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.imports.wording import clean, is_legible, loose


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("声音停止、", "声音停止"),
        ("  、清理干净。", "清理干净"),
        ("破损大于25 c㎡", "破损大于25 cm²"),
        ("面积１０㎡以上", "面积10m²以上"),
        ("井盖缺失, 移位", "井盖缺失，移位"),
        ("井盖(上水)缺失;移位", "井盖（上水）缺失；移位"),
        ("从8:30到17:00", "从8:30到17:00"),
        ("超过1,000元", "超过1,000元"),
        ("清理\n干净", "清理干净"),
        ("清理_x000D_\n干净", "清理干净"),
        ("清理\u200b干净\ufeff", "清理干净"),
        ("清理\u3000干净\xa0", "清理干净"),
        ("清理，，干净", "清理，干净"),
        ("LED 灯", "LED灯"),
        ("three words here", "three words here"),
        ("，。、", ""),
    ],
)
def test_words_are_put_right(typed: str, meant: str) -> None:
    assert clean(typed) == meant


TRICKY = st.sampled_from("，、；：。,;:!?()（） \n\u3000㎡１Ａa1中街")


@given(st.text(alphabet=st.one_of(TRICKY, st.characters()), max_size=60))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert once == once.strip()


def test_private_signs_are_not_legible() -> None:
    assert not is_legible("井\ue123盖")
    assert not is_legible("井\ufffd盖")
    assert is_legible("㛃𠮷井盖 cm²")


def test_punctuation_width_and_case_do_not_count_when_comparing() -> None:
    assert loose("井盖（Ａ）缺失、移位。") == loose("井盖a缺失 移位")
