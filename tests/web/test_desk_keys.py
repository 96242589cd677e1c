"""The dispatcher's day at the desk: by keyboard alone, and a case dragged onto a department with the mouse."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.crashrig import CrashRig
from tests.web.conftest import Opener, keep
from tests.web.desk import show_row
from tests.web.hands import Keys, arrive, is_focus_seen, leave
from tests.web.served import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
QUEUE = ".rows-pane"


@pytest.fixture(scope="module")
def street(site: CrashRig) -> Street:
    return Street(site.url)


def _find(page: Page, words: str) -> None:
    """Into the search field, type, and back to the queue."""
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("queue-rows")).to_contain_text(words)


def _go_to(page: Page, code: str) -> None:
    """To a queue by its number in the row of tabs."""
    tab = page.get_by_test_id(f"queue-{code}")
    place = tab.evaluate("tab => [...tab.parentElement.querySelectorAll('[role=tab]')].indexOf(tab) + 1")
    page.keyboard.press(str(place))
    expect(tab).to_have_attribute("aria-selected", "true")


def _pick(page: Page, words: str) -> str:
    """The first row, which must have these words; its id."""
    expect(page.get_by_test_id("queue-row").first).to_contain_text(words)
    page.keyboard.press("j")
    chosen = page.locator('.queue-row[aria-selected="true"]')
    expect(chosen).to_contain_text(words)
    number = chosen.get_attribute("data-id")
    expect(page).to_have_url(re.compile(f"/events/{number}"))
    page.get_by_test_id("case-state").wait_for()
    return str(number)


def test_a_dispatchers_day_by_keyboard_alone(opened: Opener, street: Street) -> None:
    words = "键盘：路口停满车"
    first, second = street.report(f"{words}甲"), street.report(f"{words}乙", again=True)
    third = street.report(f"{words}丙")
    for number in (first, second, third):
        street.timed(number)  # what is due first stands first
    hand = arrive(opened, Keys, "dd01")
    page = hand.page
    page.get_by_test_id("queue-rows").wait_for()

    # Accept: what was reported first comes first, and the next one follows by itself.
    _go_to(page, "accept")
    _find(page, words)
    assert _pick(page, f"{words}甲") == first
    page.keyboard.press("a")
    expect(page.locator('.queue-row[aria-selected="true"]')).to_contain_text(f"{words}乙")
    expect(page).to_have_url(re.compile(f"/events/{second}"))
    expect(page.locator(QUEUE)).to_be_focused()
    assert is_focus_seen(page)

    # File: the form opens with the proposal in it.
    _go_to(page, "file")
    assert _pick(page, f"{words}甲") == first
    page.keyboard.press("f")
    expect(page.get_by_test_id("form-file").locator(":focus")).to_have_count(1)
    assert is_focus_seen(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("这里没有事件")).to_be_visible()

    # Dispatch: to another department than was suggested, typed; the reason is asked for.
    _go_to(page, "dispatch")
    assert _pick(page, f"{words}甲") == first
    page.keyboard.press("d")
    form = page.get_by_test_id("form-dispatch")
    expect(form.get_by_test_id("field-department").locator("input")).to_be_focused()
    hand.choose(form.get_by_test_id("field-department"), "消防")
    hand.press(form.get_by_role("button", name="另有安排"))
    page.keyboard.press("Control+Enter")
    expect(form).to_have_count(0)
    assert street.event(first)["department"]["name"].count("消防") == 1

    # Merge, and what cannot be done says why.
    _go_to(page, "accept")
    assert _pick(page, f"{words}乙") == second
    page.keyboard.press("f")
    expect(page.get_by_text("现在不能立案")).to_be_visible()
    page.keyboard.press("m")
    merge = page.get_by_test_id("form-merge")
    merge.wait_for()
    page.keyboard.press("Escape")
    expect(merge).to_have_count(0)
    expect(page.locator(QUEUE)).to_be_focused()
    page.keyboard.press("m")
    merge.wait_for()
    page.keyboard.press("Control+Enter")
    expect(merge).to_have_count(0)
    assert street.event(second)["state"]["code"] == "merged"

    # Several at once: tick one, tick up to another, and each is answered.
    more = [street.report(f"{words}丁{n}") for n in range(2)]
    for number in more:
        street.timed(number)
    page.reload()
    expect(page.get_by_test_id("queue-row")).to_have_count(3)
    expect(page.locator('.queue-row[aria-selected="true"]')).to_contain_text(f"{words}丙")  # the one that followed
    page.keyboard.press("x")
    for n in range(2):
        page.keyboard.press("j")
        expect(page.locator('.queue-row[aria-selected="true"]')).to_contain_text(f"{words}丁{n}")
    page.keyboard.press("Shift+x")
    expect(page.get_by_test_id("bulk-count")).to_have_text("选了 3 件")
    page.keyboard.press("b")
    keep(page, "console-keyboard-bulk")
    expect(page.get_by_test_id("bulk-accept")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_test_id("form-accept").wait_for()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("bulk-results")).to_contain_text("办好 3 件")
    assert {street.event(number)["state"]["code"] for number in (third, *more)} == {"pending_filing"}

    # A view under a name, there again after a reload; the table of keys; and out.
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    hand.press(page.get_by_test_id("keep-view"))
    page.locator("#view-name").wait_for()
    expect(page.locator("#view-name")).to_be_focused()
    page.keyboard.type("键盘的")
    page.keyboard.press("Enter")
    view = page.get_by_test_id("view-键盘的")
    expect(view).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    expect(view).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.get_by_test_id("queue-all")).to_have_attribute("aria-selected", "true")
    hand.press(view)
    expect(page.get_by_test_id("queue-accept")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("?")
    expect(page.get_by_test_id("key-help")).to_contain_text("从上次选的选到这一行")
    keep(page, "console-keys")
    page.keyboard.press("Escape")
    leave(hand)


def test_filters_survive_a_reload_another_page_and_a_link(console: Callable[[str], Page], street: Street) -> None:
    street.timed(street.report("链接：占道"))  # without a clock it has no light
    page = console("dd01")
    page.get_by_test_id("queue-open").click()
    page.get_by_test_id("more-filters").click()
    page.get_by_test_id("filter-light").click()
    page.get_by_role("option", name="正常", exact=True).click()
    page.keyboard.press("Escape")
    chip = page.get_by_role("button", name="去掉筛选：灯：正常")
    expect(chip).to_be_visible()
    expect(page).to_have_url(re.compile("light=green"))
    link = page.url

    page.reload()
    expect(chip).to_be_visible()
    page.get_by_role("link", name="日报").click()
    page.get_by_role("link", name="工作台").click()
    expect(chip).to_be_visible()
    expect(page.get_by_test_id("queue-open")).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(link)

    other = console("pqy01")
    other.goto(link)
    other.reload()
    expect(other.get_by_role("button", name="去掉筛选：灯：正常")).to_be_visible()
    show_row(other, "链接：占道")


def _drag(page: Page, row: str, onto: str) -> None:
    """Take a row, move towards a department of the rail that opens, and let go there."""
    page.locator(f'.queue-row[data-id="{row}"]').hover()
    page.mouse.down()
    page.mouse.move(600, 400, steps=4)
    target = page.get_by_test_id(f"rail-{onto}")
    target.hover()
    target.hover()
    keep(page, "console-drag")
    page.mouse.up()


def test_a_case_is_dragged_onto_a_department(console: Callable[[str], Page], street: Street) -> None:
    words = "拖动：占道"
    numbers = [street.case(f"{words}{n}", "pending_dispatch") for n in range(2)]
    for number in numbers:
        street.timed(number)  # no row changes its place under the hand
    page = console("dd01")
    page.get_by_test_id("queue-dispatch").click()
    page.get_by_placeholder("案卷号").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("queue-row")).to_have_count(2)
    suggested = street.event(numbers[0])["suggestion"]["fields"]["department"]
    other = "xf" if suggested != "xf" else "cg"

    _drag(page, numbers[0], suggested)
    expect(page.get_by_test_id("queue-row")).to_have_count(1)
    assert street.event(numbers[0])["department"]["code"] == suggested

    _drag(page, numbers[1], other)
    form = page.get_by_test_id("form-dispatch")
    form.wait_for()
    assert street.event(numbers[1])["state"]["code"] == "pending_dispatch"  # nothing yet: the reason is asked for
    form.get_by_role("button", name="另有安排").click()
    form.get_by_test_id("step-submit").click()
    expect(form).to_have_count(0)
    told = street.event(numbers[1])
    assert (told["department"]["code"], told["history"][-1]["note"]) == (other, "另有安排")


def test_what_cannot_be_given_to_a_department_says_why(console: Callable[[str], Page], street: Street) -> None:
    number = street.report("拖动：还没受理")
    page = console("dd01")
    page.get_by_test_id("queue-accept").click()
    page.get_by_placeholder("案卷号").fill("拖动：还没受理")
    page.keyboard.press("Enter")
    row = page.locator(f'.queue-row[data-id="{number}"]')
    expect(page.get_by_test_id("queue-row")).to_have_count(1)
    expect(row).to_be_visible()

    row.hover()
    page.mouse.down()
    page.mouse.move(600, 400, steps=4)
    expect(page.get_by_test_id("rail-objection")).to_contain_text("待受理，你现在不能派遣")
    page.mouse.up()

    expect(page.get_by_test_id("department-rail")).to_have_count(0)
    assert street.event(number)["state"]["code"] == "reported"
