"""Words are words: whatever people write is shown as they wrote it, on every page that shows it, and runs nowhere.

The browser ignores our content policy here (tests/gates/test_headers.py looks after that), so that only the pages
themselves keep a script from running.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from fixtures.daling import PASSWORD
from grid import clock
from tests.factories.person import make_report
from tests.factories.workbook import KITES, make_line, make_workbook
from tests.harness.crashrig import CrashRig
from tests.web import poison
from tests.web.calm import settled
from tests.web.conftest import PIXEL_7, Opener
from tests.web.poison import NAME, RUN
from tests.web.served import Street

pytestmark = pytest.mark.browser

TAGS = (
    *("img src=x", "svg", "body", "iframe", "video src=x", "audio src=x", "input autofocus", "details open"),
    *("marquee", "object", "embed src=x", "image src=x", "link href=x", "style", "frameset", "select autofocus"),
    *("textarea autofocus", "button autofocus", "keygen autofocus", "table background=x", "math", "p", "a href=x"),
    *("form", "isindex", "picture", "source src=x", "track src=x", "dialog open", "custom-tag tabindex=1"),
)
EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onmouseover", "onanimationstart")
PAYLOADS = (
    *(f"<{tag} {event}={RUN}>" for tag in TAGS for event in EVENTS),
    f"<script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<script/src=data:,{RUN}></script>",
    f'"><img src=x onerror={RUN}>',
    f"'><img src=x onerror={RUN}>",
    f"`><img src=x onerror={RUN}>",
    f"' onmouseover='{RUN}",
    f'" autofocus onfocus="{RUN}',
    f"javascript:{RUN}",
    f"<a href=javascript:{RUN}>去</a>",
    f"<a href='java\tscript:{RUN}'>去</a>",
    "<iframe srcdoc='<script>parent.__xss=1</script>'>",
    "<iframe src=javascript:parent.__xss=1>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<math><mi//xlink:href='data:x,<script>{RUN}</script>'>",
    f"<form><button formaction=javascript:{RUN}>去",
    f"<style>@import 'data:,*{{x:expression({RUN})}}'</style>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<base href=javascript:{RUN}//>",
    f"<template><img src=x onerror={RUN}></template>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
    f"<%= {RUN} %>",
    f"[[{RUN}]]",
    f"&lt;img src=x onerror={RUN}&gt;",
    f"&#60;img src=x onerror={RUN}&#62;",
    f"%3Cimg src=x onerror={RUN}%3E",
    f"\\u003cimg src=x onerror={RUN}\\u003e",
    f"＜img src=x onerror={RUN}＞",
    f"<x style=animation-name:x onanimationstart={RUN}>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
)
SHORT = f"<img src=x onerror={RUN}>"


def _packed(limit: int) -> Iterator[str]:
    """The payloads, several in one text."""
    held = ""
    for payload in PAYLOADS:
        if len(held) + len(payload) > limit:
            yield held
            held = ""
        held += payload
    yield held


@pytest.fixture(scope="module")
def poisoned(site: CrashRig) -> Iterator[list[str]]:
    """Every text field that people fill, filled with payloads; the cases' ids."""
    names = ("wg01", "dd01", "xt01", "ld01")
    with httpx.Client(base_url=site.url, timeout=30) as client:
        who = {name: _sign_in(client, name) for name in names}
        before = _rename(client, who["xt01"], SHORT, SHORT)
        events = [_report(client, who["wg01"], text) for text in _packed(500)]
        # Refused with a reason, so that the words are in the history and in a notice as well.
        for event_id, text in zip(events, _packed(500), strict=True):
            shown = client.get(f"/api/events/{event_id}", headers=who["dd01"])
            way = next(step for step in shown.json()["steps"] if step["action"] in ("reject", "void", "send_back"))
            _ok(client.post(way["href"], json={"action": way["action"], "note": text},
                            headers=who["dd01"] | {"If-Match": shown.headers["ETag"]}))  # fmt: skip
        yield events
        _rename(client, _sign_in(client, "xt01"), *before)


