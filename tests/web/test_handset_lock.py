"""The lock: what is on the phone is read by its owner only, and locking loses nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import keep
from tests.web.phone import PIN, choose_pin, drafted, enter, ready, restart, sign_in, submit, take_photo, unlock

pytestmark = pytest.mark.browser
Handset = Callable[..., Page]
WORDS = "锁上以后谁也看不到的话"

# Every value of every table, bytes read as letters.
DUMP = """async () => {
  const open = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const db = await open(indexedDB.open('wangge-handset'));
  const decoder = new TextDecoder('utf-8');
  const isBytes = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);
  const letters = (value) => (isBytes(value) ? decoder.decode(value) : value);
  const found = [];
  for (const name of db.objectStoreNames) {
    const rows = await open(db.transaction(name).objectStore(name).getAll());
    found.push(name + JSON.stringify(rows, (key, value) => letters(value)));
  }
  db.close();
  return found.join('\\n');
}"""


def draft(phone: Page) -> None:
    """Something worth hiding, not yet sent."""
    phone.goto("/m/#/report")
    take_photo(phone)
    phone.locator(".category-grid button").first.click()
    phone.get_by_label("说明").fill(WORDS)
    drafted(phone)


def test_nothing_said_or_known_about_people_is_readable_on_the_phone(handset: Handset) -> None:
    phone = handset("wg10")
    ready(phone)
    draft(phone)
    phone.context.set_offline(True)
    submit(phone)
    phone.get_by_test_id("unsent").wait_for()

    kept = phone.evaluate(DUMP)

    assert '"kind":"event.report"' in kept, "the work is there"
    for secret in (WORDS, "大岭社区", "网格员", "22.95"):
        assert secret not in kept


def test_a_wrong_pin_is_told_and_the_right_one_brings_everything_back(handset: Handset) -> None:
    phone = handset("wg11")
    ready(phone)
    draft(phone)
    phone.goto("/m/#/settings")
    phone.get_by_text("现在锁上").click()

    enter(phone, "147036")
    expect(phone.get_by_role("alert")).to_have_text("不对，还可以试 4 次。")
    keep(phone, "handset-lock-wrong")
    assert WORDS not in phone.content()
    unlock(phone)

    phone.goto("/m/#/report")
    expect(phone.get_by_label("说明")).to_have_value(WORDS)


def test_five_wrong_pins_ask_for_the_password_and_keep_the_queue(handset: Handset) -> None:
    phone = handset("wg12")
    ready(phone)
    draft(phone)
    phone.context.set_offline(True)
    submit(phone)
    phone.get_by_test_id("unsent").wait_for()
    phone.context.set_offline(False)
    phone.route("**/sync/push", lambda route: route.abort())
    phone.reload()

    for left in (4, 3, 2, 1):
        enter(phone, "147036")
        expect(phone.get_by_role("alert")).to_contain_text(f"{left} 次")
    enter(phone, "147036")
    expect(phone.get_by_text("输错 5 次")).to_be_visible()
    keep(phone, "handset-lock-blocked")
    sign_in(phone, "wg12")
    choose_pin(phone, "471902")

    phone.goto("/m/#/queue")
    expect(phone.get_by_test_id("unsent")).to_contain_text(WORDS)
    restart_with = "471902"
    phone.reload()
    unlock(phone, restart_with)


def test_leaving_with_unsent_work_asks_and_keeps_it_for_its_owner(handset: Handset) -> None:
    phone = handset("wg13")
    ready(phone)
    phone.route("**/sync/push", lambda route: route.abort())
    draft(phone)
    submit(phone)
    phone.get_by_test_id("unsent").wait_for()

    phone.goto("/m/#/me")
    phone.get_by_role("button", name="退出登录").click()
    expect(phone.get_by_text("还有 1 条没有送出")).to_be_visible()
    keep(phone, "handset-leave")
    phone.get_by_role("button", name="仍要退出").click()
    expect(phone.get_by_text("这部手机上还有 wg13 的 1 条没有送出")).to_be_visible()
    sign_in(phone, "wg14")
    choose_pin(phone)
    phone.goto("/m/#/queue")
    expect(phone.get_by_text("都送到了")).to_be_visible()

    phone.unroute("**/sync/push")
    phone.goto("/m/#/me")
    phone.get_by_role("button", name="退出登录").click()
    sign_in(phone, "wg13")
    phone.get_by_role("button", name="退出登录").wait_for()
    phone.goto("/m/#/mine")
    expect(phone.get_by_test_id("report").first).to_contain_text(WORDS, timeout=30_000)


def test_a_changed_pin_is_the_one_that_counts(handset: Handset) -> None:
    phone = handset("wg02")
    phone.goto("/m/#/pin")
    enter(phone, PIN)
    phone.get_by_text("输入新的解锁密码").wait_for()
    enter(phone, "471902")
    phone.get_by_text("再输一次新的").wait_for()
    enter(phone, "471902")
    phone.get_by_text("存储与同步").wait_for()

    phone.reload()
    enter(phone, PIN)
    expect(phone.get_by_role("alert")).to_contain_text("不对")
    unlock(phone, "471902")


def test_a_locked_phone_opens_for_the_right_pin_after_a_restart(handset: Handset) -> None:
    phone = handset("wg01")

    restart(phone)

    ready(phone)
