"""What is not filed yet is timed on the desk too: the clock of its step stands in the row and on the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.crashrig import CrashRig
from tests.web.conftest import keep
from tests.web.desk import act, show_row
from tests.web.served import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
AT_ONCE_MS = 15_000  # far less than the minute after which a page reads everything again


@pytest.fixture(scope="module")
def street(site: CrashRig) -> Street:
    return Street(site.url)


def test_a_report_that_comes_in_is_timed_at_once_and_again_at_each_step(
    console: Callable[[str], Page], street: Street
) -> None:
    page = console("dd01")
    page.get_by_test_id("queue-accept").click()
    page.get_by_test_id("queue-rows").wait_for()

    street.report("计时：路口停满车")
    row = show_row(page, "计时：路口停满车")
    expect(row).to_contain_text("受理还剩", timeout=AT_ONCE_MS)
    expect(row.locator(".light")).to_have_text(re.compile("●\\s*受理"))
    expect(row).not_to_contain_text("无时限")
    row.click()
    expect(page.get_by_test_id("case-step")).to_have_text(re.compile("^受理还剩1[34]分$"))
    keep(page, "console-step-clock")

    act(page, "step-accept")
    expect(page.get_by_test_id("case-step")).to_have_text(re.compile("^立案还剩1[345]分$"))


def test_a_case_with_a_deadline_shows_both(console: Callable[[str], Page], street: Street) -> None:
    street.case("计时：等派遣", "pending_dispatch")
    page = console("dd01")
    page.get_by_test_id("queue-dispatch").click()
    page.get_by_placeholder("案卷号").fill("计时：等派遣")
    page.keyboard.press("Enter")
    row = page.get_by_test_id("queue-row").filter(has_text="计时：等派遣")

    expect(row.locator(".time")).to_contain_text("还剩")
    expect(row.locator(".who")).to_contain_text("派遣还剩")
    expect(row.locator(".light").first).to_have_text(re.compile("●\\s*正常"))
