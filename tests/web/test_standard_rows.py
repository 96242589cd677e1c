"""The standards, a row at a time: found, changed from a day on, refused at its field, ended."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.web.conftest import Opener, keep


def test_a_limit_is_changed_and_nonsense_is_refused(opened: Opener) -> None:
    page = opened("xt01", "/console/#/settings/standards", viewport={"width": 1366, "height": 768})
    search = page.get_by_test_id("standards-q")
    search.fill("E0401")
    search.press("Enter")
    row = page.get_by_test_id("standard-row").first
    expect(row).to_contain_text("E0401")
    condition = row.locator("td").nth(1).inner_text()
    keep(page, "standards")

    row.get_by_test_id("row-change").click()
    page.locator("#row-limit").fill("很久")
    page.get_by_test_id("row-save").click()
    expect(page.get_by_test_id("wrong-limit")).to_contain_text("很久")
    keep(page, "standards-refused")
    page.locator("#row-limit").fill("7小时")
    page.get_by_test_id("row-save").click()

    expect(page.get_by_test_id("standards-done")).to_contain_text("已改：E0401")
    changed = page.get_by_test_id("standard-row").filter(has_text=condition.split(" ·")[0])
    expect(changed.first).to_contain_text("7小时")

    changed.first.get_by_test_id("row-change").click()
    page.get_by_test_id("row-end").click()
    page.get_by_test_id("row-end-sure").click()
    expect(page.get_by_test_id("standards-done")).to_contain_text("已停用")
