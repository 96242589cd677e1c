"""A queue of thousands: scrolled by wheel, by bar and by key; what one looks at stays while others work in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from benchmarks import stock
from fixtures.daling import PASSWORD
from grid.db import engine_for
from tests.harness.crashrig import ROOT, CrashRig
from tests.web.calm import settled, watch
from tests.web.conftest import BAD, PATIENCE_MS, keep
from tests.web.served import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
CASES = 4_000
# Gathers frame by frame what the window of the queue shows: rows, rows still being read, and holes.
WATCH = """() => {
  const rows = document.querySelector('[data-test=queue-rows]');
  const seen = window.seen = { frames: 0, unread: 0, holes: 0, longest: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
  }).observe({ type: 'longtask' });
  const look = () => {
    const box = rows.getBoundingClientRect();
    seen.frames += 1;
    for (const part of [0.05, 0.35, 0.65, 0.95]) {
      const under = document.elementFromPoint(box.x + box.width / 2, box.y + box.height * part);
      const row = under?.closest('.queue-row');
      if (!row) seen.holes += 1;
      else if (row.matches('.unread')) seen.unread += 1;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@pytest.fixture(scope="module")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashRig]:
    """The demo street without its cases, and thousands of open ones in their place."""
    folder = tmp_path_factory.mktemp("long")
    env = {"WANGGE_DEMO": "1", "WANGGE_COOKIE_SECURE": "0"}
    whole = {**os.environ, **env, "WANGGE_DATA": str(folder)}
    for command in (("db", "upgrade"), ("demo", "load", "--bare")):
        subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *command], cwd=ROOT, env=whole, check=True)
    engine = engine_for(f"sqlite:///{folder / 'wangge.db'}")
    stock.fill(engine, CASES, odds=stock.OPEN_ODDS)
    engine.dispose()
    with CrashRig(folder, env) as rig:
        yield rig


@pytest.fixture
def desk(browser: Browser, long_site: CrashRig) -> Iterator[Page]:
    """A dispatcher who looks at all that is open."""
    complaints: list[str] = []
    context = browser.new_context(
        base_url=long_site.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1366, "height": 768},
    )
    context.on("page", watch)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: BAD.search(message.text) and complaints.append(message.text))
    page.goto("/console/#/?open=true&sort=due")
    page.get_by_label("账号").fill("dd01")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_test_id("queue-row").first.wait_for()
    yield page
    context.close()
    assert complaints == []


def _shown(page: Page) -> list[dict[str, Any]]:
    """The rows in the window, from the top."""
    rows: list[dict[str, Any]] = (
        page.evaluate("""() => [...document.querySelectorAll('.queue-row')].map((row) => ({
      id: row.dataset.id, place: Number(row.ariaPosInSet), of: Number(row.ariaSetSize) }))""")
    )
    return rows


def _order(site: CrashRig) -> list[str]:
    """All that is open in its order, as the API tells it page by page."""
    street, ids, after = Street(site.url), [], ""
    while True:
        told = {"open": "true", "sort": "due", "limit": 100} | ({"after": after} if after else {})
        page = street.call("dd01", "GET", "/api/events", params=told).json()
        ids += [item["id"] for item in page["items"]]
        if page["next"] is None:
            return ids
        after = page["next"]


