"""督办 and 13710 in the browser: pressed from the case, answered by the department, closed where it was issued."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.harness.crashrig import CrashRig
from tests.web.conftest import keep
from tests.web.desk import choose, show
from tests.web.served import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Console = Callable[[str], Page]


def _stays_inside(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing scrolls sideways"


def test_a_case_is_pressed_answered_and_let_go(console: Console, site: CrashRig) -> None:
    event_id = Street(site.url).case("督办：垃圾堆了三天", "handling")
    desk, clerk = console("dd01"), console("cg01")
    show(desk, event_id)
    section = desk.get_by_test_id("case-supervision")
    expect(section.get_by_test_id("clocks")).to_contain_text("部门时限")
    section.get_by_test_id("issue").click()
    form = section.get_by_test_id("issue-form")
    form.get_by_label("理由").fill("群众三次来电")
    form.get_by_label("要求").fill("今天清完，拍照回复")
    form.get_by_test_id("issue-submit").click()
    expect(section.get_by_test_id("supervision")).to_contain_text("今天清完")
    section.scroll_into_view_if_needed()
    keep(desk, "console-case-supervision")

    clerk.get_by_test_id("nav-supervision").click()
    card = clerk.get_by_test_id("supervision").filter(has_text="群众三次来电")
    card.get_by_test_id("supervision-reply").click()
    card.get_by_test_id("supervision-words").fill("下午四点清完")
    card.get_by_test_id("supervision-send").click()
    expect(card).to_contain_text("已回复")
    _stays_inside(clerk)

    desk.get_by_test_id("nav-supervision").click()
    desk.get_by_test_id("light-replied").click()
    card = desk.get_by_test_id("supervision").filter(has_text="下午四点清完")
    card.wait_for()
    keep(desk, "console-supervisions")
    card.get_by_test_id("supervision-close").click()
    card.get_by_test_id("supervision-send").click()
    expect(desk.get_by_test_id("supervision").filter(has_text="下午四点清完")).to_have_count(0)
    _stays_inside(desk)


def test_what_changed_behind_the_form_is_not_written_over(console: Console, site: CrashRig) -> None:
    street = Street(site.url)
    event_id = street.case("督办：被人抢先", "handling")
    order = {"kind": "important", "level": "red", "reason": "抢先：群众来访", "department": "cg"}
    key = {"Idempotency-Key": str(uuid4())}
    made = street.call("dd01", "POST", f"/api/events/{event_id}/supervisions", json=order, headers=key).json()
    path = f"/api/supervisions/{made['id']}"
    desk = console("dd01")
    desk.get_by_test_id("nav-supervision").click()
    card = desk.get_by_test_id("supervision").filter(has_text="抢先：群众来访")
    card.get_by_test_id("supervision-close").click()
    card.get_by_test_id("supervision-words").fill("部门没有回复")

    seen = street.call("cg01", "GET", path).headers["ETag"]
    street.call("cg01", "POST", f"{path}/reply", json={"words": "其实回复了"}, headers={"If-Match": seen})
    card.get_by_test_id("supervision-send").click()

    expect(card.get_by_role("alert")).to_contain_text("已被别人更新")
    assert street.call("dd01", "GET", path).json()["state"]["code"] == "replied"


def test_a_matter_is_handed_down_and_struck_off(console: Console, site: CrashRig) -> None:
    leader, clerk = console("ld01"), console("xf01")
    leader.goto("/console/#/supervision/matters")
    leader.get_by_test_id("matter-new").click()
    form = leader.get_by_test_id("matter-form")
    form.get_by_label("什么事").fill("查学校周边消防通道")
    choose(leader, form.get_by_test_id("matter-area"), "大岭街道")
    choose(leader, form.get_by_test_id("matter-lead"), "消防")
    form.get_by_test_id("matter-submit").click()
    expect(leader.get_by_test_id("matter").filter(has_text="消防通道")).to_contain_text("事项部署时限")

    clerk.goto("/console/#/supervision/matters")
    card = clerk.get_by_test_id("matter").filter(has_text="消防通道")
    for kind, words in (("deploy", "今天开会分工"), ("done", "五所学校都查过了")):
        card.get_by_test_id(f"matter-{kind}").click()
        card.get_by_test_id("matter-words").fill(words)
        card.get_by_test_id("matter-send").click()
        expect(card).to_contain_text(words)
    _stays_inside(clerk)

    leader.reload()
    card = leader.get_by_test_id("matter").filter(has_text="消防通道")
    keep(leader, "console-matters")
    card.get_by_test_id("matter-close").click()
    card.get_by_test_id("matter-send").click()
    expect(card).to_contain_text("已销号")


def test_a_street_sets_its_own_ladder_and_a_limit_without_a_unit_is_refused(console: Console) -> None:
    admin = console("xt01")
    admin.goto("/console/#/settings/ladders")
    admin.get_by_test_id("ladder-level").click()
    form = admin.get_by_test_id("ladder-form")
    form.get_by_test_id("rung-add").click()
    choose(admin, form.get_by_test_id("rung-moment-3"), "超期后")
    form.get_by_label("第 3 级的数值").fill("2")
    form.get_by_test_id("ladder-save").click()
    expect(form.get_by_role("alert")).to_contain_text("要有单位")
    keep(admin, "console-ladder-form")
    choose(admin, form.get_by_test_id("rung-unit-3"), "小时")
    form.get_by_test_id("ladder-save").click()

    expect(admin.get_by_test_id("ladder-rows")).to_contain_text("超期后 2小时")
    keep(admin, "console-ladders")
    _stays_inside(admin)
