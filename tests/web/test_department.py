"""A clerk's day: on a phone with one thumb, on a PC by mouse, and by keyboard alone; and printing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness.crashrig import CrashRig
from tests.web.calm import settled
from tests.web.conftest import Opener, keep
from tests.web.desk import choose, paper
from tests.web.hands import Keys, Mouse, arrive, give, leave
from tests.web.served import Street
from tests.web.touch import too_small

SMALL: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
WIDE: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}


def no_wider_than_the_page(page: Page) -> None:
    settled(page)
    wide = page.evaluate(
        "[...document.querySelectorAll('main, .narrow-list, .case-pane, .plain-page > main')]"
        ".filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)"
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


def sent(page: Page, button: Callable[[], None]) -> None:
    """Press, and wait until the server has taken it."""
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/steps" in answer.url) as told:
        button()
    assert told.value.ok, told.value.text()


@pytest.fixture
def served(site: CrashRig) -> Street:
    return Street(site.url)


@pytest.fixture
def phone_of(opened: Opener) -> Callable[[str], Page]:
    return lambda username: opened(username, "/console/", **SMALL)


def test_a_clerk_signs_and_handles_on_a_phone(
    phone_of: Callable[[str], Page], served: Street, photo: Path
) -> None:
    event_id = served.case("部门的一天", "pending_sign")
    page = phone_of("cg01")

    expect(page).to_have_url(re.compile("#/dept$"))
    expect(page.get_by_test_id("work-sentence")).to_contain_text("件等你办")
    no_wider_than_the_page(page)
    assert too_small(page, ".narrow-list") == []
    keep(page, "dept-phone")
    page.locator(f'[data-id="{event_id}"] button').tap()
    expect(page.get_by_test_id("case-state")).to_have_text("待签收")
    no_wider_than_the_page(page)
    expect(page.get_by_role("button", name="签收", exact=True)).to_have_count(1)
    assert too_small(page) == []
    keep(page, "dept-phone-case")

    sent(page, lambda: page.get_by_test_id("main-step").tap())
    expect(page.get_by_test_id("case-state")).to_have_text("处置中")
    page.get_by_test_id("main-step").tap()
    page.get_by_test_id("photo-album").set_input_files(photo)
    expect(page.locator(".step-photos img")).to_have_count(1)
    page.locator("#field-note").fill("已清走，拍了照片")
    assert too_small(page, ".step-form") == []
    keep(page, "dept-phone-form")
    sent(page, lambda: page.locator(".step-form").get_by_test_id("step-submit").tap())
    expect(page.get_by_test_id("case-state")).to_have_text("待部门确认")
    expect(page.locator(".case-photos")).to_contain_text("处置后")

    page.get_by_test_id("back").tap()
    expect(page.locator(f'[data-id="{event_id}"]')).to_contain_text("待确认")
    page.get_by_role("button", name="退出登录").tap()
    expect(page.get_by_label("账号")).to_be_visible()


def test_a_clerk_asks_for_more_time_on_a_phone_and_sees_it_wait(
    phone_of: Callable[[str], Page], served: Street
) -> None:
    event_id = served.case("部门的一天", "handling")
    page = phone_of("cg01")
    page.locator(f'[data-id="{event_id}"] button').tap()
    page.get_by_test_id("step-extension").tap()
    page.locator("#field-note").fill("等吊车")
    with page.expect_response(lambda answer: answer.url.endswith("/requests")):
        page.locator(".step-form").get_by_test_id("step-submit").tap()

    page.get_by_test_id("back").tap()

    expect(page.locator(f'[data-id="{event_id}"]')).to_contain_text("延期申请待审批")
    page.get_by_test_id("lot-asked").tap()
    expect(page.locator(f'[data-id="{event_id}"]')).to_be_visible()


def test_the_numbers_of_the_month_open_their_cases_on_a_phone(
    phone_of: Callable[[str], Page], served: Street
) -> None:
    event_id = served.case("部门的一天", "handling")
    page = phone_of("cg01")
    page.get_by_test_id("to-month").tap()
    figure = page.get_by_test_id("month-open")
    figure.wait_for()
    count = int(figure.locator("strong").inner_text().replace("■", "").strip())
    figure.tap()

    cases = page.get_by_test_id("cases-open").get_by_test_id("figure-case")
    expect(cases).to_have_count(count)
    page.get_by_test_id("section-trend").locator("canvas").wait_for()
    no_wider_than_the_page(page)
    keep(page, "dept-phone-month")
    page.get_by_test_id("month-rate").tap()
    expect(page.get_by_test_id("cases-on_time")).to_be_visible()
    expect(page.get_by_test_id("cases-missed")).to_be_visible()
    figure.tap()
    page.locator(f'[data-test="figure-case"][href$="{event_id}"]').first.tap()
    expect(page.get_by_test_id("case-state")).to_have_text("处置中")


def test_a_dispatcher_on_a_phone_goes_from_list_to_case_and_back(
    phone_of: Callable[[str], Page], served: Street
) -> None:
    served.case("部门的一天", "reported")
    page = phone_of("dd01")
    page.get_by_test_id("queue-row").first.tap()

    expect(page.get_by_test_id("case-state")).to_be_visible()
    no_wider_than_the_page(page)
    page.get_by_test_id("back").tap()
    expect(page.get_by_test_id("queue-row").first).to_be_visible()
    no_wider_than_the_page(page)
    keep(page, "desk-phone")


def test_a_clerks_day_on_a_pc_by_mouse(opened: Opener, served: Street) -> None:
    first, second = served.case("部门的一天", "pending_sign"), served.case("部门的一天", "pending_sign")
    hand = arrive(opened, Mouse, "cg01")
    page = hand.page
    page.locator(f'[data-id="{first}"]').wait_for()
    keep(page, "dept")
    page.locator(f'[data-id="{first}"] button').click()
    expect(page.get_by_test_id("case-state")).to_have_text("待签收")
    keep(page, "dept-case")
    sent(page, lambda: page.get_by_test_id("step-sign").click())
    expect(page.locator(f'[data-id="{first}"]')).to_contain_text("处置中")
    page.get_by_test_id("step-assign").click()
    choose(page, page.get_by_test_id("field-handler"), "岑管城")
    sent(page, lambda: page.locator(".step-form").get_by_test_id("step-submit").click())
    expect(page.locator(f'[data-id="{first}"]')).to_contain_text("岑管城 经办")

    page.locator(f'[data-id="{second}"] button').click()
    expect(page.get_by_test_id("case-state")).to_have_text("待签收")  # the first could be returned as well
    page.get_by_test_id("step-return").click()
    page.locator("#field-note").fill("不在我们的地段")
    sent(page, lambda: page.locator(".step-form").get_by_test_id("step-submit").click())
    expect(page.locator(f'[data-id="{second}"]')).to_have_count(0)
    leave(hand)


def test_a_clerks_day_on_a_pc_by_keyboard_alone(opened: Opener, served: Street, photo: Path) -> None:
    event_id = served.case("部门的一天", "pending_sign")
    hand = arrive(opened, Keys, "cg01")
    page = hand.page
    page.locator(f'[data-id="{event_id}"]').wait_for()
    for _ in range(page.locator(".work-card").count()):
        before = page.url
        page.keyboard.press("j")
        expect(page).not_to_have_url(before)
        if event_id in page.url:
            break
    expect(page).to_have_url(re.compile(event_id))
    expect(page.get_by_test_id("case-state")).to_have_text("待签收")

    sent(page, lambda: page.keyboard.press("a"))
    expect(page.get_by_test_id("case-state")).to_have_text("处置中")
    page.keyboard.press("a")
    expect(page.locator("#field-note")).to_be_focused()
    page.keyboard.type("已清走")
    give(hand, page.locator(".step-form").get_by_test_id("photo-album"), photo)
    expect(page.locator(".step-photos img")).to_have_count(1)
    sent(page, lambda: hand.press(page.locator(".step-form").get_by_test_id("step-submit")))
    expect(page.get_by_test_id("case-state")).to_have_text("待部门确认")
    hand.press(page.get_by_test_id("to-month"))
    hand.press(page.get_by_test_id("month-open"))
    expect(page.get_by_test_id("cases-open")).to_be_visible()
    leave(hand)


def test_a_case_is_printed_by_mouse_and_by_key_and_a_list_as_it_is_filtered(
    opened: Opener, served: Street
) -> None:
    event_id = served.case("部门的一天", "handling")
    page = opened("dd01", "/console/", **WIDE)
    page.goto(f"/console/#/events/{event_id}")
    page.get_by_test_id("case-state").wait_for()

    page.get_by_test_id("print").click()
    keep(page, "case-print")
    assert "派遣单（主办）" in paper(page, lambda: page.get_by_test_id("print-order").click())
    page.keyboard.press("p")
    expect(page.get_by_test_id("print-sheet")).to_be_focused()
    assert "案卷单" in paper(page, lambda: page.keyboard.press("Enter"))
    assert "事件清单" in paper(page, lambda: page.get_by_test_id("print-list").click())


def test_an_administrator_sees_that_a_worker_runs(opened: Opener, site: CrashRig) -> None:
    page = opened("xt01", "/console/#/settings/jobs", **WIDE)

    expect(page.get_by_test_id("running")).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("sweeps")).to_contain_text("到期催办")
    keep(page, "jobs")
