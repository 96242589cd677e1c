"""Papers of a case: what stands on them and what must not, who may print, and that printing leaves a trace."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from grid.db import db, transaction
from grid.events import history
from grid.events.event import Event
from grid.events.photo import EventPhoto, PhotoRole
from grid.events.state import State
from grid.trail.entry import TrailEntry
from reports.papers import listing, qr, taker
from tests.factories import street
from tests.factories.account import find_user
from tests.factories.event import make_event
from tests.factories.intake import PATH, PHONE, make_order, reply, take_in
from tests.factories.person import Person
from tests.factories.photo import jpeg
from tests.factories.practice import make_practice
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again
from tests.factories.request import ask, decide, step
from tests.reports.paper import pages, squeezed, words

RARE = "𠮷野家的龘字招牌和𪚥"


def sheet(app: Flask, event: Event, who: str = "dd01") -> bytes:
    answer = Person(app, who).get(f"/api/events/{event.id}/sheet.pdf")
    assert answer.status_code == 200, answer.text
    return answer.data


def order(app: Flask, event: Event, who: str = "dd01", **query: str) -> bytes:
    answer = Person(app, who).get(f"/api/events/{event.id}/order.pdf", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.data


def prints(action: str = "event:print") -> list[TrailEntry]:
    look_again()
    return list(db.session.scalars(select(TrailEntry).where(TrailEntry.action == action)))


def pictures(data: bytes) -> int:
    """How many pictures are set on all pages."""
    document = pypdfium2.PdfDocument(data)
    return sum(len(list(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))) for page in document)


def test_the_case_sheet_says_all_that_the_page_says(app: Flask) -> None:
    event = make_event(state=State.HANDLING, description="路口停了一排电动车，挡了盲道")
    assert ask(app, "cg01", event, "extension", note="等吊车").status_code == 200
    assert decide(app, "dd01", event, note="同意一次").status_code == 200

    paper = words(sheet(app, event))

    told = Person(app, "dd01").event(event.id)
    for line in (
        squeezed(taker.number(told["case_no"])),
        "路口停了一排电动车，挡了盲道",
        told["category"]["name"],
        told["state"]["label"],
        "大岭城管中队（主办）",
        squeezed("延期 已同意"),
        "等吊车",
        "同意一次",
        squeezed(told["condition"]["text"]),
        "田小禾",
        "114.",
    ):
        assert line in paper, line
    for entry in told["history"]:
        assert entry["action"]["label"] in paper
    assert squeezed("苏调度（dd01）") in paper and "打印" in paper


def test_the_case_sheet_says_who_told_of_it_masked_and_what_they_wait_for(app: Flask) -> None:
    desk = Person(app, "slr01")
    told = desk.post(PATH, json=make_order(category="E0406", reply_by="2026-11-27T18:00:00+08:00")).json
    case = told["case"]["id"]
    take_in(desk, same_as=case, name="", phone="", wants_reply=False, source="visit", said=f"又来了，打{PHONE}")
    [event] = db.session.scalars(select(Event))

    paper = words(sheet(app, event))

    for line in ("谁反映的", "12345工单", "GD2026112300001", "陈**", "100****0001", "要回复，2026-11-2718:00前"):
        assert line in paper, line
    assert "来访" in paper and "匿名" in paper and "不用回复" in paper and "又来了，打100****0001" in paper
    assert PHONE not in paper and "陈先生" not in paper
    Person(app, "ld01").steps(case, ("force_close", {"note": "已现场处理"}))
    assert reply(desk, told, "已清走").status_code == 200
    assert "：已清走" in words(sheet(app, event))


def test_every_page_of_a_long_story_is_numbered_and_has_its_head(app: Flask) -> None:
    event, dispatcher = make_event(state=State.HANDLING), find_user("dd01")
    with transaction():
        held = db.session.get_one(Event, event.id)
        for number in range(110):
            note = f"第{number}条：" + "复杂，" * 20
            history.log(dispatcher, held, "ask", held.state, held.reported_at, note)

    found = pages(sheet(app, event))

    assert len(found) >= 4
    for number, page in enumerate(found, start=1):
        assert f"{number}/{len(found)}" in page
    assert all("经手人" in page for page in found[2:])
    assert "第0条：" in "".join(found) and "第109条：" in "".join(found)


def test_a_case_without_photos_says_so_and_sounds_are_counted(app: Flask) -> None:
    event = make_event()
    with transaction():
        db.session.add(
            EventPhoto(
                event_id=event.id, ordinal=0, sha256="a" * 64, role=PhotoRole.VOICE, uploader_id=event.reporter_id
            )
        )

    data = sheet(app, event)

    assert "没有照片" in words(data) and "另有语音1段" in words(data) and pictures(data) == 0


def test_twelve_photos_are_set_and_those_that_have_not_come_say_so(app: Flask) -> None:
    worker, event = Person(app, "wg01"), make_event()
    for number in range(10):
        assert worker.upload(jpeg(900 + number, (640, 480))).status_code in (200, 201)
    sent = [hashlib.sha256(jpeg(900 + number, (640, 480))).hexdigest() for number in range(10)]
    with transaction():
        for number, sha in enumerate([*sent, "b" * 64, "c" * 64]):
            db.session.add(
                EventPhoto(
                    event_id=event.id,
                    ordinal=number,
                    sha256=sha,
                    role=PhotoRole.NEAR,
                    uploader_id=event.reporter_id,
                )
            )

    data = sheet(app, event)

    assert pictures(data) == 10
    assert words(data).count("照片还没传到") == 2 and "还有2张没有传到（共12张）" in words(data)


def test_rare_characters_and_markup_are_printed_or_named_never_lost(app: Flask) -> None:
    event = make_event(description=f"{RARE}<b>粗</b>&lt;")

    paper = words(sheet(app, event))

    assert "<b>粗</b>&lt;" in paper
    assert "龘" in paper or "U+9F98" in paper
    assert "U+2A6A5" in paper or "𪚥" in paper


def test_a_practice_case_is_marked_on_every_page(app: Flask) -> None:
    event = make_practice(app)

    for data in (sheet(app, event), *([order(app, event)] if event.assignments else [])):
        assert all(squeezed(taker.PRACTICE_MARK) in page for page in pages(data))


def test_the_order_says_what_until_when_and_who_signs_and_names_no_reporter(app: Flask) -> None:
    event = make_event(state=State.PENDING_SIGN, description="路口停了一排电动车")
    told = Person(app, "dd01").event(event.id)

    paper = words(order(app, event))

    part = told["assignments"][0]
    for line in (
        "派遣单（主办）",
        "大岭城管中队",
        "路口停了一排电动车",
        told["condition"]["limit"],
        "签收人",
        "年月日",
    ):
        assert squeezed(line) in paper, line
    assert squeezed(part["due_at"].replace("T", " ")[:16]) in paper
    assert squeezed(part["sign_due_at"].replace("T", " ")[:16]) in paper
    assert "田小禾" not in paper and "wg01" not in paper


def test_each_department_gets_a_page_and_prints_its_own_only(app: Flask) -> None:
    event = make_event(state=State.HANDLING)
    assert step(app, "dd01", event, "add_assist", assist=["xf"]).status_code == 200

    both, lead, one = order(app, event), order(app, event, "cg01"), order(app, event, department="xf")

    assert len(pages(both)) == 2
    assert "大岭城管中队" in words(lead) and "大岭消防站" not in words(lead)
    assert "派遣单（协办）" in words(one) and "大岭城管中队" not in words(one)
    answer = Person(app, "cg01").get(f"/api/events/{event.id}/order.pdf", query_string={"department": "xf"})
    assert_problem(answer, 404, "not-found")


def test_before_it_is_dispatched_there_is_no_order(app: Flask) -> None:
    event = make_event()

    assert_problem(Person(app, "dd01").get(f"/api/events/{event.id}/order.pdf"), 404, "not-found")


@pytest.mark.parametrize("paper", ["sheet", "order"])
def test_what_one_may_not_see_one_cannot_print(app: Flask, paper: str) -> None:
    event = make_event(state=State.HANDLING, department="cg")

    assert_problem(Person(app, "xf01").get(f"/api/events/{event.id}/{paper}.pdf"), 404, "not-found")
    assert_problem(Person(app, "wg02").get(f"/api/events/{event.id}/{paper}.pdf"), 404, "not-found")
    assert_problem(Person(app, "dd01").get(f"/api/events/{uuid4()}/{paper}.pdf"), 404, "not-found")
    assert_problem(Person(app, "xt01").get(f"/api/events/{event.id}/{paper}.pdf"), 403, "forbidden")
    assert prints() == []


def test_printing_is_in_the_trail_before_the_paper_leaves(app: Flask) -> None:
    event = make_event(state=State.HANDLING)

    sheet(app, event)
    order(app, event, department="cg")

    found = [(entry.object_id, entry.actor_id, entry.data) for entry in prints()]
    dispatcher = find_user("dd01").id
    assert found == [
        (str(event.id), dispatcher, {"paper": "sheet"}),
        (str(event.id), dispatcher, {"paper": "order", "department": "cg"}),
    ]


def test_the_code_opens_the_case_and_holds_nothing_else(app: Flask, tmp_path: Path) -> None:
    event = make_event(state=State.PENDING_SIGN)
    app.config["ADDRESS"] = "https://wg.example.gov/"

    read = _read_code(order(app, event), tmp_path)

    assert read == f"https://wg.example.gov/console/#/events/{event.id}"
    assert qr.address_of("https://wg.example.gov/", event.id) == read


def _read_code(data: bytes, folder: Path) -> str:
    """What a phone reads off the first page: the page drawn as points, and read by the product's own reader."""
    picture = pypdfium2.PdfDocument(data)[0].render(scale=3).to_pil().convert("RGBA")
    points = folder / "page.rgba"
    points.write_bytes(picture.tobytes())
    script = (
        "const j = await import(process.cwd() + '/node_modules/jsqr/dist/jsQR.js');"
        "const fs = await import('node:fs');"
        f"const d = new Uint8ClampedArray(fs.readFileSync({json.dumps(str(points))}));"
        f"console.log((j.default.default ?? j.default)(d, {picture.width}, {picture.height})?.data ?? '')"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], cwd="web", capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def listed(app: Flask, who: str = "dd01", **query: Any) -> bytes:
    answer = Person(app, who).get("/api/events/list.pdf", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.data


def test_the_list_has_what_was_filtered_with_lights_as_shape_and_word(app: Flask) -> None:
    mine = make_event(state=State.HANDLING, description="甲处的电动车")
    make_event(state=State.HANDLING, reporter="wg02", description="乙处的摊位", department="xf")

    paper = words(listed(app, department="cg", sort="due"))

    assert "承办：大岭城管中队" in paper and "1件" in paper and "数据截至" in paper
    assert "甲处的电动车" in paper and "乙处的摊位" not in paper
    assert squeezed(taker.number(Person(app, "dd01").event(mine.id)["case_no"])) in paper
    assert "●正常" in paper or "▲快到期" in paper


def test_a_department_prints_its_own_cases_and_nobody_elses(app: Flask) -> None:
    make_event(state=State.HANDLING, description="城管的事")
    make_event(state=State.HANDLING, reporter="wg02", description="消防的事", department="xf")

    paper = words(listed(app, "xf01"))

    assert "消防的事" in paper and "城管的事" not in paper


def test_a_list_too_long_for_paper_says_how_much_is_not_on_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 5):
        make_event(reporter=f"wg0{number}")
    monkeypatch.setattr(listing, "MOST", 3)

    assert "纸上只印前3件，共4件" in words(listed(app))


