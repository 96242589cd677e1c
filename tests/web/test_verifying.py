"""Is it true? The desk sends a worker before it accepts; the worker answers from the phone, the desk decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.crashrig import CrashRig
from tests.web.conftest import keep
from tests.web.desk import act, show
from tests.web.phone import ready, restart, take_photo
from tests.web.served import Street

pytestmark = pytest.mark.browser
ASKED = "看看是不是临时停放"


@pytest.fixture
def served(site: CrashRig) -> Street:
    return Street(site.url)


def _send(desk: Page, event_id: str, worker: str) -> None:
    """Choose whom to send, and say what to look for."""
    show(desk, event_id)
    desk.get_by_test_id("step-send_verify").click()
    form = desk.get_by_test_id("form-send_verify")
    form.get_by_test_id("field-assignee").click()
    desk.locator(".el-select-dropdown__item:visible").filter(has_text=worker).first.click()
    form.locator("textarea").fill(ASKED)
    keep(desk, "console-case-send-verify")
    form.get_by_test_id("step-submit").click()
    expect(desk.get_by_test_id("case-state")).to_have_text("核实中")


def _open_task(phone: Page) -> None:
    restart(phone)
    phone.goto("/m/#/tasks")
    phone.get_by_test_id("task").filter(has_text="核实").filter(has_text=ASKED).first.click()
    expect(phone.get_by_test_id("asked")).to_contain_text(ASKED)


def test_a_worker_without_network_finds_it_true_and_the_desk_accepts(
    handset: Callable[..., Page], console: Callable[[str], Page], served: Street
) -> None:
    case = served.case("真的有二十辆车吗", "reported")
    desk, phone = console("slr01"), handset("wg02")
    ready(phone)
    _send(desk, case, "何晓岭")
    expect(desk.get_by_test_id("parts")).to_contain_text(ASKED)
    keep(desk, "console-case-verifying")
    restart(phone)
    phone.goto("/m/#/tasks")
    phone.get_by_test_id("task").filter(has_text=ASKED).first.wait_for()
    keep(phone, "handset-tasks")
    _open_task(phone)

    phone.context.set_offline(True)
    phone.get_by_role("button", name="送出核实结果").click()
    expect(phone.get_by_role("alert")).to_contain_text("请选属实、不属实、找不到")
    phone.get_by_role("radio", name="属实", exact=True).click()
    phone.get_by_role("button", name="送出核实结果").click()
    expect(phone.get_by_role("alert")).to_contain_text("请拍一张现在的照片")
    take_photo(phone)
    phone.get_by_label("说明").fill("停了二十多辆，盲道过不去")
    keep(phone, "handset-verify")
    phone.get_by_role("button", name="送出核实结果").click()
    phone.context.set_offline(False)
    phone.evaluate("window.dispatchEvent(new Event('online'))")

    # The desk hears of it by itself.
    expect(desk.get_by_test_id("case-state")).to_have_text("待受理", timeout=30_000)
    expect(desk.get_by_test_id("suggestion")).to_contain_text("建议受理（核实属实）")
    expect(desk.get_by_test_id("photos")).to_contain_text("核实 ·", timeout=30_000)
    keep(desk, "console-case-verified")
    desk.get_by_test_id("accept-suggestion").click()
    expect(desk.get_by_test_id("case-state")).to_have_text("待立案")


def test_what_is_found_untrue_is_refused_with_the_words_of_who_was_there(
    handset: Callable[..., Page], console: Callable[[str], Page], served: Street
) -> None:
    case = served.case("院里停的也有人报", "reported")
    desk, phone = console("dd01"), handset("wg03")
    ready(phone)
    _send(desk, case, "林知秋")
    _open_task(phone)

    phone.get_by_role("radio", name="不属实", exact=True).click()
    phone.get_by_label("现场看到什么").fill("是单位自己院内停车")
    phone.get_by_role("button", name="送出核实结果").click()

    expect(desk.get_by_test_id("suggestion")).to_contain_text("建议不予受理", timeout=30_000)
    desk.get_by_test_id("accept-suggestion").click()
    form = desk.get_by_test_id("form-reject")
    expect(form.locator("textarea")).to_have_value("核实不属实：是单位自己院内停车")
    keep(desk, "console-case-unfounded")
    form.get_by_test_id("step-submit").click()
    expect(desk.get_by_test_id("case-state")).to_have_text("不予受理")


def test_who_was_sent_is_called_back(console: Callable[[str], Page], served: Street) -> None:
    desk = console("slr01")
    _send(desk, served.case("反映人又打来说没有了", "reported"), "何晓岭")

    act(desk, "step-recall_verify", note="反映人来电说已经没有了")

    expect(desk.get_by_test_id("case-state")).to_have_text("待受理")
    expect(desk.get_by_test_id("parts")).to_contain_text("已撤回")
