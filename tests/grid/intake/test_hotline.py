"""Pasted 12345 orders: texts as platforms really write them, and any order of labels."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid import clock
from grid.errors import Invalid
from grid.intake import hotline
from grid.intake.caller import read_phone
from grid.intake.order import Order, moment, reply_wish
from grid.mask import hidden_name, hidden_numbers, hidden_phone

PLAIN = """工单编号：GD20261122000187
来电人：陈先生
联系电话：100 1234 0001
诉求时间：2026-11-22 09:31:05
诉求类型：投诉
诉求标题：富祥路烧烤档占道
诉求内容：市民来电反映，富祥路12号门口每晚有烧烤档占道经营，
油烟大，行人要走到马路上。
希望部门尽快处理。
诉求地址：大岭街道富祥社区富祥路12号
办理时限：2026-11-27 18:00
回复要求：需电话回复来电人"""


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.LOCAL)  # type: ignore[misc, arg-type]


def test_an_order_as_the_platform_prints_it() -> None:
    [order] = hotline.read(PLAIN)

    assert order == Order(
        order_no="GD20261122000187",
        name="陈先生",
        phone="10012340001",
        asked_at=at(2026, 11, 22, 9, 31, 5),
        kind="投诉",
        title="富祥路烧烤档占道",
        content="市民来电反映，富祥路12号门口每晚有烧烤档占道经营，\n油烟大，行人要走到马路上。\n希望部门尽快处理。",
        address="大岭街道富祥社区富祥路12号",
        reply_by=at(2026, 11, 27, 18),
        wants_reply=True,
    )
    assert order.said.startswith("富祥路烧烤档占道。市民来电反映")


def test_boxed_labels_with_and_without_colons() -> None:
    head = "【工单号】20261122-0188\n【诉求人】匿名\n【联系方式】：保密\n"

    [order] = hotline.read(f"{head}【反映内容】井盖松动，车一过就响\n【事发地点】新园路口")

    assert (order.order_no, order.name, order.phone, order.is_anonymous) == ("20261122-0188", "", "", True)
    assert (order.content, order.address) == ("井盖松动，车一过就响", "新园路口")
    assert order.unread == ()


def test_all_in_one_line_with_half_width_colons() -> None:
    head = "受理编号:HZ-2026-77  来电人:李女士  联系电话:0752-2345678"

    [order] = hotline.read(f"{head}  内容:路灯不亮  地址:联丰路  截止时间:2026/11/25")

    assert (order.order_no, order.name, order.phone) == ("HZ-2026-77", "李女士", "0752-2345678")
    assert (order.content, order.address) == ("路灯不亮", "联丰路")
    assert order.reply_by == at(2026, 11, 25, 23, 59, 59)


def test_several_orders_in_one_paste() -> None:
    second = PLAIN.replace("000187", "000188").replace("陈先生", "罗女士")
    by_rule = hotline.read(f"{PLAIN}\n——————\n{second}")
    by_label = hotline.read(f"{PLAIN}\n\n{second}")

    assert [order.order_no for order in by_rule] == ["GD20261122000187", "GD20261122000188"]
    assert by_label == by_rule


def test_a_telephone_named_inside_the_text_stays_in_the_text() -> None:
    [order] = hotline.read("工单编号：A0001\n诉求内容：物业说联系电话：10012340009 打不通，地址：写错了")

    assert order.content == "物业说联系电话：10012340009 打不通，地址：写错了"
    assert (order.phone, order.address) == ("", "")


def test_what_is_not_understood_is_shown_and_not_guessed() -> None:
    [order] = hotline.read(
        "转办单\n工单编号：A0002\n联系电话：一三八\n办理时限：5个工作日\n回复要求：酌情\n紧急程度：特急\n诉求内容：噪音"
    )

    assert (order.phone, order.reply_by, order.wants_reply, order.content) == ("", None, None, "噪音")
    assert order.unread == (
        "转办单",
        "联系电话：一三八",
        "办理时限：5个工作日",
        "回复要求：酌情",
        "紧急程度：特急",
    )


def test_a_value_on_the_line_after_its_label() -> None:
    [order] = hotline.read(
        "工单编号：\nA0003\n联系电话：\n10012340002\n再打 10012340003\n诉求内容：\n垃圾没人收\n\n三天了"
    )

    assert (order.order_no, order.phone, order.content) == ("A0003", "10012340002", "垃圾没人收\n三天了")
    assert order.unread == ("再打 10012340003",)


@pytest.mark.parametrize("text", ["你好", "来电人：张三\n联系电话：10012340001", "-----"])
def test_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        hotline.read(text)

    assert refused.value.field == "text"


@pytest.mark.parametrize(
    "told, wanted",
    [
        ("2026-11-22 09:31", at(2026, 11, 22, 9, 31)),
        ("2026年11月22日9时5分", at(2026, 11, 22, 9, 5)),
        ("2026/1/2", at(2026, 1, 2)),
        ("2026.11.22 09：31", at(2026, 11, 22, 9, 31)),
        ("2026-11-22T09:31:07", at(2026, 11, 22, 9, 31, 7)),
        ("2026-02-30", None),
        ("11月22日", None),
        ("两天内", None),
        ("0001-01-01", None),
        ("9999-12-31 23:59", None),
    ],
)
def test_moments(told: str, wanted: datetime | None) -> None:
    assert moment(told) == wanted


@pytest.mark.parametrize(
    "told, wanted",
    [("需要回复", True), ("无需回复", False), ("不需要", False), ("是", True), ("否", False), ("酌情", None)],
)
def test_whether_an_answer_is_asked_for(told: str, wanted: bool | None) -> None:
    assert reply_wish(told) is wanted


@pytest.mark.parametrize("told", ["138", "abc", "1001234000", "++8610012340001", "0752-1"])
def test_what_is_no_telephone_number(told: str) -> None:
    with pytest.raises(Invalid):
        read_phone(told)


def test_numbers_and_names_are_masked() -> None:
    assert (hidden_name("欧阳小明"), hidden_name("")) == ("欧***", "")
    assert (hidden_phone("10012340001"), hidden_phone("0752-2345678"), hidden_phone("2345678")) == (
        "100****0001",
        "075****5678",
        "****78",
    )
    assert hidden_numbers("打 10012340001 或 999999199001010017，12 号") == "打 100****0001 或 999****0017，12 号"


@pytest.mark.parametrize(
    "told, shown",
    [
        ("打100 1234 0001", "打100****0001"),
        ("100-1234-0001找我", "100****0001找我"),
        ("1001 234 0001", "100****0001"),
        ("１００１２３４０００１", "１００****０００１"),
        ("座机0752-334 5678", "座机075****5678"),
        ("0752 88132231", "075****2231"),
        ("441323 19900101 001X", "441****001X"),
        ("2026-11-22 100 1234 0001", "2026-11-22 100****0001"),
        ("GD20261122000187", "GD20261122000187"),
        ("11月22日9时12号楼1001室", "11月22日9时12号楼1001室"),
    ],
)
def test_numbers_in_words_are_masked_however_they_are_grouped(told: str, shown: str) -> None:
    assert hidden_numbers(told) == shown


VALUES = {
    "order_no": ("工单编号", "GD2026112200018"),
    "name": ("诉求人", "黄某"),
    "phone": ("联系电话", "10012340004"),
    "kind": ("诉求类型", "求助"),
    "title": ("诉求标题", "楼道堆物"),
    "content": ("诉求内容", "楼道里堆满旧家具\n走不过去"),
    "address": ("事发地址", "东来路 8 号"),
}


@given(
    names=st.permutations(sorted(VALUES)),
    missing=st.sets(st.sampled_from(sorted(VALUES.keys() - {"content"}))),
    colon=st.sampled_from([":", "：", " ：", "： "]),
    gap=st.sampled_from(["\n", "\n\n", "\r\n", " \n"]),
    boxed=st.booleans(),
)
def test_any_order_of_labels_and_any_that_are_missing(
    names: list[str], missing: set[str], colon: str, gap: str, boxed: bool
) -> None:
    told = [name for name in names if name not in missing]
    label = (lambda word: f"【{word}】") if boxed else (lambda word: f"{word}{colon}")

    [order] = hotline.read(gap.join(label(VALUES[name][0]) + VALUES[name][1] for name in told))

    assert {name: getattr(order, name) for name in VALUES} == {
        name: VALUES[name][1] if name in told else "" for name in VALUES
    }
    assert order.unread == ()


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        orders = hotline.read(f"工单编号：A0001\n{text}")
    except Invalid:
        return

    assert orders[0].order_no == "A0001"


@given(st.text(alphabet="一二三四五路口摊位占道，。 \n", min_size=1, max_size=200))
def test_no_word_of_the_text_is_lost(words: str) -> None:
    [order] = hotline.read(f"工单编号：A0001\n诉求内容：x{words}")

    assert order.content.split() == f"x{words}".split()
