"""A worker without a network, or with a bad one: nothing is lost, doubled, or claimed in vain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from fixtures.daling import PASSWORD
from tests.harness.crashrig import CrashRig
from tests.web.conftest import keep
from tests.web.phone import arrived, choose_pin, drafted, enter, ready, sign_in, submit, take_photo, unlock

pytestmark = pytest.mark.browser
Handset = Callable[..., Page]


def report(phone: Page, words: str, photos: int = 1) -> None:
    """A report in few taps."""
    phone.goto("/m/#/report")
    for _ in range(photos):
        take_photo(phone)
    phone.locator(".category-grid button").first.click()
    phone.get_by_label("说明").fill(words)
    submit(phone)


def on_server(site: CrashRig, username: str, words: str) -> list[dict[str, Any]]:
    """What the server holds of a person's reports with these words."""
    told = {"username": username, "password": PASSWORD}
    with httpx.Client(base_url=f"{site.url}/mobile/v1", timeout=30) as line:
        token = line.post("/session", json=told).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        listed = line.get("/reports", headers=headers, params={"limit": 100}).json()
    return [one for one in listed["items"] if one["description"] == words]


def online(phone: Page) -> None:
    """The network is back."""
    phone.context.set_offline(False)
    phone.evaluate("window.dispatchEvent(new Event('online'))")


def worker_ready(phone: Page) -> None:
    """Wait until the service worker holds the app."""
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.wait_for_function("navigator.serviceWorker.controller !== null")


def test_the_app_starts_without_a_network_within_a_second(handset: Handset) -> None:
    phone = handset("wg03")
    ready(phone)
    worker_ready(phone)
    phone.context.set_offline(True)

    starts = []
    for _ in range(3):
        phone.reload()
        phone.get_by_test_id("pin-pad").wait_for()
        starts.append(phone.evaluate("performance.getEntriesByName('wangge-ready')[0].startTime"))
    keep(phone, "handset-lock")
    unlock(phone)

    expect(phone.get_by_test_id("sync-line")).to_contain_text("没有网络")
    expect(phone.locator(".today-map canvas").first).to_be_visible()
    keep(phone, "handset-today-offline")
    assert min(starts) <= 1000, starts


def test_a_report_survives_the_death_of_the_browser_and_arrives_once(
    own_phone: Callable[[], BrowserContext], site: CrashRig
) -> None:
    words = "浏览器被杀之前写的"
    first = own_phone()
    phone = first.new_page()
    phone.goto("/m/")
    sign_in(phone, "wg04")
    choose_pin(phone)
    worker_ready(phone)
    phone.get_by_test_id("bell").wait_for()
    phone.goto("/m/#/report")
    phone.locator(".category-grid button").first.wait_for()
    first.set_offline(True)
    report(phone, words, photos=2)
    expect(phone.get_by_test_id("arrival").first).to_have_text("本机")
    keep(phone, "handset-unsent")
    first.close()

    second = own_phone()
    second.set_offline(True)
    phone = second.new_page()
    phone.goto("/m/#/queue")
    unlock(phone)
    expect(phone.get_by_test_id("unsent")).to_contain_text(words)
    assert on_server(site, "wg04", words) == []
    second.set_offline(False)
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.get_by_text("都送到了")).to_be_visible(timeout=30_000)
    second.close()

    [event] = on_server(site, "wg04", words)
    assert event["photos"] == {"expected": 2, "arrived": 2}


def test_an_expired_login_in_mid_queue_keeps_the_work(handset: Handset, site: CrashRig) -> None:
    phone = handset("wg05")
    ready(phone)

    def refuse(route: Route) -> None:
        route.fulfill(
            status=401,
            headers={"X-WG-Api": "1", "Content-Type": "application/problem+json"},
            body='{"type": "/problems/unauthenticated", "status": 401}',
        )

    phone.route("**/mobile/v1/sync/push", refuse)
    phone.route("**/mobile/v1/session/refresh", refuse)
    report(phone, "登录过期时写的")
    phone.get_by_label("账号").wait_for()
    expect(phone.get_by_text("没送出的内容都保留着")).to_be_visible()
    keep(phone, "handset-signed-out")
    phone.unroute("**/mobile/v1/sync/push")
    phone.unroute("**/mobile/v1/session/refresh")
    sign_in(phone, "wg05")

    arrived(phone, "登录过期时写的")
    assert len(on_server(site, "wg05", "登录过期时写的")) == 1


