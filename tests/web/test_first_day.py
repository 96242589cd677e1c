"""The newcomer's path of docs/first-day.md, as it is written there: from the first page to a dispatched case."""

from __future__ import annotations

import re
import time as real_time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fixtures.daling import PASSWORD
from tests.web.conftest import keep

pytestmark = pytest.mark.browser
DOCS = (Path("docs/first-day.md"), Path("docs/first-day.zh-CN.md"))
MINUTES = 5


def test_from_the_first_page_to_a_dispatched_case(opened: Callable[..., Page]) -> None:
    began = real_time.monotonic()

    page = opened(None, "/", viewport={"width": 1366, "height": 768})
    page.get_by_role("link", name="调度台").click()
    page.get_by_label("账号").fill("dd01")
    page.get_by_label("密码").fill(PASSWORD)
    keep(page, "first-day-1-sign-in")
    page.get_by_role("button", name="登录").click()
    page.get_by_test_id("queue-row").first.wait_for()
    keep(page, "first-day-2-desk")

    page.keyboard.press("4")
    expect(page.get_by_role("tab", selected=True)).to_contain_text("待派遣")
    page.get_by_test_id("queue-row").first.wait_for()
    page.keyboard.press("j")
    number = page.get_by_test_id("case-no")
    mine = number.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("suggestion")).to_contain_text("建议派给")
    page.wait_for_function("[...document.querySelectorAll('.case-photos img')].every((one) => one.complete)")
    keep(page, "first-day-3-case")

    page.keyboard.press("a")
    expect(number).not_to_have_text(mine)
    page.go_back()
    expect(number).to_have_text(mine)
    expect(page.get_by_test_id("case-state")).to_have_text("待签收")
    keep(page, "first-day-4-dispatched")
    page.keyboard.press("u")
    page.get_by_test_id("form-recall").wait_for()

    assert real_time.monotonic() - began < MINUTES * 60


def test_every_key_of_the_path_is_written_in_both_languages() -> None:
    for doc in DOCS:
        words = doc.read_text("utf-8")
        assert [key for key in "4JAU" if f"`{key}`" not in words] == []


def test_the_pages_show_what_is_written() -> None:
    for doc in DOCS:
        pictures = re.findall(r"\(screens/([\w-]+\.png)\)", doc.read_text("utf-8"))
        assert len(pictures) >= 4
        assert [name for name in pictures if not Path("docs/screens", name).exists()] == []
