"""An administrator lets notices out of the house: a channel, a rule, quiet hours; and sees what did not arrive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect

from fixtures.daling import PASSWORD
from grid import clock
from tests.factories.person import make_report
from tests.harness.crashrig import CrashRig
from tests.harness.receiver import Reply, receiving
from tests.web.conftest import keep

pytestmark = pytest.mark.browser


def _choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=label, exact=True)
    box.focus()
    box.press("Enter")
    page.get_by_role("option", name=option, exact=True).click()


def _wait_for(page: Page, state: str, words: str) -> None:
    """Until the worker has got so far: it tries again after two seconds, then after four."""
    for _ in range(60):
        page.get_by_test_id(state).click()
        page.wait_for_timeout(500)
        if page.get_by_test_id("delivery").filter(has_text=words).count():
            return


def _report(site: CrashRig) -> None:
    with httpx.Client(base_url=site.url, timeout=30) as worker:
        session = worker.post("/mobile/v1/session", json={"username": "wg01", "password": PASSWORD}).json()
        told = make_report(occurred_at=clock.now().isoformat(), photos=[])
        answer = worker.post(
            "/mobile/v1/reports", json=told, headers={"Authorization": f"Bearer {session['access_token']}"}
        )
        assert answer.status_code == 201, answer.text


def test_a_rule_sends_cases_to_a_channel_and_what_is_refused_is_sent_again(
    console: Callable[[str], Page], site: CrashRig
) -> None:
    admin = console("xt01")
    with receiving() as receiver:
        admin.get_by_test_id("nav-settings").click()
        admin.get_by_test_id("settings-notice-rules").click()

        # A channel, tried out.
        admin.get_by_test_id("add-endpoint").click()
        _choose(admin, "渠道", "Webhook")
        admin.get_by_label("名称", exact=True).fill("街道平台")
        admin.get_by_label("地址", exact=True).fill("https://10.0.0.8/hook")
        admin.get_by_label("签名密钥", exact=True).fill("a-secret-of-some-length")
        admin.get_by_test_id("endpoint-save").click()
        expect(admin.get_by_role("alert")).to_contain_text("内部地址")
        admin.get_by_label("地址", exact=True).fill(receiver.url)
        keep(admin, "console-notice-channel")
        admin.get_by_test_id("endpoint-save").click()
        # Other tests have channels too.
        admin.get_by_test_id("endpoint-row").filter(has_text="街道平台").get_by_test_id("test").click()
        expect(admin.get_by_text("街道平台：已发出")).to_be_visible()
        assert "【测试】街道平台" in receiver.got[0].json["items"][0]["text"]

        # A rule; the same again is refused, both named. Quiet hours far from now.
        for _ in range(2):
            expect(admin.get_by_test_id("rule-form")).to_be_hidden()
            admin.get_by_test_id("add-rule").click()
            _choose(admin, "什么事", "案卷流转")
            _choose(admin, "哪一种", "待受理")
            _choose(admin, "发到", "街道平台（Webhook）")
            admin.get_by_test_id("rule-save").click()
        expect(admin.get_by_test_id("rule-form").get_by_role("alert")).to_contain_text("在同一段时间里矛盾")
        keep(admin, "console-notice-contradiction")
        admin.keyboard.press("Escape")
        admin.get_by_test_id("set-quiet").click()
        far = clock.local(clock.now()) + timedelta(hours=12)
        begins, ends = (f"{at:%H:%M}" for at in (far, far + timedelta(minutes=1)))
        admin.get_by_label("开始", exact=True).fill(begins)
        admin.get_by_label("结束", exact=True).fill(ends)
        admin.get_by_test_id("quiet-save").click()
        expect(admin.get_by_test_id("quiet-hours")).to_contain_text(f"{begins}—{ends}")
        keep(admin, "console-notice-rules")

        # They refuse: it is given up, in words; then it is sent again.
        receiver.answering = lambda number, got: Reply(404)
        _report(site)
        admin.get_by_test_id("settings-deliveries").click()
        expect(admin.get_by_role("heading", name="通知发送")).to_be_visible()
        _wait_for(admin, "state-dead", "对方不收（404）")
        expect(admin.get_by_test_id("delivery").first).to_contain_text("对方不收（404）")
        keep(admin, "console-deliveries")
        receiver.answering = lambda number, got: Reply()
        admin.get_by_test_id("retry").first.click()
        expect(admin.get_by_test_id("delivery").first).to_contain_text("待发")
        _wait_for(admin, "state-sent", "待受理")
        expect(admin.get_by_test_id("delivery").first).to_contain_text("待受理")
