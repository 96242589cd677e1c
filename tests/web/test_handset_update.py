"""A new version while a form is open: offered, taken on a yes, the form survives; and the size of a first load."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.harness.crashrig import CrashRig
from tests.web.conftest import SETTINGS, keep
from tests.web.phone import take_photo, unlock
from web import BUILT

WORKER = BUILT / "handset" / "sw.js"
FIRST_LOAD = 250 * 1024


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages, for this file alone: others are served the real ones meanwhile."""
    return Path(shutil.copytree(BUILT, tmp_path_factory.mktemp("pages"), dirs_exist_ok=True))


@pytest.fixture(scope="module")
def site(stock: Path, pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashRig]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(stock, folder, dirs_exist_ok=True)
    env = SETTINGS | {"WANGGE_TEST_BUILT": str(pages)}
    with CrashRig(folder, env, app="tests.web.aside:create_app()") as rig:
        yield rig


@pytest.fixture
def next_version(pages: Path) -> Callable[[], None]:
    """Deploy another version of the app."""

    def deploy() -> None:
        worker = pages / "handset" / "sw.js"
        worker.write_text(re.sub(r"VERSION = '\w+'", "VERSION = 'next'", worker.read_text("utf-8")), "utf-8")

    return deploy


@pytest.mark.browser
def test_an_update_waits_for_a_yes_and_the_form_survives_it(
    handset: Callable[..., Page], next_version: Callable[[], None]
) -> None:
    phone = handset("wg02")
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.wait_for_function("navigator.serviceWorker.controller !== null")
    phone.goto("/m/#/report")
    take_photo(phone)
    phone.get_by_label("说明").fill("更新之前写的")

    next_version()
    phone.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => true)")
    expect(phone.get_by_test_id("update")).to_contain_text("有新版本")
    expect(phone.get_by_label("说明")).to_have_value("更新之前写的")
    keep(phone, "handset-update")
    phone.get_by_role("button", name="现在更新").click()
    unlock(phone)

    expect(phone.get_by_label("说明")).to_have_value("更新之前写的")
    expect(phone.get_by_test_id("taken-photo")).to_have_count(1)
    phone.wait_for_function("caches.keys().then((names) => names.join() === 'wangge-handset-next')")


def test_a_first_load_is_at_most_250_kilobytes() -> None:
    page = (BUILT / "handset" / "index.html").read_text("utf-8")
    names = set(re.findall(r"/assets/([\w.-]+\.(?:js|css))", page))

    size = sum(len(gzip.compress((BUILT / "assets" / name).read_bytes())) for name in names)

    assert len(names) > 2
    assert size <= FIRST_LOAD, f"{size} bytes"


def test_the_worker_keeps_every_built_file_it_names_and_no_answer_of_the_api() -> None:
    worker = WORKER.read_text("utf-8")

    names = re.findall(r'"/assets/([^"]+)"', worker)

    assert len(names) > 5
    assert [name for name in names if not (BUILT / "assets" / name).is_file()] == []
    assert "/mobile" not in worker and "/api" not in worker
