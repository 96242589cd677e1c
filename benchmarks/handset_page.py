"""The handset in Chromium, as a worker's day asks of it: first load, later start, form, search, sync, drain.

A Pixel-class screen; the first load at 1.6 Mbit/s, 150 ms and a processor four times slower. 20,000 records are on
the phone. A fixed piece of arithmetic is timed beside, so that a slow or busy machine shows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select, update

from benchmarks.table import Table
from grid import clock
from grid.accounts.user import User
from grid.db import db, table, transaction
from grid.records.record import Record
from tests.harness.crashrig import ROOT, CrashRig
from tests.web import phone
from tests.web.conftest import CHROMIUM, FLAGS, HOME, PIXEL_7
from wsgi import create_app

RECORDS, CHANGES = 20_000, 1000
REPORTS, PHOTOS = 100, 3
LOAD_MS, START_MS, FORM_MS, SEARCH_MS, SYNC_MS, TASK_MS = 4000, 1000, 200, 300, 3000, 200
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
PLACED = {"geolocation": HOME, "permissions": ["geolocation"]}
WORK = """() => {
  const start = performance.now();
  let sum = 0;
  for (let i = 0; i < 3e7; i += 1) sum = (sum * 31 + i) % 1000003;
  return performance.now() - start + sum * 0;
}"""
OPEN_FORM = """async () => {
  location.hash = '#/me';
  await new Promise((done) => setTimeout(done, 300));
  const start = performance.now();
  location.hash = '#/report';
  while (!document.querySelector('.report')) await new Promise((done) => requestAnimationFrame(done));
  return performance.now() - start;
}"""
# Until the list has been drawn for the words just typed.
SEARCH = """async (words) => {
  const field = document.getElementById('record-words');
  const start = performance.now();
  field.value = words;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  const shown = () => [...document.querySelectorAll('[data-test=record]')];
  while (!shown().every((one) => one.textContent.includes(words.slice(0, 2))))
    await new Promise((done) => requestAnimationFrame(done));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - start;
}"""
SYNC = """async (words) => {
  const start = performance.now();
  window.dispatchEvent(new Event('online'));
  while (!document.querySelector('[data-test=record]')?.textContent.includes(words))
    await new Promise((done) => requestAnimationFrame(done));
  return performance.now() - start;
}"""
WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' });
}"""