def _wheel(desk: Page) -> None:
    """Turn the wheel at a person's pace, and no faster than the server answers."""
    under_way: set[Request] = set()
    desk.on("request", lambda request: "/api/events?" in request.url and under_way.add(request))
    for ended in ("requestfinished", "requestfailed"):
        desk.on(ended, lambda request: under_way.discard(request))
    for _ in range(40):
        desk.mouse.wheel(0, 400)
        desk.wait_for_timeout(50)
        for _ in range(PATIENCE_MS // 20):
            if not under_way:
                break
            desk.wait_for_timeout(20)


def test_the_whole_queue_is_there_however_one_scrolls(desk: Page, long_site: CrashRig) -> None:
    order = _order(long_site)
    rows = desk.get_by_test_id("queue-rows")
    assert len(order) == CASES
    expect(desk.locator(".count")).to_contain_text(f"共 {CASES} 件")
    desk.evaluate(WATCH)

    def right() -> bool:
        shown = _shown(desk)
        return bool(shown) and all(row["id"] == order[row["place"] - 1] and row["of"] == CASES for row in shown)

    def soon_right() -> bool:
        """On a busy machine the last turn is still being drawn."""
        for _ in range(20):
            if right():
                return True
            desk.wait_for_timeout(100)
        return False

    rows.hover()
    _wheel(desk)
    assert soon_right()
    assert desk.evaluate("seen.unread") == 0  # the rows are there before one arrives
    for place in (0.5, 0.1, 0.9, 0.33, 1, 0):  # the scroll bar, taken from here to there
        rows.evaluate(
            "(rows, place) => { rows.scrollTop = place * (rows.scrollHeight - rows.clientHeight); }", place
        )
        expect(desk.get_by_test_id("queue-unread")).to_have_count(0)
        assert soon_right()
        if place == 0.5:
            keep(desk, "console-long-queue")

    seen = desk.evaluate("seen")
    assert seen["frames"] > 30 and seen["holes"] == 0
    assert len(_shown(desk)) < 30  # as many elements as fit, whatever the length


def test_keys_walk_to_the_end_and_back_and_the_selection_is_kept(desk: Page, long_site: CrashRig) -> None:
    order = _order(long_site)
    chosen = desk.locator('.queue-row[aria-selected="true"]')
    desk.keyboard.press("j")
    expect(chosen).to_have_attribute("data-id", order[0])
    desk.keyboard.press("Escape")
    expect(desk.locator(".rows-pane")).to_be_focused()

    desk.keyboard.press("End")
    expect(chosen).to_have_attribute("data-id", order[-1])
    expect(chosen).to_have_attribute("aria-posinset", str(CASES))
    expect(desk.locator(".rows-pane")).to_have_attribute("aria-activedescendant", f"row-{order[-1]}")
    desk.keyboard.press("k")
    expect(chosen).to_have_attribute("data-id", order[-2])
    desk.keyboard.press("Home")
    expect(chosen).to_have_attribute("data-id", order[0])
    desk.keyboard.press("PageDown")
    expect(chosen).not_to_have_attribute("data-id", order[0])
    place = int(chosen.get_attribute("aria-posinset") or 0)
    assert place > 8 and chosen.get_attribute("data-id") == order[place - 1]

    # Out of sight, and there again when one goes on: the selection is a case, not an element.
    rows = desk.get_by_test_id("queue-rows")
    rows.evaluate("(rows) => { rows.scrollTop = 60_000; }")
    expect(chosen).to_have_count(0)
    assert desk.locator(".rows-pane").get_attribute("aria-activedescendant") is None
    desk.keyboard.press("j")
    expect(chosen).to_have_attribute("data-id", order[place])


def test_what_others_do_leaves_in_place_what_one_looks_at(desk: Page, long_site: CrashRig) -> None:
    order = _order(long_site)
    rows = desk.get_by_test_id("queue-rows")
    rows.evaluate("(rows) => { rows.scrollTop = 250 * 40; }")
    first = desk.locator(f'.queue-row[data-id="{order[250]}"]')
    expect(first).to_have_attribute("aria-posinset", "251")
    settled(desk)
    top = first.evaluate("row => row.getBoundingClientRect().y")

    street = Street(long_site.url)
    for number in order[200:203]:  # above the window
        street.step("ld01", number, "force_close", note="上级统一处理")

    expect(first).to_have_attribute("aria-posinset", "248")
    stays = "([row, top]) => row.getBoundingClientRect().y === top"
    desk.wait_for_function(stays, arg=[first.element_handle(), top])
    expect(desk.locator(".count")).to_contain_text(f"共 {CASES - 3} 件")


def test_as_many_as_the_server_takes_are_ticked_and_it_is_said(desk: Page) -> None:
    desk.get_by_test_id("queue-accept").click()
    desk.get_by_test_id("tick").first.click()
    everything = desk.get_by_test_id("bulk-all")
    expect(everything).to_contain_text("选最前面的 100 件")
    everything.click()

    expect(desk.get_by_test_id("bulk-count")).to_have_text("选了 100 件")
    expect(desk.get_by_test_id("bulk-bar")).to_contain_text("一次最多办 100 件，还有")
    keep(desk, "console-bulk-all")
    desk.get_by_test_id("bulk-accept").click()
    desk.get_by_test_id("form-accept").get_by_test_id("step-submit").click()
    expect(desk.get_by_test_id("bulk-results")).to_contain_text("办好 100 件", timeout=30_000)
