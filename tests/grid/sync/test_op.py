"""The fingerprint of an op: another wish is another, the same wish told by an older client is the same."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.events.place import Position
from grid.events.reporting import Report
from grid.geo.crs import Datum
from grid.sync.op import said
from grid.trail.digest import digest

CLIENT = UUID(int=7)
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def _print(wish: Any) -> str:
    return digest("test", {"asked": said(wish)})


def _report(**told: Any) -> Report:
    return Report(CLIENT, "E0410", Position(114.7, 22.9, Datum.WGS84, 8.0), AT, **told)


@dataclass
class Older:
    """A report as a release knew it that had fewer fields."""

    client_id: UUID
    category: str
    position: Position
    occurred_at: datetime
    description: str = ""


def test_a_field_that_came_later_does_not_change_the_wish_of_those_who_do_not_use_it() -> None:
    today = _report(description="井盖坏了")
    before = Older(today.client_id, today.category, today.position, today.occurred_at, "井盖坏了")
    tomorrow = make_dataclass("Tomorrow", [("urgency", str, field(default="usual"))], bases=(Report,), frozen=True)

    later = tomorrow(CLIENT, "E0410", today.position, AT, "井盖坏了")

    assert _print(before) == _print(today) == _print(later)


@pytest.mark.parametrize(
    "other",
    [
        {"description": "井盖坏了。"},
        {"description": "井盖坏了", "address": "路口"},
        {"description": "井盖坏了", "is_practice": True},
        {"description": "井盖坏了", "photos": [{"sha256": "a" * 64, "role": "near"}]},
    ],
)
def test_whatever_is_said_differently_is_another_wish(other: dict[str, Any]) -> None:
    assert _print(_report(**other)) != _print(_report(description="井盖坏了"))


def test_zero_is_said() -> None:
    near = Report(CLIENT, "E0410", Position(114.7, 22.9, Datum.WGS84, 0.0), AT)
    untold = Report(CLIENT, "E0410", Position(114.7, 22.9, Datum.WGS84), AT)

    assert _print(near) != _print(untold)


WORDS = st.text("路口停车", min_size=1, max_size=4)
TOLD = st.dictionaries(st.sampled_from(["note", "department", "category"]), WORDS)


@given(TOLD, TOLD)
def test_one_fingerprint_means_one_wish(one: dict[str, str], other: dict[str, str]) -> None:
    assert (_print(one) == _print(other)) == (one == other)


@given(TOLD, st.dictionaries(st.uuids().map(str), st.sampled_from([None, "", [], {}, False])))
def test_what_is_empty_says_nothing(told: dict[str, str], empty: dict[str, Any]) -> None:
    assert _print(told | empty) == _print(told)


def test_another_client_id_is_another_wish() -> None:
    assert _print({"id": uuid4()}) != _print({"id": uuid4()})
