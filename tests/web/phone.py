"""A worker's hand on the handset: signing in, the lock, the form."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from fixtures.daling import PASSWORD
from tests.web.calm import settled

PIN = "258036"
LOOK_MS = 100
QUIET = 3  # looks in a row
# The drafts as they lie on the phone, each sealed anew whenever it is written.
_DRAFTS = """async () => {
  const done = (request) => new Promise((tell) => { request.onsuccess = () => tell(request.result); });
  const db = await done(indexedDB.open('wangge-handset'));
  const rows = await done(db.transaction('draft').objectStore('draft').getAll());
  db.close();
  return JSON.stringify(rows.map(({ sealed }) => [...sealed.iv]));
}"""


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Give name and password."""
    page.get_by_label("账号").fill(username)
    page.locator("#password").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def enter(page: Page, pin: str = PIN) -> None:
    """Type a PIN on the pad."""
    page.locator("[data-test=pin-pad] [aria-busy=false]").wait_for()
    page.get_by_role("button", name=pin[0], exact=True).tap()
    page.keyboard.type(pin[1:])


def choose_pin(page: Page, pin: str = PIN) -> None:
    """Choose the PIN at the first sign-in."""
    enter(page, pin)
    page.get_by_text("再输一次").wait_for()
    enter(page, pin)
    page.get_by_test_id("pin-page").wait_for(state="detached")


def unlock(page: Page, pin: str = PIN) -> None:
    """Open the lock after a start."""
    enter(page, pin)
    page.get_by_test_id("pin-page").wait_for(state="detached")


def ready(page: Page) -> None:
    """Wait on the first page until what the server has is on the phone."""
    page.locator(".as-of").wait_for()


def restart(page: Page) -> None:
    """Load the page anew and open the lock."""
    page.reload()
    unlock(page)


def take_photo(page: Page) -> None:
    """One photo with the camera in the page."""
    taken = page.get_by_test_id("taken-photo")
    before = taken.count()
    page.locator("[data-test=shutter]:enabled").click()
    taken.nth(before).wait_for()


def choose_photo(page: Page, photo: Path) -> None:
    """One photo from the album."""
    page.get_by_test_id("photo-album").set_input_files(photo)
    page.get_by_test_id("taken-photo").first.wait_for()


def drafted(page: Page) -> None:
    """Wait until what was typed lies on the phone: it is written after each change, and then no more."""
    held, quiet = "", 0
    while quiet < QUIET:
        page.wait_for_timeout(LOOK_MS)
        found = page.evaluate(_DRAFTS)
        held, quiet = found, quiet + 1 if found == held else 0


def arrived(page: Page, words: str) -> None:
    """Wait among one's own reports until the one with these words, and all that goes with it, is at the server."""
    expect(page.get_by_test_id("report").filter(has_text=words)).to_have_count(1, timeout=30_000)
    expect(page.get_by_test_id("unsent")).to_have_count(0, timeout=30_000)


def submit(page: Page) -> None:
    """Press the button at the foot of the form; what is like it nearby is another thing."""
    expect(page.get_by_test_id("place")).not_to_contain_text("正在定位")  # without a place it would not be sent
    settled(page)  # what was reported near by is on the phone
    if page.get_by_test_id("anyway").count():
        page.get_by_test_id("anyway").click()
        return
    page.locator(".primary-foot").get_by_role("button", name="上报", exact=True).click()
