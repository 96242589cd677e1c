"""A worker's day besides reporting: patrol, diary, a spoken note, what may have been reported already."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import HOME, keep
from tests.web.phone import arrived, choose_photo, ready, restart, submit, take_photo

pytestmark = pytest.mark.browser
Handset = Callable[..., Page]


def test_a_patrol_is_signed_on_walked_and_signed_off(handset: Handset) -> None:
    phone = handset("wg01")
    ready(phone)
    keep(phone, "handset-today")
    phone.goto("/m/#/patrol")
    phone.get_by_test_id("shift").click()
    phone.get_by_text("签退").wait_for()

    for step in range(1, 6):
        walked = phone.get_by_test_id("patrol-facts").locator("dd").first.inner_text()
        phone.context.set_geolocation({**HOME, "latitude": HOME["latitude"] + step * 0.0004})
        expect(phone.get_by_test_id("patrol-facts").locator("dd").first).not_to_have_text(walked)
    expect(phone.get_by_test_id("patrol-facts")).to_have_text(re.compile(r"^\s*[1-9]\d+ 米\s*走了"))
    keep(phone, "handset-patrol")
    with phone.expect_response("**/sync/push") as pushed:
        phone.get_by_test_id("shift").click()

    assert [one["status"] for one in pushed.value.json()["results"]] == ["applied"]
    expect(phone.get_by_text("签到，开始巡查")).to_be_visible()


def test_a_diary_is_written_offline_found_and_changed(handset: Handset, photo: Path) -> None:
    phone = handset("wg02")
    ready(phone)
    phone.goto("/m/#/records")
    phone.get_by_role("link", name="记工作日志").wait_for()
    keep(phone, "handset-records-empty")
    phone.context.set_offline(True)

    phone.get_by_role("link", name="记工作日志").click()
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("请填做了什么")).to_be_visible()
    phone.get_by_label("做了什么").fill("走访了三户独居老人")
    choose_photo(phone, photo)
    keep(phone, "handset-record")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_test_id("record")).to_contain_text("本机")
    phone.context.set_offline(False)
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.get_by_test_id("record").get_by_test_id("arrival")).to_have_count(0, timeout=30_000)

    phone.get_by_label("搜索记录").fill("独居")
    phone.get_by_test_id("record").click()
    expect(phone.get_by_test_id("record-photo").get_by_test_id("photo").locator("img")).to_be_visible()
    keep(phone, "handset-record-photo")
    phone.get_by_label("做了什么").fill("走访了四户独居老人")
    with phone.expect_response("**/sync/push") as pushed:
        phone.get_by_role("button", name="保存").click()
    assert pushed.value.json()["results"][0]["status"] == "applied"
    expect(phone.get_by_test_id("record")).to_contain_text("四户")
    keep(phone, "handset-records")


def test_a_spoken_note_goes_with_the_report_and_is_heard_at_the_desk(
    handset: Handset, console: Callable[[str], Page]
) -> None:
    phone = handset("wg03")
    ready(phone)
    phone.goto("/m/#/report")
    take_photo(phone)
    phone.locator(".category-grid button").first.click()
    phone.get_by_label("说明").fill("听我说的")

    phone.get_by_role("button", name="用说的").click()
    expect(phone.get_by_role("button", name="说完了")).to_contain_text(re.compile(r"（[1-9]\d*/"))
    phone.get_by_role("button", name="说完了").click()
    expect(phone.get_by_role("button", name="听一下")).to_be_visible()
    keep(phone, "handset-voice")
    submit(phone)

    arrived(phone, "听我说的")
    phone.get_by_test_id("report").filter(has_text="听我说的").click()
    expect(phone.get_by_role("button", name="听语音")).to_be_visible()
    keep(phone, "handset-my-report")

    desk = console("dd01")
    desk.goto(f"/console/#/events/{phone.url.rpartition('/')[2]}")
    desk.get_by_test_id("voice").click()
    player = desk.get_by_test_id("voice-player")
    expect(player).to_have_js_property("error", None)
    expect(player).to_have_attribute("src", re.compile("^blob:"))
    expect(player).not_to_have_js_property("readyState", 0)
    keep(desk, "console-voice")


def test_the_same_thing_nearby_is_shown_before_it_is_reported_twice(handset: Handset) -> None:
    phone = handset("wg04", geolocation={**HOME, "latitude": 22.9612})
    ready(phone)
    for words in ("先报的扰民", "又报的扰民"):
        phone.goto("/m/#/report")
        take_photo(phone)
        phone.get_by_role("button", name="施工扰民").click()
        phone.get_by_label("说明").fill(words)
        if words.startswith("先"):
            submit(phone)
            arrived(phone, words)
            restart(phone)  # it asks the server for what is near by

    expect(phone.get_by_test_id("similar")).to_contain_text("可能已经报过")
    keep(phone, "handset-similar")
    phone.get_by_test_id("anyway").click()
    expect(phone.get_by_test_id("similar")).to_have_count(0)
