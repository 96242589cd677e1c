"""A served demo street and a real Chromium; handsets and consoles as people hold them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from fixtures.daling import PASSWORD
from tests.factories.photo import jpeg
from tests.harness.crashrig import ROOT, CrashRig
from tests.web import phone
from tests.web.calm import watch

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    # A camera and a microphone that show and play a test pattern, allowed without asking.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PIXEL_7: dict[str, Any] = {
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Mobile Safari/537.36",
    "viewport": {"width": 412, "height": 839},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
# Of something that will be there; a test that is about time says its own.
PATIENCE_MS = 20_000
HOME = {"longitude": 114.7211, "latitude": 22.9538, "accuracy": 9}  # in wg01's own grid
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
SETTINGS = {"WANGGE_DEMO": "1", "WANGGE_COOKIE_SECURE": "0"}
# What a page says on its console when it is broken; refused requests are no fault of the page.
BAD = re.compile("Content Security|ReferenceError|TypeError")
# WANGGE_SCREENS=docs/screens makes the tests keep what they see.
SCREENS = os.environ.get("WANGGE_SCREENS")


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of the demo street with its live cases, before anybody opened a page."""
    folder = tmp_path_factory.mktemp("stock")
    for command in (("db", "upgrade"), ("demo", "load")):
        subprocess.run([*FLASK, *command], cwd=ROOT, env=_told(folder), check=True)
    return folder


@pytest.fixture(scope="module")
def site(stock: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashRig]:
    """The real server with the demo street on SQLite, and a worker beside it; each file of tests has its own."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(stock, folder, dirs_exist_ok=True)
    command = [*FLASK, "worker"]
    with CrashRig(folder, SETTINGS) as rig, subprocess.Popen(command, cwd=ROOT, env=_told(folder)) as worker:
        try:
            yield rig
        finally:
            worker.kill()


def _told(folder: Path) -> dict[str, str]:
    return {**os.environ, **SETTINGS, "WANGGE_DATA": str(folder)}


@pytest.fixture(scope="session")
def engine() -> Iterator[Playwright]:
    """What starts browsers; one a process."""
    with sync_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test")
        expect.set_options(timeout=PATIENCE_MS)
        yield playwright


@pytest.fixture(scope="session")
def browser(engine: Playwright) -> Iterator[Browser]:
    """The browser most pages are opened in."""
    chromium = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield chromium
    chromium.close()


Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, site: CrashRig) -> Iterator[Opener]:
    """Open a page as somebody signed in; errors in the page fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(username: str | None, where: str, **options: Any) -> Page:
        context = browser.new_context(base_url=site.url, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
        contexts.append(context)
        context.on("page", watch)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(f"{where}: {error}"))
        page.on("console", lambda message: BAD.search(message.text) and complaints.append(message.text))
        page.goto(where)
        if username and where.startswith("/m/"):
            phone.sign_in(page, username)
            phone.choose_pin(page)
        elif username:
            page.get_by_label("账号").fill(username)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.get_by_label("密码").wait_for(state="detached")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def handset(opened: Opener) -> Callable[..., Page]:
    """A grid worker's phone, standing in wg01's grid, unlocked."""

    def open_(username: str | None, **options: Any) -> Page:
        usual = {**PIXEL_7, "geolocation": HOME, "permissions": ["geolocation"]}
        return opened(username, "/m/", **{**usual, **options})

    return open_


@pytest.fixture
def own_phone(engine: Playwright, site: CrashRig, tmp_path: Path) -> Iterator[Callable[[], BrowserContext]]:
    """Start the browser on a profile of its own on disk; again after it was closed, what it kept is there."""
    started: list[BrowserContext] = []

    def start() -> BrowserContext:
        context = engine.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=FLAGS,
            base_url=site.url,
            locale="zh-CN",
            geolocation=HOME,
            permissions=["geolocation"],
            **PIXEL_7,
        )
        context.on("page", watch)
        started.append(context)
        return context

    yield start
    for context in started:
        context.close()


@pytest.fixture
def console(opened: Opener) -> Callable[[str], Page]:
    """An office PC."""
    return lambda username: opened(username, "/console/", viewport={"width": 1366, "height": 768})


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo on the phone."""
    path = tmp_path / "现场.jpg"
    path.write_bytes(jpeg(os.getpid() * 7 % 65536, (800, 600)))
    return path


def keep(page: Page, name: str) -> None:
    """Keep a screenshot when asked to."""
    if SCREENS:
        page.wait_for_timeout(400)
        page.screenshot(path=f"{SCREENS}/{name}.png")
