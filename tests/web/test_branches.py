"""Each branch off the straight road, walked in the browser by the people whose word it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from fixtures.daling import PASSWORD
from tests.harness.crashrig import CrashRig
from tests.web.calm import settled, watch
from tests.web.conftest import BAD, PATIENCE_MS, keep
from tests.web.desk import act, choose, fill, in_days, show
from tests.web.served import NEW, Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SOON = 20  # days from now
People = Callable[[str], Page]
Move = tuple[str, str, dict[str, Any]]


def by(who: str, button: str, **fields: str | list[str] | int) -> Move:
    """Somebody presses a button of the case page and fills the form."""
    return who, button, fields


@dataclass(frozen=True)
class Branch:
    """From a state of the road, by these moves, to a state (in words)."""

    name: str
    state: str
    moves: tuple[Move, ...]
    ends: str
    shows: dict[str, str] = field(default_factory=dict)  # what then stands on the page: test id → words
    picture: str = ""


BRANCHES = (
    Branch(
        "延期",
        "handling",
        (
            by("cg02", "step-extension", note="配件明天才到"),
            by("cg01", "request-approve"),
            by("dd01", "request-approve"),
        ),
        "处置中",
        {"requests": "已同意", "timeline": "同意申请"},
        "console-case-extension",
    ),
    Branch(
        "挂账和恢复",
        "handling",
        (
            by("cg01", "step-suspension", until=SOON, note="等专项资金"),
            by("dd01", "request-approve"),
            by("dd01", "step-resume", note="资金到了"),
        ),
        "处置中",
        {"timeline": "恢复办理"},
    ),
    Branch(
        "回退和再派",
        "handling",
        (
            by("cg01", "step-return", note="不在我们的地段"),
            by("dd01", "request-approve"),
            by("dd01", "step-dispatch", department="消防", note="另有安排"),
            by("xf01", "step-sign"),
        ),
        "处置中",
        {"requests": "回退"},
    ),
    Branch(
        "作废",
        "pending_dispatch",
        (by("dd01", "step-void", note="现场没有"), by("zbz01", "request-approve")),
        "作废",
        {"requests": "已同意"},
    ),
    Branch("强制结案", "handling", (by("ld01", "step-force_close", note="上级统一处理"),), "强制结案"),
    Branch(
        "主办和协办",
        "pending_dispatch",
        (
            by("dd01", "step-dispatch", department="城管", assist=["消防"]),
            by("cg01", "step-sign"),
            by("cg01", "step-submit", note="已清理"),
            by("cg01", "step-confirm"),
            by("xf01", "step-sign"),
            by("xf01", "step-submit", note="通道已打开"),
            by("xf01", "step-confirm"),
        ),
        "待审核",
        {"parts": "协办"},
        "console-case-together",
    ),
    Branch(
        "裁决",
        "pending_dispatch",
        (
            by("dd01", "step-dispatch", department="城管", note="另有安排"),
            by("cg01", "step-return", note="不归我们"),
            by("dd01", "step-dispatch", department="消防", note="另有安排"),
            by("xf01", "step-return", note="也不归我们"),
            by("dd01", "step-escalate", note="两家都说不管"),
            by("ld01", "step-arbitrate", department="消防", note="由消防站办"),
        ),
        "待签收",
        {"parts": "裁决"},
        "console-case-arbitration",
    ),
    Branch(
        "逐级办理",
        "reported",
        (by("dd01", "step-hand_down", note="社区先办"), by("sq01", "step-hand_up", note="社区办不了")),
        "待受理",
        {"timeline": "上报上一级"},
    ),
)


@pytest.fixture(scope="module")
def street(site: CrashRig) -> Street:
    """The street by HTTP, with a clerk of 城管 who is not its head, and the desk of a community."""
    made = Street(site.url)
    made.clerk("cg02", "方小办", "cg")
    made.community("sq01", "钟社办", "441323002001")
    return made


@pytest.fixture(scope="module")
def people(browser: Browser, site: CrashRig, street: Street) -> Iterator[People]:
    """Everybody's console, opened once; errors in a page fail the module."""
    pages: dict[str, Page] = {}
    complaints: list[str] = []

    def page_of(who: str, **options: Any) -> Page:
        if who not in pages:
            usual = {"viewport": {"width": 1366, "height": 768}, "base_url": site.url, "locale": "zh-CN"}
            context = browser.new_context(**{**usual, "timezone_id": "Asia/Shanghai", **options})
            context.on("page", watch)
            page = pages[who] = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.on("pageerror", lambda error: complaints.append(f"{who}: {error}"))
            page.on("console", lambda message: BAD.search(message.text) and complaints.append(message.text))
            page.goto("/console/")
            page.get_by_label("账号").fill(who)
            page.get_by_label("密码").fill(NEW if who in ("cg02", "sq01") else PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.get_by_label("密码").wait_for(state="detached")
        return pages[who]

    yield page_of
    for page in pages.values():
        page.context.close()
    assert complaints == []


def test_each_branch_is_walked_by_its_people(people: People, street: Street) -> None:
    for branch in BRANCHES:
        event_id = street.case(f"支线：{branch.name}", branch.state)
        who = ""
        for who, button, fields in branch.moves:
            show(people(who), event_id)
            act(people(who), button, **fields)
        expect(people(who).get_by_test_id("case-state"), branch.name).to_have_text(branch.ends)
        for test_id, words in branch.shows.items():
            expect(people(who).get_by_test_id(test_id), branch.name).to_contain_text(words)
        if branch.picture:
            keep(people(who), branch.picture)


def test_a_request_is_decided_in_the_list_where_it_stands(people: People, street: Street) -> None:
    event_id = street.case("申请页：等配件", "handling")
    show(people("cg01"), event_id)
    act(people("cg01"), "step-suspension", until=SOON, note="等配件到货，先挂账")
    desk = people("dd01")
    desk.get_by_test_id("nav-requests").click()
    row = desk.get_by_test_id("request-row").filter(has_text="等配件到货，先挂账")
    keep(desk, "console-requests")

    row.get_by_test_id("request-refuse").click()
    form = desk.locator("form.step-form")
    form.get_by_test_id("step-submit").click()
    expect(form.get_by_role("alert")).to_contain_text("还没填")
    fill(desk, form, note="三天内能到，不用挂账")

    expect(row).to_have_count(0)
    assert street.event(event_id)["requests"][0]["state"]["code"] == "refused"
    show(people("cg01"), event_id)
    expect(people("cg01").get_by_test_id("requests")).to_contain_text("三天内能到")


def test_two_reports_become_one_case_and_two_again(people: People, street: Street) -> None:
    first = street.report("并案：路口停满单车")
    second = street.report("并案：单车挡路", again=True)
    desk = people("dd01")
    show(desk, second)
    expect(desk.get_by_test_id("similar").filter(has_text="路口停满单车").first).to_be_visible()

    act(desk, "step-merge", parent="路口停满单车", note="同一件")
    expect(desk.get_by_test_id("case-state")).to_have_text("已并案")
    desk.get_by_test_id("relation-merged_into").get_by_role("link").click()
    expect(desk.get_by_test_id("relation-merged")).to_contain_text("单车挡路")
    keep(desk, "console-case-merged")
    expect(desk).to_have_url(re.compile(first))
    desk.get_by_test_id("relation-merged").get_by_role("link").click()
    expect(desk.get_by_test_id("case-state")).to_have_text("已并案")
    act(desk, "step-split", note="看错了")
    expect(desk.get_by_test_id("case-state")).to_have_text("待受理")

    act(desk, "link", other=first)
    expect(desk.get_by_test_id("relation-related")).to_contain_text("路口停满单车")
    act(desk, "unlink")
    expect(desk.get_by_test_id("relation-related")).to_have_count(0)


def test_departments_are_whistled_for_report_in_from_the_phone_and_are_scored(
    people: People, street: Street
) -> None:
    event_id = street.case("吹哨：井盖塌陷", "handling")
    desk, phone = people("dd01"), _phone(people)
    show(desk, event_id)
    desk.get_by_test_id("case-blow").click()
    form = desk.get_by_test_id("blow-form")
    choose(desk, form.get_by_test_id("blow-kind"), "应急")
    choose(desk, form.get_by_test_id("blow-departments"), ["城管", "派出所"])
    form.get_by_label("什么事").fill("井盖塌陷，请到场围挡")
    form.get_by_test_id("blow-submit").click()
    whistles = desk.get_by_test_id("case-whistles")
    expect(whistles.get_by_test_id("call")).to_have_count(2)

    phone.goto("/console/#/whistles")
    card = phone.get_by_test_id("whistle").filter(has_text="请到场围挡")
    card.wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing scrolls sideways"
    keep(phone, "console-whistle-phone")
    card.get_by_test_id("report-in").click()
    expect(card.get_by_test_id("call").filter(has_text="派出所")).to_contain_text("按时")

    desk.get_by_test_id("nav-whistles").click()
    card = desk.get_by_test_id("whistle").filter(has_text="请到场围挡")
    card.get_by_test_id("score").click()
    card.get_by_test_id("score-cg-0").click()
    card.get_by_test_id("score-ga-5").click()
    keep(desk, "console-whistles")
    card.get_by_test_id("score-submit").click()
    expect(card).to_contain_text("已结束")
    expect(card.get_by_test_id("call").filter(has_text="派出所")).to_contain_text("5 分")


def _phone(people: Callable[..., Page]) -> Page:
    """派出所 on a phone of its own, on the spot."""
    place = {"longitude": 114.7211, "latitude": 22.9538, "accuracy": 12}
    small = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    return people("ga01", **small, geolocation=place, permissions=["geolocation"])


def test_many_cases_take_one_step_and_each_is_answered(people: People, street: Street) -> None:
    desk = people("slr01")
    moved, *_ = [street.report(f"批量：乱停放 {n}") for n in range(3)]
    desk.goto("/console/#/")
    desk.get_by_test_id("queue-accept").click()
    desk.get_by_placeholder("案卷号").fill("批量：乱停放")
    desk.keyboard.press("Enter")
    rows = desk.get_by_test_id("queue-row").filter(has_text="批量：乱停放")
    expect(rows).to_have_count(3)
    for n in range(3):  # by name: as their clocks are started, they change places
        rows.filter(has_text=f"批量：乱停放 {n}").get_by_test_id("tick").click()
    expect(desk.get_by_test_id("bulk-count")).to_have_text("选了 3 件")
    keep(desk, "console-bulk")

    def overtaken(route: Route) -> None:
        """Somebody is faster with one of them, while the request is under way."""
        street.step("dd01", moved, "hand_down", note="社区先办")
        route.continue_()

    desk.route("**/api/events/bulk", overtaken, times=1)

    desk.get_by_test_id("bulk-accept").click()
    desk.locator("form.step-form").get_by_test_id("step-submit").click()

    results = desk.get_by_test_id("bulk-results")
    expect(results).to_contain_text("办好 2 件")
    expect(results).to_contain_text("1 件没办")
    keep(desk, "console-bulk-results")
    expect(rows).to_have_count(1)


@pytest.mark.long
def test_a_closed_case_begins_a_new_round_that_names_it(people: People, street: Street) -> None:
    event_id = street.case("重开：又脏了", "handling")
    street.step("ld01", event_id, "force_close", note="上级统一处理")
    desk = people("zbz01")
    show(desk, event_id)

    act(desk, "step-reopen", note="第二天又是老样子")
    desk.get_by_test_id("relation-reopened_as").get_by_role("link").click()

    expect(desk.get_by_test_id("case-state")).to_have_text("待受理")
    expect(desk.get_by_test_id("relation-reopened_from")).to_contain_text("强制结案")


@pytest.mark.long
def test_a_department_that_was_late_appeals_and_two_others_decide(people: People, street: Street) -> None:
    late = next(
        one
        for one in street.call("dd01", "GET", "/api/events?state=closed&light=red&limit=100").json()["items"]
        if any(s["action"] == "appeal" for s in street.event(one["id"], f"{one['department']['code']}01")["steps"])
    )
    clerk = f"{late['department']['code']}01"
    show(people(clerk), late["id"])
    act(people(clerk), "step-appeal", note="台风停工，不是我们拖延")
    for who in ("pqy01", "slr01"):
        show(people(who), late["id"])
        act(people(who), "request-approve")

    expect(people("slr01").get_by_test_id("requests")).to_contain_text("已同意")
    keep(people("slr01"), "console-case-appeal")


@pytest.mark.long
def test_what_an_arbitration_proposes_is_taken_into_the_list(people: People, street: Street) -> None:
    event_id = street.case("权责：两不管", "pending_dispatch")
    for code in ("cg", "xf"):
        street.step("dd01", event_id, "dispatch", department=code)
        street.step(f"{code}01", event_id, "return", note="不归我们")
    street.step("dd01", event_id, "escalate", note="两家都说不管")
    street.step("ld01", event_id, "arbitrate", department="xf", note="今后由消防站办")
    admin = people("xt01")
    admin.goto("/console/#/settings/proposals")
    row = admin.get_by_test_id("proposal-row").filter(has_text="今后由消防站办")
    keep(admin, "console-proposals")

    row.get_by_test_id("take").click()

    expect(row).to_have_count(0)
    admin.get_by_test_id("state-taken").click()
    expect(row).to_contain_text("已采纳")


@pytest.mark.long
def test_somebody_stands_in_until_it_is_taken_back(people: People, street: Street) -> None:
    page = people("zbz01")
    page.goto("/console/#/settings/delegations")
    page.get_by_test_id("lend").click()
    form = page.get_by_test_id("delegation-form")
    choose(page, form.get_by_test_id("leaver"), "wg11")
    choose(page, form.get_by_test_id("successor"), "wg12")
    form.get_by_label("到什么时候").fill(f"{in_days(SOON)} 18:00")
    form.get_by_label("到什么时候").press("Enter")
    form.get_by_label("为什么").fill("病假")
    keep(page, "console-delegation-form")
    form.get_by_test_id("lend-save").click()
    row = page.get_by_test_id("delegation-row").filter(has_text="病假")
    expect(row).to_contain_text("进行中")
    keep(page, "console-delegations")

    row.get_by_test_id("end-delegation").click()

    expect(row).to_contain_text("已结束")


@pytest.mark.long
def test_what_happened_during_an_outage_is_entered_at_the_desk(people: People) -> None:
    desk = people("slr01")
    desk.goto("/console/#/")
    desk.get_by_test_id("enter").click()
    form = desk.get_by_test_id("entry-form")
    choose(desk, form.get_by_test_id("entry-category"), "非机动车")
    form.get_by_label("什么时候").fill(f"{in_days(-1)} 15:30")
    form.get_by_label("什么时候").press("Enter")
    form.get_by_label("什么事").fill("停电那晚，路口堆满单车")
    form.get_by_test_id("entry-submit").click()
    expect(form.get_by_role("alert")).to_contain_text("在图上点一下")
    settled(desk)  # the outlines are here, and what they showed the map stays
    desk.locator(".pick-map .area-map").click(position={"x": 300, "y": 240})
    keep(desk, "console-entry")
    form.get_by_test_id("entry-submit").click()

    desk.get_by_test_id("case-state").wait_for()
    expect(desk.locator(".case-head")).to_contain_text("补录")
