"""A day at the intake desk: a call by keyboard, a visit by mouse, orders pasted and as a table, answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories.intake import make_sheet
from tests.harness.crashrig import CrashRig
from tests.web.conftest import Opener, keep
from tests.web.desk import choose, in_days, point_at, show
from tests.web.served import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Console = Callable[[str], Page]
WORDS = "富祥路菜市场门口有人在道路上摆卖，人过不去"
ORDER = """工单编号：{number}
来电人：{name}
联系电话：10012340005
诉求内容：{words}
诉求地址：大岭街道富祥社区{place}
办理时限：{due}
回复要求：需回复
紧急程度：一般"""


def _order(number: str, *, name: str, words: str, place: str) -> str:
    return ORDER.format(number=number, name=name, words=words, place=place, due=in_days(40))


def _open(page: Page, tab: str = "") -> None:
    page.get_by_test_id("nav-intake").click()
    if tab:
        page.get_by_test_id(f"intake-tab-{tab}").click()


def _take_advice(page: Page, category: str) -> None:
    """The class its words sound like: what stood there for words before is not pressed."""
    expect(page.get_by_test_id("take-1")).to_contain_text(category)
    page.get_by_test_id("take-1").click()


def _place_in_fuxiang(page: Page) -> None:
    page.get_by_test_id("intake-address").fill("富祥社区")
    expect(page.get_by_test_id("place-option").first).to_contain_text("富祥社区")
    page.get_by_test_id("place-option").first.click()


def test_a_call_is_taken_in_by_keyboard_alone_within_a_minute(console: Console, site: CrashRig) -> None:
    page = console("slr01")
    page.get_by_test_id("nav-intake").focus()
    began = time.monotonic()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("intake-said")).to_be_focused()

    page.keyboard.type(WORDS)
    expect(page.get_by_test_id("take-1")).to_contain_text("占道经营")
    keep(page, "console-intake-advice")
    page.keyboard.press("Alt+1")
    expect(page.get_by_test_id("category-outcome")).to_contain_text("会派给")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("fxsq")
    expect(page.get_by_test_id("place-option").first).to_contain_text("富祥社区")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("whereabouts")).to_contain_text("大概位置")
    page.keyboard.press("Tab")
    page.keyboard.type("陈先生")
    page.keyboard.press("Tab")
    page.keyboard.type("10012340001")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_test_id("intake-done")).to_contain_text("已登记：占道经营")
    assert time.monotonic() - began < 60
    expect(page.get_by_test_id("intake-said")).to_have_value("")
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('wangge-draft')).length") == 0


def test_a_draft_survives_a_reload_and_goes_with_its_owner(console: Console) -> None:
    page = console("slr01")
    _open(page)
    page.get_by_test_id("intake-said").fill("写到一半的话")
    page.get_by_test_id("intake-phone").fill("10012340009")
    page.reload()

    expect(page.get_by_test_id("intake-said")).to_have_value("写到一半的话")
    expect(page.get_by_test_id("intake-phone")).to_have_value("10012340009")
    page.get_by_role("button", name="退出登录").click()
    page.get_by_label("密码").wait_for()
    assert "10012340009" not in page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")


def test_a_visit_by_mouse_and_one_more_caller_of_the_same(console: Console, site: CrashRig, photo: Path) -> None:
    page = console("dd01")
    _open(page)
    page.get_by_test_id("source-visit").click()
    page.get_by_test_id("intake-said").fill("商店门口喇叭声太大，整天响")
    _take_advice(page, "商业噪音")
    point_at(page, 0.5, 0.5)
    expect(page.get_by_test_id("whereabouts")).to_contain_text("网格")
    page.get_by_test_id("intake-address").fill("新园路百货门口")
    page.get_by_test_id("photo-album").set_input_files(photo)
    expect(page.locator(".intake-photos img")).to_have_count(1)
    keep(page, "console-intake-visit")
    page.get_by_test_id("intake-send").click()
    expect(page.get_by_test_id("intake-done")).to_contain_text("已登记")

    page.get_by_test_id("source-call").click()
    page.get_by_test_id("intake-said").fill("新园路那家店的喇叭，太吵了")
    choose(page, page.get_by_test_id("intake-category"), "商业噪音")
    page.get_by_test_id("intake-address").press_sequentially("新园路")
    page.get_by_test_id("place-option").filter(has_text="新园路百货门口").first.click()
    page.get_by_test_id("intake-name").fill("罗女士")
    page.get_by_test_id("intake-phone").fill("10012340002")
    page.get_by_test_id("intake-reply").check()
    expect(page.get_by_test_id("similar-case").first).to_contain_text("商业噪音")
    keep(page, "console-intake-similar")
    page.get_by_test_id("same").first.click()
    expect(page.get_by_test_id("intake-done")).to_contain_text("已并入")

    page.get_by_test_id("intake-open").click()
    origin = page.get_by_test_id("case-origin")
    expect(origin).to_contain_text("匿名")
    expect(origin).to_contain_text("罗** 100****0002")
    origin.get_by_test_id("caller-reveal").click()
    page.get_by_test_id("caller-purpose").fill("回电问清楚")
    page.get_by_test_id("caller-go").click()
    expect(origin).to_contain_text("罗女士 10012340002")
    keep(page, "console-case-origin")


def test_three_orders_pasted_of_which_one_is_here_already(console: Console, site: CrashRig) -> None:
    page = console("slr01")
    _open(page)
    page.get_by_test_id("source-hotline").click()
    street = Street(site.url)
    known = street.call(
        "slr01",
        "POST",
        "/api/intakes",
        json={
            "client_id": "0190c0de-0000-7000-8000-00000000a401",
            "source": "hotline",
            "said": "路灯夜间不亮",
            "category": "C0137",
            "area": "441323002002",
            "order_no": "GD-A4-1",
        },
    ).json()
    texts = [
        _order("GD-A4-1", name="甲先生", words="路灯夜间不亮", place="东门"),
        _order("GD-A4-2", name="乙女士", words="路灯夜间不亮，黑漆漆", place="西门口"),
        _order("GD-A4-3", name="匿名", words="市场门口在道路上摆卖", place="市场门口"),
    ]

    page.get_by_test_id("order-text").fill("\n\n".join(texts))
    page.get_by_test_id("order-text").blur()
    rows = page.get_by_test_id("pasted-order")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("已登记过")
    expect(page.get_by_test_id("intake-order")).to_have_value("GD-A4-2")
    expect(page.get_by_test_id("unread")).to_contain_text("紧急程度：一般")
    keep(page, "console-intake-orders")
    for number, category in (("GD-A4-2", "路灯"), ("GD-A4-3", "占道经营")):
        expect(page.get_by_test_id("intake-order")).to_have_value(number)
        _take_advice(page, category)
        _place_in_fuxiang(page)
        page.get_by_test_id("intake-send").click()
        expect(rows.filter(has_text=number)).to_contain_text("已登记")

    page.get_by_test_id("intake-order").fill("GD-A4-1")
    page.get_by_test_id("intake-said").fill("路灯夜间不亮")
    _take_advice(page, "路灯")
    _place_in_fuxiang(page)
    page.get_by_test_id("intake-send").click()
    expect(page.get_by_test_id("intake-trouble")).to_contain_text("GD-A4-1 已经登记过")
    assert known["case"]["id"]


def test_what_was_changed_of_one_order_is_there_after_another_and_after_a_reload(
    console: Console, photo: Path
) -> None:
    page = console("slr01")
    _open(page)
    page.get_by_test_id("source-hotline").click()
    texts = [_order(f"GD-D5-{n}", name="甲先生", words=f"第{n}盏路灯不亮", place="东门") for n in (1, 2)]
    page.get_by_test_id("order-text").fill("\n\n".join(texts))
    page.get_by_test_id("order-text").blur()
    first, second = (page.get_by_test_id("pasted-order").filter(has_text=f"GD-D5-{n}") for n in (1, 2))
    expect(page.get_by_test_id("intake-order")).to_have_value("GD-D5-1")
    page.get_by_test_id("intake-said").fill("问过了，是路口第一盏")
    page.get_by_test_id("photo-album").set_input_files(photo)
    photos = page.locator(".intake-photos img")
    expect(photos).to_have_count(1)

    second.get_by_role("button").click()
    expect(page.get_by_test_id("intake-said")).to_have_value("第2盏路灯不亮")
    expect(photos).to_have_count(0)
    expect(first).to_contain_text("改到一半")
    keep(page, "console-intake-drafts")
    first.get_by_role("button").click()
    expect(page.get_by_test_id("intake-said")).to_have_value("问过了，是路口第一盏")
    expect(photos).to_have_count(1)

    second.get_by_role("button").click()
    page.get_by_test_id("intake-name").fill("甲太太")
    page.reload()
    expect(page.get_by_test_id("intake-name")).to_have_value("甲太太")
    expect(second).to_contain_text("在下面的表里")
    first.get_by_role("button").click()
    expect(page.get_by_test_id("intake-said")).to_have_value("问过了，是路口第一盏")

    _take_advice(page, "非机动车乱停放")
    _place_in_fuxiang(page)
    page.get_by_test_id("intake-send").click()
    expect(first).to_contain_text("已登记")
    expect(page.get_by_test_id("intake-name")).to_have_value("甲太太")
    page.get_by_role("button", name="退出登录").click()
    page.get_by_label("密码").wait_for()
    assert "甲太太" not in page.evaluate("JSON.stringify({ ...sessionStorage })")


def test_orders_as_a_table_with_the_faulty_one_handed_back(console: Console, tmp_path: Path) -> None:
    rows = (
        ("GD-B4-1", "丙先生", "10012340007", "", "路灯夜间不亮", "富祥社区东门", "", "", "", ""),
        ("GD-B4-2", "丁女士", "1380", "", "路灯夜间不亮", "富祥社区西门", "", "", "", ""),
    )
    file = tmp_path / "工单.xlsx"
    file.write_bytes(make_sheet(*rows))
    page = console("slr01")
    _open(page, "table")

    page.get_by_test_id("file").set_input_files(file)
    expect(page.get_by_test_id("import-line")).to_have_count(2)
    expect(page.get_by_test_id("import-panel")).to_contain_text("联系电话看不懂")
    keep(page, "console-intake-table")
    with page.expect_download() as download:
        page.get_by_test_id("error-sheet").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_test_id("import-confirm").click()

    expect(page.get_by_test_id("import-done")).to_contain_text("已导入 1 张工单")


def test_who_asked_for_an_answer_is_called_back(console: Console, site: CrashRig) -> None:
    street = Street(site.url)
    told = street.call(
        "slr01",
        "POST",
        "/api/intakes",
        json={
            "client_id": "0190c0de-0000-7000-8000-00000000a402",
            "source": "call",
            "said": "井盖松动有响声",
            "name": "戊先生",
            "phone": "10012340008",
            "wants_reply": True,
            "category": "C0103",
            "area": "441323002002",
        },
    ).json()
    street.step("ld01", told["case"]["id"], "force_close", note="已修好")
    page = console("slr01")
    _open(page, "register")
    row = page.get_by_test_id("register-row").filter(has_text="井盖松动有响声")

    expect(row.get_by_test_id("waiting")).to_contain_text("可以回复了")
    keep(page, "console-intake-register")
    row.get_by_test_id("reply-open").click()
    row.get_by_test_id("reply-words").fill("井盖已换，感谢反映")
    row.get_by_test_id("reply-send").click()

    expect(row.get_by_test_id("reply-send")).to_have_count(0)
    expect(row).to_contain_text("已回复")
    page.get_by_test_id("only-waiting").check()
    expect(page.get_by_text("没有要回复的")).to_be_visible()


def test_one_shift_hands_over_to_the_next(console: Console, site: CrashRig) -> None:
    street = Street(site.url)
    event_id = street.case("交接班：要盯的垃圾", "handling")
    leaving = console("dd01")
    show(leaving, event_id)
    leaving.get_by_test_id("to-handover").click()
    leaving.get_by_test_id("watch-case").first.check()
    leaving.get_by_test_id("handover-words").fill("台风预警，河边两处要盯")
    keep(leaving, "console-handover-write")
    leaving.get_by_test_id("handover-write").click()
    expect(leaving.get_by_text("自己写的，由接班的人签收。").first).to_be_visible()

    coming = console("slr01")
    bar = coming.get_by_test_id("handover-bar")
    expect(bar).to_contain_text("台风预警")
    keep(coming, "console-handover-bar")
    bar.get_by_test_id("handover-bar-sign").click()
    expect(bar).to_have_count(0)

    coming.get_by_test_id("to-handover").click()
    expect(coming.get_by_test_id("handover-note").first).to_contain_text("方受理")
    keep(coming, "console-handover")


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_the_form_fits_without_scrolling(opened: Opener, size: tuple[int, int]) -> None:
    page = opened("slr01", "/console/", viewport={"width": size[0], "height": size[1]})
    _open(page)
    page.get_by_test_id("source-hotline").click()
    expect(page.get_by_test_id("order-text")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_test_id("intake-send").bounding_box()["y"] < size[1] - 32  # type: ignore[index]
    keep(page, f"console-intake-{size[0]}")


def test_somebody_without_the_right_has_no_such_page(console: Console) -> None:
    page = console("cg01")
    expect(page.get_by_test_id("nav-desk")).to_be_visible()
    expect(page.get_by_test_id("nav-intake")).to_have_count(0)
    page.goto("/console/#/intake")
    expect(page.get_by_test_id("intake-form")).to_have_count(0)


def test_what_was_typed_by_hand_is_there_after_an_order(console: Console) -> None:
    page = console("slr01")
    _open(page)
    page.get_by_test_id("source-hotline").click()
    said = page.get_by_test_id("intake-said")
    said.fill("工单系统打不开，先手记：河边护栏断了")
    page.get_by_test_id("order-text").fill(_order("GD-H6-1", name="己先生", words="路灯夜间不亮", place="南门"))
    page.get_by_test_id("order-text").blur()
    sheets = page.get_by_test_id("pasted-order")
    expect(sheets).to_have_count(1)
    expect(said).to_have_value("工单系统打不开，先手记：河边护栏断了")

    sheets.filter(has_text="GD-H6-1").get_by_role("button").click()
    expect(said).to_have_value("路灯夜间不亮")
    by_hand = sheets.filter(has_text="手填的一张")
    expect(by_hand).to_contain_text("河边护栏断了")
    keep(page, "console-intake-by-hand")
    page.reload()
    by_hand.get_by_role("button").click()
    expect(said).to_have_value("工单系统打不开，先手记：河边护栏断了")
    expect(page.get_by_test_id("intake-order")).to_have_value("")
    expect(by_hand).to_have_count(0)