@pytest.fixture(scope="module")
def written(site: CrashRig) -> Iterator[list[str]]:
    """The fields of the desk, the intake, supervision and the standards filled too; cases that show them."""
    street = Street(site.url)
    first, second = street.case("有人写字", "handling"), street.case("有人写字", "handling")
    poison.intakes(street, _packed)
    view_gone = poison.desk(street, _packed)
    poison.supervision(street, _packed, first)
    poison.matters(street, _packed)
    poison.whistles(street, _packed, first)
    poison.links(street, _packed, first, second)
    poison.requests(street, _packed, first)
    standard_gone = poison.standard(street, _packed)
    yield [first, second]
    view_gone()
    standard_gone()


def _ok(answer: httpx.Response) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def _sign_in(client: httpx.Client, username: str) -> dict[str, str]:
    told = _ok(client.post("/api/sessions", json={"username": username, "password": PASSWORD}))
    return {"Authorization": f"Bearer {told['access_token']}"}


def _report(client: httpx.Client, headers: dict[str, str], text: str) -> str:
    place = {"lon": 114.7211, "lat": 22.9538, "datum": "wgs84"}
    now = clock.real_now().isoformat()
    told = make_report(description=text, address=PAYLOADS[0] + SHORT, position=place, photos=[], occurred_at=now)
    return str(_ok(client.post("/mobile/v1/reports", json=told, headers=headers))["id"])


def _rename(client: httpx.Client, admin: dict[str, str], worker: str, unit: str) -> tuple[str, str]:
    """Give a worker and a department other names; those they had."""
    seen = client.get("/api/users/wg01", headers=admin)
    held = [{"post": one["code"], "areas": [one["area"]["code"]]} for one in seen.json()["posts"]]
    told: dict[str, Any] = {"name": worker, "department": None, "posts": held}
    _ok(client.put("/api/users/wg01", json=told, headers=admin | {"If-Match": seen.headers["ETag"]}))
    found = client.get("/api/departments/ga", headers=admin)
    told = {"name": unit, "active": True}
    _ok(client.put("/api/departments/ga", json=told, headers=admin | {"If-Match": found.headers["ETag"]}))
    return seen.json()["name"], found.json()["name"]


def _assert_harmless(page: Page) -> None:
    settled(page)  # what is read was drawn, and pictures that are none have failed
    assert page.evaluate("window.__xss") is None, page.url
    frames = [frame for frame in page.frames if frame != page.main_frame]
    assert frames == [], page.url
    assert page.locator(", ".join(f"[{event}]" for event in EVENTS)).count() == 0, page.url


@pytest.fixture
def watched(opened: Opener) -> Callable[..., Page]:
    """Open a page whose dialogs fail the test, and whose content policy does not help."""
    dialogs: list[str] = []

    def open_(username: str, where: str, **options: Any) -> Page:
        page = opened(username, where, bypass_csp=True, **options)
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        return page

    return open_


def test_the_console_shows_words_as_words(watched: Callable[..., Page], poisoned: list[str]) -> None:
    desk = watched("dd01", "/console/", viewport={"width": 1366, "height": 768})
    for event_id in poisoned:
        desk.goto(f"/console/#/events/{event_id}")
        desk.get_by_test_id("case-state").wait_for()
        expect(desk.get_by_text(SHORT).first).to_be_visible()
        _assert_harmless(desk)
    desk.get_by_test_id("bell").click()
    _assert_harmless(desk)
    desk.goto("/console/#/brief")
    desk.get_by_test_id("headline").wait_for()
    for chart in desk.locator("canvas").all()[:6]:
        chart.hover()  # tips of charts and maps are made of HTML
        _assert_harmless(desk)
    desk.goto("/console/#/rules")
    desk.get_by_label("看到了什么").fill("".join(PAYLOADS)[:500])
    desk.get_by_test_id("try").click()
    desk.get_by_test_id("trial-answer").or_(desk.get_by_test_id("trial-trouble")).first.wait_for()
    _assert_harmless(desk)


