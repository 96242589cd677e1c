"""A hand on the console: opening a case, taking a step, picking from a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pypdfium2
from playwright.sync_api import Locator, Page, expect

from grid import clock
from tests.web.calm import settled


def show(page: Page, event_id: str) -> None:
    """Open a case by its address, read anew."""
    page.goto("/console/#/")
    expect(page.get_by_test_id("case-state")).to_have_count(0)  # of a case that was open before
    page.goto(f"/console/#/events/{event_id}")
    page.get_by_test_id("case-state").wait_for()


def show_row(page: Page, words: str, patience_s: float = 30) -> Locator:
    """The row of a report that has just come: it has no deadline yet, so it is at the end of a queue by due."""
    row = page.get_by_test_id("queue-row").filter(has_text=words)
    for _ in range(int(patience_s * 4)):
        page.get_by_test_id("queue-rows").evaluate("rows => { rows.scrollTop = rows.scrollHeight; }")
        if row.count():
            break
        page.wait_for_timeout(250)
    expect(row.first).to_be_visible()
    return row.first


def in_days(count: int) -> str:
    """A day counted from today, as the street has it: `2026-11-23`."""
    return (clock.today() + timedelta(days=count)).isoformat()


def point_at(page: Page, x: float, y: float) -> None:
    """Click on the map where one picks a place. x, y: shares of its width and height."""
    settled(page)  # the outlines are here, and what they showed the map stays
    box = page.locator(".pick-map .area-map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def act(page: Page, button: str, **fields: str | list[str] | int) -> None:
    """Press a button, fill the form that opens, if one does, and wait until the server has taken it."""
    with page.expect_response(_is_write) as answered:
        page.get_by_test_id(button).first.click()
        fill(page, page.locator("form.step-form"), **fields)
    assert answered.value.ok, f"{button}: {answered.value.status} {answered.value.text()}"
    expect(page.locator("form.step-form")).to_have_count(0)


def fill(page: Page, form: Locator, **fields: str | list[str] | int) -> None:
    """Fill what is told, a number as a day so many days ahead, and send the form if there is one."""
    for name, told in fields.items():
        if isinstance(told, int):
            date = form.locator(f"#field-{name}")
            date.fill(in_days(told))
            date.press("Enter")
        elif isinstance(told, list) or name in ("department", "parent"):
            choose(page, form.get_by_test_id(f"field-{name}"), told)
        else:
            form.locator(f"#field-{name}").fill(told)
    if fields or form.count():
        form.get_by_test_id("step-submit").click()


def choose(page: Page, field: Locator, words: str | list[str]) -> None:
    """Choose one from a list, or several."""
    several = words if isinstance(words, list) else [words]
    for one in several:
        field.click()
        page.locator(".el-select-dropdown__item:visible").filter(has_text=one).first.click()
        if isinstance(words, list):
            page.keyboard.press("Escape")
        # The list folds away; the next one may name the same things.
        expect(page.locator(".el-select-dropdown:visible")).to_have_count(0)


def paper(page: Page, press: Callable[[], None]) -> str:
    """What stands on the paper a button brings, without blanks."""
    with page.expect_download() as told:
        press()
    document = pypdfium2.PdfDocument(told.value.path())
    return re.sub(r"\s+", "", "".join(one.get_textpage().get_text_range() for one in document))


def _is_write(response: object) -> bool:
    request = response.request  # type: ignore[attr-defined]
    return request.method == "POST" and "/api/events" in request.url