def measure(reports: int = REPORTS) -> Table:
    """Milliseconds of each, against the bars of the handset."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, sync_playwright() as playwright:
        folder = Path(place)
        env = {"WANGGE_DEMO": "1", "WANGGE_COOKIE_SECURE": "0"}
        whole = {**os.environ, **env, "WANGGE_DATA": place}
        for command in (("db", "upgrade"), ("demo", "load", "--bare")):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "wsgi", *command], cwd=ROOT, env=whole, check=True
            )
        app = create_app({"DATA": place, "DEMO": True})
        with app.app_context():
            _fill()
        playwright.selectors.set_test_id_attribute("data-test")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with CrashRig(folder, env) as rig:
            table_ = _table(*_measure(browser, rig, app, folder, reports))
        browser.close()
        return table_


def _fill() -> None:
    me = db.session.scalars(select(User).where(User.username == "wg01")).one()
    home, now = me.posts[0].area, clock.now()
    rows = [
        {
            "id": UUID(int=number << 64 | 0x7000_8000_0000_0000_0000 | number),
            "kind": "diary",
            "form_version": 1,
            "title": f"{_name(number)} 走访",
            "owner_id": me.id,
            "area_id": home.id,
            "area_path": home.path,
            "content": {
                "date": "2026-11-20",
                "done": f"走访 {_name(number)}，{number % 30 + 1} 栋 {number % 600} 室",
            },
            "made_at": now,
            "updated_at": now,
            "version": 1,
        }
        for number in range(1, RECORDS + 1)
    ]
    with transaction():
        db.session.execute(table(Record).insert(), rows)


def _name(number: int) -> str:
    return "赵钱孙李周吴郑王冯陈"[number % 10] + "安邦定国治平修齐明德"[number // 10 % 10] + str(number)


Figures = dict[str, list[float]]


def _measure(browser: Browser, rig: CrashRig, app: Flask, folder: Path, reports: int) -> tuple[Figures, list[str]]:
    found: Figures = {"load": [_first_load(browser, rig) for _ in range(3)]}
    context = browser.new_context(base_url=rig.url, locale="zh-CN", **PIXEL_7 | PLACED)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto("/m/")
    found["work"] = [page.evaluate(WORK) for _ in range(3)]
    phone.sign_in(page, "wg01")
    phone.choose_pin(page)
    begin = time.monotonic()
    phone.ready(page)
    notes = [f"copying {RECORDS:,} records to the phone at first: {time.monotonic() - begin:.0f} s"]
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    found["start"] = _starts(page)
    found["form"] = [page.evaluate(OPEN_FORM) for _ in range(5)]
    page.goto("/m/#/records")
    page.get_by_test_id("record").first.wait_for()
    found["search"] = [page.evaluate(SEARCH, words) for words in ("赵安", "王定", "陈德9999", "孙国", "不在")]
    page.locator("#record-words").fill("")
    page.wait_for_timeout(1000)
    found["sync"] = [_changes(app, page, number) for number in range(3)]
    found["task"], drained = _drain(page, folder, reports)
    context.close()
    return found, [*notes, drained]


def _first_load(browser: Browser, rig: CrashRig) -> float:
    """From the address to a field one can type in."""
    context = browser.new_context(base_url=rig.url, locale="zh-CN", service_workers="block", **PIXEL_7)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    begin = time.monotonic()
    page.goto("/m/", wait_until="commit")
    page.locator("#password").wait_for()
    took = (time.monotonic() - begin) * 1000
    context.close()
    return took


def _starts(page: Page) -> list[float]:
    """Later starts without a network, until the pad for the PIN is there."""
    found = []
    page.context.set_offline(True)
    for _ in range(3):
        page.reload()
        page.get_by_test_id("pin-pad").wait_for()
        found.append(page.evaluate("performance.getEntriesByName('wangge-ready')[0].startTime"))
        phone.unlock(page)
        page.get_by_test_id("sync-line").wait_for()
    page.context.set_offline(False)
    return found


def _changes(app: Flask, page: Page, number: int) -> float:
    """1,000 records are changed on the server; until the phone shows the newest."""
    words = f"第{number}次改"
    with app.app_context():
        some = select(Record.id).order_by(Record.id).offset(number * CHANGES).limit(CHANGES)
        told = {"title": words, "updated_at": clock.now(), "version": Record.version + 1}
        with transaction():
            db.session.execute(update(Record).where(Record.id.in_(some.scalar_subquery())).values(told))
        db.session.remove()
    return float(page.evaluate(SYNC, words))


def _drain(page: Page, folder: Path, reports: int) -> tuple[list[float], str]:
    """Queue reports with three photos each offline; how long the page was held up, at most, while they leave."""
    page.context.set_offline(True)
    page.goto("/m/#/report")
    for number in range(reports):
        photos = []
        for place in range(PHOTOS):
            photos.append(folder / f"{number}-{place}.jpg")
            Image.effect_noise((1600, 1200), 60).save(photos[-1], "JPEG", quality=60)
        page.get_by_test_id("photo-album").set_input_files([str(photo) for photo in photos])
        page.get_by_test_id("taken-photo").nth(PHOTOS - 1).wait_for()
        page.locator(".category-grid button").first.click()
        page.get_by_label("说明").fill(f"第 {number} 件 {uuid4()}")
        phone.submit(page)
        page.get_by_test_id("taken-photo").first.wait_for(state="detached")
        page.goto("/m/#/report")
        page.get_by_test_id("photo-album").wait_for(state="attached")
    page.goto("/m/#/queue")
    page.evaluate(WATCH)
    page.context.set_offline(False)
    begin = time.monotonic()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_text("都送到了").wait_for(timeout=1_200_000)
    tasks: list[float] = page.evaluate("window.tasks")
    took = time.monotonic() - begin
    return [max(tasks, default=0.0)], f"{reports} reports with {reports * PHOTOS} photos left in {took:.0f} s"


def _table(found: Figures, notes: list[str]) -> Table:
    result = Table(
        "Handset in Chromium",
        f"{RECORDS:,} records on the phone; first load at 1.6 Mbit/s, 150 ms, processor four times slower; the "
        "rest at the machine's own speed; milliseconds, medians and all tries; drain: the longest task",
        ("what", "median", "all"),
    )
    bars: list[tuple[str, str, int]] = [
        ("load", "first load, until one can sign in", LOAD_MS),
        ("start", "later start offline, until the PIN pad", START_MS),
        ("form", "the report form opens", FORM_MS),
        ("search", f"search in {RECORDS:,} records", SEARCH_MS),
        ("sync", f"sync of {CHANGES:,} changes", SYNC_MS),
        ("task", "longest task while the queue drains", TASK_MS),
    ]
    for name, words, bar in bars:
        middle = median(found[name])
        result.add(words, f"{middle:.0f} ms", ", ".join(f"{one:.0f}" for one in found[name]))
        result.judge(words, f"{middle:.0f} ms", f"≤ {bar} ms", middle <= bar)
    result.note(
        f"30 million steps of arithmetic in the page took {median(found['work']):.0f} ms (an idle PC: 100)"
    )
    for note in notes:
        result.note(note)
    return result
