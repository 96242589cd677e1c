"""Two hands on the console that do the same: one with the mouse, one with keys alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from fixtures.daling import PASSWORD
from tests.web.conftest import Opener
from tests.web.desk import choose

PC = {"width": 1366, "height": 768}
STOPS = 150  # more Tab stops than this between two things is no way to work
OPTIONS = 80


class Hand(Protocol):
    """Somebody's way of working on a page."""

    page: Page

    def press(self, target: Locator) -> None:
        """A button or a link."""

    def write(self, target: Locator, words: str) -> None:
        """Into a field, in place of what stands there."""

    def choose(self, target: Locator, words: str | list[str]) -> None:
        """One of a list, or several."""

    def tick(self, target: Locator) -> None:
        """A box, or one of several of which one holds."""

    def find(self, words: str) -> None:
        """Search the queue and take the one row that is left."""


class Mouse:
    """Points and clicks; types what has to be typed."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, words: str) -> None:
        target.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def choose(self, target: Locator, words: str | list[str]) -> None:
        choose(self.page, target, words)

    def tick(self, target: Locator) -> None:
        target.click()

    def find(self, words: str) -> None:
        self.page.get_by_test_id("queue-all").click()
        self.write(self.page.locator("#search"), words)
        self.page.keyboard.press("Enter")
        _only_row(self.page, words).click()


class Keys:
    """Never touches the mouse. What it works on must be reached by Tab and show that it has the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Tab, forwards or backwards, whichever is the shorter way on the page."""
        target.wait_for()
        expect(target).to_be_enabled()  # what is not is no stop
        expect(self.page.locator(".dialog-fade-leave-active")).to_have_count(0)  # it holds the keys while it goes
        key = "Shift+Tab" if target.evaluate(_IS_BEHIND) else "Tab"
        for _ in range(STOPS):
            if target.evaluate("one => one.contains(document.activeElement)"):
                break
            self.page.keyboard.press(key)
        else:
            raise AssertionError(f"{target} is not reached by {STOPS} times {key}")
        assert is_focus_seen(self.page), f"{target} does not show its focus"

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, target: Locator, words: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def choose(self, target: Locator, words: str | list[str]) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")
        for one in [words] if isinstance(words, str) else words:
            options = self.page.locator(".el-select-dropdown__item:visible")
            options.first.wait_for()
            self.page.keyboard.type(one)
            # When the list has been narrowed to what was typed, nothing stands out in it: only then walk.
            if not self.page.evaluate("document.activeElement.readOnly"):
                expect(options.filter(has_not_text=one)).to_have_count(0)
            self._walk_to(one)
            self.page.keyboard.press("Enter")

    def _walk_to(self, words: str) -> None:
        on = self.page.locator(".el-select-dropdown__item.is-hovering:visible")
        for _ in range(OPTIONS):
            self.page.keyboard.press("ArrowDown")
            expect(on).to_have_count(1)
            if words in on.inner_text():
                return
        raise AssertionError(f"no option says {words}")

    def tick(self, target: Locator) -> None:
        """Of several of which one holds only that one is a stop; arrows go on from there."""
        if target.get_attribute("type") == "radio":
            name = target.get_attribute("name")
            self.reach(self.page.locator(f'input[name="{name}"]:checked'))
            for _ in range(OPTIONS):
                if target.is_checked():
                    break
                self.page.keyboard.press("ArrowRight")
            expect(target).to_be_checked()
        else:
            self.reach(target)
            self.page.keyboard.press("Space")

    def find(self, words: str) -> None:
        self.page.keyboard.press("0")
        self.page.keyboard.press("/")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")
        _only_row(self.page, words)
        self.page.keyboard.press("j")


HANDS = (Mouse, Keys)

# Does it stand before what has the focus?
_IS_BEHIND = """one => Boolean(
  document.activeElement !== document.body
  && document.activeElement.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING)"""


def _only_row(page: Page, words: str) -> Locator:
    """The row of the queue that is left by a search for its words."""
    rows = page.get_by_test_id("queue-row")
    expect(rows.filter(has_text=words)).to_have_count(1)
    expect(rows).to_have_count(1)
    return rows


def is_focus_seen(page: Page) -> bool:
    """Does what has the focus show it?"""
    return bool(
        page.evaluate("""() => {
          const one = document.activeElement;
          const frame = one.closest('.el-select__wrapper, .el-input__wrapper, .el-textarea, .pick') ?? one;
          const looks = [one, frame].map((each) => getComputedStyle(each));
          return looks.some((look) => look.outlineStyle !== 'none' || look.boxShadow !== 'none');
        }""")
    )


def arrive(opened: Opener, kind: Callable[[Page], Hand], who: str) -> Hand:
    """Somebody comes in the morning: an empty browser, the sign-in page, their name and password."""
    hand = kind(opened(None, "/console/", viewport=PC))
    hand.write(hand.page.get_by_label("账号"), who)
    hand.write(hand.page.get_by_label("密码"), PASSWORD)
    hand.press(hand.page.get_by_role("button", name="登录"))
    hand.page.get_by_label("密码").wait_for(state="detached")
    return hand


def leave(hand: Hand) -> None:
    """And goes home: signed out, and what was on the page is gone."""
    hand.press(hand.page.get_by_role("button", name="退出登录"))
    expect(hand.page.get_by_label("账号")).to_be_visible()
    expect(hand.page.get_by_test_id("me")).to_have_count(0)


def give(hand: Hand, button: Locator, file: Path) -> None:
    """A file for a button that asks for one."""
    with hand.page.expect_file_chooser() as asked:
        hand.press(button)
    asked.value.set_files(file)
