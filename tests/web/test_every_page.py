"""Every page in both its sizes: nothing scrolls sideways, axe-core finds no serious violation of WCAG 2.1 AA.

On a phone everything one taps is high enough for a thumb.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.calm import settled
from tests.web.conftest import keep
from tests.web.phone import ready
from tests.web.touch import too_small

pytestmark = pytest.mark.browser
AXE = Path("web/node_modules/axe-core/axe.min.js")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SERIOUS = ("serious", "critical")
# What of a page is wider than its frame: the page itself, and what scrolls up and down in it.
SIDEWAYS = """
[document.documentElement, ...document.querySelectorAll('main, .narrow-list, .case-pane, .queue-pane')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className || one.tagName)"""
DESK, WIDE, PHONE = (1366, 768), (1920, 1080), (390, 844)
ROUTER = Path("web/src/console/router.js")
ENTRIES = re.findall(r"code: '([\w-]+)'", Path("web/src/console/settings/entries.js").read_text("utf-8"))
# Whose page, where, and its second size: who walks about with it has a phone.
PAGES = (
    ("dd01", "/", WIDE),
    ("dd01", "/requests", WIDE),
    ("dd01", "/intake", WIDE),
    ("dd01", "/intake/table", WIDE),
    ("dd01", "/intake/register", WIDE),
    ("dd01", "/handover", WIDE),
    ("dd01", "/whistles", PHONE),
    ("dd01", "/supervision/cases", WIDE),
    ("dd01", "/supervision/matters", WIDE),
    ("dd01", "/entry", WIDE),
    ("dd01", "/brief", WIDE),
    ("dd01", "/rules", WIDE),
    ("dd01", "/calendar", WIDE),
    ("dd01", "/phones", WIDE),
    ("dd01", "/phones/refused", WIDE),
    ("cg01", "/dept", PHONE),
    ("cg01", "/dept/month", PHONE),
    ("cg01", "/requests", PHONE),
    ("ld01", "/", PHONE),
    ("ld01", "/brief", PHONE),
    ("xt01", "/rules/import", WIDE),
    *(("xt01", f"/settings/{entry}", WIDE) for entry in ENTRIES),
)
# Pages that are not there for somebody: no link leads to them, an address leads home, the server is asked nothing.
FORBIDDEN = {
    "cg01": ("/intake", "/handover", "/entry", "/brief", "/rules", "/phones"),
    "slr01": ("/dept",),
    "xt01": ("/", "/dept", "/intake", "/handover", "/entry", "/requests", "/whistles", "/supervision"),
}
# Where they begin, whatever filters stand behind it.
HOMES = {"cg01": "/dept", "slr01": "/", "xt01": "/rules"}
HOME = {who: re.compile(rf"/console/#{path}(\?.*)?$") for who, path in HOMES.items()}
HANDSET = ("today", "report", "mine", "tasks", "patrol", "me", "records", "notices", "settings", "queue")


def _violations(page: Page) -> list[str]:
    """What is seriously wrong with a page, one line each."""
    page.evaluate(AXE.read_text("utf-8"))
    told: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run({ runOnly: { type: 'tag', values: tags } }).then(({ violations }) => violations)",
        STANDARDS,
    )
    return [
        f"{page.url} {one['id']} {node['target']} {node['html'][:160]}"
        for one in told
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def _seen(page: Page, where: str, size: tuple[int, int], name: str) -> list[str]:
    """Open a page from nothing, so that nothing of the one before is judged; what is wrong with it."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("about:blank")
    page.goto(where)
    page.locator("#app > *").first.wait_for()
    settled(page)
    keep(page, f"{name}-{size[0]}")
    wide = page.evaluate(SIDEWAYS)
    elsewhere = [] if page.url.partition("?")[0].endswith(where) else [f"{where} led to {page.url}"]
    low = too_small(page) if size == PHONE else []
    faults = [f"{page.url} {size} {what}" for what in [*(f"scrolls sideways: {one}" for one in wide), *low]]
    return [*elsewhere, *faults, *_violations(page)]


@pytest.mark.parametrize("who", sorted({who for who, *_ in PAGES}))
def test_every_page_of_the_console_in_both_sizes(console: Callable[[str], Page], who: str) -> None:
    page = console(who)
    found = [
        line
        for owner, path, second in PAGES
        if owner == who
        for size in (DESK, second)
        for line in _seen(page, f"/console/#{path}", size, f"page{path.replace('/', '-').rstrip('-')}-{who}")
    ]

    assert not found, "\n".join(found)


def test_no_page_is_left_out() -> None:
    routes = set(re.findall(r"path: '(/[^':(]*)", ROUTER.read_text("utf-8"))) - {"/events/"}

    assert {route.rstrip("/") or "/" for route in routes} - {"/:rest"} <= {
        part for _, path, _ in PAGES for part in (path, path.rpartition("/")[0] or "/")
    }


@pytest.mark.parametrize("who", sorted(FORBIDDEN))
def test_what_is_not_for_somebody_does_not_exist(console: Callable[[str], Page], who: str) -> None:
    page = console(who)
    expect(page).to_have_url(HOME[who])
    refused: list[str] = []
    page.on("response", lambda answer: answer.status == 403 and refused.append(answer.url))

    for path in FORBIDDEN[who]:
        page.get_by_test_id("me").wait_for()
        expect(page.locator(f'nav a[href="#{path}"]')).to_have_count(0)
        page.goto("about:blank")
        page.goto(f"/console/#{path}")
        expect(page, path).to_have_url(HOME[who])
        settled(page)
        expect(page, path).to_have_url(HOME[who])

    page.goto("/console/#/settings/users")  # there is a page of settings, and on it only what is theirs
    page.locator(".settings > nav [aria-current=page]").wait_for()
    settled(page)
    expect(page.get_by_test_id("settings-users")).to_have_count(int(who == "xt01"))
    expect(page.get_by_test_id("users")).to_have_count(int(who == "xt01"))
    assert refused == []


def test_a_case_with_everything_unfolded(console: Callable[[str], Page]) -> None:
    desk = console("dd01")
    desk.get_by_test_id("queue-row").first.click()
    desk.get_by_test_id("case-state").wait_for()
    settled(desk)
    desk.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    settled(desk)

    found = _violations(desk)
    assert not found, "\n".join(found)


def test_every_page_of_the_handset(handset: Callable[..., Page]) -> None:
    phone = handset("wg05", viewport={"width": 360, "height": 740})
    ready(phone)
    found: list[str] = []
    for where in HANDSET:
        phone.goto(f"/m/#/{where}")
        settled(phone)
        found += [*_violations(phone), *(f"{where} {line}" for line in too_small(phone))]

    assert not found, "\n".join(found)


# Where, and what stands there when it is ready.
@pytest.mark.parametrize(
    ("where", "standing"), [("/", "a"), ("/console/", "form"), ("/m/", "form"), ("/api/docs", ".opblock-tag")]
)
def test_pages_before_one_is_signed_in(opened: Callable[..., Page], where: str, standing: str) -> None:
    page = opened(None, where)
    page.locator(standing).first.wait_for()
    found = _violations(page)

    assert not found, "\n".join(found)


def test_a_page_that_is_wrong_is_noticed(opened: Callable[..., Page]) -> None:
    page = opened(None, "/console/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button></button>')")

    assert any("button-name" in line for line in _violations(page))
    assert any("<button></button>" in line for line in too_small(page))
