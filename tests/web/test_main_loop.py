"""A worker and a dispatcher take a report to its end, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import keep
from tests.web.phone import choose_photo, restart, submit, take_photo

pytestmark = pytest.mark.browser

WORDS = "浏览器测试：路口停满电动车"


def report(phone: Page, photo: Path, category: str = "非机动车乱停放") -> None:
    """Fill the form as a worker does: photo, class, words; the place comes by itself."""
    phone.goto("/m/#/report")
    choose_photo(phone, photo)
    take_photo(phone)
    phone.get_by_test_id("category-search").click()
    phone.get_by_label("搜索类别").fill(category)
    phone.locator(".category-sheet").get_by_role("button", name=category).click()
    phone.get_by_label("说明").fill(WORDS)
    keep(phone, "handset-report")
    submit(phone)


def take(desk: Page, action: str, **fields: str) -> None:
    """Take a step on the case that is open; fields: words of the option to choose."""
    before = desk.get_by_test_id("case-state").inner_text()
    desk.get_by_test_id(f"step-{action}").click()
    form = desk.get_by_test_id(f"form-{action}")
    for name, words in fields.items():
        if name == "note":
            form.locator("textarea").fill(words)
            continue
        form.get_by_test_id(f"field-{name}").click()
        desk.get_by_role("option", name=words).click()
    if form.count():
        form.get_by_test_id("step-submit").click()
    expect(desk.get_by_test_id("case-state")).not_to_have_text(before)


def find(page: Page, words: str = WORDS) -> None:
    """Open a case by its words, whatever queue it is in."""
    page.get_by_role("link", name="工作台").click()
    page.get_by_test_id("queue-all").click()
    page.get_by_placeholder("案卷号").fill(words)
    page.keyboard.press("Enter")
    page.get_by_test_id("queue-row").filter(has_text=words[:12]).first.click()
    page.get_by_test_id("case-state").wait_for()


def test_a_report_becomes_a_closed_case(
    handset: Callable[[str], Page], console: Callable[[str], Page], photo: Path
) -> None:
    phone, desk, clerk = handset("wg01"), console("dd01"), console("ga01")

    report(phone, photo)
    expect(phone.get_by_text("已送达").first).to_be_visible()
    keep(phone, "handset-mine")
    find(desk)
    keep(desk, "console-case")
    take(desk, "accept")
    take(desk, "file")
    take(desk, "dispatch", department="派出所")
    find(clerk)
    take(clerk, "sign")
    take(clerk, "submit", note="已劝离并摆放整齐")
    take(clerk, "confirm")
    keep(clerk, "console-department")
    find(desk)
    take(desk, "forward")
    take(desk, "send_check")
    restart(phone)
    phone.goto("/m/#/tasks")
    phone.get_by_test_id("task").filter(has_text=WORDS).click()
    phone.get_by_role("radio", name="通过", exact=True).click()
    take_photo(phone)
    keep(phone, "handset-check")
    with phone.expect_response(lambda response: response.url.endswith("/sync/push")):
        phone.get_by_role("button", name="送出核查结果").click()
    # The desk hears of it by itself.
    expect(desk.get_by_test_id("case-state")).to_have_text("待结案", timeout=25_000)
    take(desk, "close")

    expect(desk.get_by_test_id("case-state")).to_have_text("已结案")
    expect(desk.get_by_test_id("timeline")).to_contain_text("核查通过")
    expect(desk.get_by_test_id("case-no")).to_contain_text("441323002")
    keep(desk, "console-closed")


def test_a_report_made_without_network_waits_and_then_arrives(handset: Callable[[str], Page], photo: Path) -> None:
    phone = handset("wg01")
    phone.goto("/m/#/report")
    phone.locator(".category-grid button").first.wait_for()

    phone.context.set_offline(True)
    choose_photo(phone, photo)
    phone.locator(".category-grid button").first.click()
    submit(phone)
    expect(phone.get_by_test_id("unsent").first).to_contain_text("本机")
    keep(phone, "handset-offline")
    phone.context.set_offline(False)
    phone.evaluate("window.dispatchEvent(new Event('online'))")

    expect(phone.get_by_test_id("unsent")).to_have_count(0, timeout=30_000)