def test_the_handset_shows_words_as_words(watched: Callable[..., Page], poisoned: list[str]) -> None:
    phone = watched("wg01", "/m/", **PIXEL_7)
    for where in (
        "today",
        "mine",
        *(f"mine/{event_id}" for event_id in poisoned),
        "notices",
        "tasks",
        "me",
        "records",
    ):
        phone.goto(f"/m/#/{where}")
        _assert_harmless(phone)
        if where.startswith("mine/"):
            expect(phone.get_by_text("__xss").first).to_be_visible()


def test_the_pages_of_administrators_show_words_as_words(
    watched: Callable[..., Page], poisoned: list[str], written: list[str], tmp_path: Path
) -> None:
    admin = watched("xt01", "/console/", viewport={"width": 1366, "height": 768})
    for entry in ("users", "departments", "areas", "standards", "proposals", "jobs", "deliveries"):
        admin.goto(f"/console/#/settings/{entry}")
        _assert_harmless(admin)
    book = tmp_path / f"{SHORT.replace('/', '')}.xlsx"
    rows = [
        make_line(
            KITES, small_code=str(60 + number), small_name=text[:40], condition=text[:200], closing=text[:200]
        )
        for number, text in enumerate(PAYLOADS[:30])
    ]
    book.write_bytes(make_workbook(*rows, title="事件"))
    admin.goto("/console/#/rules/import")
    admin.locator("input[type=file]").first.set_input_files(book)
    admin.get_by_test_id("standard-row").first.wait_for()
    _assert_harmless(admin)


def test_what_the_desk_writes_is_shown_as_words(watched: Callable[..., Page], written: list[str]) -> None:
    desk = watched("dd01", "/console/", viewport={"width": 1366, "height": 768})
    desk.get_by_test_id("queue-all").click()
    desk.get_by_test_id("queue-row").first.wait_for()
    _assert_harmless(desk)
    for where, shown in (
        *((f"/events/{event_id}", "timeline") for event_id in written),
        ("/handover", "handover-note"),
        ("/whistles", "whistle"),
        ("/supervision/cases", "supervision"),
        ("/supervision/matters", "matter"),
        ("/requests", "request-row"),
        ("/intake", "intake-said"),
        ("/intake/register", "register-row"),
    ):
        desk.goto(f"/console/#{where}")
        desk.get_by_test_id(shown).first.wait_for()
        if where.startswith("/requests"):
            desk.get_by_test_id("all").click()
        desk.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        expect(desk.get_by_text("__xss").first).to_be_visible() if where != "/intake" else None
        _assert_harmless(desk)
    desk.get_by_test_id("caller-reveal").first.click()
    desk.get_by_test_id("caller-purpose").locator("visible=true").fill("核对姓名")
    desk.get_by_test_id("caller-go").locator("visible=true").click()
    expect(desk.get_by_test_id("caller").filter(has_text=NAME).first).to_be_visible()
    _assert_harmless(desk)


def test_what_a_department_is_shown_stays_words(watched: Callable[..., Page], written: list[str]) -> None:
    clerk = watched("cg01", "/console/", viewport={"width": 1366, "height": 768})
    cases = (f"/dept/{event_id}" for event_id in written)
    for where in ("/dept", *cases, "/dept/month?figure=received", "/whistles"):
        clerk.goto(f"/console/#{where}")
        _assert_harmless(clerk)


def test_a_script_that_does_run_is_noticed(watched: Callable[..., Page]) -> None:
    page = watched("ld01", "/console/", viewport={"width": 1366, "height": 768})
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", PAYLOADS[0])

    with pytest.raises(AssertionError):
        _assert_harmless(page)


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= 200
    assert all(re.search("xss|parent", payload) for payload in PAYLOADS)
