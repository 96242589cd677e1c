"""The newcomer's path of docs/first-day.md, as it is written there: from the first page to a dispatched case."""

from __future__ import annotations

import re
import time as real_time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fixtures.daling import PASSWORD
from tests.harness.crashrig import CrashRig
from tests.web.conftest import keep
from tests.web.served import Street

pytestmark = pytest.mark.browser
DOCS = (Path("docs/first-day.md"), Path("docs/first-day.zh-CN.md"))
MINUTES = 5


def test_from_the_first_page_to_a_dispatched_case(opened: Callable[..., Page], site: CrashRig) -> None:
    case = Street(site.url).report("垃圾堆在路口，第一天的练习")
    began = real_time.monotonic()

    page = opened(None, "/", viewport={"width": 1366, "height": 768})
    page.get_by_role("link", name="调度台").click()
    page.get_by_label("账号").fill("dd01")
    page.get_by_label("密码").fill(PASSWORD)
    keep(page, "first-day-1-sign-in")
    page.get_by_role("button", name="登录").click()

    page.get_by_test_id("queue-row").first.wait_for()
    keep(page, "first-day-2-desk")
    page.get_by_label(re.compile("搜")).first.fill("第一天的练习")
    page.keyboard.press("Enter")
    page.get_by_test_id("queue-all").click()
    page.locator(f"[data-id='{case}']").click()
    page.get_by_test_id("case-state").wait_for()
    keep(page, "first-day-3-case")

    for _ in range(6):
        if page.get_by_test_id("case-state").inner_text() == "待签收":
            break
        page.get_by_label("案卷", exact=True).press("a")
        page.wait_for_timeout(700)
    expect(page.get_by_test_id("case-state")).to_have_text("待签收")
    keep(page, "first-day-4-dispatched")

    assert real_time.monotonic() - began < MINUTES * 60


def test_the_pages_show_what_is_written() -> None:
    for doc in DOCS:
        pictures = re.findall(r"\(screens/([\w-]+\.png)\)", doc.read_text("utf-8"))
        assert len(pictures) >= 4
        assert [name for name in pictures if not Path("docs/screens", name).exists()] == []
