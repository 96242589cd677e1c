"""What a worker settles on the spot, and what somebody has reported already: from the phone to the desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import HOME, keep
from tests.web.desk import act, show
from tests.web.phone import arrived, choose_photo, ready, restart, submit, take_photo

pytestmark = pytest.mark.browser


def _choose(phone: Page, category: str) -> None:
    phone.get_by_test_id("category-search").click()
    phone.get_by_label("搜索类别").fill(category)
    phone.locator(".category-sheet").get_by_role("button", name=category, exact=True).click()


def _arrived(phone: Page, words: str) -> str:
    """Wait until the report has left, and tell its address on the server."""
    arrived(phone, words)
    phone.get_by_test_id("report").filter(has_text=words).click()
    phone.wait_for_url("**/#/mine/*")
    return phone.url.rsplit("/", 1)[1]


def test_a_trivial_matter_is_settled_on_the_spot_with_one_tap_more(
    handset: Callable[..., Page], console: Callable[[str], Page], photo: Path
) -> None:
    phone = handset("wg05", geolocation={**HOME, "latitude": 22.9437})
    ready(phone)
    phone.goto("/m/#/report")
    expect(phone.get_by_test_id("self-handled")).to_have_count(0)
    choose_photo(phone, photo)
    _choose(phone, "非机动车乱停放")
    phone.get_by_label("说明").fill("盲道上的单车已摆好")

    phone.get_by_test_id("self-handled").click()
    submit(phone)
    expect(phone.get_by_role("alert")).to_contain_text("处置后的照片各一张")
    take_photo(phone)
    expect(phone.get_by_test_id("taken-photo").last).to_contain_text("处置后")
    phone.get_by_test_id("self-handled").evaluate("one => one.scrollIntoView({block: 'center'})")
    keep(phone, "handset-self-handled")
    submit(phone)

    event_id = _arrived(phone, "盲道上的单车已摆好")
    desk = console("slr01")
    show(desk, event_id)
    expect(desk.get_by_test_id("case-state")).to_have_text("自处置待审")
    keep(desk, "console-case-self-handled")
    act(desk, "step-accept_self")
    expect(desk.get_by_test_id("case-state")).to_have_text("已结案")


@pytest.mark.long
def test_the_same_matter_is_said_with_one_tap_and_proposed_to_the_desk(
    handset: Callable[..., Page], console: Callable[[str], Page], photo: Path
) -> None:
    phone = handset("wg06", geolocation={**HOME, "latitude": 22.9327})
    ready(phone)
    for words in ("先报的施工扰民", "又报一次施工扰民"):
        phone.goto("/m/#/report")
        choose_photo(phone, photo)
        _choose(phone, "施工扰民")
        phone.get_by_label("说明").fill(words)
        if words.startswith("先"):
            submit(phone)
            _arrived(phone, words)
            restart(phone)  # it asks the server for what is near by

    expect(phone.get_by_test_id("similar")).to_contain_text("先报的施工扰民")
    phone.get_by_test_id("same").first.click()

    event_id = _arrived(phone, "又报一次施工扰民")
    desk = console("slr01")
    show(desk, event_id)
    expect(desk.get_by_test_id("relation-same")).to_contain_text("先报的施工扰民")
    keep(desk, "console-case-said-same")
    act(desk, "step-merge", note="同一件")
    expect(desk.get_by_test_id("case-state")).to_have_text("已并案")
