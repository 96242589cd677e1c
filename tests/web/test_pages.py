"""Every page opens, speaks Chinese, and says what is the matter when something is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from grid import clock
from tests.web.conftest import keep

pytestmark = pytest.mark.browser


def test_the_front_page_leads_to_handset_and_console(opened: Callable[..., Page]) -> None:
    page = opened(None, "/", viewport={"width": 1366, "height": 768})

    keep(page, "portal")
    expect(page.get_by_role("link", name="巡查上报")).to_have_attribute("href", "/m/")
    expect(page.get_by_role("link", name="调度台")).to_have_attribute("href", "/console/")


def test_a_wrong_password_is_told_in_words(opened: Callable[..., Page]) -> None:
    page = opened(None, "/console/", viewport={"width": 1366, "height": 768})

    page.get_by_label("账号").fill("nobody")
    page.get_by_label("密码").fill("wrong-password")
    page.get_by_role("button", name="登录").click()

    expect(page.get_by_role("alert")).to_contain_text("不对")
    keep(page, "console-sign-in")


def test_the_desk_shows_queue_map_and_case_and_moves_by_keys(console: Callable[[str], Page]) -> None:
    desk = console("dd01")

    desk.get_by_test_id("queue-row").first.wait_for()
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")

    expect(desk.get_by_test_id("case-state")).to_be_visible()
    expect(desk.locator(".leaflet-container canvas").first).to_be_visible()
    keep(desk, "console-desk")


def test_a_leader_sees_cases_and_does_not_do_the_dispatchers_work(console: Callable[[str], Page]) -> None:
    leader = console("ld01")

    leader.get_by_test_id("queue-all").click()
    leader.get_by_test_id("queue-row").first.click()
    leader.get_by_test_id("case-state").wait_for()

    for step in ("file", "reject", "dispatch", "close"):
        expect(leader.get_by_test_id(f"step-{step}")).to_have_count(0)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("report", "照片"),
        ("mine", "我的上报"),
        ("tasks", "现场任务"),
        ("me", "我的网格"),
        ("today", "要办的"),
        ("patrol", "签到"),
    ],
)
def test_every_tab_of_the_handset_opens(handset: Callable[[str], Page], where: str, words: str) -> None:
    phone = handset("wg02")

    phone.goto(f"/m/#/{where}")

    expect(phone.get_by_text(words).first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing scrolls sideways"
    keep(phone, f"handset-{where}-empty")


def test_the_api_document_opens(opened: Callable[..., Page]) -> None:
    page = opened(None, "/api/docs", viewport={"width": 1366, "height": 900})

    expect(page.locator(".opblock-tag").first).to_be_visible()
    keep(page, "api-docs")


def test_the_brief_shows_its_numbers_charts_and_map(console: Callable[[str], Page]) -> None:
    leader = console("ld01")

    leader.get_by_test_id("nav-brief").click()
    leader.get_by_test_id("headline").wait_for()

    expect(leader.locator("canvas").first).to_be_visible()
    expect(leader.get_by_test_id("as-of")).to_contain_text(":")  # the moment the data are of
    with leader.expect_download() as saved:
        leader.get_by_test_id("save-pdf").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    keep(leader, "console-brief")


def test_the_rules_say_who_would_handle_something(console: Callable[[str], Page]) -> None:
    desk = console("dd01")

    desk.get_by_test_id("nav-rules").click()
    desk.get_by_label("看到了什么").fill("占道经营")
    desk.get_by_test_id("try").click()

    expect(desk.get_by_test_id("trial-answer")).to_be_visible()
    keep(desk, "console-rules")


def test_the_calendar_shows_the_year(console: Callable[[str], Page]) -> None:
    admin = console("xt01")

    admin.get_by_test_id("nav-calendar").click()

    expect(admin.get_by_test_id(f"day-{clock.today().year}-10-01")).to_be_visible()
    keep(admin, "console-calendar")
