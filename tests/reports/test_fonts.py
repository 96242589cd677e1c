"""Chinese on paper: what the fonts have, what they lend each other, what no font has."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

import reports.fonts
from fixtures.daling import STREET
from grid.db import db, transaction
from grid.events.event import Event
from grid.events.state import State
from reports import brief, pdf
from reports.fonts import BOLD, REGULAR, Typesetter
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.event import make_event
from tests.reports.paper import words

REGIONS = Path(__file__).parents[2] / "fixtures" / "areas" / "regions.csv"


def test_place_names_and_common_characters_are_in_both_weights() -> None:
    common = {sign for sign in REGIONS.read_text("utf-8") if sign.isprintable()} | set("网格员上报①℃（）“”—…·÷〓")
    script = Typesetter()

    for bold in (False, True):
        assert {font for sign in common for font, _ in script.runs(sign, bold)} == {BOLD if bold else REGULAR}
    assert not script.missing


@pytest.mark.parametrize("sign", ["㛃", "㙟", "鿍", "𠙶", "喆", "镕"])
def test_rare_characters_of_names_and_places_have_their_glyph(sign: str) -> None:
    script = Typesetter()

    assert script.runs(sign) == [(REGULAR, sign)]
    assert script.runs(sign, bold=True)[0][1] == sign
    assert not script.missing


def test_a_character_without_glyph_is_shown_and_named() -> None:
    script = Typesetter()

    assert script.runs("张𠮷𠮷") == [(REGULAR, "张〓1〓1")]
    assert script.runs("😀", bold=True) == [(BOLD, "〓2")]
    assert script.footnote() == "字库里没有的字用〓代替：〓1 是 U+20BB7；〓2 是 U+1F600。"


def test_selectors_joiners_and_control_characters_leave_no_trace() -> None:
    assert Typesetter().runs("网\ufe0f\u200d格\u0007\n人") == [(REGULAR, "网格  人")]


def test_words_are_cut_to_their_room() -> None:
    script = Typesetter()

    assert script.fit("占道经营", 8, 100) == "占道经营"
    assert script.fit("占道经营占道经营", 8, 40) == "占道经营…"


def test_rare_characters_reach_the_paper(app: Flask, time: Clock) -> None:
    event = make_event(category="E0406", state=State.HANDLING)
    with transaction():
        db.session.get_one(Event, event.id).address = "㛃㙟巷𠮷记旁"
    time.move(days=1)
    actor = find_user("ld01")

    paper = words(pdf.render(brief.make(actor, brief.place(actor, STREET), None, is_demo=True)))

    assert "㛃㙟巷〓1记旁" in paper
    assert "〓1是U+20BB7" in paper


def test_the_fonts_are_small_and_their_licence_lies_beside_them() -> None:
    files = list(reports.fonts.HERE.iterdir())

    assert sum(file.stat().st_size for file in files if file.is_file()) < 6_000_000
    assert "SIL OPEN FONT LICENSE" in (reports.fonts.HERE / "OFL.txt").read_text("utf-8").upper()
