"""When the phone says no: full storage, no camera, no position or a poor one, a wrong clock, tired eyes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.harness.crashrig import CrashRig
from tests.web.calm import settled, watch
from tests.web.conftest import CHROMIUM, FLAGS, HOME, PIXEL_7, keep
from tests.web.phone import choose_photo, choose_pin, drafted, ready, sign_in, submit, take_photo

pytestmark = pytest.mark.browser
Handset = Callable[..., Page]
# Another database of the same origin takes what room is left, down to a kilobyte.
FILL = """async () => {
  const opening = indexedDB.open('filler', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('x', { autoIncrement: true });
  const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  const put = (size) => new Promise((done) => {
    const writing = db.transaction('x', 'readwrite');
    writing.objectStore('x').put(crypto.getRandomValues(new Uint8Array(size)));
    writing.oncomplete = () => done(true);
    writing.onabort = () => done(false);
  });
  for (const size of [60000, 8000, 1000]) while (await put(size));
  db.close();
}"""
PAGES = ("today", "patrol", "report", "mine", "me", "settings", "records", "notices", "queue", "tasks", "pin")


def test_a_common_report_takes_five_taps(handset: Handset) -> None:
    phone = handset("wg03", geolocation={**HOME, "latitude": 22.9571})
    ready(phone)
    phone.evaluate("addEventListener('click', () => { window.taps = (window.taps ?? 0) + 1 }, true)")

    phone.get_by_role("link", name="上报", exact=True).tap()
    for count in (1, 2):
        phone.locator("[data-test=shutter]:enabled").tap()
        expect(phone.get_by_test_id("taken-photo")).to_have_count(count)
    phone.locator(".category-grid button").first.tap()
    keep(phone, "handset-report-ready")
    phone.locator(".primary-foot").get_by_role("button", name="上报", exact=True).tap()

    expect(phone.get_by_text("已送达").first).to_be_visible()
    assert phone.evaluate("window.taps") == 5


def test_the_report_form_opens_within_200_ms(handset: Handset) -> None:
    phone = handset("wg03")
    ready(phone)

    took = phone.evaluate("""async () => {
      const times = [];
      for (let round = 0; round < 5; round += 1) {
        location.hash = '#/me';
        await new Promise((done) => setTimeout(done, 300));
        const start = performance.now();
        location.hash = '#/report';
        while (!document.querySelector('.report')) await new Promise((done) => requestAnimationFrame(done));
        times.push(performance.now() - start);
      }
      return times;
    }""")

    assert sorted(took)[2] <= 200, took


def test_a_full_phone_loses_the_photo_and_never_the_words(
    own_phone: Callable[[], BrowserContext], site: CrashRig
) -> None:
    phone = own_phone().new_page()
    # Before the first write: later the browser trusts what it knows of the room for half a minute.
    session = phone.context.new_cdp_session(phone)
    session.send("Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": 4_000_000})
    phone.goto("/m/")
    sign_in(phone, "wg05")
    choose_pin(phone)
    ready(phone)
    phone.goto("/m/#/report")
    take_photo(phone)
    phone.get_by_label("说明").fill("空间满之前")
    drafted(phone)
    phone.evaluate(FILL)

    phone.locator("[data-test=shutter]:enabled").click()
    expect(phone.get_by_text("手机空间不够")).to_be_visible()
    keep(phone, "handset-full")
    expect(phone.get_by_test_id("taken-photo")).to_have_count(1)
    expect(phone.get_by_label("说明")).to_have_value("空间满之前")


@pytest.mark.long
def test_a_phone_whose_store_the_system_threw_away_says_so_and_starts_anew(
    handset: Handset, console: Callable[[str], Page], photo: Path
) -> None:
    def report() -> list[int]:
        phone.goto("/m/#/report")
        choose_photo(phone, photo)
        phone.locator(".category-grid button").first.click()
        with phone.expect_response(lambda answer: "/sync/push" in answer.url) as pushed:
            submit(phone)
        return [op["seq"] for op in pushed.value.request.post_data_json["ops"]]

    phone = handset("wg06")
    ready(phone)
    [before] = report()
    expect(phone.get_by_test_id("unsent")).to_have_count(0, timeout=30_000)
    origin, device = phone.url.partition("/m/")[0], "localStorage.getItem('wangge-canary')"
    seat = phone.evaluate(device)
    phone.goto("about:blank")  # nothing holds the store open
    session = phone.context.new_cdp_session(phone)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb"})

    phone.goto("/m/")
    sign_in(phone, "wg06")
    choose_pin(phone)

    ready(phone)
    expect(phone.get_by_text("本机的内容已重新下载")).to_be_visible()
    keep(phone, "handset-evicted")
    assert phone.evaluate(device) == seat
    phone.goto("/m/#/mine")
    expect(phone.get_by_test_id("report").first).to_be_visible()  # copied anew
    assert min(report()) > before
    desk = console("dd01")
    desk.goto("/console/#/phones")
    expect(desk.get_by_test_id("device-row").filter(has_text="wg06").first).to_contain_text("数据丢失")


def test_without_a_camera_there_is_the_album(engine: Playwright, site: CrashRig, photo: Path) -> None:
    flags = [flag for flag in FLAGS if "fake-ui" not in flag] + ["--use-fake-ui-for-media-stream=deny"]
    browser = engine.chromium.launch(executable_path=CHROMIUM, args=flags)
    context = browser.new_context(
        base_url=site.url, locale="zh-CN", geolocation=HOME, permissions=["geolocation"], **PIXEL_7
    )
    context.on("page", watch)
    phone = context.new_page()
    phone.goto("/m/")
    sign_in(phone, "wg06")
    choose_pin(phone)

    phone.goto("/m/#/report")
    expect(phone.get_by_test_id("camera-reason")).to_contain_text("相机没有权限")
    keep(phone, "handset-no-camera")
    choose_photo(phone, photo)
    phone.locator(".category-grid button").first.click()
    submit(phone)

    expect(phone.get_by_text("已送达").first).to_be_visible()
    browser.close()


def test_without_a_position_one_points_at_the_map(handset: Handset) -> None:
    phone = handset("wg01", permissions=[])
    ready(phone)

    phone.goto("/m/#/report")
    expect(phone.get_by_test_id("place")).to_contain_text("没有定位权限")
    take_photo(phone)
    phone.locator(".category-grid button").first.click()
    submit(phone)
    expect(phone.get_by_text("还没有位置")).to_be_visible()
    keep(phone, "handset-no-position")
    phone.get_by_test_id("place").click()
    phone.get_by_role("button", name="已离开现场").click()
    phone.locator(".place-map .area-map").click(position={"x": 150, "y": 150})
    keep(phone, "handset-point")
    phone.get_by_role("button", name="就是这里").click()
    expect(phone.get_by_test_id("place")).to_contain_text("已离开现场")
    submit(phone)

    expect(phone.get_by_text("已送达").first).to_be_visible()


def test_a_position_allowed_late_is_taken_when_asked_again(handset: Handset) -> None:
    phone = handset("wg01", permissions=[])
    ready(phone)
    phone.goto("/m/#/report")
    place = phone.get_by_test_id("place")
    expect(place).to_contain_text("没有定位权限")

    phone.context.grant_permissions(["geolocation"])
    phone.goto("/m/#/")
    phone.goto("/m/#/report")

    expect(place).to_contain_text("米")
    expect(place).not_to_contain_text("没有定位权限")


def test_a_coarse_position_is_said_to_be_one(handset: Handset) -> None:
    phone = handset("wg01", geolocation={**HOME, "accuracy": 180})

    phone.goto("/m/#/report")

    expect(phone.get_by_test_id("place")).to_contain_text("误差偏大")


@pytest.mark.parametrize("days", [3, -3])
def test_a_wrong_clock_is_told_and_put_right_in_what_is_sent(handset: Handset, days: int) -> None:
    phone = handset(None)
    phone.clock.set_system_time(datetime.now(UTC) + timedelta(days=days))
    sign_in(phone, "wg04")
    choose_pin(phone)

    expect(phone.get_by_test_id("sync-line")).to_contain_text("手机时间差了")
    with phone.expect_request("**/sync/push") as pushed:
        phone.goto("/m/#/report")
        take_photo(phone)
        phone.locator(".category-grid button").first.click()
        submit(phone)

    [op] = pushed.value.post_data_json["ops"]
    occurred = datetime.fromisoformat(op["occurred_at"])
    assert abs(occurred - datetime.now(UTC)) < timedelta(minutes=2)
    assert abs(op["clock_offset_ms"] + days * 86_400_000) < 120_000


def test_large_type_stays_within_the_screen(handset: Handset) -> None:
    phone = handset("wg02")
    phone.goto("/m/#/settings")
    phone.get_by_role("switch", name="大字").click()

    expect(phone.locator("html")).to_have_css("font-size", "22px")
    for page in PAGES:
        phone.goto(f"/m/#/{page}")
        settled(phone)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), page
        keep(phone, f"handset-large-{page}")


def test_every_page_at_night(handset: Handset) -> None:
    phone = handset("wg02", color_scheme="dark")

    for page in PAGES:
        phone.goto(f"/m/#/{page}")
        settled(phone)
        keep(phone, f"handset-dark-{page}")
        expect(phone.locator("body")).to_have_css("background-color", "rgb(18, 22, 27)")
