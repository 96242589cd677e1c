"""The office sees how phones are, takes one back, and mends what could not be taken in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect

from fixtures.daling import PASSWORD
from grid import clock
from tests.harness.crashrig import CrashRig
from tests.web.conftest import keep

pytestmark = pytest.mark.browser


def _ask(site: CrashRig, path: str, told: dict[str, Any], headers: dict[str, str]) -> Any:
    return httpx.post(f"{site.url}{path}", json=told, headers=headers, timeout=30).raise_for_status().json()


@pytest.fixture
def refused(site: CrashRig) -> dict[str, Any]:
    """wg03's phone has sent a report of a class that does not exist, and says that its storage was cleared."""
    who = {"username": "wg03", "password": PASSWORD, "refresh_in": "body"}
    token = _ask(site, "/mobile/v1/session", who, {})["access_token"]
    device_id = str(uuid4())
    headers = {"Authorization": f"Bearer {token}", "X-WG-Device": device_id, "X-WG-App": "1.0.0"}
    label = f"红米 {device_id[:8]}"
    _ask(site, "/mobile/v1/device/enroll", {"device_id": device_id, "label": label}, headers)
    position = {"lon": 114.7326, "lat": 22.9489, "datum": "wgs84", "accuracy_m": 8}
    op = {
        "op_id": str(uuid4()),
        "seq": 7,
        "kind": "event.report",
        "entity_id": str(uuid4()),
        "occurred_at": clock.now().isoformat(),
        "payload": {"category": "E04100", "description": "井盖松动，车过就响", "position": position},
        "media": [],
    }
    [result] = _ask(site, "/mobile/v1/sync/push", {"ops": [op]}, headers)["results"]
    assert result["status"] == "rejected"
    _ask(site, "/mobile/v1/device/heartbeat", {"queue": 1, "canary": 2, "battery": 0.1}, headers)
    return op | {"label": label}


def test_the_desk_mends_a_refused_report_and_an_administrator_takes_the_phone_back(
    refused: dict[str, Any], console: Callable[[str], Page]
) -> None:
    desk = console("dd01")
    desk.get_by_test_id("nav-phones").click()
    row = desk.get_by_test_id("device-row").filter(has_text=refused["label"])
    expect(row).to_contain_text("数据丢失")
    expect(row).to_contain_text("电量 10%")
    keep(desk, "console-phones")

    desk.get_by_test_id("phones-refused").click()
    mine = desk.get_by_test_id("refused-row").filter(has_text="wg03")
    mine.get_by_test_id("look").click()
    form = desk.get_by_test_id("mend-form")
    expect(form).to_contain_text("没收下")
    form.get_by_role("textbox", name="说明").fill("井盖松动，车过就响，在路口")
    desk.get_by_test_id("mend").click()
    expect(desk.get_by_test_id("mend-trouble")).to_be_visible()  # the class is still wrong
    keep(desk, "console-refused")
    form.get_by_role("combobox", name="类别").click()
    desk.get_by_role("option", name="井盖").first.click()
    desk.get_by_test_id("mend").click()
    form.wait_for(state="hidden")
    expect(mine).to_have_count(0)

    admin = console("xt01")
    admin.get_by_test_id("nav-phones").click()
    row = admin.get_by_test_id("device-row").filter(has_text=refused["label"])
    row.get_by_test_id("revoke").click()
    admin.get_by_test_id("mode-wipe").check()
    expect(admin.get_by_test_id("revoke-go")).to_be_disabled()
    admin.get_by_test_id("reason").fill("手机丢了")
    keep(admin, "console-phone-revoke")
    admin.get_by_test_id("revoke-go").click()
    expect(row).to_contain_text("手机丢了")
    expect(row).to_contain_text("已清除")
