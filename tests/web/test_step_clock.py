"""What is not filed yet is timed on the desk too: the clock of its step stands in the row and on the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from grid import clock
from tests.harness.crashrig import CrashRig
from tests.web.conftest import keep
from tests.web.desk import act, show, show_row
from tests.web.served import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
LIMIT_MIN = 15  # of both steps
BEAT_MIN = 1  # a page works out anew what is left at least as often


@pytest.fixture(scope="module")
def street(site: CrashRig) -> Street:
    return Street(site.url)


def _minutes_left(words: Locator, deed: str, step_clock: dict[str, str]) -> None:
    """What the page says is left of a step's time is what was left while this looked."""
    due = datetime.fromisoformat(step_clock["due_at"])
    before = clock.now()
    expect(words).to_have_text(re.compile(rf"^{deed}还剩\d+分$"))
    shown = int(re.sub(r"\D", "", words.inner_text()))
    after = clock.now()
    assert (due - after).total_seconds() // 60 <= shown <= (due - before).total_seconds() // 60 + BEAT_MIN
    assert shown <= LIMIT_MIN


def test_a_report_that_comes_in_is_timed_at_once_and_again_at_each_step(
    console: Callable[[str], Page], street: Street
) -> None:
    page = console("dd01")
    page.get_by_test_id("queue-accept").click()
    page.get_by_test_id("queue-rows").wait_for()

    event_id = street.report("计时：路口停满车")
    row = show_row(page, "计时：路口停满车")
    step_clock = street.timed(event_id)
    expect(row).to_contain_text("受理还剩")
    expect(row.locator(".light")).to_have_text(re.compile("●\\s*受理"))
    expect(row).not_to_contain_text("无时限")
    row.click()
    _minutes_left(page.get_by_test_id("case-step"), "受理", step_clock)
    keep(page, "console-step-clock")

    act(page, "step-accept")
    expect(page).not_to_have_url(re.compile(event_id))  # the desk goes on to the next
    show(page, event_id)
    _minutes_left(page.get_by_test_id("case-step"), "立案", street.timed(event_id))


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
