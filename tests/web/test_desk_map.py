"""The map of the desk and the evidence of a case, by mouse and by keyboard, as a dispatcher works with them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from grid import clock
from tests.harness.crashrig import CrashRig
from tests.web.calm import settled
from tests.web.conftest import HOME, Opener, keep
from tests.web.desk import show
from tests.web.served import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Console = Callable[[str], Page]
WIDER = """() => [document.documentElement, ...document.querySelectorAll('.el-splitter-panel, .case-pane')]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className)"""


@pytest.fixture
def street(site: CrashRig) -> Street:
    return Street(site.url)


def whole_list(page: Page) -> None:
    """Everything, on the list and on the map."""
    page.get_by_test_id("queue-all").click()
    page.locator(".map-mark").first.wait_for()


def search(page: Page, words: str) -> None:
    page.get_by_test_id("queue-all").click()
    page.get_by_placeholder("案卷号").fill(words)
    page.keyboard.press("Enter")
    page.get_by_test_id("queue-row").filter(has_text=words[:12]).first.wait_for()


def trail(site: CrashRig, action: str) -> list[tuple[str, str]]:
    """What the trail says of an action: about whom, and with which data."""
    with sqlite3.connect(f"file:{Path(site.env['WANGGE_DATA']) / 'wangge.db'}?mode=ro", uri=True) as database:
        found = database.execute("SELECT object_id, data FROM trail_entry WHERE action = ? ORDER BY id", (action,))
        return [(str(row[0]), str(row[1])) for row in found]


def patrols(street: Street, username: str) -> None:
    """Somebody signs on and walks with their phone, stands still unseen for a while, and walks on."""
    device = str(uuid4())
    headers = {"X-WG-Device": device, "X-WG-App": "1.0.0", "X-WG-Device-Time": clock.now().isoformat()}
    told = {"device_id": device, "label": "红米 12C", "platform": "Android 14", "app": "1.0.0"}
    street.call(username, "POST", "/mobile/v1/device/enroll", json=told, headers=headers)
    now_s = clock.now().timestamp()
    shift: dict[str, Any] = {
        "op_id": str(uuid4()),
        "seq": 1,
        "kind": "shift.on",
        "entity_id": str(uuid4()),
        "base_rev": None,
        "depends_on": [],
        "occurred_at": clock.local(clock.now()).replace(microsecond=0).isoformat(),
        "clock_offset_ms": 0,
        "geo": None,
        "form": None,
        "payload": {"position": {"lon": HOME["longitude"], "lat": HOME["latitude"], "datum": "wgs84"}},
        "media": [],
    }
    answer = street.call(username, "POST", "/mobile/v1/sync/push", json={"ops": [shift]}, headers=headers)
    assert answer.json()["results"][0]["status"] == "applied", answer.text
    fixes = [
        {
            "t_ms": round((now_s + 1 + step) * 1000),
            "lon": HOME["longitude"] + 0.0001 * step,
            "lat": HOME["latitude"],
            "datum": "wgs84",
            "accuracy_m": 8.0,
        }
        for step in range(5)
    ]
    street.call(username, "POST", "/mobile/v1/tracks", json={"points": fixes}, headers=headers)


def test_clusters_part_and_points_select_by_keyboard(console: Console) -> None:
    desk = console("dd01")
    whole_list(desk)
    keep(desk, "console-map")
    marks = desk.locator(".map-mark")
    cluster = desk.get_by_test_id("map-cluster").first
    expect(cluster).to_have_attribute(
        "aria-label", re.compile(r"^\d+ 件，(都|其中 \d+ 件)(超期|快到期|正常|无时限)$")
    )
    expect(cluster).to_have_text(re.compile(r"^[■▲●○] \d+$"))
    expect(desk.locator(".map-mark[tabindex='0']")).to_have_count(1)

    cluster.focus()
    name = cluster.get_attribute("aria-label")
    cluster.press("Enter")
    focused = desk.locator(".map-mark:focus")
    expect(focused).to_have_count(1)  # the focus went along
    expect(focused).not_to_have_attribute("aria-label", str(name))

    desk.get_by_role("button", name="看全部网格").click()
    settled(desk)
    start = desk.locator(f".map-mark[data-id='{desk.get_by_test_id('map-point').first.get_attribute('data-id')}']")
    start.focus()
    start.press("ArrowRight")
    expect(start).not_to_be_focused()
    expect(focused).to_have_count(1)
    event_id = desk.get_by_test_id("map-point").last.get_attribute("data-id")
    point = desk.locator(f".map-mark[data-id='{event_id}']")
    point.focus()
    point.press("Enter")

    desk.get_by_test_id("case-state").wait_for()
    expect(desk).to_have_url(re.compile(f"/events/{event_id}"))
    expect(desk.locator(f".map-mark.selected[data-id='{event_id}']")).to_be_visible()
    expect(marks.first).to_be_attached()


def test_of_several_cases_in_one_place_one_is_chosen(console: Console, street: Street) -> None:
    first = street.report("叠在一起：单车")
    second = street.report("叠在一起：杂物", again=True, category="C0402")
    third = street.report("叠在一起：广告", again=True)
    for event_id in (first, second, third):
        street.timed(event_id)  # a light that turns folds the list of a place away
    desk = console("dd01")
    search(desk, "叠在一起")

    stacked = desk.get_by_test_id("map-cluster")
    expect(stacked).to_have_count(1)
    expect(stacked).to_have_text("● 3")
    stacked.click()
    choice = desk.get_by_test_id("stack")
    expect(choice.get_by_role("button")).to_have_count(3)
    expect(choice.get_by_role("button").first).to_be_focused()
    keep(desk, "console-map-stack")
    desk.keyboard.press("ArrowDown")
    expect(choice.locator(f"button[data-id='{second}']")).to_be_focused()
    desk.keyboard.press("Enter")

    desk.get_by_test_id("case-state").wait_for()
    expect(desk).to_have_url(re.compile(f"/events/{second}"))
    expect(choice).to_have_count(0)


def test_a_walk_is_shown_for_a_purpose_and_the_look_is_in_the_trail(
    console: Console, street: Street, site: CrashRig
) -> None:
    event_id = street.case("核查：谁在附近", "pending_check")
    patrols(street, "wg01")
    desk = console("dd01")
    show(desk, event_id)
    expect(desk.locator(".map-person")).to_have_count(0)
    assert trail(site, "position:look") == []

    desk.get_by_test_id("duty").click()
    person = desk.locator(".map-person").filter(has_text="前")
    expect(person.first).to_be_visible()
    expect(desk.get_by_test_id("near-workers")).to_contain_text("离这里")
    person.first.click()
    card = desk.get_by_test_id("person-card")
    expect(card).to_contain_text("离这一件")
    card.get_by_test_id("walk-look").click()
    expect(card).to_contain_text("请写明为什么看")
    assert trail(site, "track:look") == []
    card.get_by_label("为什么看").fill("核对今天的巡查")
    card.get_by_test_id("walk-look").click()

    expect(card.get_by_test_id("walk")).to_contain_text("走了")
    keep(desk, "console-map-duty")
    [(_, data)] = trail(site, "track:look")
    assert "核对今天的巡查" in data.encode().decode("unicode_escape") or "核对今天的巡查" in data
    assert trail(site, "position:look")
    desk.get_by_test_id("send-nearest").first.click()
    expect(desk.get_by_test_id("case-state")).to_have_text("核查中")
    desk.get_by_test_id("duty").click()
    expect(desk.locator(".map-person")).to_have_count(0)


def _with_both(street: Street) -> str:
    """A case with photos from before and after."""
    items = street.call("dd01", "GET", "/api/events", params={"state": "closed", "limit": 50}).json()["items"]
    for item in items:
        roles = {photo["role"]["code"] for photo in street.event(item["id"])["photo_items"] if photo["arrived"]}
        if roles >= {"near", "far", "after"}:
            return str(item["id"])
    raise AssertionError("no closed case of the demo has photos of both kinds")


def test_photos_stand_side_by_side_and_fill_the_screen_by_keyboard(console: Console, street: Street) -> None:
    desk = console("dd01")
    show(desk, _with_both(street))
    photos = desk.get_by_test_id("photos")
    before, after = (photos.get_by_role("region", name=name) for name in ("处置前", "处置后"))
    expect(before.locator("img").first).to_be_visible()
    expect(after.locator("img").first).to_be_visible()
    settled(desk)  # pictures that arrive push aside what stands below them
    left, right = before.bounding_box(), after.bounding_box()
    assert left and right and left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    expect(before.locator("figcaption").first).to_have_text(re.compile("拍.* · "))
    keep(desk, "console-photos")

    before.get_by_test_id("photo").first.click()
    viewer = desk.get_by_test_id("photo-viewer")
    expect(viewer.get_by_test_id("photo-place")).to_have_text(re.compile("^1/"))
    expect(viewer.locator("img")).to_be_visible()
    desk.keyboard.press("ArrowRight")
    expect(viewer.get_by_test_id("photo-place")).to_have_text(re.compile("^2/"))
    desk.keyboard.press("+")
    expect(viewer.locator("img")).to_have_attribute("style", re.compile(r"scale\(1\.5\)"))
    desk.keyboard.press("-")
    expect(viewer.locator("img")).to_have_attribute("style", re.compile(r"scale\(1\)"))
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("c")
    expect(viewer.locator("figure")).to_have_count(2)
    expect(viewer.locator("img").nth(1)).to_be_visible()
    expect(viewer.locator("figcaption").nth(1)).to_contain_text("处置后")
    keep(desk, "console-photos-beside")
    desk.keyboard.press("Escape")

    expect(viewer).to_have_count(0)
    expect(desk).to_have_url(re.compile("/events/"))


def test_a_swipe_goes_on_to_the_next_photo(console: Console, street: Street) -> None:
    desk = console("dd01")
    show(desk, _with_both(street))
    desk.get_by_test_id("photo").first.click()
    viewer = desk.get_by_test_id("photo-viewer")
    viewer.locator("img").wait_for()

    desk.mouse.move(900, 300)
    desk.mouse.down()
    desk.mouse.move(600, 300, steps=5)
    desk.mouse.up()

    expect(viewer.get_by_test_id("photo-place")).to_have_text(re.compile("^2/"))


def test_the_responsibility_list_is_at_hand_and_says_what_the_rules_follow(
    console: Console, street: Street
) -> None:
    event_id = street.case("责任清单：派给谁", "pending_dispatch")
    desk = console("dd01")
    show(desk, event_id)

    duties = desk.get_by_test_id("duties")
    duties.locator("summary").click()

    expect(duties).to_contain_text("主办")
    expect(duties.locator(".followed")).to_have_count(1)
    expect(desk.get_by_test_id("suggestion")).to_contain_text(
        duties.locator("article").first.locator("strong").inner_text()
    )
    expect(desk.get_by_test_id("reporter")).to_contain_text("本月报了")
    keep(desk, "console-duties")


def test_things_and_persons_concerned_stand_beside_the_case(console: Console, street: Street) -> None:
    said = {"client_id": str(uuid4()), "source": "call", "said": "变压器旁边有人在道路上摆卖", "category": "E0401"}
    position = {"lon": HOME["longitude"], "lat": HOME["latitude"] - 0.001, "datum": "wgs84"}
    caller = {"name": "何先生", "phone": "10012340066", "position": position}
    case = street.call("slr01", "POST", "/api/intakes", json=said | caller).json()["case"]["id"]
    place = street.event(case)["place"]
    point = {"name": "东门变压器房", "lon": place["lon"], "lat": place["lat"]}
    street.call("xt01", "POST", "/api/checkpoints", json=point)
    desk = console("dd01")
    show(desk, case)

    expect(desk.get_by_test_id("thing").filter(has_text="东门变压器房")).to_contain_text("巡查点")
    expect(desk.get_by_test_id("case-origin")).to_contain_text("何** 100****0066")
    expect(desk.get_by_test_id("reporter")).to_contain_text("方受理")
    keep(desk, "console-case-concerned")


def test_a_case_that_looks_the_same_is_merged_at_a_click(console: Console, street: Street) -> None:
    street.report("一步并案：先报的", category="C0402")
    later = street.report("一步并案：后报的", again=True, category="C0402")
    desk = console("dd01")
    show(desk, later)

    desk.get_by_test_id("similar").filter(has_text="先报的").get_by_test_id("merge-into").click()

    expect(desk.get_by_test_id("case-state")).to_have_text("已并案")
    expect(desk.get_by_test_id("relation-merged_into")).to_be_visible()


def test_the_link_of_a_case_leads_back_to_it(opened: Opener, street: Street) -> None:
    event_id = street.report("复制链接")
    usual: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
    desk = opened("dd01", "/console/", **usual, permissions=["clipboard-read", "clipboard-write"])
    show(desk, event_id)

    desk.get_by_test_id("copy-link").click()
    expect(desk.get_by_text("链接已复制")).to_be_visible()
    link = desk.evaluate("navigator.clipboard.readText()")

    assert link == desk.url


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_nothing_scrolls_sideways_at_either_size(opened: Opener, street: Street, width: int, height: int) -> None:
    desk = opened("dd01", "/console/", viewport={"width": width, "height": height})
    show(desk, _with_both(street))
    desk.locator(".map-mark").first.wait_for()
    desk.get_by_test_id("duties").locator("summary").click()
    keep(desk, f"console-desk-{width}")

    settled(desk)
    wider = desk.evaluate(WIDER)
    assert wider == []
