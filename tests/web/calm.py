"""When has a page come to rest? What it asked for was answered, and nothing on it moves any more."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from playwright.sync_api import Page, Request

STREAM = "/api/live"  # a page that hears news is never done asking
LOOK_MS = 50
QUIET = 3  # looks in a row: what one answer leads to is asked for in between
PATIENCE_MS = 30_000
# What turns for ever says that something is awaited, and that is seen from the request.
_MOVES = """
document.getAnimations().some(
  (one) => one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity)"""

_asked: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()


def watch(page: Page) -> None:
    """Keep count of what a new page asks for, so that `settled` can tell."""
    under_way: set[Request] = set()
    _asked[page] = under_way

    def ask(request: Request) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            under_way.clear()  # the page before is gone, and so is what it asked for
        if STREAM not in request.url:
            under_way.add(request)

    def end(request: Request) -> None:
        under_way.discard(request)

    page.on("request", ask)
    page.on("requestfinished", end)
    page.on("requestfailed", end)


def settled(page: Page) -> None:
    """Wait until it has come to rest."""
    if page not in _asked:
        watch(page)
    under_way, quiet = _asked[page], 0
    for _ in range(PATIENCE_MS // LOOK_MS):
        page.wait_for_timeout(LOOK_MS)
        quiet = 0 if under_way or page.evaluate(_MOVES) else quiet + 1
        if quiet == QUIET:
            return
    raise AssertionError(f"{page.url} does not come to rest, it waits for {[one.url for one in under_way]}")
