"""The dispatcher's page in Chromium: what it loads, when one can work, and a queue of 100,000 scrolled to its end.

First load with the processor four times slower. The queue is scrolled at the machine's own speed, by wheel and by
the scroll bar; frame by frame it is looked at what its window shows: rows, grey ones still being read, or nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from benchmarks import stock
from benchmarks.list import Desk, count_statements
from benchmarks.table import Table
from fixtures.daling import PASSWORD
from grid.db import engine_for
from tests.harness.crashrig import ROOT, CrashRig
from tests.web.conftest import CHROMIUM, FLAGS
from wsgi import create_app

CASES, LOADS, WHEELS, JUMPS = 100_000, 3, 400, 30
SIZE_KB, USABLE_MS, TASK_MS, GREY_MS, STATEMENTS = 350, 3000, 50, 300, 8
SCREEN: Any = {"width": 1366, "height": 768}
QUEUE = "open=true&sort=due"
# Every frame: is there a row wherever one looks into the window? And how long do tasks take?
WATCH = """() => {
  const rows = document.querySelector('[data-test=queue-rows]');
  const seen = window.seen = { frames: 0, blank: 0, grey: 0, tasks: [] };
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' });
  const look = () => {
    const box = rows.getBoundingClientRect();
    const under = [0.05, 0.35, 0.65, 0.95].map((part) =>
      document.elementFromPoint(box.x + box.width / 2, box.y + box.height * part)?.closest('.queue-row'));
    seen.frames += 1;
    if (under.some((row) => !row)) seen.blank += 1;
    else if (under.some((row) => row.matches('.unread'))) seen.grey += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
# From the moment the bar is let go at a place until every row there can be read.
JUMP = """async (part) => {
  const rows = document.querySelector('[data-test=queue-rows]');
  const start = performance.now();
  rows.scrollTop = part * (rows.scrollHeight - rows.clientHeight);
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame();
  while (rows.querySelector('.unread')) await frame();
  return performance.now() - start;
}"""


@dataclass
class Found:
    """What was measured."""

    size_kb: float = 0
    usable_ms: list[float] = field(default_factory=list)
    wheel: dict[str, Any] = field(default_factory=dict)
    bar: dict[str, Any] = field(default_factory=dict)
    jumps_ms: list[float] = field(default_factory=list)
    statements: int = 0


def measure(cases: int = CASES, wheels: int = WHEELS, jumps: int = JUMPS) -> Table:
    """Everything on SQLite, against the bars of the desk."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, sync_playwright() as playwright:
        folder = Path(place)
        env = {"WANGGE_DEMO": "1", "WANGGE_COOKIE_SECURE": "0"}
        whole = {**os.environ, **env, "WANGGE_DATA": place}
        for command in (("db", "upgrade"), ("demo", "load", "--bare")):
            told = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
            subprocess.run(told, cwd=ROOT, env=whole, check=True)
        engine = engine_for(f"sqlite:///{folder / 'wangge.db'}")
        stock.fill(engine, cases, odds=stock.OPEN_ODDS)
        engine.dispose()
        playwright.selectors.set_test_id_attribute("data-test")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found = Found(statements=_statements(place))
        with CrashRig(folder, env) as rig:
            _load(browser, rig, found)
            _scroll(browser, rig, found, wheels, jumps)
        browser.close()
        return _table(found, cases, wheels, jumps)


def _statements(place: str) -> int:
    """Of a page in the middle of the queue, the dearer of 20 and 100 rows."""
    desk = Desk(create_app({"DATA": place, "DEMO": True}).test_client(), {})
    desk.get("dd01", "/api/events?limit=1")
    headers = {"Authorization": f"Bearer {desk.tokens['dd01']}"}
    marks = desk.client.get(f"/api/events/marks?{QUEUE}", headers=headers).json["marks"]
    middle = marks[len(marks) // 2]
    counts = []
    for limit in (20, 100):
        with count_statements() as counted:
            desk.get("dd01", f"/api/events?{QUEUE}&after={middle}&limit={limit}")
        counts.append(len(counted))
    return max(counts)


def _signed_in(browser: Browser, rig: CrashRig) -> Any:
    """The cookies of a dispatcher who has signed in."""
    context = browser.new_context(base_url=rig.url, locale="zh-CN", viewport=SCREEN)
    page = context.new_page()
    page.goto("/console/")
    page.get_by_label("账号").fill("dd01")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_test_id("queue-row").first.wait_for(timeout=60_000)
    kept = context.storage_state()
    context.close()
    return kept


def _open(browser: Browser, rig: CrashRig, kept: Any) -> tuple[BrowserContext, Page]:
    context = browser.new_context(base_url=rig.url, locale="zh-CN", viewport=SCREEN, storage_state=kept)
    return context, context.new_page()


def _load(browser: Browser, rig: CrashRig, found: Found) -> None:
    """Several times, each with nothing in the browser's store but the session."""
    for _ in range(LOADS):
        took, found.size_kb = _first_load(browser, rig)
        found.usable_ms.append(took)


def _first_load(browser: Browser, rig: CrashRig) -> tuple[float, float]:
    """From the address to a case one has chosen by key, ms; and the code that came for it, KB."""
    context, page = _open(browser, rig, _signed_in(browser, rig))
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    begin = time.monotonic()
    page.goto(f"/console/#/?{QUEUE}", wait_until="commit")
    page.get_by_test_id("queue-row").first.wait_for()
    page.keyboard.press("j")
    page.locator('.queue-row[aria-selected="true"]').wait_for()
    took = (time.monotonic() - begin) * 1000
    page.wait_for_timeout(3000)  # what the rest of the page loads counts too
    code = [one for one in answers if "/assets/" in one.url and one.url.endswith((".js", ".css"))]
    size = sum(one.request.sizes()["responseBodySize"] for one in code) / 1024
    context.close()
    return took, size


def _scroll(browser: Browser, rig: CrashRig, found: Found, wheels: int, jumps: int) -> None:
    context, page = _open(browser, rig, _signed_in(browser, rig))
    page.goto(f"/console/#/?{QUEUE}")
    rows = page.get_by_test_id("queue-rows")
    page.get_by_test_id("queue-row").first.wait_for()
    page.wait_for_timeout(2000)
    length = rows.evaluate("(rows) => rows.scrollHeight - rows.clientHeight")
    rows.hover()
    page.evaluate(WATCH)
    for _ in range(wheels):
        page.mouse.wheel(0, length / wheels + 1)
        page.wait_for_timeout(16)
    page.wait_for_timeout(1000)
    assert rows.evaluate("(rows) => rows.scrollTop") >= length - 1
    found.wheel = page.evaluate("window.seen")
    page.evaluate("Object.assign(window.seen, { frames: 0, blank: 0, grey: 0, tasks: [] })")
    for number in range(jumps):
        found.jumps_ms.append(page.evaluate(JUMP, (number * 7919 % jumps) / max(1, jumps - 1)))
        page.wait_for_timeout(100)
    found.bar = page.evaluate("window.seen")
    context.close()


def _table(found: Found, cases: int, wheels: int, jumps: int) -> Table:
    result = Table(
        "Dispatcher's page in Chromium",
        f"{cases:,} open cases, SQLite, two server processes; first load with the processor four times slower, "
        f"until a key has chosen a case; then scrolled from top to bottom in {wheels} turns of the wheel and "
        f"{jumps} jumps of the scroll bar, looked at in every frame",
        ("what", "figure", "all"),
    )
    usable, jump = median(found.usable_ms), median(found.jumps_ms)
    tasks = max([*found.wheel["tasks"], *found.bar["tasks"]], default=0.0)
    blank = found.wheel["blank"] + found.bar["blank"]
    frames = found.wheel["frames"] + found.bar["frames"]
    result.add("code of the first load, as sent", f"{found.size_kb:.0f} KB", "")
    result.add("usable", f"{usable:.0f} ms", ", ".join(f"{one:.0f}" for one in found.usable_ms))
    result.add("frames looked at", f"{frames:,}", f"{blank} blank")
    result.add("rows of a jump are there after", f"{jump:.0f} ms", f"at most {max(found.jumps_ms):.0f}")
    result.add("longest task while scrolling", f"{tasks:.0f} ms", "")
    result.add("statements a page", str(found.statements), "")
    result.judge("code, compressed", f"{found.size_kb:.0f} KB", f"≤ {SIZE_KB} KB", found.size_kb <= SIZE_KB)
    result.judge("usable", f"{usable:.0f} ms", f"≤ {USABLE_MS} ms", usable <= USABLE_MS)
    result.judge("blank frames", str(blank), "0", blank == 0)
    result.judge("a jump, median", f"{jump:.0f} ms", f"≤ {GREY_MS} ms", jump <= GREY_MS)
    result.judge("longest task", f"{tasks:.0f} ms", f"≤ {TASK_MS} ms", tasks <= TASK_MS)
    result.judge("statements", str(found.statements), f"≤ {STATEMENTS}", found.statements <= STATEMENTS)
    result.note(
        f"the wheel turned {cases / wheels:.0f} rows at a time, faster than rows can be read: "
        f"{found.wheel['grey']:,} of {found.wheel['frames']:,} frames had grey ones"
    )
    return result
