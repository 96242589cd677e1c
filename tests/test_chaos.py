"""Reports through a bad network arrive exactly once, with their photos."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from grid.db import db
from grid.events.event import Event
from tests.harness.account import assert_all_there, assert_photos_there
from tests.harness.chaosproxy import CALM, ChaosProxy, Odds
from tests.harness.crashrig import CrashRig
from tests.harness.handset import Crew, Handset, Item, make_item
from tests.harness.street import workers

HANDSETS = 8
BAD = ("drop", "truncate", "lose", "duplicate", "delay", "halve")


@pytest.fixture
def rig(app: Flask, database: str, tmp_path: Path) -> Iterator[CrashRig]:
    with CrashRig(tmp_path, {"WANGGE_DATABASE": database, "WANGGE_DEMO": "1"}) as running:
        yield running


def drill(rig: CrashRig, proxy: ChaosProxy, total: int, photos: int = 2) -> tuple[Crew, dict[str, Item]]:
    """Send ``total`` reports with up to so many photos through the proxy; the handsets and what they sent."""
    chance = random.Random(total)
    people = workers(rig.port, HANDSETS)
    items = [make_item(people[number % HANDSETS], number, chance, photos) for number in range(total)]
    handsets = [Handset(person, proxy.port, rig.port, seed) for seed, person in enumerate(people)]
    crew = Crew(handsets, lambda _, number: items[number::HANDSETS])
    crew.start()
    crew.join()
    return crew, {item.client_id: item for item in items}


def assert_exactly_once(app: Flask, crew: Crew, sent: dict[str, Item]) -> None:
    assert crew.receipts.keys() == sent.keys()
    assert_all_there(app, sent, crew.receipts)
    assert_photos_there(app, {name for item in sent.values() for name in item.photos})
    assert all(photo.has_arrived for event in db.session.query(Event) for photo in event.photos)


def assert_it_was_bad(crew: Crew, proxy: ChaosProxy, requests: int) -> None:
    assert all(proxy.counts[fate] > 0 for fate in BAD), proxy.counts
    assert proxy.counts["copies"] >= 2 * proxy.counts["duplicate"]
    assert crew.counts["tries"] > requests
    assert crew.counts["replays"] > 0  # the server did see reports twice


def requests_of(sent: dict[str, Item]) -> int:
    """How many requests a good network needs."""
    return sum(1 + len(item.photos) for item in sent.values())


def test_two_hundred_reports_through_a_bad_network_are_two_hundred_events(app: Flask, rig: CrashRig) -> None:
    with ChaosProxy(rig.port, seed=1) as proxy:
        crew, sent = drill(rig, proxy, 200)

    assert len(sent) == 200
    assert_it_was_bad(crew, proxy, requests_of(sent))
    assert_exactly_once(app, crew, sent)


def test_through_a_good_network_nothing_is_tried_twice(app: Flask, rig: CrashRig) -> None:
    with ChaosProxy(rig.port, seed=1, odds=CALM) as proxy:
        crew, sent = drill(rig, proxy, 40)

    assert proxy.counts["passed"] == crew.counts["tries"] == requests_of(sent)
    assert_exactly_once(app, crew, sent)


@pytest.mark.long
@pytest.mark.timeout(3 * 3600)
def test_ten_thousand_reports_through_a_bad_network_are_ten_thousand_events(app: Flask, rig: CrashRig) -> None:
    with ChaosProxy(rig.port, seed=2, odds=Odds()) as proxy:
        crew, sent = drill(rig, proxy, 10_000, photos=5)

    assert sum(len(item.photos) for item in sent.values()) >= 2 * len(sent)
    assert_it_was_bad(crew, proxy, requests_of(sent))
    assert_exactly_once(app, crew, sent)