def test_a_photo_cut_on_its_way_goes_on_where_it_was(handset: Handset, site: CrashRig) -> None:
    phone = handset("wg08")
    ready(phone)
    tries: list[str] = []

    def cut(route: Route) -> None:
        tries.append(f"{route.request.method} {route.request.url}")
        if len(tries) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    phone.route(lambda url: "/mobile/v1/files/" in url, cut)
    report(phone, "照片断在半路")
    expect(phone.get_by_test_id("unsent")).to_contain_text("照片没传完（0/1）")
    online(phone)

    expect(phone.get_by_test_id("unsent")).to_have_count(0, timeout=30_000)
    [event] = on_server(site, "wg08", "照片断在半路")
    assert event["photos"] == {"expected": 1, "arrived": 1}
    assert len({line.split()[1] for line in tries}) == 1  # the same upload, not another one


def test_two_windows_send_the_same_work_once(handset: Handset, site: CrashRig) -> None:
    phone = handset("wg06")
    ready(phone)
    other = phone.context.new_page()
    other.goto("/m/")
    unlock(other)
    phone.context.set_offline(True)
    report(phone, "两个窗口")
    expect(phone.get_by_test_id("unsent")).to_be_visible()

    other.goto("/m/#/queue")
    expect(other.get_by_test_id("unsent")).to_contain_text("两个窗口")
    online(phone)
    other.evaluate("window.dispatchEvent(new Event('online'))")

    expect(other.get_by_text("都送到了")).to_be_visible(timeout=30_000)
    expect(phone.get_by_test_id("unsent")).to_have_count(0)
    assert len(on_server(site, "wg06", "两个窗口")) == 1


def test_refused_work_says_why_and_can_be_mended(handset: Handset, site: CrashRig) -> None:
    phone = handset("wg07")
    ready(phone)

    def refuse(route: Route) -> None:
        [op] = route.request.post_data_json["ops"]
        error = {"code": "invalid", "field": "category", "message": "这个类别已停用"}
        result = {"op_id": op["op_id"], "status": "rejected", "error": error}
        route.fulfill(json={"results": [result]}, headers={"X-WG-Api": "1"})

    phone.route("**/mobile/v1/sync/push", refuse)
    report(phone, "要改的")
    phone.get_by_test_id("sync-line").click()
    expect(phone.get_by_test_id("reason")).to_have_text("服务器没有收：这个类别已停用")
    keep(phone, "handset-queue")
    phone.unroute("**/mobile/v1/sync/push")
    phone.get_by_test_id("work-edit").click()
    expect(phone.get_by_label("说明")).to_have_value("要改的")
    phone.locator(".category-grid button").nth(1).click()
    submit(phone)

    arrived(phone, "要改的")
    assert len(on_server(site, "wg07", "要改的")) == 1


def test_a_server_that_starts_anew_under_the_page_gets_what_was_written_meanwhile(
    handset: Handset, site: CrashRig
) -> None:
    phone = handset("wg09")
    ready(phone)
    site.kill()
    try:
        report(phone, "服务器停着时写的")
        expect(phone.get_by_test_id("unsent")).to_contain_text("服务器停着时写的")
    finally:
        site.start()
    online(phone)

    expect(phone.get_by_test_id("unsent")).to_have_count(0, timeout=30_000)
    assert len(on_server(site, "wg09", "服务器停着时写的")) == 1


def test_a_page_of_the_wifi_is_never_taken_for_the_server(handset: Handset, site: CrashRig) -> None:
    phone = handset("wg08")
    ready(phone)
    phone.route(
        "**/mobile/v1/**",
        lambda route: route.fulfill(status=200, body="<html>请先登录</html>", content_type="text/html"),
    )

    report(phone, "无线网拦住")
    phone.goto("/m/#/queue")

    expect(phone.get_by_test_id("reason")).to_contain_text("网络被别的页面拦住了")
    assert on_server(site, "wg08", "无线网拦住") == []


def test_a_form_half_filled_is_there_after_a_crash(handset: Handset) -> None:
    phone = handset("wg09")
    phone.goto("/m/#/report")
    take_photo(phone)
    phone.get_by_label("说明").fill("写到一半")
    drafted(phone)

    phone.reload()
    enter(phone)

    expect(phone.get_by_text("上次没报完的内容已恢复")).to_be_visible()
    expect(phone.get_by_label("说明")).to_have_value("写到一半")
    expect(phone.get_by_test_id("taken-photo")).to_have_count(1)
