"""A place is put right, or told, on the map: by mouse and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.harness.crashrig import CrashRig
from tests.web.calm import settled
from tests.web.conftest import keep
from tests.web.desk import point_at, show
from tests.web.hands import Keys
from tests.web.served import Street

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Console = Callable[[str], Page]
_HAS_CROSS = "map => getComputedStyle(map, '::before').content !== 'none'"


def _of_a_community(street: Street, said: str) -> str:
    """A call of which only the community is known; the id of its case."""
    told = {"source": "call", "said": said, "category": "C0137", "area": "441323002002"}
    taken = street.call("slr01", "POST", "/api/intakes", json={"client_id": str(uuid4()), **told}).json()
    return str(taken["case"]["id"])


def _distance_from_middle(page: Page) -> float:
    """Of the tip of the pin on the map where one picks, in pixels."""
    settled(page)
    ground = page.locator(".pick-map .area-map").bounding_box()
    pin = page.locator(".pick-map .map-pin:not(.present)").bounding_box()
    assert ground is not None and pin is not None
    right = pin["x"] + pin["width"] / 2 - ground["x"] - ground["width"] / 2
    down = pin["y"] + pin["height"] - 2 - ground["y"] - ground["height"] / 2
    return hypot(right, down)


def test_a_case_of_which_only_the_community_is_known_is_put_on_the_map(console: Console, site: CrashRig) -> None:
    case = _of_a_community(Street(site.url), "后巷的路灯坏了")
    page = console("dd01")
    show(page, case)
    place = page.get_by_test_id("place")
    expect(place).to_contain_text("只知道大概位置")

    page.get_by_test_id("step-locate").click()
    page.get_by_test_id("step-submit").click()
    expect(page.locator(".step-form .trouble")).to_have_text("还没填：事发的位置")
    point_at(page, 0.5, 0.5)
    expect(page.locator(".step-form .pick-hint")).to_have_text("可以再点一下改位置")
    page.locator("#field-address").fill("富祥路12号后巷")
    keep(page, "console-locate")
    page.get_by_test_id("step-submit").click()

    expect(place).to_contain_text("富祥路12号后巷")
    expect(place).to_contain_text("在网格内")
    expect(place).not_to_contain_text("大概")
    expect(page.get_by_test_id("timeline")).to_contain_text("位置移了")


def test_a_place_is_chosen_by_keyboard_alone(console: Console, site: CrashRig) -> None:
    street = Street(site.url)
    case = _of_a_community(street, "巷尾的路灯坏了")
    before = street.event(case)["place"]
    page = console("dd01")
    show(page, case)
    hand = Keys(page)
    hand.press(page.get_by_test_id("step-locate"))
    card = page.locator(".step-form .pick-map")
    expect(card.get_by_text("现在的位置")).to_be_visible()
    expect(card.locator(".pick-keys")).to_be_hidden()

    settled(page)
    hand.reach(card.get_by_role("application", name="事发的位置"))
    expect(card.locator(".pick-keys")).to_be_visible()
    assert card.locator(".area-map").evaluate(_HAS_CROSS)
    for key in ("+", "+", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
        settled(page)
    page.keyboard.press("Enter")
    expect(card.locator(".pick-hint")).to_have_text("可以再点一下改位置")
    assert _distance_from_middle(page) < 3
    keep(page, "console-locate-by-keys")
    page.keyboard.press("Control+Enter")

    place = page.get_by_test_id("place")
    expect(place).to_contain_text("在网格内")
    expect(place).not_to_contain_text("大概")
    now = street.event(case)["place"]
    assert (now["lon"], now["lat"]) != (before["lon"], before["lat"])


def test_who_has_clicked_does_not_get_the_middle_by_enter(console: Console) -> None:
    page = console("dd01")
    page.goto("/console/#/entry")
    page.locator("#entry-words").fill("停电时倒的树")
    point_at(page, 0.25, 0.25)
    expect(page.locator(".pick-hint")).to_have_text("可以再点一下改位置")
    assert not page.locator(".area-map").evaluate(_HAS_CROSS)

    page.keyboard.press("Enter")
    assert _distance_from_middle(page) > 50
    page.keyboard.press("Enter")
    assert _distance_from_middle(page) < 3
