"""The desk is live: what others do appears by itself, and the page is honest when it cannot know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.harness.crashrig import CrashRig
from tests.web.conftest import Opener, keep
from tests.web.desk import show, show_row
from tests.web.served import NEW, Street

pytestmark = pytest.mark.browser

COUNT_TONES = """
globalThis.tones = 0;
const create = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { globalThis.tones += 1; return create.call(this); };
"""
PC = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def street(site: CrashRig) -> Street:
    return Street(site.url)


@pytest.fixture
def up_again(site: CrashRig) -> Iterator[CrashRig]:
    """The server, which the test stops; it runs when the test is over."""
    yield site
    if not site.is_ready():
        site.start()


def waiting(desk: Page) -> None:
    """The queue of new reports, and a stream that has begun."""
    with desk.expect_response(lambda answer: answer.url.endswith("/api/live")):
        desk.reload()
    desk.get_by_test_id("queue-accept").click()
    desk.get_by_test_id("queue-row").first.wait_for()


def test_a_new_report_appears_without_reloading(console: Callable[[str], Page], street: Street) -> None:
    desk = console("dd01")
    waiting(desk)

    street.report("直播一号：路口停满车")

    show_row(desk, "直播一号")
    expect(desk.get_by_test_id("live-banner")).to_have_count(0)


def test_the_open_case_says_what_others_did(console: Callable[[str], Page], street: Street) -> None:
    desk = console("dd01")
    waiting(desk)
    case = street.case("直播二号：有人在办", "pending_filing")
    show(desk, case)
    expect(desk.get_by_test_id("case-state")).to_have_text("待立案")

    street.step("dd01", case, "file")

    expect(desk.get_by_test_id("case-state")).to_have_text("待派遣")
    expect(desk.get_by_test_id("changed")).to_contain_text("立案")
    keep(desk, "console-changed")


def test_a_ticked_case_that_somebody_else_took_is_said_and_left_out(
    console: Callable[[str], Page], street: Street
) -> None:
    desk = console("dd01")
    waiting(desk)
    stays, goes = street.report("直播三号：留下的"), street.report("直播三号：被办走的")
    desk.get_by_label("搜索").fill("直播三号")
    desk.keyboard.press("Enter")
    for words in ("留下的", "被办走的"):
        show_row(desk, words)
        desk.get_by_test_id("queue-row").filter(has_text=words).get_by_test_id("tick").click()
    expect(desk.get_by_test_id("bulk-count")).to_have_text("选了 2 件")

    street.step("dd01", goes, "accept")

    expect(desk.get_by_test_id("bulk-gone")).to_contain_text("其中 1 件已不在这个队列里")
    desk.get_by_test_id("bulk-gone").get_by_role("button").click()
    expect(desk.get_by_test_id("bulk-count")).to_have_text("选了 1 件")
    expect(desk.locator(f"#row-{stays}")).to_have_attribute("aria-checked", "true")


def test_after_a_break_nothing_is_missed(
    console: Callable[[str], Page], street: Street, up_again: CrashRig
) -> None:
    desk = console("dd01")
    waiting(desk)

    desk.context.set_offline(True)
    expect(desk.get_by_test_id("live-banner")).to_be_visible(timeout=60_000)
    street.report("断网时报的：水管漏水")
    desk.context.set_offline(False)
    show_row(desk, "断网时报的")
    expect(desk.get_by_test_id("live-banner")).to_have_count(0)

    up_again.restart()
    street.report("重启后报的：井盖丢了")
    show_row(desk, "重启后报的")


def test_while_the_server_is_away_the_page_says_so_and_keeps_what_was_typed(
    console: Callable[[str], Page], street: Street, up_again: CrashRig
) -> None:
    desk = console("dd01")
    show(desk, street.case("直播三号：要退回的", "pending_filing"))
    desk.get_by_test_id("step-send_back").click()
    form = desk.get_by_test_id("form-send_back")
    form.locator("textarea").fill("类别选错了，请改成占道经营")

    up_again.kill()
    expect(desk.get_by_test_id("live-banner")).to_contain_text("连接断了", timeout=30_000)
    expect(desk.get_by_test_id("live-banner")).to_contain_text(re.compile(r"页面上是 .*\d\d:\d\d 的数据"))
    form.get_by_test_id("step-submit").click()
    expect(form.get_by_role("alert")).to_contain_text("现在连不上服务器")
    expect(form.locator("textarea")).to_have_value("类别选错了，请改成占道经营")
    keep(desk, "console-lost")
    up_again.start()

    expect(desk.get_by_test_id("live-banner")).to_have_count(0, timeout=30_000)
    form.get_by_test_id("step-submit").click()
    expect(desk.get_by_test_id("case-state")).to_have_text("待受理")


def colleague(opened: Opener, street: Street, username: str) -> Page:
    """A second dispatcher at another PC, who hears nothing of what the first does: the race is lost for sure."""
    street.dispatcher(username, "周敏")
    page = opened(None, "/console/", viewport=PC)
    page.route("**/api/live", lambda route: route.abort())
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(NEW)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("密码").wait_for(state="detached")
    return page


def test_of_two_dispatchers_the_slower_sees_what_the_faster_did_and_may_go_on(
    opened: Opener, console: Callable[[str], Page], street: Street
) -> None:
    case = street.case("直播四号：两个人都在看", "pending_filing")
    slow, fast = colleague(opened, street, "dd07"), console("dd01")
    for page in (slow, fast):
        show(page, case)
    slow.get_by_test_id("step-send_back").click()
    words = slow.get_by_test_id("form-send_back").locator("textarea")
    words.fill("写了很久的理由")

    street.step("dd01", case, "hand_down", note="先由社区看一下")
    slow.get_by_test_id("step-submit").click()
    clash = slow.get_by_test_id("clash")
    expect(clash).to_contain_text("别人先办了")
    expect(clash.get_by_test_id("news")).to_contain_text("先由社区看一下")
    expect(words).to_have_value("写了很久的理由")
    keep(slow, "console-clash")
    clash.get_by_test_id("clash-again").click()

    expect(slow.get_by_test_id("case-state")).to_have_text("待受理")
    expect(clash).to_have_count(0)
    expect(slow.get_by_test_id("timeline")).to_contain_text("写了很久的理由")
    expect(fast.get_by_test_id("case-state")).to_have_text("待受理")


def test_a_step_that_is_no_more_possible_is_refused_with_the_reason_and_the_words_stay(
    opened: Opener, console: Callable[[str], Page], street: Street
) -> None:
    case = street.case("直播五号：已经立案", "pending_filing")
    slow, fast = colleague(opened, street, "dd08"), console("dd01")
    for page in (slow, fast):
        show(page, case)
    slow.get_by_test_id("step-send_back").click()
    words = slow.get_by_test_id("form-send_back").locator("textarea")
    words.fill("还是退回去")

    with fast.expect_response(lambda answer: answer.url.endswith("/steps")):
        fast.get_by_test_id("accept-suggestion").or_(fast.get_by_test_id("step-file")).first.click()
        if fast.get_by_test_id("form-file").count():
            fast.get_by_test_id("step-submit").click()
    expect(fast.get_by_test_id("case-state")).to_have_text("待派遣")
    slow.get_by_test_id("step-submit").click()

    expect(slow.get_by_test_id("clash-reason")).to_contain_text("现在是“待派遣”")
    expect(slow.get_by_test_id("clash-again")).to_have_count(0)
    expect(slow.get_by_test_id("step-gone")).to_be_visible()
    expect(words).to_have_value("还是退回去")
    expect(slow.get_by_test_id("step-submit")).to_be_disabled()
    keep(slow, "console-step-gone")


def test_a_hidden_tab_counts_what_is_urgent_in_its_title_and_reads_when_it_is_shown(
    console: Callable[[str], Page], street: Street
) -> None:
    desk = console("dd01")
    desk.add_init_script(COUNT_TONES)
    waiting(desk)
    desk.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )

    street.report("后台一号：路面塌了")
    street.report("后台二号：电线掉了")

    expect(desk).to_have_title(re.compile(r"^\(2\) "))
    desk.wait_for_function("globalThis.tones > 0")
    expect(desk.get_by_test_id("queue-row").filter(has_text="后台一号")).to_have_count(0)
    desk.evaluate("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))")
    expect(desk).to_have_title(re.compile("^网格"))
    show_row(desk, "后台二号")


def test_the_sound_is_switched_off_for_this_browser(console: Callable[[str], Page]) -> None:
    desk = console("dd01")
    desk.get_by_test_id("bell").click()
    desk.get_by_test_id("sound").uncheck()

    desk.reload()
    desk.get_by_test_id("bell").click()

    expect(desk.get_by_test_id("sound")).not_to_be_checked()
