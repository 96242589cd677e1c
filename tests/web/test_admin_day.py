"""The administrator's day, from login to logout, by mouse and by keyboard alone: everything the settings set."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from fixtures.daling import PASSWORD
from grid import clock
from tests.factories.notice import notice_csv
from tests.harness.crashrig import CrashRig
from tests.harness.receiver import receiving
from tests.web.conftest import Opener, keep
from tests.web.hands import HANDS, Hand, Keys, Mouse, arrive, give, leave

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def label(site: CrashRig) -> str:
    """What wg09's new phone is called."""
    who = {"username": "wg09", "password": PASSWORD, "refresh_in": "body"}
    with httpx.Client(base_url=site.url, timeout=30) as phone:
        token = phone.post("/mobile/v1/session", json=who).json()["access_token"]
        device = str(uuid4())
        headers = {"Authorization": f"Bearer {token}", "X-WG-Device": device, "X-WG-App": "1.0.0"}
        told = {"device_id": device, "label": f"红米 {device[-6:]}"}
        phone.post("/mobile/v1/device/enroll", json=told, headers=headers).raise_for_status()
    return told["label"]


def _people(hand: Hand, mine: str) -> None:
    page = hand.page
    hand.press(page.get_by_test_id("nav-settings"))
    hand.press(page.get_by_test_id("add"))
    form = page.get_by_test_id("user-form")
    hand.write(form.get_by_label("账号", exact=True), f"wg-{mine}")
    hand.write(form.get_by_label("姓名", exact=True), f"沈{mine}")
    hand.choose(form.get_by_test_id("post-0"), "网格员")
    hand.choose(form.get_by_test_id("areas-0"), ["大岭社区第1网格"])
    hand.press(form.get_by_test_id("save"))
    expect(page.get_by_test_id("first-password")).to_contain_text(f"wg-{mine}")

    hand.press(page.get_by_test_id("settings-departments"))
    hand.press(page.get_by_test_id("add"))
    hand.write(page.get_by_label("代码", exact=True), f"yl-{mine}")
    hand.write(page.get_by_label("名称", exact=True), f"园林所{mine}")
    hand.choose(page.locator("form.form-grid .el-select"), "大岭街道")
    hand.press(page.get_by_test_id("save"))
    expect(page.get_by_test_id("department-row").filter(has_text=f"园林所{mine}")).to_contain_text("启用")

    hand.press(page.get_by_test_id("settings-posts"))
    expect(page.get_by_test_id("posts")).to_contain_text("派遣员")


def _standards(hand: Hand, mine: str) -> None:
    page = hand.page
    hand.press(page.get_by_test_id("settings-standards"))
    hand.press(page.get_by_test_id("row-new"))
    hand.write(page.locator("#row-code"), "E0471" if mine == "mouse" else "E0472")
    hand.write(page.locator("#row-name"), f"露天烧烤{mine}")
    hand.write(page.locator("#row-big"), "街面秩序")
    hand.write(page.locator("#row-condition"), "烟熏到楼上住户")
    hand.write(page.locator("#row-limit"), "很久")
    hand.press(page.get_by_test_id("row-save"))
    expect(page.get_by_test_id("wrong-limit")).to_contain_text("很久")
    hand.write(page.locator("#row-limit"), "4小时")
    hand.press(page.get_by_test_id("row-save"))
    expect(page.get_by_test_id("standards-done")).to_contain_text(f"露天烧烤{mine}")


def _workday(number: int) -> str:
    """One of the days in the middle of next March that are no weekend, and no holiday in any year."""
    days = (date(clock.today().year + 1, 3, 10) + timedelta(days=n) for n in range(7))
    return [day for day in days if day.weekday() < 5][number].isoformat()


def _calendar(hand: Hand, mine: str, folder: Path) -> None:
    page = hand.page
    day = _workday(0 if mine == "mouse" else 1)
    file = folder / "放假.csv"
    file.write_bytes(notice_csv([(day, "放假", f"街道开放日{mine}")]))
    hand.press(page.get_by_test_id("nav-calendar"))
    hand.press(page.get_by_test_id("import-open"))
    hand.write(page.get_by_test_id("notice-source"), "街道的通知")
    give(hand, page.get_by_test_id("pick-file"), file)
    expect(page.get_by_test_id("import-row")).to_contain_text(day)
    hand.press(page.get_by_test_id("import-confirm"))
    expect(page.get_by_test_id("import-done")).to_contain_text("已导入")


def _policy(hand: Hand, mine: str) -> None:
    page = hand.page
    # A street says one thing a day of one rule: a second row from today would contradict the first.
    rule, about = ("suspension_times", "挂账最多次数") if mine == "mouse" else ("extension_max", "延期最多次数")
    hand.press(page.get_by_test_id("settings-procedures"))
    hand.press(page.get_by_test_id(f"change-{rule}"))
    hand.write(page.get_by_test_id("procedure-form").get_by_label("数值"), "3")
    hand.press(page.get_by_test_id("procedure-save"))
    held = page.get_by_test_id("procedures").locator("tr").filter(has_text=about)
    expect(held.locator("td").nth(2)).to_have_text("3")


def _notices(hand: Hand, mine: str) -> None:
    page = hand.page
    hand.press(page.get_by_test_id("settings-notice-rules"))
    with receiving() as receiver:
        hand.press(page.get_by_test_id("add-endpoint"))
        form = page.get_by_test_id("endpoint-form")
        hand.choose(form.locator(".el-select"), "Webhook")
        hand.write(form.get_by_label("名称", exact=True), f"平台{mine}")
        hand.write(form.get_by_label("地址", exact=True), receiver.url)
        hand.write(form.get_by_label("签名密钥", exact=True), "a-secret-of-some-length")
        hand.press(form.get_by_test_id("endpoint-save"))
        row = page.get_by_test_id("endpoint-row").filter(has_text=f"平台{mine}")
        hand.press(row.get_by_test_id("test"))
        expect(page.get_by_text(f"平台{mine}：已发出")).to_be_visible()
    hand.press(row.get_by_test_id("edit"))
    hand.tick(page.get_by_test_id("endpoint-form").get_by_role("checkbox"))
    hand.press(page.get_by_test_id("endpoint-save"))
    expect(row).to_contain_text("停用")
    hand.press(page.get_by_test_id("settings-deliveries"))
    expect(page.get_by_role("heading", name="通知发送")).to_be_visible()


def _phones(hand: Hand, label: str) -> None:
    page = hand.page
    hand.press(page.get_by_test_id("nav-phones"))
    row = page.get_by_test_id("device-row").filter(has_text=label)
    hand.press(row.get_by_test_id("revoke"))
    hand.write(page.get_by_test_id("reason"), "换新手机")
    hand.press(page.get_by_test_id("revoke-go"))
    expect(row).to_contain_text("换新手机")


@pytest.mark.parametrize("kind", HANDS, ids=lambda kind: kind.__name__.lower())
def test_an_administrators_day(opened: Opener, label: str, tmp_path: Path, kind: type[Mouse] | type[Keys]) -> None:
    mine = kind.__name__.lower()
    hand = arrive(opened, kind, "xt01")

    _people(hand, mine)
    _standards(hand, mine)
    _policy(hand, mine)
    _notices(hand, mine)
    hand.press(hand.page.get_by_test_id("settings-jobs"))
    expect(hand.page.get_by_test_id("sweeps")).to_contain_text("到期催办")
    keep(hand.page, f"day-administrator-{mine}")
    _phones(hand, label)
    _calendar(hand, mine, tmp_path)
    leave(hand)