def test_an_empty_list_says_so(app: Flask) -> None:
    assert "这里没有事件" in words(listed(app, state="closed"))


def test_printing_a_list_is_in_the_trail_without_the_words_searched_for(app: Flask) -> None:
    listed(app, q="王某某", state="closed")

    [entry] = prints("event:print_list")
    assert entry.data == {"filters": ["状态：已结案"], "searched": True}


def test_a_list_of_a_place_that_is_none_is_refused(app: Flask) -> None:
    answer = Person(app, "dd01").get("/api/events/list.pdf", query_string={"area": "1"})

    assert answer.status_code in (404, 422), answer.text
    assert prints("event:print_list") == []


def test_another_streets_case_cannot_be_printed(app: Flask) -> None:
    street.make_second_street()
    event = make_event(reporter=street.WORKER)

    assert_problem(Person(app, "dd01").get(f"/api/events/{event.id}/sheet.pdf"), 404, "not-found")


def test_the_commands_write_the_papers_of_a_case_by_its_number(app: Flask, tmp_path: Path) -> None:
    event = make_event(state=State.HANDLING)
    number, out = Person(app, "dd01").event(event.id)["case_no"], tmp_path / "case.pdf"
    runner = app.test_cli_runner()

    told = runner.invoke(args=["report", "case", taker.number(number), "--out", str(out), "--as", "dd01"])
    ordered = runner.invoke(args=["report", "order", number, "--out", str(tmp_path / "order.pdf")])
    foreign = runner.invoke(args=["report", "case", number, "--out", str(out), "--as", "xf01"])

    assert told.exit_code == 0, told.output
    assert "案卷单" in words(out.read_bytes())
    assert ordered.exit_code == 0 and "没有印二维码" in ordered.output
    assert foreign.exit_code == 1 and "没有这个事件" in foreign.output
    assert [entry.data["paper"] for entry in prints()] == ["sheet", "order"]
