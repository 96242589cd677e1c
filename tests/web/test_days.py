"""A day at each post, from login to logout: by mouse, and by keyboard alone. Departments: `test_department.py`."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.harness.crashrig import CrashRig
from tests.web.conftest import Opener, keep
from tests.web.desk import paper, show_row
from tests.web.hands import HANDS, Hand, Keys, Mouse, arrive, leave
from tests.web.served import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
by_either_hand = pytest.mark.parametrize("kind", HANDS, ids=lambda kind: kind.__name__.lower())
ORDER = """工单编号：{number}
来电人：丁女士
联系电话：10012340077
诉求内容：{words}
诉求地址：大岭街道富祥社区市场西门
回复要求：需回复"""


@pytest.fixture(scope="module")
def street(site: CrashRig) -> Street:
    return Street(site.url)


def _queue(page: Page, code: str, words: str) -> None:
    """A queue by its tab, and the row of the case in it."""
    page.get_by_test_id(f"queue-{code}").click()
    show_row(page, words).click()
    page.get_by_test_id("case-state").wait_for()


def _step(page: Page, action: str, **fields: str) -> None:
    """Press a step, and send the form it opens: as it stands, but for what is told."""
    page.get_by_test_id(f"step-{action}").click()
    form = page.get_by_test_id(f"form-{action}")
    for name, words in fields.items():
        form.locator(f"#field-{name}").fill(words)
    form.get_by_test_id("step-submit").click()
    expect(form).to_have_count(0)


def test_a_dispatchers_day_by_mouse(opened: Opener, street: Street) -> None:
    """By keyboard: `test_desk_keys.py`."""
    words = "鼠标：路口停满车"
    hand = arrive(opened, Mouse, "dd01")
    page = hand.page
    page.get_by_test_id("queue-row").first.wait_for()
    street.report(f"{words}甲")
    second = street.report(f"{words}乙", again=True)

    _queue(page, "accept", f"{words}甲")
    _step(page, "accept")
    _queue(page, "accept", f"{words}乙")
    page.get_by_test_id("similar").filter(has_text=f"{words}甲").get_by_test_id("merge-into").click()
    expect(page).not_to_have_url(re.compile(second))  # it left the queue, and the next case follows
    assert street.event(second)["state"]["code"] == "merged"

    _queue(page, "file", f"{words}甲")
    _step(page, "file")
    _queue(page, "dispatch", f"{words}甲")
    expect(page.get_by_test_id("suggestion")).to_contain_text("建议派给")
    page.get_by_test_id("accept-suggestion").click()
    expect(page.get_by_text("已派遣")).to_be_visible()

    hand.find(f"{words}甲")
    expect(page.get_by_test_id("case-state")).to_have_text("待签收")
    page.get_by_test_id("print").click()
    assert f"{words}甲" in paper(page, page.get_by_test_id("print-order").click)
    _step(page, "recall", note="派错了")
    expect(page.get_by_test_id("case-state")).to_have_text("待派遣")
    leave(hand)


def _take_call(hand: Hand, words: str) -> None:
    page = hand.page
    hand.press(page.get_by_test_id("nav-intake"))
    hand.write(page.get_by_test_id("intake-said"), words)
    expect(page.get_by_test_id("take-1")).to_contain_text("占道经营")
    hand.press(page.get_by_test_id("take-1"))
    hand.write(page.get_by_test_id("intake-address"), "fxsq")
    expect(page.get_by_test_id("place-option").first).to_contain_text("富祥社区")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("whereabouts")).to_contain_text("大概位置")
    hand.write(page.get_by_test_id("intake-name"), "陈先生")
    hand.write(page.get_by_test_id("intake-phone"), "10012340078")
    hand.tick(page.get_by_test_id("intake-reply"))
    hand.press(page.get_by_test_id("intake-send"))
    expect(page.get_by_test_id("intake-done")).to_contain_text("已登记")


@by_either_hand
def test_a_clerks_day_at_the_intake_desk(opened: Opener, street: Street, kind: type[Mouse] | type[Keys]) -> None:
    mine = kind.__name__
    hand = arrive(opened, kind, "slr01")
    page = hand.page
    _take_call(hand, f"菜市场门口有人在道路上摆卖 {mine}")

    # An order of the hotline, pasted; what its words suggest is taken.
    number = f"GD-DAY-{mine}"
    hand.tick(page.get_by_test_id("source-hotline"))
    hand.write(page.get_by_test_id("order-text"), ORDER.format(number=number, words="路灯夜间不亮"))
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("intake-order")).to_have_value(number)
    expect(page.get_by_test_id("take-1")).to_contain_text("路灯")  # no more what the words of the call suggested
    hand.press(page.get_by_test_id("take-1"))
    hand.write(page.get_by_test_id("intake-address"), "fxsq")
    expect(page.get_by_test_id("place-option").first).to_have_text(re.compile(r"富祥社区\s*区域"))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("whereabouts")).to_contain_text("大概位置")
    hand.press(page.get_by_test_id("intake-send"))
    expect(page.get_by_test_id("intake-done")).to_contain_text("路灯")

    # The register: who called is looked at for a purpose, and answered.
    taken = street.call("slr01", "GET", "/api/intakes").json()["items"]
    told = next(one for one in taken if one["order_no"] == number)
    street.step("ld01", told["case"]["id"], "force_close", note="已修好")
    hand.press(page.get_by_test_id("intake-tab-register"))
    row = page.get_by_test_id("register-row").filter(has_text=number)
    expect(row.get_by_test_id("waiting")).to_contain_text("可以回复了")
    hand.press(row.get_by_test_id("caller-reveal"))
    hand.write(page.locator("[data-test=caller-purpose]:visible"), "回电告知结果")
    hand.press(page.locator("[data-test=caller-go]:visible"))
    expect(row).to_contain_text("丁女士 10012340077")
    keep(page, f"day-intake-{mine.lower()}")
    hand.press(row.get_by_test_id("reply-open"))
    hand.write(row.get_by_test_id("reply-words"), "路灯已修好")
    hand.press(row.get_by_test_id("reply-send"))
    expect(row).to_contain_text("已回复")
    leave(hand)


@by_either_hand
def test_a_leaders_day(opened: Opener, street: Street, kind: type[Mouse] | type[Keys]) -> None:
    words = f"领导要看的{kind.__name__}"
    street.case(words, "handling")
    hand = arrive(opened, kind, "ld01")
    page = hand.page

    hand.press(page.get_by_test_id("nav-brief"))
    page.get_by_test_id("headline").wait_for()
    assert "日报" in paper(page, lambda: hand.press(page.get_by_test_id("save-pdf")))

    hand.press(page.get_by_test_id("nav-desk"))
    page.get_by_test_id("queue-row").first.wait_for()
    hand.find(words)
    expect(page.get_by_test_id("case-state")).to_have_text("处置中")
    section = page.get_by_test_id("case-supervision")
    hand.press(section.get_by_test_id("issue"))
    hand.write(section.get_by_label("理由"), "群众三次来电")
    hand.write(section.get_by_label("要求"), "今天办完，拍照回复")
    hand.press(section.get_by_test_id("issue-submit"))
    expect(section.get_by_test_id("supervision")).to_contain_text("今天办完")

    hand.press(page.get_by_test_id("nav-supervision"))
    hand.press(page.get_by_test_id("tab-matters"))
    hand.press(page.get_by_test_id("matter-new"))
    form = page.get_by_test_id("matter-form")
    hand.write(form.get_by_label("什么事"), words)
    hand.choose(form.get_by_test_id("matter-area"), "大岭街道")
    hand.choose(form.get_by_test_id("matter-lead"), "消防")
    hand.press(form.get_by_test_id("matter-submit"))
    expect(page.get_by_test_id("matter").filter(has_text=words)).to_contain_text("事项部署时限")
    keep(page, f"day-leader-{kind.__name__.lower()}")
    leave(hand)
